from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.account.tools import structured_reference as core
from odoo.addons.invoicing_clerk.rules.receipt import receipt_match
from odoo.addons.invoicing_clerk.rules.receipt.payer import Payer
from odoo.addons.invoicing_clerk.rules.receipt.receipt_match import (
    Book,
    Payment,
    is_automatic,
    propose,
)
from odoo.addons.invoicing_clerk.rules.receivable import match as item_match
from odoo.addons.invoicing_clerk.rules.receivable.match_item import (
    Item,
    Match,
    Part,
)
from odoo.addons.invoicing_clerk.rules.receivable.structured_reference import (
    MIN_DIGITS,
    is_structured,
)
from odoo.addons.invoicing_clerk.tests.properties import property_of

DAY = date(2026, 3, 10)
# Few amounts, so that they often meet; credit notes and paid items among them.
AMOUNTS = st.sampled_from([Decimal(each) for each in (10, 20, 30, 45, 50, -10, 0)])
OPEN_ITEMS = st.lists(
    st.tuples(
        AMOUNTS,
        st.integers(1, 3),
        st.sampled_from(("EUR", "EUR", "USD")),
        st.integers(-40, 40),
        st.booleans(),
    ),
    max_size=9,
)
NAMED = st.lists(st.integers(1, 12), max_size=4, unique=True)
PAID = st.integers(1, 150).map(Decimal)
RULES = st.sampled_from(("reference", "amount", "oldest"))
PAYER = st.sampled_from(
    (
        {"customer": 1},
        {"account": "A1"},
        {"account": "A9"},
        {"payer": "Alpha GmbH"},
        {"payer": "Nobody"},
        {},
    )
)


