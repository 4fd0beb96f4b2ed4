"""When customers pay: the days past due at which they have paid before.

A pattern is made of the payments of the last 24 months. Recent ones weigh more: the
weight of a payment halves every 180 days. Disputed days do not count, as nobody pays
then. Weights are whole numbers, so that the database, which computes the patterns of
all customers at once, finds exactly the same ones: see
`models/forecast/payment_pattern_sql.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import NamedTuple

HALF_LIFE = 180
# Payments of so many days before are known.
DAYS = 730
# With fewer payments, a customer is expected to pay on the due date.
LEAST = 6
# The weight of a payment of the same day.
UNIT = 1_000_000
# Of a hundred payments, how many may be beyond each end of the band.
BEYOND = 10
# Of an invoice that counts as paid, so much is money; the rest may be a cash discount
# or a small difference, but is no credit note or loss.
LEAST_MONEY = 90
# Months that a back-test can have.
MOST_MONTHS = 24


@dataclass(frozen=True)
class Payment:
    """A paid instalment: its due date, when it was paid, and when it was disputed.

    Disputes are the days on which a billing error was opened and closed; ``None`` for
    an open one.
    """

    due: date
    paid: date
    disputes: Sequence[tuple[date, date | None]] = ()
    invoiced: date | None = None

    @property
    def days(self) -> int:
        """Return the days past due, without the disputed ones; below zero if early.

        >>> due, paid = date(2026, 5, 31), date(2026, 6, 20)
        >>> Payment(due, paid).days, Payment(paid, due).days
        (20, -20)

        A dispute counts from the day after it was opened, and once where two overlap:

        >>> first = (date(2026, 6, 5), date(2026, 6, 10))
        >>> Payment(due, paid, [first]).days
        15
        >>> Payment(due, paid, [first, (date(2026, 6, 8), date(2026, 6, 12))]).days
        13
        >>> Payment(due, paid, [(date(2026, 5, 1), None)]).days
        0
        >>> Payment(due, paid, [(date(2026, 5, 1), date(2026, 5, 20))]).days
        20
        """
        disputed = {
            day
            for opened, closed in self.disputes
            for day in _days_between(
                max(opened, self.due), min(closed or self.paid, self.paid)
            )
        }
        return (self.paid - self.due).days - len(disputed)


def _days_between(after: date, until: date) -> Iterable[int]:
    return range(after.toordinal() + 1, until.toordinal() + 1)


@dataclass(frozen=True)
class Pattern:
    """The days past due at which a customer usually pays.

    Four out of five of the next payments are expected between ``low`` and ``high``.
    """

    count: int
    median: int
    low: int
    high: int
    since: date


def weight(age: int) -> int:
    """Return how much a payment counts that was made so many days ago.

    >>> weight(0), weight(180), weight(360), weight(730)
    (1000000, 500000, 250000, 60139)
    """
    return round(UNIT * math.pow(0.5, age / HALF_LIFE))


def pattern(payments: Iterable[Payment], on: date) -> Pattern | None:
    """Return the pattern that was known at the beginning of a day; None without one.

    >>> day = date(2026, 6, 30)
    >>> def paid(*late, ago=20):
    ...     payment_day = day - timedelta(days=ago)
    ...     return [Payment(payment_day - timedelta(days=d), payment_day) for d in late]
    >>> def band(payments):
    ...     found = pattern(payments, day)
    ...     return found.low, found.median, found.high

    The band allows for the next payment: with few payments, it includes all of them.
    Between two payments, its end is in proportion.

    >>> band(paid(*range(1, 20))), band(paid(*range(0, 120, 10)))
    ((2, 10, 18), (3, 50, 107))
    >>> band(paid(3, 5, 30)), band(paid(7))
    ((3, 5, 30), (7, 7, 7))

    Recent payments weigh more, older ones than 24 months and future ones nothing:

    >>> band(paid(0, 0, 0, ago=500) + paid(12, 12))
    (0, 12, 12)
    >>> [pattern(paid(12, ago=ago), day) is None for ago in (0, 1, 730, 731)]
    [True, False, False, True]
    """
    known = _known(payments, on)
    if not known:
        return None
    tally = [(each.days, weight((on - each.paid).days)) for each in known]
    median, low, high = _quantiles(tally)
    return Pattern(len(known), median, low, high, min(each.paid for each in known))


def _known(payments: Iterable[Payment], on: date) -> list[Payment]:
    return [each for each in payments if 0 < (on - each.paid).days <= DAYS]


def _quantiles(tally: Sequence[tuple[int, int]]) -> tuple[int, int, int]:
    """Return the median and the ends of the band of weighted days.

    The band includes the median. Few others beside many payments on one day, as by
    direct debit, are outside:

    >>> def of(usual, usually, other, seldom):
    ...     return _quantiles([(usual, UNIT)] * usually + [(other, UNIT)] * seldom)
    >>> of(0, 20, 10, 3), of(0, 30, 400, 1), of(5, 18, 65, 2), of(5, 20, -20, 3)
    ((0, 0, 5), (0, 0, 0), (5, 5, 32), (5, -8, 5))
    >>> of(100, 19, 0, 1)
    (100, 100, 100)

    Half of the weight is enough for the median:

    >>> [_quantiles([(0, first), (5, 1), (10, last)])[0]
    ...     for first, last in ((2, 1), (1, 1), (1, 2), (1, 3))]
    [0, 5, 5, 10]
    """
    weights: dict[int, int] = {}
    for days, each in tally:
        weights[days] = weights.get(days, 0) + each
    upward = sorted(weights.items())
    downward = [(-days, each) for days, each in reversed(upward)]
    total = sum(weights.values())
    below = accumulate(each for _days, each in upward)
    half = zip(upward, below, strict=True)
    median = next(days for (days, _each), sum_ in half if 2 * sum_ >= total)
    low, high = -_end(downward, len(tally)), _end(upward, len(tally))
    return median, min(low, median), max(high, median)


def _end(ordered: Sequence[tuple[int, int]], count: int) -> int:
    """Return the end of the band that is the last in an order of days with weights.

    The next payment is added as one more of mean weight, which may be beyond the end:
    so the band has the share of future payments, not only of those that made it. An end
    that was always moved outward to the next payment would have more than that.

    >>> [_end([(0, 9 * UNIT), (last, UNIT)], 10) for last in (10, 4, 1)]
    [9, 4, 1]
    """
    total = sum(each for _days, each in ordered)
    missing = (100 - BEYOND) * total * (count + 1)
    before = None
    for days, each in ordered:
        share = 100 * count * each
        if missing <= share:
            return days if before is None else _between(before, days, missing, share)
        missing -= share
        before = days
    return ordered[-1][0]


def _between(before: int, days: int, part: int, whole: int) -> int:
    """Return the nearest day to a part of the way from one day to a later one.

    >>> [_between(10, 20, part, 100) for part in (1, 5, 6, 54, 96, 100)]
    [10, 10, 11, 15, 20, 20]
    >>> _between(0, 2, 1, 3), _between(0, 1, 1, 3)
    (1, 0)
    """
    return before + (2 * (days - before) * part + whole - 1) // (2 * whole)


def usual(own: Pattern | None, company: Pattern | None) -> Pattern | None:
    """Return the pattern by which a customer is expected to pay.

    Of a customer with few payments, too little is known: the due date is expected,
    with the band of all customers of the company.

    >>> everybody = Pattern(900, 4, -3, 40, date(2024, 7, 1))
    >>> usual(Pattern(5, 12, 10, 14, date(2026, 1, 1)), everybody)
    Pattern(count=5, median=0, low=-3, high=40, since=datetime.date(2026, 1, 1))
    >>> usual(Pattern(6, 12, 10, 14, date(2026, 1, 1)), everybody).median
    12
    >>> usual(None, everybody).count, usual(None, None)
    (0, None)
    """
    if own and own.count >= LEAST:
        return own
    if company is None:
        return None
    count, since = (own.count, own.since) if own else (0, company.since)
    return Pattern(count, 0, company.low, company.high, since)


BASES = [
    ("promise", "Promise"),
    ("pattern", "Payment Pattern"),
    ("terms", "Due Date"),
    ("late", "Later Than Usual"),
    ("disputed", "Disputed"),
]


class Forecast(NamedTuple):
    """The day on which an open item is expected to be paid, if any, and why then."""

    basis: str
    day: date | None = None


def forecast(
    due: date,
    found: Pattern | None,
    today: date,
    promised: date | None = None,
    is_disputed: bool = False,
) -> Forecast:
    """Return when an open item is expected to be paid.

    Once the usual day has passed, it is the end of the band, and after that no day can
    be given: the customer is later than usual.

    >>> due = date(2026, 6, 30)
    >>> own = Pattern(8, 4, 0, 20, date(2026, 1, 1))
    >>> def on(day, pattern=own, **known):
    ...     basis, expected = forecast(due, pattern, today=day, **known)
    ...     return basis, str(expected)
    >>> on(date(2026, 6, 1)), on(date(2026, 7, 4))
    (('pattern', '2026-07-04'), ('pattern', '2026-07-04'))
    >>> on(date(2026, 7, 5)), on(date(2026, 7, 21))
    (('pattern', '2026-07-20'), ('late', 'None'))
    >>> on(date(2026, 6, 1), None), on(date(2026, 7, 1), None)
    (('terms', '2026-06-30'), ('late', 'None'))
    >>> on(date(2026, 6, 1), usual(None, own)), on(date(2026, 7, 1), usual(None, own))
    (('terms', '2026-06-30'), ('terms', '2026-07-20'))
    >>> for count in 5, 6:
    ...     print(on(date(2026, 6, 1), Pattern(count, 4, 0, 20, date(2026, 1, 1))))
    ('terms', '2026-07-04')
    ('pattern', '2026-07-04')

    What is disputed as a whole has no day. Otherwise a promise counts that covers all
    that is not disputed, until it is judged:

    >>> on(date(2026, 6, 1), is_disputed=True, promised=due)
    ('disputed', 'None')
    >>> on(date(2026, 6, 1), promised=date(2026, 8, 1))
    ('promise', '2026-08-01')
    >>> on(date(2026, 8, 3), promised=date(2026, 8, 1))
    ('promise', '2026-08-03')
    """
    if is_disputed:
        return Forecast("disputed")
    if promised:
        return Forecast("promise", max(promised, today))
    basis = "pattern" if found and found.count >= LEAST else "terms"
    for days in (found.median, found.high) if found else (0,):
        day = due + timedelta(days=days)
        if day >= today:
            return Forecast(basis, day)
    return Forecast("late")


@dataclass(frozen=True)
class Month:
    """Result of a back-test for the payments of a month.

    Errors are sums of absolute days; the mean of one is the sum by ``count``.
    """

    count: int
    inside: int
    error: int
    error_due: int
    error_mean: float


def back_test(
    payments: Sequence[Payment], company: Sequence[Payment], first: date, end: date
) -> Month:
    """Compare payments of one customer in a month with what was expected of them.

    Each is compared with the pattern on the date of its invoice, with the due date
    alone, and with the mean of the same payments. The band of the company is the one
    at the beginning of the month of the invoice. Invoices that were paid after more
    than 24 months are left out.

    >>> def paid(number, days):
    ...     invoiced = date(2026, 1, 1) + timedelta(days=7 * number)
    ...     due = invoiced + timedelta(days=14)
    ...     return Payment(due, due + timedelta(days=days), invoiced=invoiced)
    >>> history = [paid(number, days) for number, days in enumerate([9] * 9 + [49])]
    >>> last = history[-1].paid
    >>> back_test(history, history, last, last + timedelta(days=1))
    Month(count=1, inside=0, error=40, error_due=49, error_mean=40.0)
    """
    tested = [
        each
        for each in payments
        if first <= each.paid < end
        and (each.paid - (each.invoiced or each.due)).days <= DAYS
    ]
    inside = error = error_due = 0
    error_mean = 0.0
    for each in tested:
        on = each.invoiced or each.due
        own = pattern(payments, on)
        found = usual(own, pattern(company, on.replace(day=1)))
        median = found.median if found else 0
        mean = _mean(payments, on) if own and own.count >= LEAST else 0.0
        inside += bool(found and found.low <= each.days <= found.high)
        error += abs(each.days - median)
        error_due += abs(each.days)
        error_mean += abs(each.days - mean)
    return Month(len(tested), inside, error, error_due, error_mean)


def _mean(payments: Iterable[Payment], on: date) -> float:
    days = [each.days for each in _known(payments, on)]
    return sum(days) / len(days)
