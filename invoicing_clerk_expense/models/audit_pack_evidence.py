from odoo import api, models


class ClerkAuditPackEvidence(models.AbstractModel):
    """Expenses that invoices charge on, with their receipts."""

    _inherit = "clerk.audit.pack.evidence"

    @api.model
    def _evidence_steps(self):
        return [self._add_expenses, *super()._evidence_steps()]

    @api.model
    def _add_expenses(self, evidence):
        """Add a table of the expenses, and their messages and receipts."""
        rows = {}
        lines = self.env["account.move.line"].search(
            [
                ("move_id", "in", evidence.moves.ids),
                ("clerk_expense_id", "!=", False),
            ],
            order="id",
        )
        for line in lines:
            expense = line.clerk_expense_id
            evidence.relate(expense, line.move_id)
            rows.setdefault(line.move_id, []).append(
                [
                    expense.name,
                    expense.date and expense.date.isoformat(),
                    expense.employee_id.display_name,
                    f"{expense.untaxed_amount_currency:.2f}",
                    expense.currency_id.name,
                    f"{line.price_subtotal:.2f}",
                    line.currency_id.name,
                ]
            )
        header = [
            *("Expense", "Date", "Employee", "Cost", "Currency of Cost"),
            *("Billed", "Currency"),
        ]
        evidence.table("expenses.csv", "expenses", header, rows)
