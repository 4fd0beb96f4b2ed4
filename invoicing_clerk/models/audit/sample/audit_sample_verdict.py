from decimal import Decimal

from odoo import fields, models

from ....rules.audit.sample import sampling as rules


class ClerkAuditSample(models.Model):
    """What the results of a sample say about its population.

    Overstatements and understatements are judged apart: each limit has to be tolerable.
    """

    _inherit = "clerk.audit.sample"

    is_accepted = fields.Boolean(string="Accepted", readonly=True, copy=False)
    evaluated_on = fields.Datetime(readonly=True, copy=False)
    evaluated_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    over_errors = fields.Integer(string="Overstated Items", readonly=True, copy=False)
    over_known = fields.Monetary(string="Known", readonly=True, copy=False)
    over_projected = fields.Monetary(string="Projected", readonly=True, copy=False)
    over_basic = fields.Monetary(string="Basic Precision", readonly=True, copy=False)
    over_incremental = fields.Monetary(
        string="Incremental Allowance", readonly=True, copy=False
    )
    over_upper = fields.Monetary(string="Upper Limit", readonly=True, copy=False)
    under_errors = fields.Integer(string="Understated Items", readonly=True, copy=False)
    under_known = fields.Monetary(string="Known (Under)", readonly=True, copy=False)
    under_projected = fields.Monetary(
        string="Projected (Under)", readonly=True, copy=False
    )
    under_basic = fields.Monetary(
        string="Basic Precision (Under)", readonly=True, copy=False
    )
    under_incremental = fields.Monetary(
        string="Incremental Allowance (Under)", readonly=True, copy=False
    )
    under_upper = fields.Monetary(
        string="Upper Limit (Under)", readonly=True, copy=False
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
        # sudo: written by the step alone, on a sample that the caller may write.
        self.sudo().write(
            {
                **(self._amount_verdict() if is_amount else self._rate_verdict()),
                "state": "evaluated",
                "evaluated_on": fields.Datetime.now(),
                "evaluated_by_id": self.env.uid,
            }
        )
        self.message_post(body=self.verdict)

    def _amount_verdict(self):
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

    def _rate_verdict(self):
        found = rules.deviation_rate(
            len(self.item_ids.filtered("is_deviation")),
            len(self.item_ids),
            self.population_count,
            self.risk,
        )
        return {
            "deviations": found.deviations,
            "likely_rate": found.likely,
            "upper_rate": found.upper,
            "is_accepted": found.upper <= self.tolerable_rate,
        }

    def _limits(self):
        """How much is over- and understated, with each error that it follows from."""
        places = self.currency_id.decimal_places
        return rules.limits(
            [item._audited() for item in self.item_ids],
            self._exact(self.interval),
            self.risk,
            Decimal(1).scaleb(-places),
        )

    def _summary_row(self):
        """The sample on the summary of its engagement, with a verdict if it has one."""
        row = [self.display_name, self._shown(self.population_total), self.item_count]
        if self.state != "evaluated":
            return [*row, self.recorded_count and self.error_count, "", "", ""]
        limits = (self._percent(self.upper_rate), self._percent(self.tolerable_rate))
        if self.purpose == "amount":
            upper = max(self.over_upper, self.under_upper)
            limits = (self._shown(upper), self._shown(self.tolerable))
        verdict = self.env._("Accepted") if self.is_accepted else self.env._("Refused")
        return [*row, self.error_count, *limits, verdict]

    def _error_rows(self):
        """The errors of both directions as a working paper lists them.

        :return: pairs of a direction's name and its errors, in the order of weight
        """
        over, under = self._limits()
        rows = [
            (self.env._("Overstated"), over.errors),
            (self.env._("Understated"), under.errors),
        ]
        return [(name, errors) for name, errors in rows if errors]
