from odoo import api, fields, models
from odoo.fields import Command


class ClerkStatementRun(models.Model):
    """A run for one customer who requests a statement."""

    _inherit = "clerk.statement.run"

    @api.model
    def _on_request(self, customer, contact):
        """Return a run with the statement of a customer as of today.

        If the customer has requested one today that is not sent yet, it is updated.

        :raises UserError: the statement cannot be computed, with the reason
        """
        company = self.env.company.root_id
        runs = self.with_company(company)
        today = fields.Date.context_today(self)
        run = runs.search(
            [
                ("kind", "=", "request"),
                ("state", "in", ("draft", "computed")),
                ("company_id", "=", company.id),
                ("date", "=", today),
                ("partner_ids", "=", customer.id),
            ],
            limit=1,
        ) or runs.create(self._request_values(company, today, customer))
        run._inside().requested_by_id = contact
        run.action_compute()
        return run

    @api.model
    def _request_values(self, company, today, customer):
        return {
            "name": self.env._(
                "%(customer)s, Requested %(date)s",
                customer=customer.display_name,
                date=fields.Date.to_string(today),
            ),
            "kind": "request",
            "company_id": company.id,
            "date": today,
            "include": "chosen",
            "partner_ids": [Command.set(customer.ids)],
            # Customers who request a statement get one, even without open items.
            "with_zero": True,
            "with_credit": True,
            "minimum": 0.0,
        }

    def _request_action(self):
        """Show the statement of a run on request."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "clerk.statement",
            "view_mode": "form",
            "views": [(False, "form")],
            "res_id": self.statement_ids[:1].id,
        }
