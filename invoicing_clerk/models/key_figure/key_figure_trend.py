from odoo import api, fields, models
from odoo.tools import formatLang

from ...rules.key_figure import key_figure as rules
from .key_figure_text import shown_value


class ClerkKeyFigure(models.Model):
    """Compares a figure with the month before and with a year before."""

    _inherit = "clerk.key.figure"

    better = fields.Selection(
        rules.BETTER, string="Better If", compute="_compute_better"
    )
    previous_text = fields.Char(string="Previous Month", compute="_compute_trend")
    last_year_text = fields.Char(
        string="Same Month Last Year", compute="_compute_trend"
    )
    change_text = fields.Char(string="Change", compute="_compute_trend")
    last_known_text = fields.Char(
        string="Last Known Value",
        compute="_compute_last_known_text",
        help="Of the last month that is final, where this one is not yet known.",
    )
    verdict = fields.Selection(rules.VERDICTS, string="Trend", compute="_compute_trend")

    @api.depends("code")
    def _compute_better(self):
        for figure in self:
            known = self._figures().get(figure.code)
            figure.better = known and known.better or False

    @api.depends("value", "code", "month", "empty_reason")
    @api.depends_context("lang")
    def _compute_trend(self):
        computed = self.filtered("month").filtered("code")
        for name in ("previous_text", "last_year_text", "change_text", "verdict"):
            (self - computed)[name] = False
        compared = computed._compared()
        for figure in computed:
            previous, last_year = (
                compared.get(figure._key_before(months), self.browse())
                for months in (1, 12)
            )
            figure.previous_text = previous.value_text
            figure.last_year_text = last_year.value_text
            change = figure._change(previous)
            figure.change_text = figure._change_text(change)
            figure.verdict = self._figures()[figure.code].verdict(change) or False

    @api.depends("empty_reason", "code", "month")
    @api.depends_context("lang")
    def _compute_last_known_text(self):
        unsettled = self.filtered(lambda each: each.empty_reason == "unsettled")
        (self - unsettled).last_known_text = False
        frozen = self.search(
            [
                ("company_id", "in", unsettled.company_id.ids),
                ("code", "in", unsettled.mapped("code")),
                ("state", "=", "frozen"),
                ("empty_reason", "=", False),
                ("month", "in", rules.months_until(fields.Date.today())),
            ],
            order="month",
        )
        latest = {(each.company_id, each.code): each for each in frozen}
        for figure in unsettled:
            known = latest.get((figure.company_id, figure.code))
            figure.last_known_text = (
                known and f"{known.value_text} ({known.month_text})"
            )

    def _key_before(self, months):
        return self.company_id, self.code, rules.shift(self.month, -months)

    def _compared(self):
        """Return the figures to compare these with, by company, code and month."""
        keys = {figure._key_before(months) for figure in self for months in (1, 12)}
        found = self.search(
            [
                ("company_id", "in", self.company_id.ids),
                ("code", "in", list({code for _company, code, _month in keys})),
                ("month", "in", list({month for _company, _code, month in keys})),
            ]
        )
        return {(each.company_id, each.code, each.month): each for each in found}

    def _change(self, previous):
        """Return the difference as it is shown, 0 where there is nothing to compare."""
        if not previous or previous.empty_reason or self.empty_reason:
            return 0.0
        return shown_value(shown_value(self.value) - shown_value(previous.value))

    def _change_text(self, change):
        if not change:
            return False
        arrow = "▲" if change > 0 else "▼"
        return f"{arrow} {formatLang(self.env, abs(change), digits=1)}"

    def action_view_history(self):
        """Open the figure of all months as a graph."""
        self.ensure_one()
        self.check_access("read")
        names = dict(self._fields["code"]._description_selection(self.env))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_key_figure_action_history"
        )
        return {
            **action,
            "display_name": names[self.code],
            "domain": [
                ("code", "=", self.code),
                ("company_id", "=", self.company_id.id),
                ("empty_reason", "=", False),
            ],
        }
