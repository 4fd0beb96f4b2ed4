"""The rules of audit tests, for one document at a time.

The SQL of the tests applies the same rules to all documents at once; the test suite
compares the two. The codes follow auditing practice: sequence (SEQ) and duplicate (DUP)
tests are the completeness and occurrence procedures of ISA 500 and 240.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import combinations

from ...interval import MOST_SKIPPED, PRICE_CHANGE, Interval, intervals
from ...lifecycle import SYSTEM, Lifecycle, Step

AREAS = [
    ("balance", "Balances"),
    ("document", "Documents"),
    ("entry", "Journal Entries"),
    ("figure", "Digit Analysis"),
    ("register", "Registers"),
]
RUN_STATES = [
    ("planned", "To Run"),
    ("waiting", "Waiting"),
    ("running", "In Progress"),
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
# States of a test that has been run.
WITH_OUTCOME = ("done", "skipped", "failed")
RUN_LIFECYCLE = Lifecycle(
    RUN_STATES,
    {
        "queue": Step(("planned", "skipped", "failed"), "waiting"),
        "start": Step(("waiting",), "running", SYSTEM),
        # Also at once what waits, or was left by a worker that was stopped.
        "run": Step(
            ("planned", "waiting", "running", "skipped", "failed"), WITH_OUTCOME
        ),
        "fail": Step(("running",), "failed", SYSTEM),
    },
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

# What follows a number: a word, a letter in brackets or stars.
_WORD = r"(?:[ ._/-]?\(?[A-Za-z]{1,10}\)?|\*+)"
_TAIL = r"(?P<after>(?:[ ._/-]?[0-9]+)?)"
# A series as a variation of another: a word after the number; or, before it, a letter,
# or a number that is not a year.
VARIATIONS = (
    re.compile(rf"(?P<before>.*)#{_TAIL}{_WORD}"),
    re.compile(
        rf"(?P<before>|.*?[^0-9A-Za-z])"
        rf"(?:(?!(?:19|20)[0-9]{{2}}[^0-9]*#)"
        rf"(?P<digits>[0-9]{{3,}})(?:[ ._/-]|[ ._/-]?[A-Za-z]{{1,10}}[ ._/-]?)#"
        rf"|[A-Za-z][ ._-]?#){_TAIL}{_WORD}?"
    ),
)


@dataclass(frozen=True)
class Number:
    """The number of an entry; ``series`` is the name without the number.

    ``kind`` is "credit" or "payment" if the journal numbers these separately, else
    "other". Entries that were cancelled or reset to draft keep their number. ``width``
    is the number of digits that it is written with.
    """

    series: str
    number: int
    day: date
    state: str = "posted"
    kind: str = "other"
    width: int = 5


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


def variations_of(series: str) -> list[tuple[str, str]]:
    """Return the series that this one may be a variation of, with ``#`` for the number.

    A letter or word after the number, or a letter before it; the same for a number in a
    number, with its digits:

    >>> for series in ("INV/2026/#A", "#-bis", "#/26 bis", "2026/#(A)", "2026/#*"):
    ...     print(variations_of(series))
    [('INV/2026/#', '')]
    [('#', '')]
    [('#/26', '')]
    [('2026/#', '')]
    [('2026/#', '')]
    >>> variations_of("INV/2026/A#"), variations_of("INV/2026/00009-#")
    ([('INV/2026/#', '')], [('INV/2026/#', '00009')])
    >>> variations_of("F-00009R#"), variations_of("F-#-A")
    ([('F-#', '00009')], [('F-#', ''), ('#', '')])

    A year or month is none, nor is a name without separator before the number:

    >>> [variations_of(series) for series in ("INV/2026/#", "INV/2026/01/#", "INV#")]
    [[], [], []]
    """
    found = []
    for each in VARIATIONS:
        if parts := each.fullmatch(series):
            digits = parts.groupdict().get("digits") or ""
            found.append((f"{parts['before']}#{parts['after']}", digits))
    return found


@dataclass(frozen=True)
class Series:
    """A series of a journal: the digits of its numbers, and whether it begins at 1."""

    width: int = 5
    begins: bool = False


def bases(series: Mapping[str, Series]) -> dict[str, tuple[str, str]]:
    """Return the series of which others in a journal are part: ``{variation: (series,
    digits)}``, with the digits where these are the number.

    Two series that both begin at 1 are two. A number in a number is as wide as others.

    >>> first, later = Series(begins=True), Series()
    >>> bases({"A/#": first, "A/#b": later, "A/00010-#": first})
    {'A/#b': ('A/#', ''), 'A/00010-#': ('A/#', '00010')}
    >>> bases({"A/#": first, "A/#b": first, "A/010-#": later})
    {}

    A part of a part belongs to the whole:

    >>> found = bases({"#": first, "F-#": later, "F-#-A": later, "F-00010-#": first})
    >>> found["F-#"], found["F-#-A"], found["F-00010-#"]
    (('#', ''), ('#', ''), ('#', '00010'))
    >>> bases({"F-#": first, "F-00010-#": first, "F-00010-#b": later})["F-00010-#b"]
    ('F-#', '00010')
    """
    result = {}
    for name, each in series.items():
        known = [found for found in variations_of(name) if found[0] in series]
        for base, digits in known:
            is_two = each.begins and series[base].begins
            if len(digits) == series[base].width if digits else not is_two:
                result[name] = base, digits
    return {name: _whole(result, *part) for name, part in result.items()}


def _whole(
    parts: Mapping[str, tuple[str, str]], base: str, digits: str
) -> tuple[str, str]:
    """Return the series that a part belongs to in the end, and its digits in it."""
    while base in parts:
        base, more = parts[base]
        digits = more or digits
    return base, digits


def joined(numbers: Iterable[Number]) -> list[Number]:
    """Return the numbers, with variations such as 00009A as part of their series.

    >>> day = date(2026, 3, 1)
    >>> def series(*numbers):
    ...     return [(each.series, each.number) for each in joined(numbers)]
    >>> series(
    ...     Number("A/#", 8, day), Number("A/#b", 9, day), Number("A/00010-#", 1, day)
    ... )
    [('A/#', 8), ('A/#', 9), ('A/#', 10)]
    >>> series(Number("A/#", 1, day), Number("A/#b", 1, day), Number("B/#c", 2, day))
    [('A/#', 1), ('A/#b', 1), ('B/#c', 2)]
    """
    numbers = list(numbers)
    series: dict[str, Series] = {}
    for each in numbers:
        known = series.get(each.series, Series(each.width))
        series[each.series] = Series(
            max(known.width, each.width), known.begins or each.number == 1
        )
    parts = bases(series)
    result = []
    for each in numbers:
        base, digits = parts.get(each.series, (each.series, ""))
        number = int(digits) if digits else each.number
        result.append(replace(each, series=base, number=number))
    return result


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
    for number in joined(numbers):
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

# What two invoices share -> whether their amounts may differ within the tolerance.
EVIDENCE = {"reference": True, "content": False}


@dataclass(frozen=True)
class Invoice:
    """The data of an invoice that identify duplicates.

    ``reference`` is the customer reference, such as a purchase order; ``content`` is
    the same for invoices with the same lines, ``subject`` for those with the same lines
    at other prices.
    """

    id: int
    customer: str
    currency: str
    day: date
    amount: Decimal
    reference: str = ""
    content: str = ""
    subject: str = ""


def in_series(invoices: Iterable[Invoice], interval: Interval) -> set[int]:
    """Return the ids of invoices, alike in customer and evidence, that are part of a
    regular series: three or more, each an interval after the previous one, or four of
    which one interval was skipped. The price may change on the way.

    >>> def days(*days):
    ...     return [Invoice(at, "A", "EUR", date(2026, *day), Decimal(1))
    ...             for at, day in enumerate(days, 1)]
    >>> from ...interval import MONTH, WEEKS
    >>> in_series(days((1, 31), (2, 28), (3, 31), (4, 15)), MONTH)
    {1, 2, 3}
    >>> in_series(days((1, 1), (2, 1)), MONTH)
    set()
    >>> in_series(days((1, 5), (1, 12), (1, 20), (1, 29)), WEEKS[0])
    {1, 2, 3}
    >>> for last in (4, 5), (4, 1), (5, 5), (5, 6), (6, 1):
    ...     in_series(days((1, 1), (2, 1), (4, 1), last), MONTH)
    set()
    set()
    {1, 2, 3, 4}
    {1, 2, 3, 4}
    set()
    >>> rents = days((1, 1), (2, 1), (3, 1))
    >>> def third(amount):
    ...     return in_series([*rents[:2], replace(rents[2], amount=amount)], MONTH)
    >>> third(Decimal("1.25")), third(Decimal("1.26")), third(Decimal("0.8"))
    ({1, 2, 3}, set(), {1, 2, 3})
    """
    alike = sorted(invoices, key=lambda each: (each.day, each.id))
    steps = {
        (earlier.id, later.id, count)
        for earlier, later in combinations(alike, 2)
        if _near(earlier.amount, later.amount)
        for count, step in interval.steps()
        if abs((later.day - step.after(earlier.day)).days) <= step.off
    }
    return _members(steps) | {
        each
        for first, second, one in steps
        for third, two in _after(steps, second)
        for fourth, three in _after(steps, third)
        if one + two + three <= MOST_SKIPPED
        for each in (first, second, third, fourth)
    }


def _members(steps: set[tuple[int, int, int]]) -> set[int]:
    """Return the members of series of three, without a gap."""
    return {
        each
        for first, second, one in steps
        for third, two in _after(steps, second)
        if one == two == 1
        for each in (first, second, third)
    }


def _after(steps: set[tuple[int, int, int]], place: int) -> list[tuple[int, int]]:
    return [(later, count) for earlier, later, count in steps if earlier == place]


def _near(amount: Decimal, other: Decimal) -> bool:
    """Return whether one amount may be that of the other at a new price."""
    return max(amount, other) <= min(amount, other) * PRICE_CHANGE


def duplicates(
    invoices: Iterable[Invoice], days: int, tolerance: Decimal = Decimal(0)
) -> dict[int, int]:
    """Return the id of the original for each duplicate: the closest earlier invoice.

    Duplicates have the same customer and currency, totals within the tolerance, at most
    ``days`` between them, and the same reference or the same lines.

    Invoices for the same at a regular interval are not duplicates of each other: one,
    two or four weeks, one or two months, a quarter, half a year or a year, at least
    three times, where the price may change and, of four, one interval may be skipped.
    Of two series, the later one is a duplicate, and so is what is billed in between:

    >>> def monthly(*days):
    ...     row = {"amount": Decimal(100), "content": "rent"}
    ...     return [Invoice(at, "A", "EUR", date(2026, *day), **row)
    ...             for at, day in enumerate(days, 1)]
    >>> duplicates(monthly((1, 1), (2, 2), (3, 1), (3, 31)), 45)
    {}
    >>> duplicates(monthly((1, 1), (2, 2), (2, 4), (3, 1), (3, 31)), 45)
    {3: 2}
    >>> duplicates(monthly((1, 1), (2, 1), (2, 12), (3, 1), (4, 1)), 45)
    {3: 2}
    >>> duplicates(monthly((1, 1), (1, 3), (2, 1), (2, 3), (3, 1), (3, 3)), 45)
    {2: 1, 4: 3, 6: 5}
    >>> duplicates(monthly((1, 1), (2, 1)), 45)
    {2: 1}

    Others:

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

    Amounts of the same order may differ within the tolerance, those of the same lines
    may not:

    >>> order, near = {"reference": "PO 7", "content": ""}, Decimal("100.5")
    >>> same = [invoice(1, 1, **order), invoice(2, 2, **order)]
    >>> other = [invoice(1, 1, **order), invoice(2, 2, amount=near, **order)]
    >>> duplicates(same, 45), duplicates(other, 45)
    ({2: 1}, {})
    >>> duplicates(other, 45, tolerance=Decimal("0.5"))
    {2: 1}
    >>> duplicates([invoice(1, 1), invoice(2, 2, amount=near)], 45, Decimal(1))
    {}
    """
    ordered = sorted(invoices, key=lambda each: (each.day, each.id))
    series = {
        (kind, interval): _series(ordered, kind, interval)
        for kind in EVIDENCE
        for interval in intervals(days)
    }
    originals = {}
    for place, later in enumerate(ordered):
        for earlier in reversed(ordered[:place]):
            if _repeats(later, earlier, days, tolerance, series):
                originals[later.id] = earlier.id
                break
    return originals


def _series(invoices: list[Invoice], kind: str, interval: Interval) -> set[int]:
    """Return the ids of invoices in a regular series by one kind of evidence."""
    groups: dict[tuple[object, ...], list[Invoice]] = defaultdict(list)
    for each in invoices:
        if key := _subject(each, kind):
            groups[each.customer, each.currency, key].append(each)
    return {found for group in groups.values() for found in in_series(group, interval)}


def _subject(invoice: Invoice, kind: str) -> str:
    """Return what the invoices of a series share: a new price makes no new series.

    >>> rent = Invoice(1, "A", "", date.max, Decimal(9), "PO 7", "Rent at 9", "Rent")
    >>> _subject(rent, "content"), _subject(rent, "reference")
    ('Rent', 'PO 7')
    """
    same_lines = kind == "content"
    return same_lines and invoice.subject or getattr(invoice, kind)


def _repeats(
    later: Invoice,
    earlier: Invoice,
    days: int,
    tolerance: Decimal,
    series: dict[tuple[str, Interval], set[int]],
) -> bool:
    same = (later.customer, later.currency) == (earlier.customer, earlier.currency)
    gap = (later.day - earlier.day).days
    if not same or gap > days:
        return False
    for kind, allowed in EVIDENCE.items():
        key = getattr(later, kind)
        if not key or key != getattr(earlier, kind):
            continue
        is_regular = any(
            later.id in ids and (earlier.id not in ids or gap > interval.half)
            for (of_kind, interval), ids in series.items()
            if of_kind == kind
        )
        limit = tolerance if allowed else Decimal(0)
        if abs(later.amount - earlier.amount) <= limit and not is_regular:
            return True
    return False
