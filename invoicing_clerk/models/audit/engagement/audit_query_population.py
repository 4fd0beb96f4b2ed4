from odoo import fields, models
from odoo.fields import Domain

from ...statement.statement_source import StatementLedger
from .audit_population import IN_BANK_AND_CASH, POPULATIONS, RECEIVABLES


class ClerkAuditQuery(models.Model):
    """What the general ledger says to the control total of a ready-made population."""

    _inherit = "clerk.audit.query"

    population = fields.Selection(
        POPULATIONS, readonly=True, help="A ready-made one, which the ledger proves."
    )

    def _day(self):
        """The day that the answer is about: the end of the period by default."""
        return self.date or self.audit_id.date_to

    def _ledger_total(self):
        """What the ledger says, in company currency; None where it has no such sum.

        Open items are the balance of the receivables at the day; all else is what was
        entered on them in the period, by documents of a kind or in bank and cash.
        """
        self.ensure_one()
        kinds = {
            "invoices": [("move_id.move_type", "=", "out_invoice")],
            "credit_notes": [("move_id.move_type", "=", "out_refund")],
            "items": [],
            "open": [],
            "receipts": IN_BANK_AND_CASH,
        }
        if self.population not in kinds:
            return None
        dates = Domain("date", "<=", self._day())
        if self.population != "open":
            audit = self.audit_id
            dates = Domain("date", ">=", audit.date_from) & Domain(
                "date", "<=", audit.date_to
            )
        self.env["account.move.line"].check_access("read")
        column = "credit" if self.population == "receipts" else "balance"
        # sudo: one sum of the engagement's own books, for somebody who may read them;
        # what rules hide from the population has to show as a difference.
        [[total]] = (
            self.env["account.move.line"]
            .sudo()
            ._read_group(
                Domain(RECEIVABLES)
                & Domain("company_id", "child_of", self.company_id.id)
                & Domain(kinds[self.population])
                & dates,
                aggregates=[f"{column}:sum"],
            )
        )
        return self.currency_id.round(total or 0.0)

    def _open_rows(self):
        """SQL of (id, amount) of what was open at the day, as statements say it."""
        run = self.env["clerk.statement.run"].new(
            {
                "name": self.name,
                "company_id": self.company_id.id,
                "grouping": "customer",
                "ageing_basis": "due",
            }
        )
        ledger = StatementLedger(run)
        ledger.flush()
        return ledger.open_rows_sql(self._day())