@tagged("at_install", "-post_install")
class TestReceiptMatchRules(BaseCase):
    """Rules that hold for all payments, whatever they say."""

    def _items(self, rows):
        return [
            Item(
                key,
                customer,
                f"INV/2026/{key:05}",
                amount,
                currency,
                DAY + timedelta(days),
                orders=(f"PO {4000 + key % 3}",),
                discounted=amount - 1 if has_discount and amount > 1 else None,
                discount_until=DAY if has_discount else None,
            )
            for key, (amount, customer, currency, days, has_discount) in enumerate(
                rows, 1
            )
        ]

    def _propose(self, items, amount, text, payer, rule, advice=()):
        book = Book(
            items,
            accounts={"a1": frozenset({1}), "a9": frozenset({1, 2})},
            names={1: "Alpha GmbH", 2: "Beta SA", 3: "Gamma BV"},
            rules=dict.fromkeys((1, 2, 3), rule),
        )
        payment = Payment(1, amount, "EUR", DAY, text, advice=tuple(advice), **payer)
        return propose(payment, book)

    @given(OPEN_ITEMS, PAID, NAMED, PAYER, RULES, st.data())
    @property_of(examples=400)
    def test_nothing_is_applied_beyond_what_there_is(
        self, rows, amount, named, payer, rule, data
    ):
        items = self._items(rows)
        text = " ".join(f"INV/2026/{key:05}" for key in named)
        found = self._propose(items, amount, text, payer, rule)
        by_key = {each.key: each for each in items}
        self.assertLessEqual(sum(part.amount for part in found.parts), amount)
        self.assertGreaterEqual(found.unapplied, 0)
        self.assertEqual(
            found.unapplied, amount - sum(part.amount for part in found.parts)
        )
        self.assertEqual(
            len({part.item for part in found.parts}), len(found.parts), "each once"
        )
        for part in found.parts:
            item = by_key[part.item]
            self.assertLessEqual(abs(part.amount + part.discount), abs(item.open))
            self.assertGreater(part.amount * item.open, 0, "on the same side")
            self.assertEqual(item.currency, "EUR")
            self.assertEqual(item.customer, found.customer)
            if item.open < 0:
                self.assertTrue(
                    item.key in named or found.reason == "balance", "a credit note"
                )
        with self.subTest("in any order"):
            shuffled = data.draw(st.permutations(items))
            again = self._propose(shuffled, amount, text, payer, rule)
            self.assertEqual(found, again)

    @given(OPEN_ITEMS, PAID, NAMED)
    @property_of(examples=200)
    def test_the_index_finds_what_all_items_have(self, rows, amount, named):
        items = [each for each in self._items(rows) if each.customer == 1]
        text = " ".join(f"INV/2026/{key:05}" for key in named)
        payment = amount, "EUR", DAY, text, items
        candidates = Book(items).candidates_of(1, text)
        found = item_match.match(*payment, candidates=candidates)
        self.assertEqual(found, item_match.match(*payment))

    @given(OPEN_ITEMS, PAID, NAMED, PAYER, RULES)
    @property_of(examples=400)
    def test_automatic_ones_are_certain(self, rows, amount, named, payer, rule):
        items = self._items(rows)
        text = " ".join(f"INV/2026/{key:05}" for key in named)
        found = self._propose(items, amount, text, payer, rule)
        if found.automatic:
            keys = {part.item for part in found.parts}
            self.assertTrue(keys)
            if found.reason == "named":
                self.assertLessEqual(keys, set(named))
            elif rule == "reference":
                self.assertEqual(found.reason, "order")
            if payer == {"payer": "Nobody"}:
                self.fail("a third party is asked about")
        if not found.customer:
            self.assertFalse(found.parts)
        self.assertTrue(found.reason or found.notes)

    @given(
        OPEN_ITEMS,
        PAID,
        st.dictionaries(st.integers(1, 10), st.integers(-20, 60), max_size=5),
    )
    @property_of(examples=300)
    def test_advices_apply_nothing_beyond_what_there_is(self, rows, amount, lines):
        items = self._items(rows)
        advice = [Part(key, Decimal(each)) for key, each in lines.items()]
        found = self._propose(items, amount, "", {"customer": 1}, "reference", advice)
        by_key = {each.key: each for each in items}
        self.assertLessEqual(sum(part.amount for part in found.parts), amount)
        for part in found.parts:
            item = by_key[part.item]
            self.assertLessEqual(abs(part.amount), abs(item.open))
            self.assertGreater(part.amount * item.open, 0)
            if found.automatic:
                self.assertEqual(lines[part.item], part.amount)

    @given(st.text("0123456789", min_size=MIN_DIGITS, max_size=20))
    @property_of(examples=500)
    def test_check_digits_as_odoo_checks_them(self, digits):
        self.assertEqual(
            is_structured(digits), bool(core.is_valid_structured_reference(digits))
        )

    @given(st.from_regex(r"RF[0-9]{2}[0-9A-Z]{1,21}", fullmatch=True))
    @property_of(examples=200)
    def test_iso_references_as_odoo_checks_them(self, text):
        self.assertEqual(
            is_structured(text), bool(core.is_valid_structured_reference_iso(text))
        )
        number = core.format_structured_reference_iso(text[4:])
        self.assertTrue(is_structured(number))


def _item(key, customer, number, amount, *numbers):
    return Item(key, customer, number, Decimal(amount), "EUR", DAY, numbers)


