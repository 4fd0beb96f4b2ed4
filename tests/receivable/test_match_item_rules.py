from datetime import date
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules.receivable.match_item import (
    LOOSE,
    WHOLE,
    Item,
    Match,
)
from odoo.addons.invoicing_clerk.rules.receivable.reference import text_keys

CONFIDENCES = (
    (Match("advice"), 98),
    (Match("named"), 95),
    (Match("order"), 85),
    (Match("balance"), 80),
    (Match("item"), 70),
    (Match("sum"), 55),
    (Match("only"), 50),
    (Match("oldest"), 40),
    (Match("named", loose=True), 80),
    (Match("named", notes=("short",)), 75),
    (Match("named", loose=True, notes=("short", "disputed")), 40),
    # What is proposed for a reason is never quite unsure; nothing is no proposal.
    (Match("oldest", notes=("short", "over")), 10),
    (Match(), 0),
    (Match(notes=("nothing_fits",)), 0),
)
DISCOUNTED = ((None, 100), ("0", 100), ("-0.5", 100), ("0.5", "0.5"), ("101", 100))


def item(**values):
    due = date(2026, 1, 31)
    return Item(1, 1, "INV/2026/00042", Decimal(100), "EUR", due, **values)


@tagged("at_install", "-post_install")
class TestMatchItemRules(BaseCase):
    """Confidence of proposals, and items that a text names."""

    def test_confidence(self):
        for match, expected in CONFIDENCES:
            with self.subTest(match=match):
                self.assertEqual(match.confidence, expected)

    def test_discounts_that_can_be_taken(self):
        for discounted, expected in DISCOUNTED:
            with self.subTest(discounted=discounted):
                offered = item(discounted=discounted and Decimal(discounted))
                self.assertEqual(offered.less_discount(), Decimal(expected))

    def test_names(self):
        ordered = item(orders=("PO/2026/00077",))
        for text, named, order in (
            ("INV/2026/00042", WHOLE, None),
            ("inv 2026-42", LOOSE, None),
            ("PO/2026/00077", None, WHOLE),
            ("po 2026-77", None, LOOSE),
            ("thank you", None, None),
        ):
            for keys in (None, text_keys(text)):
                with self.subTest(text=text, keys=keys):
                    self.assertEqual(ordered.named(text, keys), named)
                    self.assertEqual(ordered.ordered(text, keys), order)
