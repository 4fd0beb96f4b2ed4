from odoo import api, fields, models
from odoo.tools import SQL

from ...rules.forecast.forecast import BASES, forecast
from ..mixin.roles import READERS
from ..receivable.open_item import promised_parts_sql


class AccountMoveLine(models.Model):
    """The date on which an open item is expected to be paid: see `rules.forecast`."""

    _inherit = "account.move.line"

    expected_date = fields.Date(
        string="Expected",
        compute="_compute_expected",
        groups=READERS,
        help="The day by which the customer promised to pay all that is not disputed, "
        "or usually pays. Empty if it is disputed, or later than usual.",
    )
    expected_basis = fields.Selection(
        BASES,
        string="Expected By",
        compute="_compute_expected",
        groups=READERS,
    )

    @api.depends(
        *("date", "date_maturity", "partner_id", "company_id", "currency_id"),
        *("account_type", "parent_state", "unsettled", "unsettled_company"),
        *("disputed_open", "promised_open"),
    )
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_expected(self):
        charges = self.filtered(lambda item: item._is_open_charge())
        (self - charges).update({"expected_date": False, "expected_basis": False})
        patterns = self.env["clerk.payment.pattern"]._patterns_of(
            charges.partner_id.commercial_partner_id, charges.company_id
        )
        promised = charges._promised_dates()
        today = {each: self._today_of(each) for each in charges.company_id}
        for item in charges:
            found = item._forecast(
                patterns, today[item.company_id], promised.get(item._origin.id)
            )
            item.expected_basis, item.expected_date = found.basis, found.day

    def _today_of(self, company):
        """Return today's date where the company is, as the forecast has it."""
        return fields.Date.context_today(
            self.with_context(tz=company.partner_id.tz or "UTC")
        )

    def _is_open_charge(self):
        """Return whether something is owed, in both currencies.

        An exchange difference in company currency alone is not an open item.
        """
        own, company = self.currency_id, self.company_currency_id
        return (
            self.account_type == "asset_receivable"
            and self.parent_state == "posted"
            and company.compare_amounts(self.unsettled_company, 0) > 0
            and own.compare_amounts(self.unsettled, 0) > 0
        )

    def _promised_dates(self):
        """Map ids to the date by which open promises cover all that is not disputed."""
        items = self.filtered(lambda item: item._is_promised_in_full())
        if not items:
            return {}
        return dict(
            items._query_on_hold(
                SQL(
                    "SELECT line_id, MAX(date) FROM (%s) AS part GROUP BY line_id",
                    promised_parts_sql(),
                )
            )
        )

    def _is_promised_in_full(self):
        free = self.unsettled - self.disputed_open
        return (
            self.promised_open > 0
            and self.currency_id.compare_amounts(self.promised_open, free) >= 0
        )

    def _forecast(self, patterns, today, promised):
        """Return `rules.forecast.forecast` of one open item."""
        everybody = self.env["res.partner"]
        pattern = patterns.get(
            (self.partner_id.commercial_partner_id, self.company_id),
            patterns.get((everybody, self.company_id)),
        )
        currency = self.currency_id
        return forecast(
            self.date_maturity or self.date,
            pattern and pattern._rule_pattern(),
            today,
            promised=promised,
            is_disputed=currency.compare_amounts(self.disputed_open, self.unsettled)
            >= 0,
        )
