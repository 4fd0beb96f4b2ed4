from odoo import api, fields, models

from ..mixin.gate import only_one
from ..mixin.roles import READERS


class ResPartner(models.Model):
    """Statements sent to a customer, and new ones on request."""

    _inherit = "res.partner"

    statement_count = fields.Integer(
        string="Statements",
        compute="_compute_statement_count",
        groups=READERS,
    )
    last_statement_date = fields.Date(
        string="Last Statement",
        compute="_compute_statement_count",
        groups=READERS,
        help="Date of the last statement sent.",
    )

    @api.depends_context("allowed_company_ids")
    def _compute_statement_count(self):
        customers = self.commercial_partner_id
        figures = {}
        groups = self.env["clerk.statement"]._read_group(
            [
                ("partner_id", "child_of", customers.ids),
                ("state", "=", "ready"),
                ("run_id.state", "in", ("sending", "done")),
            ],
            ["partner_id"],
            ["__count", "date:max"],
        )
        for partner, count, last in groups:
            customer = partner.commercial_partner_id
            before, latest = figures.get(customer, (0, last))
            figures[customer] = before + count, max(last, latest)
        for partner in self:
            partner.statement_count, partner.last_statement_date = figures.get(
                partner.commercial_partner_id, (0, False)
            )

    def action_view_statements(self):
        """Open the statements of the customer, the latest first."""
        only_one(self)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_statement_action"
        )
        customer = self.commercial_partner_id
        latest_first = self.env.ref(
            "invoicing_clerk.clerk_statement_view_list_customer"
        )
        return {
            **action,
            "display_name": self.env._("Statements of %s", customer.display_name),
            "domain": [("partner_id", "child_of", customer.id)],
            "views": [
                (latest_first.id, "list"),
                (False, "kanban"),
                (False, "form"),
            ],
            "context": {},
        }

    def action_new_statement(self):
        """Compute a statement as of today for a customer who requests one.

        It belongs to a run of its own, which keeps who requested it: the contact in the
        context as ``statement_requested_by`` (calls give theirs), or this partner.

        :return: the action that shows the statement, to be reviewed and sent
        """
        only_one(self)
        runs = self.env["clerk.statement.run"]
        run = runs._on_request(self.commercial_partner_id, self._statement_requester())
        return run._request_action()

    def _statement_requester(self):
        """Return the contact of the customer in the context, or this partner.

        Any caller of the action may send an id of somebody else.
        """
        requester = self.env.context.get("statement_requested_by")
        if not isinstance(requester, int) or isinstance(requester, bool):
            return self
        contact = self.browse(requester).exists()
        is_theirs = contact.commercial_partner_id == self.commercial_partner_id
        return contact if is_theirs else self
