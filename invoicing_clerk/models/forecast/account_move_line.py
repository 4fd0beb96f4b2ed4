from odoo import api, fields, models

from ...rules.forecast.forecast import BASES, forecast
from ..mixin.roles import READERS


class AccountMoveLine(models.Model):
    """The date on which an open item is expected to be paid: see `rules.forecast`."""

    _inherit = "account.move.line"

    expected_date = fields.Date(
        string="Expected",
        compute="_compute_expected",
        groups=READERS,
        help="The day on which the customer promised or usually pays. Empty if it is "
        "disputed, or later than usual.",
    )
    expected_basis = fields.Selection(
        BASES,
        string="Expected By",
        compute="_compute_expected",
        groups=READERS,
    )

    @api.depends("date_maturity", "partner_id", "company_id", "disputed_open")
    @api.depends_context("uid", "allowed_company_ids", "tz")
    def _compute_expected(self):
        charges = self.filtered(lambda item: item._is_open_charge())
        (self - charges).update({"expected_date": False, "expected_basis": False})
        customers = charges.partner_id.commercial_partner_id
        patterns = self.env["clerk.payment.pattern"]._patterns_of(
            customers, charges.company_id
        )
        promised = charges._promised_dates()
        for item in charges:
            found = item._forecast(patterns, promised.get(item._origin))
            item.expected_basis, item.expected_date = found.basis, found.day

    def _is_open_charge(self):
        return (
            self.account_type == "asset_receivable"
            and self.parent_state == "posted"
            and self.company_currency_id.compare_amounts(self.unsettled_company, 0) > 0
        )

    def _promised_dates(self):
        """Map items to the first date for which an open promise was made."""
        rows = self.env["clerk.promise.line"]._read_group(
            [("move_line_id", "in", self._origin.ids), ("is_active", "=", True)],
            ["move_line_id"],
            ["promise_id:recordset"],
        )
        return {item: min(promises.mapped("date")) for item, promises in rows}

    def _forecast(self, patterns, promised):
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
            fields.Date.context_today(self),
            promised=promised,
            is_disputed=currency.compare_amounts(self.disputed_open, self.unsettled)
            >= 0,
        )
