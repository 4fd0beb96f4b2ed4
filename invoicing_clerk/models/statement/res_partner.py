from odoo import fields, models
from odoo.tools import SQL

from ..mixin.gate import only_one
from ..mixin.roles import READERS


class ResPartner(models.Model):
    """Statements sent to a customer, and new ones on request."""

    _inherit = "res.partner"

    statement_count = fields.Integer(
        string="Statements",
        compute="_compute_figures",
        groups=READERS,
    )
    last_statement_date = fields.Date(
        string="Last Statement",
        compute="_compute_figures",
        groups=READERS,
        help="Date of the last statement sent.",
    )

    def _figure_queries(self):
        queries = super()._figure_queries()
        if not self.env["clerk.statement"].has_access("read"):
            return queries
        return [*queries, self._statements_sql()]

    def _statements_sql(self):
        """Return SQL of the statements sent to each customer and its contacts.

        Some were sent to a contact that was a customer of its own then.
        """
        statements, customers = self.env["clerk.statement"], self.commercial_partner_id
        query = statements._search(statements._portal_domain())
        table = query.table
        alias = query.join(table, "partner_id", self._table, "id", "partner_id")
        customer = self._field_to_sql(alias, "commercial_partner_id", query)
        query.add_where(SQL("%s = ANY(%s)", customer, customers._origin.ids))
        query.groupby = SQL("2")
        return query.select(
            SQL("'statements'"),
            customer,
            SQL("COUNT(*), MAX(%s)", statements._field_to_sql(table, "date", query)),
        )

    def _set_figures(self, figures):
        statements = self._customer_figure(figures, "statements")
        self.statement_count, self.last_statement_date = statements
        return super()._set_figures(figures)

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
