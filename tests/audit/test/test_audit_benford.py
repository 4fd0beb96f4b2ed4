from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules.audit.test import audit_benford as rules

# Nigrini, Benford's Law (2012): upper bounds of the mean absolute deviation.
CONFORMITY = {
    1: (("close", 0.006), ("acceptable", 0.012), ("marginal", 0.015)),
    2: (("close", 0.0012), ("acceptable", 0.0018), ("marginal", 0.0022)),
}


def counts_with(deviation, digits):
    """Return counts of a large population with this mean absolute deviation."""
    shares = {first: rules.expected(first) for first in rules.leading(digits)}
    moved = deviation * len(shares) / 2
    lowest = min(shares)
    for first in shares:
        shares[first] += moved / (len(shares) - 1)
    shares[lowest] -= moved + moved / (len(shares) - 1)
    return {first: 1_000_000 * share for first, share in shares.items()}


@tagged("at_install", "-post_install")
class TestAuditBenfordRule(BaseCase):
    """Bounds of conformity, of the number of amounts and of the z-statistic."""

    def test_bounds_of_conformity(self):
        for digits, table in CONFORMITY.items():
            following = [name for name, _bound in table[1:]] + ["nonconforming"]
            for (name, bound), after in zip(table, following, strict=True):
                with self.subTest(digits=digits, name=name):
                    below = counts_with(bound * 0.99, digits)
                    above = counts_with(bound * 1.01, digits)
                    self.assertEqual(rules.verdict(below, digits), name)
                    self.assertEqual(rules.verdict(above, digits), after)

    def test_minimum_number_of_amounts(self):
        for digits, first, minimum in ((1, 1, 300), (2, 10, 1000)):
            with self.subTest(digits=digits):
                self.assertEqual(rules.verdict({first: minimum - 1}, digits), "few")
                self.assertEqual(
                    rules.verdict({first: minimum}, digits), "nonconforming"
                )

    def test_digits_are_conspicuous_at_the_one_percent_level(self):
        counts = {1: 201, 2: 276, 3: 125, 4: 97, 5: 79, 6: 67, 7: 58, 8: 34, 9: 63}
        self.assertEqual(rules.conspicuous(counts, 1), [2])
        self.assertEqual(rules.conspicuous(counts | {8: 33, 9: 64}, 1), [2, 9])
