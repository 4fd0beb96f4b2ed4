from datetime import date
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules.receivable.match import match
from odoo.addons.invoicing_clerk.rules.receivable.match_item import Item

DAY = date(2026, 3, 10)


def item(key, amount, **values):
    """Return an item of which the number and the due date follow from its key."""
    due = date(2026, 1, key)
    return Item(key, 1, f"INV/2026/{key:05}", Decimal(amount), "EUR", due, **values)


def ordered(key, amount):
    return item(key, amount, orders=("PO-77",))


ONE, TWO, THREE = item(1, 50), item(2, 80), item(3, 5)
BOTH = "INV/2026/00001 INV/2026/00002"
DISCOUNT = {"discounted": Decimal(9_800), "discount_until": DAY}
EARLY = {"discounted": Decimal(98), "discount_until": DAY}
# Amount, text, items; reason, parts, what is short, whether loose, notes.
OF_ORDERS = (
    ("80", "PO-77", (ordered(1, 50), ordered(2, 30)), "order", "1:50 2:30", 0, False),
    ("50", "PO-77", (ordered(1, 50), ordered(2, 30)), "order", "1:50", 0, True),
    ("50", "PO-77", (ordered(1, 50), ordered(2, 50)), "", "", 0, False, "ambiguous"),
    ("70", "PO-77", (ordered(1, 50), ordered(2, 30)), "", "", 0, False, "nothing_fits"),
    ("70", "PO-77", (ordered(1, 0), TWO), "", "", 0, False, "settled"),
)
LOOSE = (
    ("50", "inv 2026-1", (ONE, TWO), "named", "1:50", 0, True),
    ("130", "inv 2026-1 inv 2026-2", (ONE, TWO, THREE), "named", "1:50 2:80", 0, True),
    ("30", "inv 2026-1", (ONE, TWO), "named", "1:30", 20, True, "short"),
    ("50.5", "inv 2026-1", (ONE, TWO), "", "", 0, True, "nothing_fits"),
    ("40", "inv 2026-1", (item(1, 0), TWO), "", "", 0, False, "settled"),
    (
        *("50", "inv 2026-1 inv 2026-2", (ONE, item(2, 50)), "", "", 0, False),
        "ambiguous",
    ),
    (
        *("130", "INV/2026/00001 inv 2026-2", (ONE, TWO, THREE)),
        *("named", "1:50 2:80", 0, True),
    ),
    ("130", "INV/2026/00001, 0002", (ONE, TWO, THREE), "named", "1:50 2:80", 0, True),
    ("50", "inv 2026-1 inv 2026-2", (ONE, TWO), "named", "1:50", 0, True),
    ("50", "2026/00001", (ONE, TWO), "named", "1:50", 0, True),
)
# Of two items with an amount, the piece of a number may be of both.
CUT = (
    ("50", "INV/2026/0000", (ONE, item(2, 50)), "", "", 0, False, "ambiguous"),
    ("50", "v/2026/00001", (ONE, item(2, 50)), "named", "1:50", 0, True),
    (
        *("10200", "INV/2026/00001, 0002 or 0003"),
        (item(1, 10_000, **DISCOUNT), item(2, 200), item(3, 200)),
        *("named", "1:10000", 0, False, "over", "other_amount"),
    ),
)
NAMED = (
    ("1", BOTH, (item(1, "0.5"), item(2, "0.25")), "named", "1:0.5 2:0.25", 0, False)
    + ("over",),
    ("5", BOTH, (item(1, 5), item(2, -5)), "", "", 0, False, "nothing_fits"),
    ("5", BOTH, (item(1, 5), item(2, -6)), "", "", 0, False, "nothing_fits"),
    ("0.75", BOTH, (item(1, 1), item(2, "-0.25")), "named", "1:1 2:-0.25", 0, False),
    ("49.5", "INV/2026/00001", (ONE, item(2, "-0.5")), "named", "1:49.5", "0.5", False)
    + ("short", "ambiguous"),
    ("98", "INV/2026/00001", (item(1, 100, **EARLY),), "named", "1:98-2", 0, False)
    + ("discount",),
    ("48", "INV/2026/00001", (ONE, item(2, -2), item(3, "0.5")), "named", "1:48", 2)
    + (False, "short", "ambiguous"),
    ("50", BOTH, (ONE, TWO), "named", "1:50", 80, False, "short"),
)
# Credits are used in full before charges, whatever was due first.
SHORT = (
    ("30", BOTH, (ONE, item(2, -5)), "named", "2:-5 1:35", 15, False, "short"),
    ("30", BOTH, (ONE, item(2, "-0.5")), "named", "2:-0.5 1:30.5", "19.5", False)
    + ("short",),
    ("0.2", BOTH, (item(1, "0.5"), item(2, "-0.2")), "named", "2:-0.2 1:0.4", "0.1")
    + (False, "short"),
)
BY_AMOUNT = (
    ("30", "x", (ONE, item(2, "-0.5")), "", "", 0, False, "nothing_fits"),
    ("30", "x", (ONE,), "only", "1:30", 20, False, "short"),
    ("50", "x", (ONE,), "item", "1:50", 0, False),
    ("50", "x", (ONE, item(2, 50)), "", "", 0, False, "ambiguous"),
    ("0.5", "x", (item(1, "0.5"), TWO), "item", "1:0.5", 0, False),
    ("90", "x", (ONE, item(2, 40)), "balance", "1:50 2:40", 0, False),
    ("90", "x", (ONE, item(2, 40), THREE), "sum", "1:50 2:40", 0, False),
    ("55", "x", (ONE, item(2, "-0.5"), THREE), "sum", "1:50 3:5", 0, False),
    ("50", "x", (ONE, item(2, 30), item(3, 20)), "", "", 0, False, "ambiguous"),
)
OLDEST = (
    ("140", "x", (ONE, TWO), "oldest", "1:50 2:80", 0, False, "over"),
    ("60", "x", (ONE, TWO), "oldest", "1:50 2:10", 70, False, "short"),
    ("50", "x", (ONE, item(2, 50)), "oldest", "1:50", 0, False),
)


@tagged("at_install", "-post_install")
class TestMatchRules(BaseCase):
    """Payments at the limits of what a text, an order or an amount says."""

    def _check(self, cases, **values):
        for amount, text, items, *expected in cases:
            reason, parts, short, loose, *notes = expected
            with self.subTest(amount=amount, text=text, items=items):
                found = match(Decimal(amount), "EUR", DAY, text, items, **values)
                shown = " ".join(
                    f"{each.item}:{each.amount}"
                    + (f"-{each.discount}" if each.discount else "")
                    for each in found.parts
                )
                self.assertEqual(
                    (found.reason, shown, found.short, found.loose, [*found.notes]),
                    (reason, parts, Decimal(short), loose, notes),
                )

    def test_orders_of_the_customer(self):
        self._check(OF_ORDERS)

    def test_numbers_that_are_less_certain(self):
        self._check(LOOSE)

    def test_numbers_that_are_cut_off(self):
        self._check(CUT)
        self._check(CUT[:1], oldest_first=True)

    def test_numbers(self):
        self._check(NAMED)

    def test_parts_of_what_is_named(self):
        self._check(SHORT)

    def test_amounts(self):
        self._check(BY_AMOUNT)

    def test_the_oldest_items(self):
        self._check(OLDEST, oldest_first=True)
