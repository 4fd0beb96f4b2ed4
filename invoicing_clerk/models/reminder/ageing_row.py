from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command


class ClerkAgeingRow(models.Model):
    """Reminders of the customers of aged receivables."""

    _inherit = "clerk.ageing.row"

    def action_remind(self):
        """Compute a reminder run for the customers of these rows, and open it.

        :raises UserError: the rows have no customer
        """
        self.check_access("read")
        customers = self.partner_id
        if not customers:
            raise UserError(self.env._("Select rows with a customer."))
        if len(self.company_id) > 1:
            raise UserError(
                self.env._(
                    "Select rows of one company: these belong to %s.",
                    ", ".join(self.company_id.mapped("display_name")),
                )
            )
        run = self.env["clerk.reminder.run"].create(
            {
                "company_id": self.company_id.id,
                "partner_ids": [Command.set(customers.ids)],
            }
        )
        run.action_compute()
        return {
            "type": "ir.actions.act_window",
            "name": run.name,
            "res_model": run._name,
            "res_id": run.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
