"""The rules of audit tests, for one document at a time.

The SQL of the tests applies the same rules to all documents at once; the test suite
compares the two. The codes follow auditing practice: sequence (SEQ) and duplicate (DUP)
tests are the completeness and occurrence procedures of ISA 500 and 240.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ...lifecycle import Lifecycle, Step

AREAS = [
    ("balance", "Balances"),
    ("document", "Documents"),
    ("entry", "Journal Entries"),
    ("figure", "Digit Analysis"),
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
AUDITOR = "auditor"
RUN_LIFECYCLE = Lifecycle(
    RUN_STATES,
    {"run": Step(("planned", "skipped", "failed"), ("done", "skipped", "failed"))},
)
RESOLVED_STATES = ("cleared", "finding", "error")
UNRESOLVED_STATES = ("open", "commented")
EXCEPTION_LIFECYCLE = Lifecycle(
    EXCEPTION_STATES,
    {
        "comment": Step(
            (*UNRESOLVED_STATES, *RESOLVED_STATES), ("commented", *RESOLVED_STATES)
        ),
        "clear": Step(UNRESOLVED_STATES, "cleared", AUDITOR),
        "reopen": Step(("cleared",), "open", AUDITOR),
        "finding": Step(UNRESOLVED_STATES, "finding"),
        "error": Step(UNRESOLVED_STATES, "error"),
    },
)


def state_after_comment(state: str) -> str:
    """Return the state after a comment: only open exceptions become commented.

    >>> state_after_comment("open"), state_after_comment("cleared")
    ('commented', 'cleared')
    """
    return "commented" if state == "open" else state


def coverage(received: Decimal, opened: Decimal) -> Decimal:
    """Return the share of an open balance that was received subsequently.

    >>> coverage(Decimal(30), Decimal(120))
    Decimal('0.25')
    >>> coverage(Decimal(0), Decimal(0))
    Decimal('0')
    """
    return received / opened if opened else Decimal(0)


# Missing numbers


@dataclass(frozen=True)
class Number:
    """The number of an entry; ``series`` is the name without the number.

    ``kind`` is "credit" or "payment" if the journal numbers these separately, else
    "other". Entries that were cancelled or reset to draft keep their number.
    """

    series: str
    number: int
    day: date
    state: str = "posted"
    kind: str = "other"


@dataclass(frozen=True)
class NumberFault:
    """Numbers of a series, from ``low`` to ``high``, that have no posted entry.

    ``missing`` numbers have no entry at all, ``start`` numbers are those before the
    first of a series, ``cancelled`` and ``draft`` numbers belong to such an entry.
    """

    reason: str
    series: str
    low: int
    high: int


def number_faults(
    numbers: Iterable[Number], first: date, last: date
) -> set[NumberFault]:
    """Return gaps and unposted numbers of one journal in a period.

    A gap has the date of the entry that follows it.

    >>> def number(value, day=1, series="INV/", state="posted", kind="other"):
    ...     return Number(series, value, date(2026, 3, day), state, kind)
    >>> def faults(*numbers):
    ...     result = number_faults(numbers, date(2026, 3, 1), date(2026, 3, 31))
    ...     return sorted((f.reason, f.series, f.low, f.high) for f in result)
    >>> faults(number(1), number(2), number(5, day=31))
    [('missing', 'INV/', 3, 4)]
    >>> faults(number(1), number(3))
    [('missing', 'INV/', 2, 2)]
    >>> faults(number(1), number(2, state="cancel"), number(3))
    [('cancelled', 'INV/', 2, 2)]
    >>> faults(number(4), number(5))
    [('start', 'INV/', 1, 3)]

    A new prefix may continue the numbers of one that ended in the same year; numbers
    left out in between are a gap:

    >>> faults(number(1), number(2), number(3, day=9, series="FAC/"))
    []
    >>> faults(number(1), number(2), number(3, series="FAC/"))
    []
    >>> faults(number(1), number(2), number(5, day=9, series="FAC/"))
    [('missing', 'FAC/', 3, 4)]
    >>> faults(number(1), number(2), number(2, day=9, series="FAC/"))
    [('start', 'FAC/', 1, 1)]
    >>> faults(Number("OLD/", 2, date(2025, 12, 31)), number(3))
    [('start', 'INV/', 1, 2)]

    It does not continue the numbers of credit notes that are numbered separately:

    >>> credit = number(1, day=8, series="RINV/", kind="credit")
    >>> faults(number(1), number(2), credit, number(3, day=9, series="FAC/"))
    []
    """
    by_series: dict[str, list[Number]] = defaultdict(list)
    for number in numbers:
        by_series[number.series].append(number)
    faults = set()
    for series, members in by_series.items():
        before = _number_before(series, by_series)
        for member in sorted(members, key=lambda number: number.number):
            if first <= member.day <= last:
                faults |= _faults_at(member, before)
            before = ("missing", member.number)
    return faults


def _number_before(series: str, by_series: dict[str, list[Number]]) -> tuple[str, int]:
    """Return the number that a series continues, and the reason of a gap after it."""
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
    """Return the kind of a series: "other" if its numbers are of several kinds."""
    kinds = {each.kind for each in series}
    return kinds.pop() if len(kinds) == 1 else "other"


def _faults_at(number: Number, before: tuple[str, int]) -> set[NumberFault]:
    reason, last = before
    faults = set()
    if number.number > last + 1:
        faults.add(NumberFault(reason, number.series, last + 1, number.number - 1))
    unposted = {"cancel": "cancelled", "draft": "draft"}.get(number.state)
    if unposted:
        faults.add(NumberFault(unposted, number.series, number.number, number.number))
    return faults


# Duplicates


@dataclass(frozen=True)
class Invoice:
    """The data of an invoice that identify duplicates.

    ``reference`` is the customer reference, such as a purchase order; ``content`` is
    the same for invoices with the same lines.
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
    """Return the id of the original for each duplicate: the closest earlier invoice.

    Duplicates have the same customer and currency, totals within the tolerance, at most
    ``days`` between them, and the same reference or the same lines.

    >>> def invoice(id, day, **values):
    ...     row = {"amount": Decimal(100), "content": "10 hours", **values}
    ...     return Invoice(id, "A", "EUR", date(2026, 3, day), **row)
    >>> others = invoice(3, 21, content="2 days")
    >>> duplicates([invoice(1, 1), invoice(2, 20), others], 45)
    {2: 1}
    >>> duplicates([invoice(1, 1), invoice(2, 20)], days=19)
    {2: 1}
    >>> duplicates([invoice(1, 1), invoice(2, 20)], days=18)
    {}
    >>> duplicates([invoice(1, 1), invoice(2, 2), invoice(3, 3)], 45)
    {2: 1, 3: 2}
    >>> order = {"reference": "PO 7", "content": ""}
    >>> near = invoice(2, 2, amount=Decimal("100.5"), **order)
    >>> duplicates([invoice(1, 1, **order), near], 45)
    {}
    >>> duplicates([invoice(1, 1, **order), near], 45, tolerance=Decimal(1))
    {2: 1}
    """
    ordered = sorted(invoices, key=lambda each: (each.day, each.id))
    originals = {}
    for place, later in enumerate(ordered):
        for earlier in reversed(ordered[:place]):
            if _repeats(later, earlier, days, tolerance):
                originals[later.id] = earlier.id
                break
    return originals


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
