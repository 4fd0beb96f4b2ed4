import math
import tracemalloc
from collections import Counter
from decimal import ROUND_CEILING, Decimal, localcontext
from fractions import Fraction
from itertools import combinations, product

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules.audit.sample import sampling as rules
from odoo.addons.invoicing_clerk.rules.audit.sample import sampling_draw as drawing
from odoo.addons.invoicing_clerk.rules.audit.sample.sampling_factor import (
    RiskError,
    binomial_upto,
    gamma_above,
    poisson_factor,
    upper_rate,
)
from odoo.addons.invoicing_clerk.rules.audit.sample.sampling_plan import Plan
from odoo.addons.invoicing_clerk.rules.audit.sample.sampling_population import (
    Population,
)
from odoo.addons.invoicing_clerk.tests.properties import property_of

PROPERTY = property_of(60)
RISKS = (0.001, 0.01, 0.05, 0.1, 0.25, 0.5)
CENT = Decimal("0.01")
PRECISE = Decimal("1e-9")
# A verdict on chance errs once in so many tries; these seeds are always the same.
UNLIKELY = 0.001
SEEDS = range(3000)
VALUES = st.lists(st.integers(1, 5000), min_size=1, max_size=40)


@tagged("at_install", "-post_install")
class TestSamplingMemory(BaseCase):
    """A population of a million records must fit into the memory of a worker.

    Would have caught: rows, numbers and lines of the whole population in memory at the
    same time, 463 MB for 1.2 million records.
    """

    def test_bytes_of_each_record(self):
        number = 50_000
        rows = (
            (each, f"{each * 7919 % 9999}.{each % 90 + 10}") for each in range(number)
        )
        tracemalloc.start()
        try:
            population = Population.of(rows)
            values = population.minor_units
            chance = drawing.Chance("2026")
            drawing.draw_monetary_units(values, sum(values) // 90, 10**9, chance)
            population.fingerprint()
            _now, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        self.assertLess(peak / number, 200)


def poisson_upto(errors, mean):
    """Return the same probability as a finite sum with fifty digits."""
    term = total = (-mean).exp()
    for error in range(1, errors + 1):
        term *= mean / error
        total += term
    return total


def fits(counts, expected):
    """Return the p-value of counts under a uniform distribution."""
    odd = sum((count - expected) ** 2 / expected for count in counts)
    return gamma_above((len(counts) - 1) / 2, odd / 2)


def exact_upto(errors, size, rate):
    rate = Fraction(str(rate))
    return sum(
        math.comb(size, error) * rate**error * (1 - rate) ** (size - error)
        for error in range(errors + 1)
    )


def exact_size(rate, deviations, risk):
    """Return the smallest sufficient sample, by fractions."""
    size = deviations + 1
    while exact_upto(deviations, size, rate) > Fraction(str(risk)):
        size += 1
    return size


@tagged("post_install", "-at_install")
class TestExactTies(BaseCase):
    """Sizes where the probability is exactly the risk, by fractions.

    A sample of one item was one too large at a risk and a rate of 50%: the float of the
    probability is just above one half.
    """

    RATES = [step / 100 for step in range(1, 100)]

    def test_every_tie_of_whole_percents(self):
        """Each rate, with the probabilities that samples of it have as the risk."""
        ties = 0
        for rate, deviations in product(self.RATES, range(4)):
            for size in range(deviations + 1, deviations + 7):
                exact = exact_upto(deviations, size, rate)
                risk = float(exact)
                if 0 < risk <= 0.5 and Fraction(str(risk)) == exact:
                    ties += 1
                    case = (rate, deviations, risk)
                    self.assertEqual(rules.attribute_size(*case), size, case)
                    # Its evaluation accepts what was planned.
                    self.assertLessEqual(upper_rate(risk, deviations, size), rate, case)
        self.assertGreater(ties, 500)

    def test_every_plan_of_usual_percents(self):
        for rate, risk in product(self.RATES[2:], (0.01, 0.05, 0.1, 0.25, 0.5)):
            for deviations in range(3):
                case = (rate, deviations, risk)
                size = rules.attribute_size(*case)
                self.assertEqual(size, exact_size(*case), case)
                self.assertLessEqual(upper_rate(risk, deviations, size), rate, case)

    def test_monetary_sizes_have_no_tie(self):
        """exp(-x) is irrational: fifty digits say on which side of the risk it is."""
        with localcontext() as context:
            context.prec = 50
            for share, risk in product(range(1, 101), RISKS):
                tolerable = Decimal(share) / 100
                size = rules.monetary_size(Decimal(1), tolerable, Decimal(0), risk)
                goal = Decimal(str(risk))
                self.assertLess((-size * tolerable).exp(), goal, (share, risk))
                self.assertGreater((-(size - 1) * tolerable).exp(), goal, (share, risk))


@tagged("post_install", "-at_install")
class TestSamplingFactor(BaseCase):
    """Factors and rates, against published tables and exact sums."""

    def test_published_factors(self):
        for risk, published in (
            (0.05, "3.00 4.75 6.30 7.76 9.16"),
            (0.10, "2.31 3.89 5.33 6.69 8.00"),
        ):
            for errors, printed in enumerate(published.split()):
                factor = Decimal(poisson_factor(risk, errors))
                rounded = factor.quantize(Decimal("0.01"), ROUND_CEILING)
                self.assertEqual(rounded, Decimal(printed), (risk, errors))

    def test_factors_are_exact_to_nine_places(self):
        """The exact factor lies within a billionth of ours: the sum says on which side
        of it each end of that interval is."""
        with localcontext() as context:
            context.prec = 50
            for risk, errors in product(RISKS, (*range(16), 30, 64, 100, 200)):
                factor = Decimal(poisson_factor(risk, errors))
                below = poisson_upto(errors, factor * (1 - PRECISE))
                above = poisson_upto(errors, factor * (1 + PRECISE))
                self.assertGreater(below, Decimal(risk), (risk, errors))
                self.assertLess(above, Decimal(risk), (risk, errors))

    def test_factors_between_whole_errors(self):
        """Computed with mpmath 1.4 in forty places."""
        for risk, errors, exact in (
            (0.05, 0.5, 3.90736395162559),
            (0.05, 2.75, 7.39558117676293),
            (0.1, 12.3, 18.13520501978961),
            (0.01, 64.5, 85.78362531311574),
            (0.5, 0.1, 0.7902752795428165),
        ):
            found = poisson_factor(risk, errors)
            self.assertLess(abs(found / exact - 1), 1e-12, (risk, errors))

    def test_gamma_recurrence(self):
        """Q(a + 1, x) − Q(a, x) is the density between, on both sides of x = a + 1."""
        for shape, x in product((0.3, 1, 7.5, 60), (0.1, 1, 8.4, 8.6, 90)):
            gap = gamma_above(shape + 1, x) - gamma_above(shape, x)
            self.assertAlmostEqual(gap, density(shape + 1, x), 13)

    def test_rates_are_exact_to_nine_places(self):
        with localcontext() as context:
            context.prec = 50
            for risk in RISKS:
                for errors, size in ((0, 1), (0, 59), (2, 124), (40, 50), (30, 2000)):
                    rate = Decimal(upper_rate(risk, errors, size))
                    below = binomial_exactly(errors, size, rate * (1 - PRECISE))
                    above = binomial_exactly(errors, size, rate * (1 + PRECISE))
                    self.assertGreater(below, Decimal(risk), (errors, size))
                    self.assertLess(above, Decimal(risk), (errors, size))

    def test_sum_of_tiny_probabilities(self):
        """0.95 ^ 20,000 underflows, but the sum does not."""
        self.assertAlmostEqual(binomial_upto(1000, 20000, 0.05), 0.5084, 3)
        self.assertEqual(binomial_upto(0, 20000, 0.05), 0)

    def test_risk_out_of_range(self):
        for risk in (0, -0.05, 0.51, 5):
            with self.assertRaises(RiskError):
                poisson_factor(risk, 0)
            with self.assertRaises(RiskError):
                upper_rate(risk, 0, 10)


def density(shape, x):
    """Return the increment of Q for one more of the shape: x^(a-1) e^-x / Γ(a)."""
    return math.exp((shape - 1) * math.log(x) - x - math.lgamma(shape))


def binomial_exactly(errors, size, rate):
    term = total = (1 - rate) ** size
    for error in range(1, errors + 1):
        term *= (size - error + 1) * rate / (error * (1 - rate))
        total += term
    return total


@tagged("post_install", "-at_install")
class TestSamplingSize(BaseCase):
    """Sample sizes, against published tables and as the smallest sufficient."""

    def test_published_sizes(self):
        book = Decimal(1_000_000)
        size = rules.monetary_size(book, Decimal(50_000), Decimal(10_000), 0.05)
        self.assertEqual(size, 93)
        sizes = [rules.attribute_size(0.05, errors, 0.05) for errors in range(3)]
        self.assertEqual(sizes, [59, 93, 124])

    @PROPERTY
    @given(
        tolerable=st.integers(1, 400),
        expected=st.integers(0, 90),
        risk=st.sampled_from(RISKS),
    )
    def test_size_is_the_smallest_sufficient(self, tolerable, expected, risk):
        """Tolerable is per mille of the book value, expected percent of tolerable."""
        bad = tolerable / 1000
        wrong = bad * expected / 100
        size = rules.monetary_size(
            Decimal(1000), Decimal(tolerable), Decimal(tolerable * expected) / 100, risk
        )
        self.assertLessEqual(self._upper(size, wrong, risk), size * bad + 1e-9)
        if size > 1:
            less = size - 1
            self.assertGreater(self._upper(less, wrong, risk), less * bad - 1e-9)

    @staticmethod
    def _upper(size, wrong, risk):
        return poisson_factor(risk, size * wrong)

    @PROPERTY
    @given(
        rate=st.integers(1, 60), errors=st.integers(0, 8), risk=st.sampled_from(RISKS)
    )
    def test_attribute_size_is_the_smallest_sufficient(self, rate, errors, risk):
        size = rules.attribute_size(rate / 100, errors, risk)
        self.assertLessEqual(upper_rate(risk, errors, size), rate / 100 + 1e-12)
        self.assertGreater(upper_rate(risk, errors, size - 1), rate / 100 - 1e-12)

    def test_impossible_plans(self):
        hundred, five = Decimal(100), Decimal(5)
        with self.assertRaises(rules.ExpectedError):
            rules.monetary_size(hundred, five, five, 0.05)
        with self.assertRaises(rules.TolerableError):
            rules.monetary_size(hundred, Decimal(0), Decimal(0), 0.05)
        with self.assertRaises(rules.SizeError):
            rules.monetary_size(hundred, five, Decimal("4.999"), 0.05)
        with self.assertRaises(rules.TolerableError):
            rules.attribute_size(0, 0, 0.05)


@tagged("post_install", "-at_install")
class TestSamplingDraw(BaseCase):
    """Equal chances of selection, and reproducible selection."""

    def test_every_monetary_unit_has_the_same_chance(self):
        values, interval = [3, 17, 1, 9, 40, 2], 12
        counts = Counter()
        for seed in SEEDS:
            drawn = self._units(values, interval, seed)
            counts.update(range(drawn.start, sum(values) + 1, interval))
        units = [counts[unit] for unit in range(1, sum(values) + 1)]
        self.assertGreater(fits(units[:interval], len(SEEDS) / interval), UNLIKELY)
        for unit, count in enumerate(units):
            self.assertEqual(count, units[unit % interval])

    def test_chance_is_proportional_to_the_amount(self):
        values, interval = [3, 17, 1, 9, 40, 2], 12
        counts = Counter()
        for seed in SEEDS:
            counts.update(hit.index for hit in self._units(values, interval, seed).hits)
        for index, value in enumerate(values):
            share = min(1, value / interval)
            spread = (len(SEEDS) * share * (1 - share)) ** 0.5
            off = abs(counts[index] - len(SEEDS) * share)
            self.assertLessEqual(off, 4 * spread, values[index])

    def test_every_combination_has_the_same_chance(self):
        counts = Counter(
            tuple(drawing.Chance(str(seed)).combination(3, 7)) for seed in SEEDS
        )
        sets = [counts[chosen] for chosen in combinations(range(7), 3)]
        self.assertGreater(fits(sets, len(SEEDS) / len(sets)), UNLIKELY)

    def test_every_position_has_the_same_chance(self):
        counts = Counter()
        for seed in SEEDS:
            chance = drawing.Chance(str(seed))
            drawn = drawing.draw_systematic([5] * 11, [([], 0), (range(11), 4)], chance)
            counts.update(hit.index for hit in drawn.hits)
            self.assertEqual(len(drawn.hits), 4)
        places = [counts[place] for place in range(11)]
        self.assertGreater(fits(places, 4 * len(SEEDS) / 11), UNLIKELY)

    def test_numbers_below_a_limit_have_the_same_chance(self):
        chance = drawing.Chance("2026")
        counts = Counter(chance.below(10) for _draw in SEEDS)
        self.assertGreater(
            fits([counts[number] for number in range(10)], len(SEEDS) / 10), UNLIKELY
        )

    def test_selection_of_a_seed_is_stable(self):
        """Selections written down once, so that no later version draws differently."""
        chance = drawing.Chance("2026-ÄÖ")
        self.assertEqual(
            [chance.below(limit) for limit in (1, 2, 1000, 10**12, 10**30)],
            [0, 1, 205, 178871906901, 382559299558317526166227729044],
        )
        values = [7 * index % 1000 + 1 for index in range(5000)]
        drawn = self._units(values, 250_000, "audit")
        self.assertEqual(drawn.start, 55454)
        self.assertEqual(
            [hit.index for hit in drawn.hits],
            [126, 646, 1125, 1645, 2125, 2644, 3124, 3643, 4123, 4642],
        )

    @PROPERTY
    @given(values=VALUES, size=st.integers(1, 30), seed=st.text(max_size=8))
    def test_units(self, values, size, seed):
        interval = drawing.monetary_interval(sum(values), size)
        limit = interval * 2 // 3 + 1
        drawn = drawing.draw_monetary_units(
            values, interval, limit, drawing.Chance(seed)
        )
        again = drawing.draw_monetary_units(
            values, interval, limit, drawing.Chance(seed)
        )
        self.assertEqual(drawn, again)
        chosen = [hit.index for hit in drawn.hits]
        self.assertEqual(chosen, sorted(set(chosen)))
        certain = {index for index, value in enumerate(values) if value >= limit}
        self.assertEqual({h.index for h in drawn.hits if h.stratum == 0}, certain)
        for hit in drawn.hits:
            if hit.unit is not None:
                before = sum(values[: hit.index])
                self.assertTrue(before < hit.unit <= before + values[hit.index])
                self.assertEqual((hit.unit - drawn.start) % interval, 0)
        self._check_strata(values, drawn)

    def _check_strata(self, values, drawn):
        self.assertEqual(sum(stratum.count for stratum in drawn.strata), len(values))
        self.assertEqual(sum(stratum.total for stratum in drawn.strata), sum(values))
        sizes = Counter(hit.stratum for hit in drawn.hits)
        for place, stratum in enumerate(drawn.strata):
            self.assertEqual(sizes[place], stratum.size)

    @PROPERTY
    @given(
        values=VALUES,
        size=st.integers(1, 30),
        number=st.integers(1, 5),
        threshold=st.integers(1, 6000),
    )
    def test_strata(self, values, size, number, threshold):
        certain, rest = drawing.split(values, threshold)
        strata = drawing.by_value(values, rest, number)
        self.assertEqual(sorted(sum(strata, [])), rest)
        self.assertLessEqual(len(strata), number)
        for bigger, smaller in zip(strata, strata[1:], strict=False):
            self.assertGreater(
                min(values[index] for index in bigger),
                max(values[index] for index in smaller),
            )
        weights = [sum(values[index] for index in stratum) for stratum in strata]
        sizes = drawing.shares(size, weights)
        parts = [(certain, len(certain)), *zip(strata, sizes, strict=True)]
        drawn = drawing.draw_random(values, parts, drawing.Chance("x"))
        self._check_strata(values, drawn)
        self.assertLessEqual(set(certain), {hit.index for hit in drawn.hits})

    @staticmethod
    def _units(values, interval, seed):
        chance = drawing.Chance(str(seed))
        return drawing.draw_monetary_units(values, interval, interval, chance)


@tagged("post_install", "-at_install")
class TestSamplingPlan(BaseCase):
    """Sample size and selection of a plan."""

    @PROPERTY
    @given(
        values=VALUES,
        method=st.sampled_from([method for method, _label in rules.METHODS]),
        share=st.integers(1, 100),
        strata=st.integers(1, 4),
        risk=st.sampled_from(RISKS),
    )
    def test_accepted_without_misstatements(self, values, method, share, strata, risk):
        tolerable = max(1, sum(values) * share // 100)
        plan = Plan(method, risk=risk, tolerable=tolerable, strata=strata)
        drawn = plan.draw(values, "2026")
        certain = {index for index, value in enumerate(values) if value >= tolerable}
        self.assertLessEqual(certain, {hit.index for hit in drawn.hits})
        over, _under = rules.limits([], Decimal(drawn.interval), risk, Decimal(1))
        # What an item stands for is rounded up to the minor unit, so the factor of
        # them.
        slack = 1 + poisson_factor(risk, 0)
        self.assertLessEqual(over.upper, tolerable + Decimal(slack))

    def test_unequal_items_need_a_larger_sample(self):
        values = [1] * 90 + [9] * 10
        needed = {
            method: Plan(method, tolerable=100, strata=2).needed(values)
            for method in ("mus", "random", "stratified")
        }
        # 2.9957 times 180, 900 and again 180 hundredths.
        self.assertEqual(needed, {"mus": 6, "random": 27, "stratified": 6})


@tagged("post_install", "-at_install")
class TestSamplingEvaluation(BaseCase):
    """Projection and upper misstatement limits."""

    def test_limit_holds_at_the_stated_risk(self):
        """The limit is below the misstatement in few samples, as the risk allows."""
        values = [10 + index % 90 for index in range(400)]
        wrong = {index: values[index] // 2 for index in range(0, 400, 9)}
        truth = sum(wrong.values())
        interval = drawing.monetary_interval(sum(values), 60)
        missed = 0
        for seed in range(400):
            chance = drawing.Chance(str(seed))
            drawn = drawing.draw_monetary_units(values, interval, interval, chance)
            items = [
                rules.Audited(
                    Decimal(values[hit.index]),
                    Decimal(values[hit.index] - wrong.get(hit.index, 0)),
                    Decimal(interval),
                )
                for hit in drawn.hits
            ]
            over, _under = rules.limits(items, Decimal(interval), 0.05, CENT)
            missed += over.upper < truth
        self.assertLessEqual(missed, 400 * 0.05)

    @PROPERTY
    @given(
        found=st.lists(
            st.tuples(st.integers(1, 999), st.integers(-300, 1500), st.booleans()),
            max_size=12,
        ),
        risk=st.sampled_from(RISKS),
    )
    def test_directions_are_separate_and_reverse_with_the_sign(self, found, risk):
        interval = Decimal(1000)
        items = [
            rules.Audited(Decimal(book), Decimal(audited), None if sure else interval)
            for book, audited, sure in found
        ]
        turned = [
            rules.Audited(item.book, 2 * item.book - item.audited, item.stands_for)
            for item in items
        ]
        over, under = rules.limits(items, interval, risk, CENT)
        lower, higher = rules.limits(turned, interval, risk, CENT)
        self.assertEqual(self._figures(over), self._figures(higher))
        self.assertEqual(self._figures(under), self._figures(lower))
        for limit, sign in ((over, 1), (under, -1)):
            self.assertEqual(
                limit.projected,
                sum(
                    (error.projected for error in limit.errors),
                    start=Decimal(0),
                ),
            )
            for error in limit.errors:
                self.assertGreater(sign * error.item.taint, 0)
                stands_for = error.item.stands_for or error.item.book
                exact = sign * error.item.taint * stands_for
                self.assertLessEqual(abs(error.projected - exact), CENT / 2)

    @staticmethod
    def _figures(limit):
        return limit.known, limit.projected, limit.basic, limit.incremental

    def test_limit_without_errors_is_the_basic_precision(self):
        items = [rules.Audited(Decimal(10), Decimal(10), Decimal(100))] * 30
        over, under = rules.limits(items, Decimal(100), 0.05, CENT)
        self.assertEqual((over.projected, over.incremental), (0, 0))
        self.assertEqual(over, under)
        self.assertEqual(over.upper, Decimal("299.57"))

    def test_allowances_decrease_with_the_tainting(self):
        """Half of an interval twice, then a tenth: by hand with the printed factors."""
        audited = [("100", "90"), ("100", "50"), ("60", "30")]
        items = [
            rules.Audited(Decimal(book), Decimal(right), Decimal(1000))
            for book, right in audited
        ]
        over, _under = rules.limits(items, Decimal(1000), 0.05, CENT)
        self.assertEqual(over.projected, 1100)
        by_hand = 500 * Decimal("0.7481") + 500 * Decimal("0.5519")
        by_hand += 100 * Decimal("0.4579")
        self.assertAlmostEqual(over.incremental, by_hand, 0)
        self.assertEqual([error.projected for error in over.errors], [500, 500, 100])

    def test_no_sampling_risk_if_all_are_examined(self):
        items = [rules.Audited(Decimal(10), Decimal(4), None)] * 3
        over, under = rules.limits(items, Decimal(0), 0.05, CENT)
        self.assertEqual((over.known, over.upper, under.upper), (18, 18, 0))
        self.assertEqual(rules.deviation_rate(2, 8, 8, 0.05).upper, 0.25)

    def test_a_sample_of_the_planned_size_accepts_what_was_expected(self):
        for expected in (0, 1, 2):
            size = rules.attribute_size(0.05, expected, 0.05)
            found = rules.deviation_rate(expected, size, 10**6, 0.05)
            more = rules.deviation_rate(expected + 1, size, 10**6, 0.05)
            self.assertLessEqual(found.upper, 0.05)
            self.assertGreater(more.upper, 0.05)
