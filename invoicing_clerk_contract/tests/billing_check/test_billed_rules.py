from dataclasses import replace
from datetime import date
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ...rules import billed as rules
from ...rules.billed import Agreed, Billed
from ...rules.period import (
    ONE_DAY,
    Period,
    Recurrence,
)


def on(month, day=1):
    return date(2026, month, day)


def monthly(number):
    return Period(on(number), on(number + 1) - ONE_DAY)


TODAY = on(4, 10)
LINE = Agreed(1, Recurrence("monthly"), on(1), amount=Decimal(100))


def bill(number, amount=100, **values):
    values = {
        "day": on(number),
        "period": monthly(number),
        "net": Decimal(amount),
        "agreed": Decimal(100),
        **values,
    }
    return Billed(values.pop("id", number), amount=Decimal(amount), **values)


@tagged("post_install", "-at_install")
class TestBilledRules(BaseCase):
    """Invoices of contract lines at the limits of their periods."""

    def _found(self, *lines, today=TODAY, **terms):
        """Return kind, line, first and last day of each difference."""
        agreed = replace(LINE, **terms)
        return [
            (each.kind, each.line, each.period.start, each.period.end)
            for each in rules.differences(agreed, lines, today)
        ]

    # Missing

    def test_periods_until_the_end_are_missing(self):
        found = self._found(bill(1), end=on(2, 1))
        self.assertEqual(found, [("missing", None, on(2), on(2, 1))])
        found = self._found(bill(1), bill(3), end=on(3, 31))
        self.assertEqual(found, [("missing", None, *monthly(2))])

    def test_missing_days_before_a_period_that_began_late(self):
        late = bill(2, period=Period(on(2, 10), on(2, 28)))
        self.assertEqual(
            self._found(bill(1), late, today=on(2, 28)),
            [("missing", None, on(2), on(2, 9))],
        )
        last_day = bill(2, period=Period(on(2, 28), on(2, 28)))
        self.assertEqual(
            self._found(bill(1), last_day, today=on(2, 28)),
            [("missing", None, on(2), on(2, 27))],
        )

    def test_each_of_two_missing_periods(self):
        self.assertEqual(
            self._found(bill(1), bill(4)),
            [("missing", None, *monthly(2)), ("missing", None, *monthly(3))],
        )

    def test_days_of_another_period_are_not_missing(self):
        over = bill(2, period=Period(on(1, 20), on(2, 19)))
        found = self._found(bill(1), over, today=on(2, 28))
        self.assertEqual(found, [("twice", 2, on(1, 20), on(2, 19))])

    def test_due_today(self):
        found = self._found(bill(1), bill(2), bill(3), today=on(4))
        self.assertEqual(found, [("missing", None, *monthly(4))])
        self.assertFalse(self._found(bill(1), bill(2), bill(3), today=on(3, 31)))

    def test_only_the_next_invoice_waits_for_its_day(self):
        terms = {"last_invoiced": on(2, 28), "next_invoice": on(4, 15)}
        self.assertEqual(
            self._found(bill(1), **terms), [("missing", None, *monthly(2))]
        )
        short = bill(2, period=Period(on(2), on(2, 27)))
        self.assertEqual(
            self._found(bill(1), short, **terms),
            [("missing", None, on(2, 28), on(3, 27))],
        )

    # Twice

    def test_one_day_is_billed_twice(self):
        over = bill(2, period=Period(on(1, 31), on(2, 27)))
        found = self._found(bill(1), over, today=on(2, 27))
        self.assertEqual(found, [("twice", 2, on(1, 31), on(2, 27))])

    def test_of_a_draft_and_a_document_the_draft_is_wrong(self):
        draft = bill(1, id=3, is_draft=True)
        posted = bill(1, id=9)
        [(kind, line, *_period)] = self._found(draft, posted, today=on(1, 31))
        self.assertEqual((kind, line), ("twice", 3))

    # Amount

    def test_an_unknown_agreement_says_nothing(self):
        old = bill(1, 70, agreed=None)
        self.assertEqual(
            self._found(old, bill(2, 120), today=on(2, 28)),
            [("amount", 2, *monthly(2))],
        )

    def test_a_period_billed_again_has_the_amount_of_that_period(self):
        """Not that of a later one with another price."""
        credited = bill(1, is_undone=True)
        later = bill(2, 120, agreed=Decimal(120))
        again = bill(1, id=9, day=on(2, 5), period=None, agreed=None)
        agreed = replace(LINE, amount=Decimal(130))
        found = rules.known_periods(agreed, [credited, later, again])
        self.assertEqual([each.agreed for each in found], [100, 120])

    # End

    def test_a_period_that_begins_on_the_last_day(self):
        lines = bill(1), bill(2), bill(3)
        self.assertFalse(self._found(*lines, end=on(3)))
        self.assertEqual(
            self._found(*lines, end=on(2, 28)), [("ended", 3, *monthly(3))]
        )

    def test_nothing_was_agreed_after_the_end(self):
        agreed = replace(LINE, end=on(1, 31))
        [found] = rules.differences(agreed, [bill(1), bill(2)], on(4, 10))
        self.assertEqual((found.kind, found.expected), ("ended", 0))

    # Periods that are concluded

    def _known(self, *lines):
        found = rules.known_periods(LINE, lines)
        return [(each.id, each.period.start) for each in found]

    def test_between_two_known_periods(self):
        copy = bill(2, id=3, day=on(4), period=None)
        known = self._known(bill(1, id=2), copy, bill(3, id=4))
        self.assertEqual(known, [(2, on(1)), (3, on(2)), (4, on(3))])

    def test_sorted_by_period(self):
        known = self._known(bill(2, id=2), bill(1, id=3))
        self.assertEqual(known, [(3, on(1)), (2, on(2))])

    def test_a_copy_of_the_day_on_which_a_period_is_due(self):
        copy = bill(2, id=2, day=on(2), period=None)
        self.assertEqual(self._known(bill(1), copy), [(1, on(1)), (2, on(2))])

    # Since when it is known

    def _first(self, lines, known, **terms):
        agreed = replace(LINE, last_invoiced=on(5, 31), **terms)
        return rules._first_known(agreed, lines, known)

    def test_entered_on_its_first_day(self):
        self.assertEqual(self._first([], [], created=on(1)), on(1))
        self.assertEqual(self._first([], [], created=on(1, 2)), on(6))

    def test_known_from_the_first_period(self):
        may, june = bill(5), bill(6)
        self.assertEqual(self._first([may], [may]), on(1))
        old = bill(1, period=None)
        self.assertEqual(self._first([old, may, june], [may, june]), on(5))
