from array import array

from odoo import fields, models
from odoo.exceptions import UserError

from ....rules.audit.sample import sampling, sampling_factor
from ....rules.audit.sample.sampling_plan import Plan
from ....rules.plural import plural
from ...mixin.amount import amount_text


class ClerkAuditSample(models.Model):
    """Drawing: the population is read once, all items are created in one batch."""

    _inherit = "clerk.audit.sample"

    size = fields.Integer(
        readonly=True,
        copy=False,
        string="Sample Size",
        help="Number of monetary units or items drawn, computed or requested.",
    )
    interval = fields.Monetary(
        readonly=True,
        copy=False,
        string="Sampling Interval",
        help="Largest amount that one item represents, other than individually "
        "significant ones.",
    )
    start = fields.Monetary(
        string="Random Start",
        readonly=True,
        copy=False,
        help="First monetary unit selected.",
    )
    start_place = fields.Integer(string="Start Position", readonly=True, copy=False)
    stratum_ids = fields.One2many(
        "clerk.audit.sample.stratum", "sample_id", string="Selected Strata"
    )
    drawn_on = fields.Datetime(readonly=True, copy=False)
    drawn_by_id = fields.Many2one("res.users", readonly=True, copy=False)

    def _draw(self):
        self.ensure_one()
        plan = self._plan()
        self._check_plan(plan)
        query = self._sampled_query()
        population = self._population_now(query)
        places, values = self._drawable(query, population)
        drawn = self._explain_errors(lambda: plan.draw(values, self.seed.strip()))
        # sudo: only this step writes them, on a sample that the caller may write.
        sample_sudo = self.sudo()
        sample_sudo._write_step(
            "draw",
            **self._population_values(query, population, values),
            **self._draw_values(plan, values, drawn),
        )
        sample_sudo._seal_evidence("population_file")
        ids = [population.ids[places[hit.index]] for hit in drawn.hits]
        details = self._record_details(query, ids)
        strata = sample_sudo._create_strata(drawn)
        sample_sudo.item_ids.create(
            [
                {
                    **self._item_values(hit, values[hit.index]),
                    **details[res_id],
                    "stratum_id": strata[hit.stratum].id,
                    "number": number,
                }
                for number, (hit, res_id) in enumerate(
                    zip(drawn.hits, ids, strict=True), start=1
                )
            ]
        )
        self._post_drawn(len(ids))

    def _create_strata(self, drawn):
        """Create the strata that are not empty; return them by position."""
        places = [place for place, stratum in enumerate(drawn.strata) if stratum.count]
        strata = self.stratum_ids.create(
            [
                {**self._stratum_values(drawn.strata[place]), "number": place + 1}
                for place in places
            ]
        )
        return dict(zip(places, strata, strict=True))

    def _post_drawn(self, count):
        self.message_post(
            body=plural(
                count,
                self.env._(
                    "%(count)s item was drawn with seed %(seed)s.",
                    count=count,
                    seed=self.seed,
                ),
                self.env._(
                    "%(count)s items were drawn with seed %(seed)s.",
                    count=count,
                    seed=self.seed,
                ),
            )
        )

    def _preview(self):
        """Return a sentence with the number of items that would be drawn."""
        plan = self._plan()
        self._check_plan(plan)
        query = self._sampled_query()
        _places, values = self._drawable(query, self._population_now(query))
        drawn = self._explain_errors(lambda: plan.draw(values, self.seed.strip()))
        significant = sum(each.size for each in drawn.strata if each.is_certain)
        return plural(
            len(values),
            self.env._(
                "%(items)s of %(count)s record would be drawn, %(significant)s "
                "individually significant.",
                items=len(drawn.hits),
                count=len(values),
                significant=significant,
            ),
            self.env._(
                "%(items)s of %(count)s records would be drawn, %(significant)s of "
                "them individually significant.",
                items=len(drawn.hits),
                count=len(values),
                significant=significant,
            ),
        )

    def _plan(self):
        return Plan(
            method=self.method,
            purpose=self.purpose,
            risk=self.risk,
            tolerable=self._minor_units(self.tolerable),
            expected=self._minor_units(self.expected),
            tolerable_rate=self.tolerable_rate,
            deviations=self.expected_deviations,
            strata=self.strata_number,
            size=self.size_given,
        )

    def _check_plan(self, plan):
        """:raises UserError: no sample can be drawn with this plan"""
        if not (self.seed or "").strip():
            raise UserError(
                self.env._(
                    "%s has no seed. Enter any number, so that the same sample can be "
                    "drawn again.",
                    self.name,
                )
            )
        if self.population == "query" and not self.query_id:
            raise UserError(
                self.env._("%s: choose the query to sample from.", self.name)
            )
        self._explain_errors(plan.check)

    def _drawable(self, query, population):
        """Return the positions of drawable records and their positive values.

        :raises UserError: the population is empty
        """
        minor_units = population.minor_units
        if not minor_units:
            raise UserError(
                self.env._(
                    "%(sample)s: “%(query)s” returns no records. Check its filter and "
                    "the period.",
                    sample=self.name,
                    query=query.name,
                )
            )
        if self.purpose == "attribute":
            self._check_has_amounts(query, self.method == "stratified")
            return range(len(minor_units)), minor_units
        self._check_has_amounts(query, True)
        direction = self._direction()
        places = array(
            "q",
            (place for place, value in enumerate(minor_units) if direction * value > 0),
        )
        if not places:
            raise UserError(self._one_sided(query, minor_units))
        values = (direction * minor_units[place] for place in places)
        return places, array("q", values)

    def _check_has_amounts(self, query, needed):
        if needed and not query.amount_path:
            raise UserError(
                self.env._(
                    "%(sample)s: “%(query)s” has no amount. Choose an amount in the "
                    "query, or test controls at random.",
                    sample=self.name,
                    query=query.name,
                )
            )

    def _one_sided(self, query, minor_units):
        details = {
            "sample": self.name,
            "query": query.name,
            "count": len(minor_units),
            "total": amount_text(self.currency_id, self._money(sum(minor_units))),
        }
        if self.sign == "positive":
            return plural(
                len(minor_units),
                self.env._(
                    "%(sample)s: the only record of “%(query)s”, %(total)s, is not "
                    "above zero. Choose the stratum Credits.",
                    **details,
                ),
                self.env._(
                    "%(sample)s: none of the %(count)s records of “%(query)s” is above "
                    "zero; their total is %(total)s. Choose the stratum Credits.",
                    **details,
                ),
            )
        return plural(
            len(minor_units),
            self.env._(
                "%(sample)s: the only record of “%(query)s”, %(total)s, is not below "
                "zero. Choose the stratum Debits.",
                **details,
            ),
            self.env._(
                "%(sample)s: none of the %(count)s records of “%(query)s” is below "
                "zero; their total is %(total)s. Choose the stratum Debits.",
                **details,
            ),
        )

    def _explain_errors(self, action):
        """Call a rule, and turn its errors into sentences for the user.

        :raises UserError: tolerable and expected amounts or the risk are inconsistent
        """
        try:
            return action()
        except sampling_factor.RiskError as error:
            raise UserError(
                self.env._(
                    "%s: the risk must be above 0%% and at most 50%%.", self.name
                )
            ) from error
        except sampling.TolerableError as error:
            raise UserError(self._tolerable_missing()) from error
        except sampling.ExpectedError as error:
            raise UserError(self._expected_too_high()) from error
        except sampling.SizeError as error:
            raise UserError(
                self.env._(
                    "%s: the expected misstatement is so close to the tolerable "
                    "misstatement that no sample is large enough. Change one of them, "
                    "or examine all items.",
                    self.name,
                )
            ) from error

    def _tolerable_missing(self):
        if self.purpose == "amount":
            return self.env._(
                "%s: enter the tolerable misstatement. It follows from the "
                "materiality of the engagement.",
                self.name,
            )
        return self.env._("%s: enter the tolerable deviation rate.", self.name)

    def _expected_too_high(self):
        if self.purpose == "amount":
            return self.env._(
                "%(sample)s: the expected misstatement of %(expected)s is not below "
                "the tolerable misstatement of %(tolerable)s. Have the books corrected "
                "first, or examine all items.",
                sample=self.name,
                expected=amount_text(self.currency_id, self.expected),
                tolerable=amount_text(self.currency_id, self.tolerable),
            )
        return plural(
            self.expected_deviations,
            self.env._(
                "%(sample)s: %(deviations)s expected deviation in %(size)s items "
                "exceeds the tolerable rate of %(rate).2f%%. Increase the size, or "
                "examine all items.",
                sample=self.name,
                deviations=self.expected_deviations,
                size=self.size_given,
                rate=100 * self.tolerable_rate,
            ),
            self.env._(
                "%(sample)s: %(deviations)s expected deviations in %(size)s items "
                "exceed the tolerable rate of %(rate).2f%%. Increase the size, or "
                "examine all items.",
                sample=self.name,
                deviations=self.expected_deviations,
                size=self.size_given,
                rate=100 * self.tolerable_rate,
            ),
        )

    # Values

    def _draw_values(self, plan, values, drawn):
        is_mus = self.method == "mus"
        return {
            "size": plan.needed(values)
            if is_mus
            else sum(stratum.size for stratum in drawn.strata[1:]),
            "interval": self._money(drawn.interval) if self.purpose == "amount" else 0,
            "start": self._money(drawn.start) if is_mus else 0.0,
            "start_place": 0 if is_mus else drawn.start or 0,
            "drawn_on": fields.Datetime.now(),
            "drawn_by_id": self.env.uid,
        }

    def _stratum_values(self, stratum):
        return {
            "sample_id": self.id,
            "count": stratum.count,
            "size": stratum.size,
            "is_certain": stratum.is_certain,
            "low": self._money(self._turn(stratum.low)),
            "high": self._money(self._turn(stratum.high)),
            "total": self._money(self._turn(stratum.total)),
            "interval": self._money(stratum.interval),
        }

    def _item_values(self, hit, value):
        """Return the values of an item; its audited amount starts as booked."""
        amount = self._money(self._turn(value))
        return {
            "sample_id": self.id,
            "unit": self._money(hit.unit or 0),
            "book_amount": amount,
            "audited_amount": amount,
        }

    def _record_details(self, query, ids):
        """Return names and details of the records drawn, as they read now."""
        records = query._model().browse(ids)
        values = query._values(records)
        return {
            record.id: {
                "res_model": record._name,
                "res_id": record.id,
                "name": record.display_name,
                "details": " · ".join(
                    text
                    for text in values[record.id].values()
                    if text and text not in record.display_name
                ),
            }
            for record in records
        }

    def _discard_drawing(self):
        """Delete the items drawn, and return to the plan."""
        # sudo: only this step deletes them, of a sample that the caller may write.
        sample_sudo = self.sudo()
        sample_sudo.item_ids.unlink()
        sample_sudo.stratum_ids.unlink()
        sample_sudo.change_ids.unlink()
        sample_sudo._drop_evidence("population_file")
        sample_sudo._write_step(
            "reset",
            size=0,
            interval=0,
            start=0,
            start_place=0,
            fingerprint=False,
            population_file=False,
            change_count=0,
            compared_on=False,
            drawn_on=False,
            drawn_by_id=False,
        )
