from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...rules.worklist import score as rules

NUMBERS = ("integer", "float", "monetary")
DATES = ("date", "datetime")


class ClerkWorklistRule(models.Model):
    """A reason why records of a worklist are more or less urgent.

    Records that match a filter get points, or a number or date of each is measured.
    """

    _name = "clerk.worklist.rule"
    _description = "Priority Rule"
    _inherit = "clerk.filtered"
    _order = "sequence, id"

    _filter_fields = frozenset({"domain", "measure_path", "divisor_path"})

    worklist_id = fields.Many2one(
        "clerk.worklist", required=True, ondelete="cascade", index=True
    )
    model = fields.Char(related="worklist_id.model")
    sequence = fields.Integer(default=10)
    name = fields.Char(
        string="Reason",
        required=True,
        translate=True,
        help="Wording of the rule in the breakdown of a score, after the measured "
        "value: “days overdue” becomes “45 days overdue +30”.",
    )
    kind = fields.Selection(
        [("domain", "Matching Records"), ("measure", "Measured Value")],
        string="Based On",
        default="domain",
        required=True,
    )
    domain = fields.Char(string="Filter", default="[]")
    points = fields.Integer(
        default=10, help="Negative points make a record less urgent."
    )
    measure_path = fields.Char(
        string="Measured Field",
        help="For a date, the days since then. Amounts are in company currency.",
    )
    divisor_path = fields.Char(
        string="Divided By",
        help="Measures one number relative to another, such as the debt relative to "
        "the credit limit. Where this field is zero or empty, the rule adds no points.",
    )
    weight = fields.Float(
        digits=(16, 4), default=1.0, help="Points per unit of the measured value."
    )
    curve = fields.Selection(rules.CURVES, default="linear", required=True)
    is_signed = fields.Boolean(
        string="Include Negative Values",
        help="Future dates and negative amounts reduce the score.",
    )
    cap = fields.Integer(string="Maximum Points", default=50, help="0 means no limit.")

    @api.constrains("kind", "domain", "measure_path", "divisor_path")
    def _check_query(self):
        self.worklist_id._check_query()

    @api.constrains("kind", "measure_path", "divisor_path")
    def _check_measure_path(self):
        for rule in self.filtered(lambda each: each.kind == "measure"):
            if not rule.measure_path:
                raise ValidationError(
                    self.env._("%s: choose the number or date to measure.", rule.name)
                )

    def _check_paths(self, model):
        for path in filter(None, (self.measure_path, self.divisor_path)):
            self._read_path(path, model)

    def _factor(self):
        return rules.Factor(
            Decimal(str(self.weight)), Decimal(self.cap), self.curve, self.is_signed
        )

    # SQL

    def _points_sql(self, source):
        """Return the points for each record of ``source``, and the measured fact."""
        self.ensure_one()
        if self.kind == "domain":
            matches = source.matches(self)
            return (
                SQL("CASE WHEN %s THEN %s ELSE 0 END", matches, self.points),
                SQL("NULL::numeric"),
            )
        fact = self._fact_sql(source)
        return self._points_for_sql(fact), SQL("ROUND((%s)::numeric, 2)", fact)

    def _fact_sql(self, source):
        fact = self._measured_sql(source, self.measure_path)
        if not self.divisor_path:
            return fact
        divisor = self._measured_sql(source, self.divisor_path)
        return SQL("(%s) / NULLIF(%s, 0)", fact, divisor)

    def _measured_sql(self, source, path):
        return source.measure(self._read_path(path, source.model))

    def _points_for_sql(self, fact):
        """Return ``rules.worklist.score.points`` in SQL.

        LEAST ignores NULL, so CASE has to handle it. A logarithm of doubles is exact to
        fifteen digits and a hundred times faster than one of decimals.
        """
        factor = self._factor()
        is_known = SQL("(%s) IS NOT NULL", fact)
        if factor.curve == "logarithm" or not factor.signed:
            fact = SQL("GREATEST(%s, 0)", fact)
        if factor.curve == "logarithm":
            fact = SQL("LOG((1 + %s)::float8)::numeric", fact)
        cap = min(abs(self.cap) or rules.MOST_POINTS, rules.MOST_POINTS)
        return SQL(
            "CASE WHEN %s THEN ROUND(GREATEST(LEAST(%s * %s, %s), %s))::int ELSE 0 END",
            is_known,
            fact,
            factor.weight,
            cap,
            -cap,
        )
