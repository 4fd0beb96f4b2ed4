from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...rules.worklist import worklist as rules

NUMBERS = ("integer", "float", "monetary")
DATES = ("date", "datetime")


class ClerkWorklistRule(models.Model):
    """A reason why records of a worklist are more urgent, or less.

    Either records of a domain get points, or a number or date of each is measured.
    """

    _name = "clerk.worklist.rule"
    _description = "Priority Rule"
    _order = "sequence, id"

    worklist_id = fields.Many2one(
        "clerk.worklist", required=True, ondelete="cascade", index=True
    )
    model = fields.Char(related="worklist_id.model")
    sequence = fields.Integer(default=10)
    name = fields.Char(
        string="In Words",
        required=True,
        translate=True,
        help="How the reason reads in the breakdown of a score. What is measured comes "
        "before it: “days overdue” reads as “45 days overdue +30”.",
    )
    kind = fields.Selection(
        [("domain", "Records That Match"), ("measure", "A Number or Date")],
        default="domain",
        required=True,
    )
    domain = fields.Char(default="[]")
    points = fields.Integer(default=10, help="Below zero makes a record less urgent.")
    measure_path = fields.Char(
        string="Measured",
        help="A date counts the days since; an amount counts in company currency.",
    )
    divisor_path = fields.Char(
        string="Divided By",
        help="Measures one number against another, say the debt against the credit "
        "limit. Where this is zero or empty the rule counts nothing.",
    )
    weight = fields.Float(
        digits=(16, 4), default=1.0, help="Points for each unit of what is measured."
    )
    curve = fields.Selection(rules.CURVES, default="linear", required=True)
    is_signed = fields.Boolean(
        string="Below Zero Too",
        help="Let dates to come and amounts below zero take points away.",
    )
    cap = fields.Integer(default=50, help="The most that it can count; 0 is no limit.")

    @api.constrains("kind", "domain", "measure_path", "divisor_path")
    def _check_question(self):
        self.worklist_id._check_question()

    @api.constrains("kind", "measure_path", "divisor_path")
    def _check_measured(self):
        for rule in self.filtered(lambda each: each.kind == "measure"):
            if not rule.measure_path:
                raise ValidationError(
                    self.env._("%s: choose the number or date to measure.", rule.name)
                )

    def _factor(self):
        return rules.Factor(
            Decimal(str(self.weight)), Decimal(self.cap), self.curve, self.is_signed
        )

    # SQL

    def _points_sql(self, source):
        """What this rule adds for each record of ``source``, and the fact behind it."""
        self.ensure_one()
        if self.kind == "domain":
            matches = source.matches(self.domain, self.name)
            return (
                SQL("CASE WHEN %s THEN %s ELSE 0 END", matches, self.points),
                SQL("NULL::numeric"),
            )
        fact = self._fact_sql(source)
        return self._measured_sql(fact), SQL("ROUND((%s)::numeric, 2)", fact)

    def _fact_sql(self, source):
        fact = source.measure(self.measure_path)
        if not self.divisor_path:
            return fact
        return SQL("(%s) / NULLIF(%s, 0)", fact, source.measure(self.divisor_path))

    def _measured_sql(self, fact):
        """`rules.worklist.points` in SQL. LEAST passes over NULL, so CASE does not.

        A logarithm of doubles is exact to fifteen digits and takes a hundredth of one
        of decimals.
        """
        factor = self._factor()
        known = SQL("(%s) IS NOT NULL", fact)
        if factor.curve == "logarithm" or not factor.signed:
            fact = SQL("GREATEST(%s, 0)", fact)
        if factor.curve == "logarithm":
            fact = SQL("LOG((1 + %s)::float8)::numeric", fact)
        cap = min(abs(self.cap) or rules.MOST_POINTS, rules.MOST_POINTS)
        return SQL(
            "CASE WHEN %s THEN ROUND(GREATEST(LEAST(%s * %s, %s), %s))::int ELSE 0 END",
            known,
            fact,
            factor.weight,
            cap,
            -cap,
        )
