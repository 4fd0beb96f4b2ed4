from odoo import models

from odoo.addons.invoicing_clerk.models.mixin.amount import amount_text
from odoo.addons.invoicing_clerk.models.mixin.gate import at_least_one

REGISTER = "invoicing_clerk_expense.action_report_expense_register"


class HrExpense(models.Model):
    """The printed register of expenses."""

    _inherit = "hr.expense"

    def action_print_register(self):
        """Print a list of the expenses, with totals by charge status."""
        return self.env.ref(REGISTER).report_action(at_least_one(self), config=False)

    def action_open_charging_invoice(self):
        """Open the invoice that bills the expense."""
        self.ensure_one()
        return self.clerk_move_id.get_formview_action()

    def _register_totals(self):
        """Return rows of charge status, number of expenses and cost, by currency."""
        groups = self.grouped(
            lambda each: (each.company_currency_id, each.clerk_charge_state)
        )
        return [
            (
                expenses[0]._charge_state_label(),
                len(expenses),
                amount_text(currency, sum(expenses.mapped("clerk_cost"))),
            )
            for (currency, _state), expenses in groups.items()
        ]
