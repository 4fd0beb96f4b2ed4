from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules.receipt import payer
from odoo.addons.invoicing_clerk.rules.receipt.payer import Clues, Payer

LIKENESS = (
    ("MUELLER MASCH", "Mueller Maschinenbau", 0.95),
    ("Jon Smit", "John Smit", 0.9286),
    # Four of five letters are the least that a word has to share.
    ("Abcde One", "Abcdx One", 0.9),
)
# Beginnings that are too short in all, or in their last word, say too little.
BEGINNINGS = (
    ("abcd efg", "abcd efgh", True),
    ("abc efg", "abc efgh", False),
    ("maschinenbau mul", "maschinenbau muller", True),
    ("maschinenbau mu", "maschinenbau muller", False),
)
SHORT_NAMES = (
    ("Abcd", "Abcd International", True),
    ("Abc", "Abc International", False),
    ("A B", "A B Charlie", False),
)


@tagged("at_install", "-post_install")
class TestPayerRules(BaseCase):
    """Names at the limits of likeness, and evidence that disagrees."""

    def test_likeness(self):
        for name, other, expected in LIKENESS:
            with self.subTest(name=name, other=other):
                self.assertEqual(payer.likeness(name, other), expected)

    def test_beginnings(self):
        for short, long, expected in BEGINNINGS:
            with self.subTest(short=short):
                self.assertIs(payer._begins(short, long), expected)

    def test_short_names(self):
        for short, name, expected in SHORT_NAMES:
            with self.subTest(short=short):
                self.assertIs(payer.is_short_for(short, name), expected)

    def test_least_likeness(self):
        names = [(1, "Abcdefghix Bbcdx")]
        self.assertEqual(payer.likeness("Abcdefghij Bbcde", names[0][1]), payer.ALIKE)
        self.assertEqual(payer.by_name("Abcdefghij Bbcde", names), {1})

    def _payer(self, **clues):
        return Clues(**{kind: frozenset(each) for kind, each in clues.items()}).payer()

    def test_numbers_and_an_account_of_others(self):
        """The name decides nothing where numbers and account disagree."""
        found = self._payer(reference={1, 2}, account={3, 4}, name={3})
        self.assertEqual(found, Payer(candidates=frozenset({1, 2})))

    def test_the_name_decides_among_those_left(self):
        found = self._payer(reference={1, 2, 3}, account={2, 3}, name={2})
        self.assertEqual((found.customer, found.evidence), (2, "name"))

    def test_shared_evidence(self):
        for clues, shared in (
            ({"reference": {1}}, True),
            ({"reference": {1}, "account": {1, 2}}, True),
            ({"reference": {1}, "account": {1}}, False),
            ({"account": {1}}, False),
        ):
            with self.subTest(clues=clues):
                self.assertIs(self._payer(**clues).shared, shared)
        self.assertFalse(self._payer().shared)
