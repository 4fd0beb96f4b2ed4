from odoo import api, fields, models

from ....rules.audit.sample.sampling_factor import poisson_factor
from ....rules.plural import plural
from ...mixin.amount import amount_text

# More names than these would make the sentence unreadable.
MAXIMUM_NAMES = 5


class ClerkAuditSample(models.Model):
    """Texts of a sample: reconciliation, selection, warnings, changes, conclusion."""

    _inherit = "clerk.audit.sample"

    reconciliation = fields.Char(
        string="Reconciliation to General Ledger", compute="_compute_reconciliation"
    )
    selection_summary = fields.Text(
        string="Selection of Items", compute="_compute_selection_summary"
    )
    warning = fields.Text(compute="_compute_warning")
    conclusion = fields.Text(compute="_compute_conclusion")
    change_summary = fields.Char(
        string="Population since Selection", compute="_compute_change_summary"
    )

    def _shown(self, amount):
        return amount_text(self.currency_id, amount)

    @api.model
    def _percent(self, rate, places=2):
        return f"{100 * rate:.{places}f}".rstrip("0").rstrip(".") + "%"

    def _if_drawn(self, text):
        """Call a method for its text, unless the sample is not drawn yet."""
        return text() if self.state != "draft" else False

    # Reconciliation

    @api.depends(
        "population_count", "population_total", "ledger_total", "ledger_difference"
    )
    def _compute_reconciliation(self):
        for sample in self:
            sample.reconciliation = sample._if_drawn(sample._reconciliation_text)

    def _reconciliation_text(self):
        total = plural(
            self.population_count,
            self.env._(
                "%(count)s record: %(total)s.",
                count=self.population_count,
                total=self._shown(self.population_total),
            ),
            self.env._(
                "%(count)s records total %(total)s.",
                count=self.population_count,
                total=self._shown(self.population_total),
            ),
        )
        return f"{total} {self._ledger_text()}"

    def _ledger_text(self):
        if not self.has_ledger_total:
            return self.env._("The general ledger has no total of this population.")
        if self.currency_id.is_zero(self.ledger_difference):
            return self.env._("This agrees with the general ledger.")
        return self.env._(
            "The general ledger shows %(ledger)s: a difference of %(difference)s.",
            ledger=self._shown(self.ledger_total),
            difference=self._shown(self.ledger_difference),
        )

    # Selection

    @api.depends("state", "size", "interval", "start", "start_place", "stratum_ids")
    def _compute_selection_summary(self):
        for sample in self:
            sample.selection_summary = sample._if_drawn(sample._selection_text)

    def _selection_text(self):
        details = {
            "size": self.size,
            "seed": self.seed,
            "interval": self._shown(self.interval),
            "start": self._shown(self.start),
            "place": self.start_place,
            "count": sum(self._random_strata().mapped("count")),
        }
        texts = {
            "mus": self.env._(
                "One monetary unit in every %(interval)s of the cumulative total, in "
                "the order of the records, starting with unit %(start)s. Sample size: "
                "%(size)s. Seed: %(seed)s.",
                **details,
            ),
            "random": self.env._(
                "At random: %(size)s of %(count)s. Seed: %(seed)s.", **details
            ),
            "systematic": self.env._(
                "At equal intervals: %(size)s of %(count)s, in the order of the "
                "records counted from 0: the integer parts of (%(place)s + i × "
                "%(count)s) / %(size)s for i = 0, 1, 2 … Seed: %(seed)s.",
                **details,
            ),
            "stratified": self.env._(
                "At random from strata with about the same total: %(size)s of "
                "%(count)s. "
                "Seed: %(seed)s.",
                **details,
            ),
        }
        return " ".join(filter(None, [texts[self.method], self._significant_text()]))

    def _random_strata(self):
        """Return the strata sampled at random: all but the first."""
        return self.stratum_ids.filtered(lambda stratum: stratum.number > 1)

    def _significant_text(self):
        significant = self.item_ids.filtered("is_certain")
        if not significant:
            return ""
        return plural(
            len(significant),
            self.env._(
                "%(count)s individually significant item, %(total)s, is examined "
                "100%%.",
                count=len(significant),
                total=self._shown(sum(significant.mapped("book_amount"))),
            ),
            self.env._(
                "%(count)s individually significant items, %(total)s, are examined "
                "100%%.",
                count=len(significant),
                total=self._shown(sum(significant.mapped("book_amount"))),
            ),
        )

    # Warnings

    @api.depends("state", "interval", "tolerable", "item_ids")
    def _compute_warning(self):
        for sample in self:
            sample.warning = sample._if_drawn(sample._warnings) or False

    def _warnings(self):
        warnings = [self._warn_imprecise(), self._warn_above_materiality()]
        return "\n".join(filter(None, warnings))

    def _warn_imprecise(self):
        """Warn of a sample that cannot be accepted even without misstatements."""
        if self.purpose != "amount":
            return ""
        least = self.currency_id.round(self.interval * poisson_factor(self.risk, 0))
        if self.currency_id.compare_amounts(least, self.tolerable) <= 0:
            return ""
        return self.env._(
            "Even without misstatements, the upper misstatement limit will be "
            "%(least)s and exceed the tolerable misstatement of %(tolerable)s. "
            "Increase the sample size.",
            least=self._shown(least),
            tolerable=self._shown(self.tolerable),
        )

    def _warn_above_materiality(self):
        """Name the items that exceed materiality by themselves."""
        materiality = self.audit_id.materiality
        if not materiality:
            return ""
        material = self.item_ids.filtered(
            lambda item: (
                self.currency_id.compare_amounts(abs(item.book_amount), materiality) > 0
            )
        )
        if not material:
            return ""
        largest = ", ".join(
            f"{item.name} ({self._shown(item.book_amount)})"
            for item in material.sorted(lambda item: -abs(item.book_amount))[
                :MAXIMUM_NAMES
            ]
        )
        return plural(
            len(material),
            self.env._(
                "%(count)s item individually exceeds the materiality of "
                "%(materiality)s: %(items)s.",
                materiality=self._shown(materiality),
                count=len(material),
                items=largest,
            ),
            self.env._(
                "%(count)s items individually exceed the materiality of "
                "%(materiality)s: %(items)s.",
                materiality=self._shown(materiality),
                count=len(material),
                items=largest,
            ),
        )

    # Changes of the population

    @api.depends("change_count", "compared_on")
    def _compute_change_summary(self):
        for sample in self:
            sample.change_summary = (
                sample._changes_text() if sample.compared_on else False
            )

    def _changes_text(self):
        if not self.change_count:
            return self.env._(
                "The population has not changed since the sample was drawn."
            )
        names = self.change_ids[:MAXIMUM_NAMES].mapped("summary")
        more = self.change_count - len(names)
        listed = "; ".join(names)
        if more:
            listed = self.env._(
                "%(listed)s; and %(more)s more", listed=listed, more=more
            )
        return self.env._(
            "The population has changed since the sample was drawn: %s. The conclusion "
            "refers to the population as drawn.",
            listed,
        )

    # Conclusion

    @api.depends("state", "is_accepted", "change_summary")
    def _compute_conclusion(self):
        for sample in self:
            is_evaluated = sample.state == "evaluated"
            sample.conclusion = sample._conclusion_text() if is_evaluated else False

    def _conclusion_text(self):
        is_amount = self.purpose == "amount"
        results = self._amount_conclusion() if is_amount else self._rate_conclusion()
        changes = self.change_summary if self.change_count else ""
        return "\n".join(filter(None, [*results, self._warn_expected(), changes]))

    def _amount_conclusion(self):
        details = {
            "over": self._shown(self.over_projected),
            "over_upper": self._shown(self.over_upper),
            "under": self._shown(self.under_projected),
            "under_upper": self._shown(self.under_upper),
            "tolerable": self._shown(self.tolerable),
            "risk": self._percent(self.risk),
        }
        yield self.env._(
            "Overstatement: projected misstatement %(over)s, upper misstatement limit "
            "%(over_upper)s. Understatement: projected misstatement %(under)s, upper "
            "misstatement limit %(under_upper)s (risk of incorrect acceptance "
            "%(risk)s).",
            **details,
        )
        if self.is_accepted:
            yield self.env._(
                "Both limits are within the tolerable misstatement of %(tolerable)s: "
                "the population is accepted.",
                **details,
            )
        else:
            yield self.env._(
                "The upper misstatement limit exceeds the tolerable misstatement of "
                "%(tolerable)s: the population is not accepted. Have the misstatements "
                "corrected and their causes investigated, and extend the tests.",
                **details,
            )

    def _rate_conclusion(self):
        details = {
            "deviations": self.deviations,
            "size": self.item_count,
            "likely": self._percent(self.likely_rate),
            "upper": self._percent(self.upper_rate),
            "tolerable": self._percent(self.tolerable_rate),
            "risk": self._percent(self.risk),
        }
        yield self.env._(
            "Deviating items: %(deviations)s of %(size)s. Deviation rate %(likely)s, "
            "upper deviation rate %(upper)s (risk of overreliance %(risk)s).",
            **details,
        )
        if self.is_accepted:
            yield self.env._(
                "The upper deviation rate is within the tolerable rate of "
                "%(tolerable)s: the control can be relied on.",
                **details,
            )
        else:
            yield self.env._(
                "The upper deviation rate exceeds the tolerable rate of %(tolerable)s: "
                "the control cannot be relied on. Investigate the cause, and extend "
                "substantive testing.",
                **details,
            )

    def _warn_expected(self):
        """Warn if the projected misstatement exceeds the expected one (ISA 530.A21)."""
        projected = max(self.over_projected, self.under_projected)
        if (
            self.purpose != "amount"
            or self.currency_id.is_zero(self.expected)
            or self.currency_id.compare_amounts(projected, self.expected) <= 0
        ):
            return ""
        return self.env._(
            "The projected misstatement exceeds the expected misstatement of %s, on "
            "which the sample size was based.",
            self._shown(self.expected),
        )
