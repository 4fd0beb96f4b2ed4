from odoo.addons.invoicing_clerk.models.ageing.ageing_row import BUCKETS
from odoo.addons.invoicing_clerk.tests.statement.common import StatementCommon


class AgeingCommon(StatementCommon):
    """Reports of aged receivables."""

    def _report(self, day="2026-01-31", user=None, **values):
        reports = self.env["clerk.ageing"].with_user(user or self.clerk)
        report = reports.create(
            {"date": day, "company_id": self.company_a.id, **values}
        )
        report.action_compute()
        return report

    def _row(self, report, partner=None, currency=None):
        partner = self.partner_a if partner is None else partner
        currency = currency or self.currency_a
        return report.row_ids.filtered(
            lambda row: row.partner_id == partner and row.currency_id == currency
        )

    def _aged(self, row, suffix=""):
        """Return the buckets of a row that are not zero: ``{number: amount}``."""
        return {
            number: row[f"{name}{suffix}"]
            for number, name in enumerate(BUCKETS)
            if row[f"{name}{suffix}"]
        }
