from odoo import fields, models
from odoo.fields import Domain

from ...statement.statement_source import StatementLedger
from .audit_population import IN_BANK_AND_CASH, POPULATIONS, RECEIVABLES


class ClerkAuditQuery(models.Model):
    """Reconciliation of standard populations with the general ledger."""

    _inherit = "clerk.audit.query"

    population = fields.Selection(
        POPULATIONS,
        string="Standard Population",
        readonly=True,
        help="Its control total is reconciled with the general ledger.",
    )

    def _day(self):
        """Return the as-of date: the end of the period by default."""
        return self.date or self.audit_id.date_to

    def _ledger_total(self):
        """Return the total of the ledger in company currency; None if it has none.

        For open items it is the balance of receivables as of the date; for all others
        the movements in the period, by type of document or in bank and cash journals.
        """
        self.ensure_one()
        domains = {
            "invoices": [("move_id.move_type", "=", "out_invoice")],
            "credit_notes": [("move_id.move_type", "=", "out_refund")],
            "items": [],
            "open": [],
            "receipts": IN_BANK_AND_CASH,
        }
        if self.population not in domains:
            return None
        dates = Domain("date", "<=", self._day())
        if self.population != "open":
            audit = self.audit_id
            dates = Domain("date", ">=", audit.date_from) & Domain(
                "date", "<=", audit.date_to
            )
        self.env["account.move.line"].check_access("read")
        column = "credit" if self.population == "receipts" else "balance"
        # sudo: one total of the engagement's own company, for a caller who may read
        # journal items; items that record rules hide must show as a difference.
        [[total]] = (
            self.env["account.move.line"]
            .sudo()
            ._read_group(
                Domain(RECEIVABLES)
                & Domain("company_id", "child_of", self.company_id.id)
                & Domain(domains[self.population])
                & dates,
                aggregates=[f"{column}:sum"],
            )
        )
        return self.currency_id.round(total or 0.0)

    def _open_rows(self):
        """Return SQL of (id, amount) of open items as of the date, as on statements."""
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
