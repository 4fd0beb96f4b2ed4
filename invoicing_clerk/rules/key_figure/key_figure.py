"""Key figures of receivables and billing: formulas, and when a month is final."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .formula import Formula

STATES = [("open", "Open"), ("frozen", "Frozen")]
UNITS = [("days", "Days"), ("percent", "Percent")]
BETTER = [("higher", "Higher"), ("lower", "Lower")]
VERDICTS = [("better", "Better"), ("worse", "Worse")]
EMPTY_REASONS = [
    ("no_sales", "No sales in the month, net of credit notes"),
    ("count_back", "No receivables, or more than the sales of the last 36 months"),
    ("no_collection", "Nothing was due for collection"),
    ("no_receivables", "No receivables at the end of the month"),
    ("no_invoiced", "No sales in the month"),
    ("no_cases", "No billing error was closed in the month"),
    ("no_invoices", "No invoice was issued in the month"),
    ("no_sending", "No invoice was issued, or no day of sending is known"),
    ("no_promises", "No promise was due in the month"),
    ("no_payments", "No customer payment is dated in the month"),
    ("no_matches", "No payment was matched and applied in the month"),
    ("unsettled", "Not yet known"),
    ("failed", "The computation failed"),
]

# Months that are filled in the first time, so that the last ended month can be compared
# with the year before, and those of a count-back.
MONTHS_BACK = 13
SALES_MONTHS = 36
# Days after the end of a month until late entries, sendings and payments are in.
SETTLING_DAYS = 10
# Days in which a customer may report an error of an invoice, and a wrong match shows.
ERROR_DAYS = 90
UNDOING_DAYS = 30
# Days after the end of a month in which an invoice that is not sent counts them.
SENDING_DAYS = 30

Inputs = dict[str, float | None]


@dataclass(frozen=True)
class Figure:
    """A key figure of a company in a month.

    ``sources`` name what reads the inputs of its formula, and those that are only
    ``shown``. A month is final ``settling_days`` after its end.
    """

    name: str
    unit: str
    formula: Formula
    sources: tuple[str, ...]
    empty_reason: str
    better: str = ""
    settling_days: int = SETTLING_DAYS
    shown: tuple[str, ...] = ()

    def inputs(self) -> set[str]:
        """Return the names of the inputs to keep.

        >>> sorted(FIGURES["resolution"].inputs())
        ['cases', 'median_days']
        """
        return self.formula.inputs() | {*self.shown}

    def is_final(self, first: date, today: date) -> bool:
        """Return whether what a month depends on is in.

        >>> figure = FIGURES["dso"]
        >>> figure.is_final(date(2026, 10, 1), date(2026, 11, 10))
        False
        >>> figure.is_final(date(2026, 10, 1), date(2026, 11, 11))
        True
        >>> FIGURES["first_time"].is_final(date(2026, 8, 1), date(2026, 12, 9))
        False
        >>> FIGURES["first_time"].is_final(date(2026, 8, 1), date(2026, 12, 10))
        True
        """
        return today >= self.final_on(first)

    def final_on(self, first: date) -> date:
        """Return the day from which a month is final.

        >>> FIGURES["match_wrong"].final_on(date(2026, 10, 1))
        datetime.date(2026, 12, 11)
        """
        return last_day(first) + timedelta(days=self.settling_days + 1)

    def is_late(self, first: date, today: date) -> bool:
        """Return whether a month was final before this day.

        >>> figure = FIGURES["dso"]
        >>> figure.is_late(date(2026, 10, 1), date(2026, 11, 11))
        False
        >>> figure.is_late(date(2026, 10, 1), date(2026, 11, 12))
        True
        """
        return today > self.final_on(first)

    def is_known(self, first: date, today: date) -> bool:
        """Return whether the value of a month means something yet.

        What customers and colleagues still find out takes longer than late entries: a
        figure of that would be better the younger the month is.

        >>> first, today = date(2026, 10, 1), date(2026, 11, 2)
        >>> FIGURES["dso"].is_known(first, today)
        True
        >>> FIGURES["first_time"].is_known(first, today)
        False
        """
        return self.settling_days <= SETTLING_DAYS or self.is_final(first, today)

    def last_known(self, today: date) -> date:
        """Return the last ended month of which the value is known.

        >>> figure, today = FIGURES["first_time"], date(2026, 11, 30)
        >>> FIGURES["dso"].last_known(today), figure.last_known(today)
        (datetime.date(2026, 10, 1), datetime.date(2026, 7, 1))
        """
        first = shift(today.replace(day=1), -1)
        while not self.is_known(first, today):
            first = shift(first, -1)
        return first

    def verdict(self, change: float) -> str:
        """Return whether a change is for the better.

        >>> FIGURES["dso"].verdict(-3.0), FIGURES["promise_kept"].verdict(-3.0)
        ('better', 'worse')
        >>> FIGURES["dso"].verdict(-0.5), FIGURES["dso"].verdict(0.5)
        ('better', 'worse')
        >>> FIGURES["dso"].verdict(0.0), FIGURES["dso_best"].verdict(5.0)
        ('', '')
        """
        if not (change and self.better):
            return ""
        return "better" if (change > 0) == (self.better == "higher") else "worse"


def _share(part: str, whole: str) -> Formula:
    return Formula((part,), (whole,), times="100")


SALES = ("balance", "billing")
FIGURES = {
    "dso": Figure(
        "Days Sales Outstanding",
        "days",
        Formula(("receivables",), ("sales",), times="days"),
        SALES,
        "no_sales",
        "lower",
    ),
    "dso_count_back": Figure(
        "DSO by Count-back",
        "days",
        Formula(("rest",), ("rest_sales",), times="rest_days", plus="whole_days"),
        SALES,
        "count_back",
        "lower",
    ),
    "dso_best": Figure(
        "Best Possible DSO",
        "days",
        Formula(("not_due",), ("sales",), times="days"),
        SALES,
        "no_sales",
    ),
    "delinquent": Figure(
        "Average Days Delinquent",
        "days",
        Formula(("receivables", "-not_due"), ("sales",), times="days"),
        SALES,
        "no_sales",
        "lower",
    ),
    "collection": Figure(
        "Collection Effectiveness Index",
        "percent",
        Formula(
            ("opening", "sales", "-receivables"),
            ("opening", "sales", "-not_due"),
            times="100",
        ),
        SALES,
        "no_collection",
        "higher",
    ),
    "disputed": Figure(
        "Receivables in Dispute",
        "percent",
        _share("disputed", "receivables"),
        ("balance",),
        "no_receivables",
        "lower",
    ),
    "resolution": Figure(
        "Days to Resolve",
        "days",
        Formula(("median_days",)),
        ("error",),
        "no_cases",
        "lower",
        shown=("cases",),
    ),
    "first_time": Figure(
        "Billed Right the First Time",
        "percent",
        Formula(("issued", "-wrong"), ("issued",), times="100"),
        ("issue",),
        "no_invoices",
        "higher",
        SETTLING_DAYS + ERROR_DAYS,
    ),
    "notes": Figure(
        "Credit Notes to Sales",
        "percent",
        _share("credited", "invoiced"),
        ("billing",),
        "no_invoiced",
        "lower",
    ),
    "sending": Figure(
        "Days from Issue to Sending",
        "days",
        Formula(("sent_days",), ("sent", "unsent")),
        ("issue",),
        "no_sending",
        "lower",
        SENDING_DAYS,
    ),
    "promise_kept": Figure(
        "Promises Kept",
        "percent",
        _share("kept", "judged"),
        ("promise",),
        "no_promises",
        "higher",
    ),
    "promise_received": Figure(
        "Promised Amounts Received",
        "percent",
        _share("received", "promised"),
        ("promise",),
        "no_promises",
        "higher",
    ),
    "match_automatic": Figure(
        "Match Rate",
        "percent",
        _share("automatic", "payments"),
        ("payment",),
        "no_payments",
        "higher",
    ),
    "match_items": Figure(
        "Match Rate by Item",
        "percent",
        _share("automatic_items", "items"),
        ("match",),
        "no_matches",
        "higher",
    ),
    "match_wrong": Figure(
        "Wrong Matches",
        "percent",
        _share("undone", "applied"),
        ("match",),
        "no_matches",
        "lower",
        SETTLING_DAYS + UNDOING_DAYS,
    ),
}


def shift(first: date, months: int) -> date:
    """Return the first day of a month before or after.

    >>> shift(date(2026, 1, 1), -1), shift(date(2026, 1, 1), 12)
    (datetime.date(2025, 12, 1), datetime.date(2027, 1, 1))
    """
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def last_day(first: date) -> date:
    """Return the last day of a month.

    >>> last_day(date(2028, 2, 1))
    datetime.date(2028, 2, 29)
    """
    return shift(first, 1) - timedelta(days=1)


def months_until(today: date) -> list[date]:
    """Return the first days of the last months, the current one first.

    >>> months = months_until(date(2026, 11, 30))
    >>> months[0], months[-1], len(months)
    (datetime.date(2026, 11, 1), datetime.date(2025, 10, 1), 14)
    """
    return [shift(today.replace(day=1), -back) for back in range(MONTHS_BACK + 1)]


def count_back(receivables: float, months: Sequence[tuple[float, int]]) -> Inputs:
    """Return the inputs of a count-back: which months' sales are still unpaid.

    :param months: sales and days of each month, the latest first
    :return: no inputs if the sales are used up first, or nothing is owed

    >>> inputs = count_back(500.0, [(200.0, 30), (400.0, 31)])
    >>> inputs["whole_days"], inputs["rest"], inputs["rest_sales"], inputs["rest_days"]
    (30, 300.0, 400.0, 31)
    >>> FIGURES["dso_count_back"].formula.value(inputs)
    53.25

    A month without sales counts with its days; one with more credit notes than
    invoices leaves more to be found in the months before:

    >>> inputs = count_back(100.0, [(0.0, 30), (-50.0, 31), (300.0, 30)])
    >>> inputs["whole_days"], inputs["rest"]
    (61, 150.0)
    >>> count_back(200.0, [(200.0, 30)])["rest"], count_back(0.5, [(2.0, 30)])["rest"]
    (200.0, 0.5)
    >>> months = [(200.0, 30)]
    >>> count_back(201.0, months), count_back(0.0, months), count_back(-0.5, months)
    ({}, {}, {})
    """
    rest, whole_days = receivables, 0
    if rest <= 0:
        return {}
    for sales, days in months:
        if rest <= sales:
            return {
                "whole_days": whole_days,
                "rest": rest,
                "rest_sales": sales,
                "rest_days": days,
            }
        rest = round(rest - sales, 6)
        whole_days += days
    return {}
