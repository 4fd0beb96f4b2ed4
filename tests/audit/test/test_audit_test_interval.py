from datetime import date, timedelta
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules.audit.test import audit_test as rules
from odoo.addons.invoicing_clerk.rules.interval import INTERVALS

# Months and days of an interval -> the fewest and the most days from the second to the
# third invoice of a regular series that begins in January 2025; the most days from the
# end of one series to the beginning of another one that repeats it.
LIMITS = {
    (0, 7): (6, 8, 3),
    (0, 14): (13, 15, 7),
    (0, 28): (28, 28, 14),
    (1, 0): (23, 33, 15),
    (2, 0): (56, 66, 30),
    (3, 0): (86, 96, 45),
    (6, 0): (179, 189, 90),
    (12, 0): (360, 370, 180),
}


def invoices(*days):
    return [
        rules.Invoice(number, "Azure", "EUR", day, Decimal(100), content="rent")
        for number, day in enumerate(days, 1)
    ]


def two(interval):
    """Return the days of the first two invoices."""
    first = date(2025, 1, 1)
    return first, interval.after(first)


def three(interval, first):
    second = interval.after(first)
    return first, second, interval.after(second)


@tagged("at_install", "-post_install")
class TestAuditTestInterval(BaseCase):
    """Each regular interval at its limits, where a day more or less is a duplicate."""

    def test_all_intervals_are_listed(self):
        found = [(each.months, each.days) for each in INTERVALS]
        self.assertEqual(found, list(LIMITS))

    def test_days_that_an_invoice_may_be_early_or_late(self):
        for interval, limits in zip(INTERVALS, LIMITS.values(), strict=True):
            fewest, most, _apart = limits
            first, second = two(interval)
            third = {
                days: second + timedelta(days=days)
                for days in (fewest - 1, fewest, most, most + 1)
            }
            regular = [
                days
                for days, day in third.items()
                if rules.in_series(invoices(first, second, day), interval)
            ]
            with self.subTest(interval=interval):
                self.assertEqual(set(regular), {fewest, most})

    def test_days_between_two_series(self):
        for interval, limits in zip(INTERVALS, LIMITS.values(), strict=True):
            *_days, apart = limits
            series = three(interval, date(2025, 1, 1))
            for days, originals in ((apart, {4: 3}), (apart + 1, {})):
                again = three(interval, series[-1] + timedelta(days=days))
                with self.subTest(interval=interval, days=days):
                    rows = invoices(*series, *again)
                    # A longer window has longer intervals, which may be regular too.
                    found = rules.duplicates(rows, days=interval.least())
                    self.assertEqual(found, originals)
