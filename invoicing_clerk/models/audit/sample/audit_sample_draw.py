from odoo import fields, models
from odoo.exceptions import UserError

from ....rules.audit.sample import sampling, sampling_factor
from ....rules.audit.sample.sampling_plan import Plan


class ClerkAuditSample(models.Model):
    """Drawing: the population is read once, the items are written in one batch."""

    _inherit = "clerk.audit.sample"

    size = fields.Integer(
        readonly=True,
        copy=False,
        help="Monetary units or items that were drawn, as computed or given.",
    )
    interval = fields.Monetary(
        readonly=True,
        copy=False,
        help="What an item that is not taken with certainty stands for at most.",
    )
    start = fields.Monetary(
        readonly=True, copy=False, help="The first monetary unit that was drawn."
    )
    start_place = fields.Integer(readonly=True, copy=False)
    stratum_ids = fields.One2many(
        "clerk.audit.sample.stratum", "sample_id", string="Strata of the Sample"
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
        drawn = self._in_words(lambda: plan.draw(values, self.seed.strip()))
        # sudo: written by the step alone, on a sample that the caller may write.
        own = self.sudo()
        own.write(
            {
                **self._population_values(query, population, values),
                **self._draw_values(plan, values, drawn),
            }
        )
        ids = [population.ids[places[hit.index]] for hit in drawn.hits]
        described = self._described(query, ids)
        strata = own._create_strata(drawn)
        own.item_ids.create(
            [
                {
                    **self._item_values(hit, values[hit.index]),
                    **described[number],
                    "stratum_id": strata[hit.stratum].id,
                    "number": position,
                }
                for position, (hit, number) in enumerate(
                    zip(drawn.hits, ids, strict=True), start=1
                )
            ]
        )
        self._tell_drawn(len(ids))

    def _create_strata(self, drawn):
        """The records of the strata that are not empty, by their places."""
        places = [place for place, stratum in enumerate(drawn.strata) if stratum.count]
        strata = self.stratum_ids.create(
            [
                {**self._stratum_values(drawn.strata[place]), "number": place + 1}
                for place in places
            ]
        )
        return dict(zip(places, strata, strict=True))

    def _tell_drawn(self, count):
        self.message_post(
            body=self.env._(
                "%(count)s items were drawn with the seed %(seed)s.",
                count=count,
                seed=self.seed,
            )
        )

    def _preview(self):
        """How many would be drawn, in words."""
        plan = self._plan()
        self._check_plan(plan)
        query = self._sampled_query()
        _places, values = self._drawable(query, self._population_now(query))
        drawn = self._in_words(lambda: plan.draw(values, self.seed.strip()))
        certain = sum(each.size for each in drawn.strata if each.is_certain)
        return self.env._(
            "%(items)s of %(count)s records would be drawn, %(certain)s of them with "
            "certainty.",
            items=len(drawn.hits),
            count=len(values),
            certain=certain,
        )

    def _plan(self):
        return Plan(
            method=self.method,
            purpose=self.purpose,
            risk=self.risk,
            tolerable=self._coins(self.tolerable),
            expected=self._coins(self.expected),
            tolerable_rate=self.tolerable_rate,
            deviations=self.expected_deviations,
            strata=self.strata_number,
            size=self.size_given,
        )

    def _check_plan(self, plan):
        """:raises UserError: no sample can be drawn by this plan"""
        if not (self.seed or "").strip():
            raise UserError(
                self.env._(
                    "%s has no seed. Enter one – a number from dice will do – so that "
                    "anybody can draw the same sample again.",
                    self.name,
                )
            )
        if self.population == "query" and not self.query_id:
            raise UserError(
                self.env._("%s: choose the query whose records are sampled.", self.name)
            )
        self._in_words(plan.check)

    def _drawable(self, query, population):
        """The places of what can be drawn, and their values in coins, above zero.

        :raises UserError: there is nothing to draw
        """
        coins = population.coins
        if not coins:
            raise UserError(
                self.env._(
                    "%(sample)s: “%(query)s” finds nothing, so there is nothing to "
                    "draw. Look at its filter and at the period.",
                    sample=self.name,
                    query=query.name,
                )
            )
        if self.purpose == "attribute":
            self._check_has_amounts(query, self.method == "stratified")
            return range(len(coins)), coins
        self._check_has_amounts(query, True)
        direction = self._direction()
        turned = [direction * value for value in coins]
        places = [place for place, value in enumerate(turned) if value > 0]
        if not places:
            raise UserError(self._one_sided(query, coins))
        return places, [turned[place] for place in places]

    def _check_has_amounts(self, query, needed):
        if needed and not query.amount_path:
            raise UserError(
                self.env._(
                    "%(sample)s: “%(query)s” has no amount to draw by. Choose one in "
                    "the query, or draw at random for deviations.",
                    sample=self.name,
                    query=query.name,
                )
            )

    def _one_sided(self, query, coins):
        words = {
            "sample": self.name,
            "query": query.name,
            "count": len(coins),
            "total": self.currency_id.format(self._money(sum(coins))),
        }
        if self.sign == "positive":
            return self.env._(
                "%(sample)s: none of the %(count)s records of “%(query)s” is above "
                "zero; they make %(total)s. Sample them as credits.",
                **words,
            )
        return self.env._(
            "%(sample)s: none of the %(count)s records of “%(query)s” is below zero; "
            "they make %(total)s. Sample them as charges.",
            **words,
        )

    def _in_words(self, action):
        """Do it, or say in a sentence why the plan cannot be.

        :raises UserError: what is tolerable, expected or risked does not fit
        """
        try:
            return action()
        except sampling_factor.RiskError as error:
            raise UserError(
                self.env._("%s: the risk is above 0 %% and at most 50 %%.", self.name)
            ) from error
        except sampling.TolerableError as error:
            raise UserError(self._nothing_tolerable()) from error
        except sampling.ExpectedError as error:
            raise UserError(self._too_much_expected()) from error
        except sampling.SizeError as error:
            raise UserError(
                self.env._(
                    "%s: what is expected is so close to what is tolerable that no "
                    "sample is big enough. Expect less, tolerate more, or look at all.",
                    self.name,
                )
            ) from error

    def _nothing_tolerable(self):
        if self.purpose == "amount":
            return self.env._(
                "%s: enter the misstatement that can be tolerated. It follows from "
                "the materiality of the engagement.",
                self.name,
            )
        return self.env._("%s: enter the rate that can be tolerated.", self.name)

    def _too_much_expected(self):
        if self.purpose == "amount":
            return self.env._(
                "%(sample)s: a misstatement of %(expected)s is expected, and only "
                "%(tolerable)s can be tolerated. No sample can show less than what is "
                "there: have the books corrected first, or look at all.",
                sample=self.name,
                expected=self.currency_id.format(self.expected),
                tolerable=self.currency_id.format(self.tolerable),
            )
        return self.env._(
            "%(sample)s: %(deviations)s deviations in %(size)s are more than the "
            "%(rate).2f %% that can be tolerated. Draw more, or look at all.",
            sample=self.name,
            deviations=self.expected_deviations,
            size=self.size_given,
            rate=100 * self.tolerable_rate,
        )

    # What is written

    def _draw_values(self, plan, values, drawn):
        is_mus = self.method == "mus"
        return {
            "state": "selected",
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
        """What the books say is right until somebody says otherwise."""
        amount = self._money(self._turn(value))
        return {
            "sample_id": self.id,
            "unit": self._money(hit.unit or 0),
            "book_amount": amount,
            "audited_amount": amount,
        }

    def _described(self, query, ids):
        """Names and details of records, as they are read when they are drawn."""
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

    def _forget(self):
        """Be a plan again."""
        # sudo: written by the step alone, on a sample that the caller may write.
        own = self.sudo()
        own.item_ids.unlink()
        own.stratum_ids.unlink()
        own.change_ids.unlink()
        own.write(
            {
                "state": "draft",
                "size": 0,
                "interval": 0,
                "start": 0,
                "start_place": 0,
                "fingerprint": False,
                "population_file": False,
                "change_count": 0,
                "compared_on": False,
                "drawn_on": False,
                "drawn_by_id": False,
            }
        )
