"""What the tests of an audit look for, one document at a time.

The SQL of the tests asks the same of all documents at once; the suite compares the two.
Names of tests follow the practice of auditors: sequence (SEQ) and duplicate (DUP) tests
are the completeness and occurrence procedures of ISA 500 and 240.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

AREAS = [
    ("balance", "Balances"),
    ("document", "Documents"),
    ("entry", "Entries"),
    ("figure", "Figures"),
    ("register", "Registers"),
]
RUN_STATES = [
    ("planned", "To Run"),
    ("done", "Done"),
    ("skipped", "Nothing to Test"),
    ("failed", "Failed"),
]
EXCEPTION_STATES = [
    ("open", "Open"),
    ("commented", "Commented"),
    ("cleared", "Cleared"),
    ("finding", "Finding"),
    ("error", "Billing Error"),
]
# step -> states of an exception from which it can be taken.
STEPS: dict[str, tuple[str, ...]] = {
    "comment": ("open", "commented", "cleared", "finding", "error"),
    "clear": ("open", "commented"),
    "reopen": ("cleared",),
    "finding": ("open", "commented"),
    "error": ("open", "commented"),
}


def is_allowed(step: str, state: str) -> bool:
    """Whether an exception can take a step.

    >>> is_allowed("clear", "commented"), is_allowed("clear", "finding")
    (True, False)
    """
    return state in STEPS[step]


def state_after_comment(state: str) -> str:
    """A comment answers what is open, and adds to what is settled.

    >>> state_after_comment("open"), state_after_comment("cleared")
    ('commented', 'cleared')
    """
    return "commented" if state == "open" else state


def coverage(received: Decimal, opened: Decimal) -> Decimal:
    """Which part of what was open came in later, 1 being all of it.

    >>> coverage(Decimal(30), Decimal(120))
    Decimal('0.25')
    >>> coverage(Decimal(0), Decimal(0))
    Decimal('0')
    """
    return received / opened if opened else Decimal(0)


# Missing numbers


@dataclass(frozen=True)
class Number:
    """The number of an entry; ``series`` is all of its name but the number.

    ``kind`` is "credit" or "payment" where the journal numbers these apart, else
    "other". Entries that were cancelled or taken back to draft keep their number.
    """

    series: str
    number: int
    day: date
    state: str = "posted"
    kind: str = "other"


@dataclass(frozen=True)
class NumberFault:
    """Numbers of a series, from ``low`` to ``high``, that no posted entry bears.

    ``missing`` are borne by no entry at all, ``start`` are those before the first one
    of a series, ``cancelled`` and ``draft`` are borne by such an entry.
    """

    reason: str
    series: str
    low: int
    high: int


def number_faults(
    numbers: Iterable[Number], first: date, last: date
) -> set[NumberFault]:
    """What is wrong with the numbers of one journal in a period.

    A gap belongs to the day of the entry after it.

    >>> def number(value, day=1, series="INV/", state="posted", kind="other"):
    ...     return Number(series, value, date(2026, 3, day), state, kind)
    >>> def faults(*numbers):
    ...     found = number_faults(numbers, date(2026, 3, 1), date(2026, 3, 31))
    ...     return sorted((f.reason, f.series, f.low, f.high) for f in found)
    >>> faults(number(1), number(2), number(5))
    [('missing', 'INV/', 3, 4)]
    >>> faults(number(1), number(2, state="cancel"), number(3))
    [('cancelled', 'INV/', 2, 2)]
    >>> faults(number(4), number(5))
    [('start', 'INV/', 1, 3)]

    A new prefix that goes on counting where an ended one of the same year stopped has
    no gap, and one that leaves numbers out in between has:

    >>> faults(number(1), number(2), number(3, day=9, series="FAC/"))
    []
    >>> faults(number(1), number(2), number(5, day=9, series="FAC/"))
    [('missing', 'FAC/', 3, 4)]

    It does not go on from credit notes that are numbered apart:

    >>> credit = number(1, day=8, series="RINV/", kind="credit")
    >>> faults(number(1), number(2), credit, number(3, day=9, series="FAC/"))
    []
    """
    by_series: dict[str, list[Number]] = defaultdict(list)
    for each in numbers:
        by_series[each.series].append(each)
    faults = set()
    for series, members in by_series.items():
        before = _number_before(series, by_series)
        for each in sorted(members, key=lambda number: number.number):
            if first <= each.day <= last:
                faults |= _faults_at(each, before)
            before = ("missing", each.number)
    return faults


def _number_before(series: str, by_series: dict[str, list[Number]]) -> tuple[str, int]:
    """With which number a series goes on counting, and what a gap after it is."""
    lowest = min(by_series[series], key=lambda each: each.number)
    ended = [
        (max(each.day for each in other), max(each.number for each in other))
        for name, other in by_series.items()
        if name != series and _kind(other) == _kind(by_series[series])
    ]
    ended = [
        (day, top)
        for day, top in ended
        if day <= lowest.day and day.year == lowest.day.year
    ]
    if ended and max(ended)[1] < lowest.number:
        return "missing", max(ended)[1]
    return "start", 0


def _kind(series: list[Number]) -> str:
    """What all of a series are."""
    kinds = {each.kind for each in series}
    return kinds.pop() if len(kinds) == 1 else "other"


def _faults_at(each: Number, before: tuple[str, int]) -> set[NumberFault]:
    reason, last = before
    faults = set()
    if each.number > last + 1:
        faults.add(NumberFault(reason, each.series, last + 1, each.number - 1))
    held = {"cancel": "cancelled", "draft": "draft"}.get(each.state)
    if held:
        faults.add(NumberFault(held, each.series, each.number, each.number))
    return faults


# Duplicates


@dataclass(frozen=True)
class Invoice:
    """What tells whether an invoice repeats another one.

    ``reference`` is the customer's own, a purchase order say; ``content`` stands for
    the invoice lines: the same content, the same lines.
    """

    id: int
    customer: str
    currency: str
    day: date
    amount: Decimal
    reference: str = ""
    content: str = ""


def duplicates(
    invoices: Iterable[Invoice], days: int, tolerance: Decimal = Decimal(0)
) -> dict[int, int]:
    """Which invoice repeats which earlier one, the latest of them.

    Same customer and currency, totals that differ by no more than the tolerance, at
    most ``days`` apart, and the same reference or the same lines.

    >>> def invoice(id, day, **values):
    ...     row = {"amount": Decimal(100), "content": "10 hours", **values}
    ...     return Invoice(id, "A", "EUR", date(2026, 3, day), **row)
    >>> others = invoice(3, 21, content="2 days")
    >>> duplicates([invoice(1, 1), invoice(2, 20), others], 45)
    {2: 1}
    >>> duplicates([invoice(1, 1), invoice(2, 20)], days=5)
    {}
    >>> order = {"reference": "PO 7", "content": ""}
    >>> near = invoice(2, 2, amount=Decimal("100.5"), **order)
    >>> duplicates([invoice(1, 1, **order), near], 45)
    {}
    >>> duplicates([invoice(1, 1, **order), near], 45, tolerance=Decimal(1))
    {2: 1}
    """
    ordered = sorted(invoices, key=lambda each: (each.day, each.id))
    found = {}
    for place, later in enumerate(ordered):
        for earlier in reversed(ordered[:place]):
            if _repeats(later, earlier, days, tolerance):
                found[later.id] = earlier.id
                break
    return found


def _repeats(later: Invoice, earlier: Invoice, days: int, tolerance: Decimal) -> bool:
    same = (later.customer, later.currency) == (earlier.customer, earlier.currency)
    near = (later.day - earlier.day).days <= days
    alike = abs(later.amount - earlier.amount) <= tolerance
    reference = bool(later.reference) and later.reference == earlier.reference
    content = (
        bool(later.content)
        and later.content == earlier.content
        and later.amount == earlier.amount
    )
    return same and near and alike and (reference or content)
