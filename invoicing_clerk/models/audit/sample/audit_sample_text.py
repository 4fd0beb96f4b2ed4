from odoo import api, fields, models

from ....rules.audit.sample.sampling_factor import poisson_factor

# More names than these make a sentence that nobody reads.
MOST_NAMES = 5


class ClerkAuditSample(models.Model):
    """What a sample says in words: its proof, how it was drawn, and its verdict."""

    _inherit = "clerk.audit.sample"

    proof = fields.Char(compute="_compute_proof")
    how = fields.Text(string="How It Was Drawn", compute="_compute_how")
    notice = fields.Text(compute="_compute_notice", help="What to know beforehand.")
    verdict = fields.Text(compute="_compute_verdict")
    drift = fields.Char(string="Since It Was Drawn", compute="_compute_drift")

    def _shown(self, amount):
        return self.currency_id.format(amount)

    @api.model
    def _percent(self, rate, places=2):
        return f"{100 * rate:.{places}f}".rstrip("0").rstrip(".") + " %"

    def _of_drawn(self, words):
        return words() if self.state != "draft" else False

    # The proof

    @api.depends(
        "population_count", "population_total", "ledger_total", "ledger_difference"
    )
    def _compute_proof(self):
        for sample in self:
            sample.proof = sample._of_drawn(sample._proof_words)

    def _proof_words(self):
        found = self.env._(
            "%(count)s records make %(total)s.",
            count=self.population_count,
            total=self._shown(self.population_total),
        )
        return f"{found} {self._ledger_words()}"

    def _ledger_words(self):
        if not self.has_ledger_total:
            return self.env._("The general ledger has no sum of these.")
        if self.currency_id.is_zero(self.ledger_difference):
            return self.env._("The general ledger says the same.")
        return self.env._(
            "The general ledger says %(ledger)s: %(difference)s differ.",
            ledger=self._shown(self.ledger_total),
            difference=self._shown(self.ledger_difference),
        )

    # How it was drawn

    @api.depends("state", "size", "interval", "start", "start_place", "stratum_ids")
    def _compute_how(self):
        for sample in self:
            sample.how = sample._of_drawn(sample._how_words)

    def _how_words(self):
        words = {
            "size": self.size,
            "seed": self.seed,
            "interval": self._shown(self.interval),
            "start": self._shown(self.start),
            "place": self.start_place,
            "count": sum(self._chance_strata().mapped("count")),
        }
        ways = {
            "mus": self.env._(
                "Every %(interval)s through the amounts in the order of the records, "
                "from the monetary unit %(start)s on. Planned: %(size)s units. Seed "
                "%(seed)s.",
                **words,
            ),
            "random": self.env._(
                "%(size)s of %(count)s at random. Seed %(seed)s.", **words
            ),
            "systematic": self.env._(
                "%(size)s of %(count)s at equal steps through the records in their "
                "order, counted from 0: the whole parts of (%(place)s + i × %(count)s) "
                "/ %(size)s for i = 0, 1, 2 … Seed %(seed)s.",
                **words,
            ),
            "stratified": self.env._(
                "%(size)s of %(count)s at random from strata of about the same total. "
                "Seed %(seed)s.",
                **words,
            ),
        }
        return " ".join(filter(None, [ways[self.method], self._certain_words()]))

    def _chance_strata(self):
        """What was drawn from by chance; the first stratum is what was not."""
        return self.stratum_ids.filtered(lambda stratum: stratum.number > 1)

    def _certain_words(self):
        certain = self.item_ids.filtered("is_certain")
        if not certain:
            return ""
        return self.env._(
            "%(count)s items, %(total)s, are taken with certainty.",
            count=len(certain),
            total=self._shown(sum(certain.mapped("book_amount"))),
        )

    # What to know

    @api.depends("state", "interval", "tolerable", "item_ids")
    def _compute_notice(self):
        for sample in self:
            words = [sample._imprecise(), sample._above_materiality()]
            sample.notice = (
                sample._of_drawn(lambda words=words: "\n".join(filter(None, words)))
                or False
            )

    def _imprecise(self):
        """Warn of a sample that cannot be accepted whatever is found."""
        if self.purpose != "amount" or self.state == "draft":
            return ""
        least = self.currency_id.round(self.interval * poisson_factor(self.risk, 0))
        if self.currency_id.compare_amounts(least, self.tolerable) <= 0:
            return ""
        return self.env._(
            "Even where nothing is wrong the upper limit will be %(least)s, more than "
            "the tolerable %(tolerable)s. Draw more.",
            least=self._shown(least),
            tolerable=self._shown(self.tolerable),
        )

    def _above_materiality(self):
        """Name the items each of which alone is material."""
        materiality = self.audit_id.materiality
        if not materiality or self.state == "draft":
            return ""
        big = self.item_ids.filtered(
            lambda item: (
                self.currency_id.compare_amounts(abs(item.book_amount), materiality) > 0
            )
        )
        if not big:
            return ""
        named = ", ".join(
            f"{item.name} ({self._shown(item.book_amount)})"
            for item in big.sorted(lambda item: -abs(item.book_amount))[:MOST_NAMES]
        )
        return self.env._(
            "Above the materiality of %(materiality)s by themselves: %(count)s, of "
            "them %(items)s.",
            materiality=self._shown(materiality),
            count=len(big),
            items=named,
        )

    # What became of the population

    @api.depends("change_count", "compared_on")
    def _compute_drift(self):
        for sample in self:
            sample.drift = sample._drift_words() if sample.compared_on else False

    def _drift_words(self):
        if not self.change_count:
            return self.env._("The population is what it was when it was drawn.")
        names = self.change_ids[:MOST_NAMES].mapped("summary")
        more = self.change_count - len(names)
        listed = "; ".join(names)
        if more:
            listed = self.env._(
                "%(listed)s; and %(more)s more", listed=listed, more=more
            )
        return self.env._(
            "The population has changed since it was drawn: %s. The verdict is about "
            "what it was.",
            listed,
        )

    # The verdict

    @api.depends("state", "is_accepted", "drift")
    def _compute_verdict(self):
        for sample in self:
            is_done = sample.state == "evaluated"
            sample.verdict = sample._verdict_words() if is_done else False

    def _verdict_words(self):
        is_amount = self.purpose == "amount"
        said = self._amount_words() if is_amount else self._rate_words()
        changed = self.drift if self.change_count else ""
        return "\n".join(filter(None, [*said, self._more_than_expected(), changed]))

    def _amount_words(self):
        words = {
            "over": self._shown(self.over_projected),
            "over_upper": self._shown(self.over_upper),
            "under": self._shown(self.under_projected),
            "under_upper": self._shown(self.under_upper),
            "tolerable": self._shown(self.tolerable),
            "risk": self._percent(self.risk),
        }
        yield self.env._(
            "Too much in the books: likely %(over)s, at most %(over_upper)s. Too "
            "little: likely %(under)s, at most %(under_upper)s. The risk of more is "
            "%(risk)s each.",
            **words,
        )
        if self.is_accepted:
            yield self.env._(
                "That is within the tolerable %(tolerable)s: the population can be "
                "accepted.",
                **words,
            )
        else:
            yield self.env._(
                "More than the tolerable %(tolerable)s may be wrong: the population "
                "cannot be accepted. Have what was found corrected and its cause "
                "looked into, and test more.",
                **words,
            )

    def _rate_words(self):
        words = {
            "deviations": self.deviations,
            "size": self.item_count,
            "likely": self._percent(self.likely_rate),
            "upper": self._percent(self.upper_rate),
            "tolerable": self._percent(self.tolerable_rate),
            "risk": self._percent(self.risk),
        }
        yield self.env._(
            "%(deviations)s of %(size)s deviate, %(likely)s; of the population at most "
            "%(upper)s. The risk of more is %(risk)s.",
            **words,
        )
        if self.is_accepted:
            yield self.env._(
                "That is within the tolerable %(tolerable)s: the rule can be relied "
                "on.",
                **words,
            )
        else:
            yield self.env._(
                "More than the tolerable %(tolerable)s may deviate: the rule cannot be "
                "relied on. Look into the cause, and test the amounts.",
                **words,
            )

    def _more_than_expected(self):
        """ISA 530.A21: who finds more than expected has planned on a wrong belief."""
        found = max(self.over_projected, self.under_projected)
        if (
            self.purpose != "amount"
            or self.currency_id.is_zero(self.expected)
            or self.currency_id.compare_amounts(found, self.expected) <= 0
        ):
            return ""
        return self.env._(
            "More is likely than the expected %s, on which the size was planned.",
            self._shown(self.expected),
        )
