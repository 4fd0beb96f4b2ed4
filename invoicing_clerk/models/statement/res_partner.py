from odoo import api, fields, models

from ..mixin.roles import READERS


class ResPartner(models.Model):
    """A customer's statements, and a new one while he asks for it."""

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
        help="Day of the last statement that went out.",
    )

    @api.depends_context("allowed_company_ids")
    def _compute_statement_count(self):
        customers = self.commercial_partner_id
        found = {}
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
            counted, latest = found.get(customer, (0, last))
            found[customer] = counted + count, max(last, latest)
        for partner in self:
            partner.statement_count, partner.last_statement_date = found.get(
                partner.commercial_partner_id, (0, False)
            )

    def action_view_statements(self):
        """All that the customer was sent, the latest first."""
        self.ensure_one()
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
        """A statement as of now, for a customer who asks for one.

        It stays on a run of its own, with who asked: the contact that the context names
        as ``statement_asked_by`` (a call names its caller), else these partners.

        :return: the action that shows the statement, to be looked at and sent
        """
        self.ensure_one()
        asked_by = self.browse(self.env.context.get("statement_asked_by")) or self
        runs = self.env["clerk.statement.run"]
        return runs._on_request(self.commercial_partner_id, asked_by)._request_action()
