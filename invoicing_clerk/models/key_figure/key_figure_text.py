from odoo import api, fields, models
from odoo.tools import float_round, format_date, formatLang

from ...rules.key_figure import key_figure as rules
from ..mixin.amount import amount_text


def shown_value(value):
    """Return a value as it is shown; differences are those of shown values."""
    return float_round(value, precision_digits=1)


class ClerkKeyFigure(models.Model):
    """Explains a figure: its formula, once with names and once with numbers."""

    _inherit = "clerk.key.figure"

    month_text = fields.Char(string="Name of the Month", compute="_compute_month_text")
    value_text = fields.Char(string="Value", compute="_compute_texts")
    formula_text = fields.Char(string="Formula", compute="_compute_texts")
    calculation_text = fields.Char(string="Calculation", compute="_compute_texts")
    inputs_text = fields.Text(string="Amounts", compute="_compute_texts")
    empty_text = fields.Char(
        string="Explanation of No Value", compute="_compute_empty_text"
    )

    @api.depends("code", "month_text")
    @api.depends_context("lang")
    def _compute_display_name(self):
        names = dict(self._fields["code"]._description_selection(self.env))
        for figure in self:
            figure.display_name = self.env._(
                "%(figure)s, %(month)s",
                figure=names.get(figure.code, ""),
                month=figure.month_text,
            )

    @api.depends("month")
    @api.depends_context("lang")
    def _compute_month_text(self):
        for figure in self:
            figure.month_text = figure.month and format_date(
                self.env, figure.month, date_format="LLLL yyyy"
            )

    @api.depends("value", "inputs", "code", "empty_reason")
    @api.depends_context("lang")
    def _compute_texts(self):
        labels = self._input_labels()
        names = {name: label for name, (label, _kind) in labels.items()}
        computed = self.filtered("code")
        for name in ("value_text", "formula_text", "calculation_text", "inputs_text"):
            (self - computed)[name] = False
        for figure in computed:
            formula = self._figures()[figure.code].formula
            numbers = figure._numbers(labels)
            value = figure._value_text(figure.value)
            figure.value_text = "–" if figure.empty_reason else value
            figure.formula_text = formula.text(names)
            figure.inputs_text = "\n".join(
                f"{names[name]}: {number}" for name, number in numbers.items()
            )
            has_calculation = not figure.empty_reason and len(formula.inputs()) > 1
            figure.calculation_text = (
                has_calculation and f"{formula.text(numbers)} = {value}"
            )

    @api.depends("empty_reason", "code", "month")
    @api.depends_context("lang")
    def _compute_empty_text(self):
        reasons = dict(self._fields["empty_reason"]._description_selection(self.env))
        for figure in self:
            figure.empty_text = reasons.get(figure.empty_reason, False)
            if figure.empty_reason == "unsettled" and figure.month and figure.code:
                final_on = self._figures()[figure.code].final_on(figure.month)
                figure.empty_text = self.env._(
                    "Not known until %s", format_date(self.env, final_on)
                )

    def _value_text(self, value):
        """Return a value with one decimal; the unit of days is shown beside it."""
        number = formatLang(self.env, shown_value(value), digits=1)
        return f"{number}%" if self.unit == "percent" else number

    def _numbers(self, labels):
        """Return the inputs as text, in the order of the labels."""
        return {
            name: self._number_text(self.inputs[name], kind)
            for name, (_label, kind) in labels.items()
            if name in (self.inputs or {})
        }

    def _number_text(self, number, kind):
        if number is None:
            return "–"
        if kind == "money":
            return amount_text(self.currency_id, number)
        return formatLang(self.env, number, digits=1 if kind == "decimal" else 0)

    @api.model
    def _input_labels(self):
        """Return label and kind of each input: money, count or decimal."""
        return {
            "opening": (self.env._("receivables at the beginning"), "money"),
            "receivables": (self.env._("receivables at the end"), "money"),
            "not_due": (self.env._("receivables not yet due"), "money"),
            "disputed": (self.env._("receivables in dispute"), "money"),
            "sales": (self.env._("sales net of credit notes"), "money"),
            "days": (self.env._("days of the month"), "count"),
            "invoiced": (self.env._("sales"), "money"),
            "credited": (self.env._("credit notes"), "money"),
            "whole_days": (
                self.env._("days of the fully outstanding months"),
                "count",
            ),
            "rest": (self.env._("remaining receivables"), "money"),
            "rest_sales": (
                self.env._("sales of the partly outstanding month"),
                "money",
            ),
            "rest_days": (
                self.env._("days of the partly outstanding month"),
                "count",
            ),
            "median_days": (self.env._("median of days to resolve"), "decimal"),
            "cases": (self.env._("billing errors closed"), "count"),
            "issued": (self.env._("invoices issued"), "count"),
            "wrong": (
                self.env._(
                    "invoices with our own error reported within %s days",
                    rules.ERROR_DAYS,
                ),
                "count",
            ),
            "sent": (self.env._("invoices sent"), "count"),
            "unsent": (self.env._("invoices not yet sent"), "count"),
            "sent_days": (
                self.env._("total days from the invoice date to sending"),
                "count",
            ),
            "judged": (self.env._("promises due"), "count"),
            "kept": (self.env._("promises kept in full"), "count"),
            "promised": (self.env._("promised amounts due"), "money"),
            "received": (self.env._("amounts received"), "money"),
            "payments": (self.env._("customer payments"), "count"),
            "applied": (self.env._("matched payments applied"), "count"),
            "items": (self.env._("items paid by matches"), "count"),
            "automatic_items": (
                self.env._("items paid by automatic matches"),
                "count",
            ),
            "automatic": (self.env._("payments applied automatically"), "count"),
            "undone": (self.env._("matches undone"), "count"),
        }