BOOK = {
    "items": [
        _item(1, 7, "INV/2026/00001", 61),
        _item(2, 8, "INV/2026/00083", 50),
        _item(3, 9, "INV/2026/00094", 20),
        _item(4, 9, "INV/2026/00095", 50),
    ],
    "accounts": {"be1": frozenset({7})},
    "aliases": {"treasury": frozenset({7})},
    "names": {7: "Alpha Logistics GmbH", 8: "Beta SA", 9: "Alpha Logistic"},
}
# What a payment of 61 or 50 says; then the customer, the evidence, the reason, the
# items, what speaks against it, and the confidence.
PROPOSED = (
    ((61, "INV/2026/00001", {}), (7, "reference", "named", [1], (), 95)),
    ((61, "", {"account": "BE1"}), (7, "account", "item", [1], (), 70)),
    (
        (61, "INV/2026/00001 INV/2026/00083", {"account": "BE1"}),
        (7, "account", "named", [1], (), 95),
    ),
    (
        (61, "INV/2026/00001", {"payer": "Treasury"}),
        (7, "reference", "named", [1], (), 95),
    ),
    ((61, "", {"payer": "Alpha Logistics"}), (7, "name", "item", [1], (), 70)),
    ((61, "", {}), (None, "unidentified", "", [], ("unidentified",), 0)),
    # Numbers of others than the one who pays: of one customer, to the cent, or not.
    (
        (50, "INV/2026/00083", {"account": "BE1"}),
        (8, "reference", "named", [2], ("third_party",), 75),
    ),
    (
        (61, "INV/2026/00083 INV/2026/00010", {"customer": 7}),
        (7, "registered", "named", [1], ("third_party",), 60),
    ),
    (
        (50, "INV/2026/00083 INV/2026/00094", {"account": "BE1"}),
        (8, "reference", "named", [2], ("third_party",), 75),
    ),
    (
        (50, "INV/2026/00083 INV/2026/00095", {"account": "BE1"}),
        (7, "account", "only", [1], ("short", "other_customer"), 10),
    ),
    (
        (61, "INV/2026/00083 INV/2026/00095", {"account": "BE1"}),
        (7, "account", "item", [1], ("other_customer",), 50),
    ),
)
SURE = {"customer": 7, "confirmed": True}
NAMED_ONE = {"reason": "named", "exact": True}
# Whether it is applied without asking: the payer, the match, the rule and the text.
AUTOMATIC = (
    (SURE, {"reason": "oldest", "notes": ("short", "over")}, "oldest", "", True),
    ({"customer": 7}, {"reason": "oldest"}, "oldest", "", False),
    (SURE, {"reason": "oldest"}, "amount", "", False),
    (SURE, {"reason": "oldest"}, "oldest", "4711", False),
    ({**SURE, "contradicted": True}, NAMED_ONE, "reference", "", False),
    (SURE, {**NAMED_ONE, "parts": ()}, "reference", "", False),
)


@tagged("at_install", "-post_install")
class TestReceiptMatchExamples(BaseCase):
    """Customers who have paid, and payments that are applied without asking."""

    def test_proposals(self):
        book = Book(**BOOK)
        for (amount, text, says), expected in PROPOSED:
            with self.subTest(amount=amount, text=text, **says):
                payment = Payment(1, Decimal(amount), "EUR", DAY, text, **says)
                found = propose(payment, book)
                self.assertEqual(
                    (
                        *(found.customer, found.evidence, found.reason),
                        *([each.item for each in found.parts], found.notes),
                        found.confidence,
                    ),
                    expected,
                )

    def test_confidence_of_what_says_who_has_paid(self):
        every = {"registered": 100, "reference": 95, "account": 95, "alias": 90}
        self.assertEqual(receipt_match.SURE, {**every, "name": 70, "unidentified": 0})

    def test_what_is_applied_without_asking(self):
        for payer, match, rule, text, expected in AUTOMATIC:
            with self.subTest(payer=payer, match=match, rule=rule):
                payment = Payment(1, Decimal(50), "EUR", DAY, text)
                found = Match(**{"parts": (Part(1, Decimal(50)),), **match})
                self.assertIs(
                    is_automatic(payment, Payer(**payer), found, rule), expected
                )

    def test_names_of_payers(self):
        book = Book(**BOOK)
        for name, among, expected in (
            ("Alpha Logistcs", [7], {7}),
            ("Alpha Logistcs", [], {7, 9}),
            ("Alpha Logistics", [], {7}),
            ("Beta Holding", [8], {8}),
        ):
            with self.subTest(name=name, among=among):
                self.assertEqual(book.named_alike(name, among), expected)
        # Seventeen of twenty letters are just enough.
        alike = "abcdefghijklmnopqrst", "abcdefghijklmnopqxyz"
        self.assertTrue(book._resembles(*alike))

    def test_numbers_that_several_documents_share(self):
        items = [_item(key, 1, f"INV/{key}", 5, "CUST/1") for key in (1, 2)]
        book = Book(items)
        self.assertEqual([each.numbers for each in book.by_customer[1]], [(), ()])
        found = book.candidates_of(1, "CUST/1")
        self.assertEqual(
            [(each.key, each.numbers) for each in found], [(1, ()), (2, ())]
        )
