from decimal import Decimal

from odoo import fields, models

from ....rules.audit.sample import sampling as rules


class ClerkAuditSample(models.Model):
    """Evaluation: results of a sample projected to its population.

    Overstatement and understatement are evaluated separately: each upper misstatement
    limit has to be within the tolerable misstatement.
    """

    _inherit = "clerk.audit.sample"

    is_accepted = fields.Boolean(string="Accepted", readonly=True, copy=False)
    evaluated_on = fields.Datetime(readonly=True, copy=False)
    evaluated_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    over_errors = fields.Integer(string="Overstated Items", readonly=True, copy=False)
    over_known = fields.Monetary(
        string="Known Overstatement", readonly=True, copy=False
    )
    over_projected = fields.Monetary(
        string="Projected Overstatement", readonly=True, copy=False
    )
    over_basic = fields.Monetary(
        string="Basic Precision (Overstatement)", readonly=True, copy=False
    )
    over_incremental = fields.Monetary(
        string="Incremental Allowance (Overstatement)", readonly=True, copy=False
    )
    over_upper = fields.Monetary(
        string="Upper Limit of Overstatement", readonly=True, copy=False
    )
    under_errors = fields.Integer(string="Understated Items", readonly=True, copy=False)
    under_known = fields.Monetary(
        string="Known Understatement", readonly=True, copy=False
    )
    under_projected = fields.Monetary(
        string="Projected Understatement", readonly=True, copy=False
    )
    under_basic = fields.Monetary(
        string="Basic Precision (Understatement)", readonly=True, copy=False
    )
    under_incremental = fields.Monetary(
        string="Incremental Allowance (Understatement)", readonly=True, copy=False
    )
    under_upper = fields.Monetary(
        string="Upper Limit of Understatement", readonly=True, copy=False
    )
    deviations = fields.Integer(readonly=True, copy=False)
    likely_rate = fields.Float(
        string="Deviation Rate", readonly=True, copy=False, digits=(9, 8)
    )
    upper_rate = fields.Float(
        string="Upper Deviation Rate", readonly=True, copy=False, digits=(9, 8)
    )

    def _evaluate(self):
        self.ensure_one()
        is_amount = self.purpose == "amount"
        results = self._amount_results() if is_amount else self._rate_results()
        self._write_step(
            "evaluate",
            **results,
            evaluated_on=fields.Datetime.now(),
            evaluated_by_id=self.env.uid,
        )
        self.message_post(body=self.conclusion)

    def _amount_results(self):
        over, under = self._limits()
        values = {
            f"{side}_{figure}": float(getattr(limit, figure))
            for side, limit in (("over", over), ("under", under))
            for figure in ("known", "projected", "basic", "incremental", "upper")
        }
        values["over_errors"] = len(over.errors)
        values["under_errors"] = len(under.errors)
        tolerable = self._exact(self.tolerable)
        values["is_accepted"] = max(over.upper, under.upper) <= tolerable
        return values

    def _rate_results(self):
        rate = rules.deviation_rate(
            len(self.item_ids.filtered("is_deviation")),
            len(self.item_ids),
            self.population_count,
            self.risk,
        )
        return {
            "deviations": rate.deviations,
            "likely_rate": rate.likely,
            "upper_rate": rate.upper,
            "is_accepted": rate.upper <= self.tolerable_rate,
        }

    def _limits(self):
        """Return the limits of overstatement and understatement with their errors."""
        places = self.currency_id.decimal_places
        return rules.limits(
            [item._audited() for item in self.item_ids],
            self._exact(self.interval),
            self.risk,
            Decimal(1).scaleb(-places),
        )

    def _summary_row(self):
        """Return the row of the sample on the summary of its engagement."""
        row = [self.display_name, self._shown(self.population_total), self.item_count]
        if self.state != "evaluated":
            return [*row, self.recorded_count and self.error_count, "", "", ""]
        limits = (self._percent(self.upper_rate), self._percent(self.tolerable_rate))
        if self.purpose == "amount":
            upper = max(self.over_upper, self.under_upper)
            limits = (self._shown(upper), self._shown(self.tolerable))
        result = (
            self.env._("Accepted") if self.is_accepted else self.env._("Not accepted")
        )
        return [*row, self.error_count, *limits, result]

    def _error_rows(self):
        """Return the errors of both directions as the working paper lists them.

        :return: pairs of a direction and its errors, largest projection first
        """
        over, under = self._limits()
        rows = [
            (self.env._("Overstated"), over.errors),
            (self.env._("Understated"), under.errors),
        ]
        return [(name, errors) for name, errors in rows if errors]
