"""Invoices of contract lines against the periods and amounts that were agreed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from operator import attrgetter

from .period import ONE_DAY, Period, Recurrence

ZERO = Decimal(0)


@dataclass(frozen=True)
class Agreed:
    """The terms of a contract line.

    :param last_invoiced: the last day that was billed, as the contract has it
    :param next_invoice: the day of the next invoice, as the contract has it
    :param amount: of one period, without taxes
    :param created: the day on which the line was entered
    :param cancelled: the day on which it was cancelled
    :param is_open: off for cancelled lines and archived contracts: nothing is missing
    """

    id: int
    recurrence: Recurrence
    start: date
    end: date | None = None
    last_invoiced: date | None = None
    next_invoice: date | None = None
    amount: Decimal = ZERO
    created: date = date.min
    cancelled: date | None = None
    is_open: bool = True


@dataclass(frozen=True)
class Billed:
    """Amount that an invoice line bills, less what was credited of it.

    :param day: of the invoice
    :param period: as the invoice has it; None if nobody knows
    :param amount: of the line itself, without taxes
    :param net: less what notes have credited, or plus what they have debited
    :param agreed: the amount that the contract had when the line was made; None if
        nobody knows
    :param is_undone: it was credited in full
    :param is_draft: its document is a draft
    """

    id: int
    day: date
    period: Period | None
    amount: Decimal
    net: Decimal
    agreed: Decimal | None = None
    is_undone: bool = False
    is_draft: bool = False


@dataclass(frozen=True)
class Difference:
    """Period that is billed otherwise than agreed.

    :param kind: ``twice``, ``ended``, ``amount``, ``missing``
    :param line: the invoice line; None where there is none
    :param period: the days that it is about
    :param too_much: negative if too little was billed
    :param expected: the amount that was agreed
    :param other: the invoice line that has billed the period, too
    :param due: the day on which the missing invoice was due
    """

    kind: str
    period: Period
    too_much: Decimal
    expected: Decimal = ZERO
    line: int | None = None
    other: int | None = None
    due: date | None = None


def differences(
    agreed: Agreed, lines: Iterable[Billed], today: date
) -> list[Difference]:
    """Return all that is billed otherwise than agreed for a contract line.

    >>> def day(month, day=1): return date(2026, month, day)
    >>> def month(number): return Period(day(number), day(number + 1) - ONE_DAY)
    >>> line = Agreed(1, Recurrence("monthly"), day(1), amount=Decimal(100))
    >>> def bill(number, amount=100, net=None, **values):
    ...     net = Decimal(amount if net is None else net)
    ...     values = {"day": day(number), "agreed": Decimal(100), **values}
    ...     values = {"period": month(number), **values}
    ...     return Billed(values.pop("id", number), amount=Decimal(amount), net=net,
    ...                   **values)
    >>> def show(*lines, terms=line, today=day(4, 10)):
    ...     for each in differences(terms, lines, today):
    ...         print(each.kind, each.line, *each.period, each.too_much, each.other)

    All is well:

    >>> show(*map(bill, (1, 2, 3, 4)))

    A period between two others was not billed, and the last one is not billed yet:

    >>> show(bill(1), bill(3))
    missing None 2026-02-01 2026-02-28 -100 None
    missing None 2026-04-01 2026-04-30 -100 None

    A period was billed twice; not if one invoice was credited and billed again:

    >>> again = bill(3, id=9, day=day(4, 2))
    >>> show(bill(1), bill(2), bill(3), bill(4), again)
    twice 9 2026-03-01 2026-03-31 100 3
    >>> credited = bill(3, net=0, is_undone=True)
    >>> show(bill(1), bill(2), credited, bill(4), again)

    What is billed again has the amount that was agreed, or is agreed now:

    >>> copy = replace(again, period=None, agreed=None)
    >>> for amount in 100, 900, 90:
    ...     other = replace(copy, amount=Decimal(amount), net=Decimal(amount))
    ...     now = replace(line, amount=Decimal(90))
    ...     show(bill(1), bill(2), credited, bill(4), other, terms=now)
    amount 9 2026-03-01 2026-03-31 800 None

    Another amount than agreed; not if a note has settled the difference, and not if
    the invoice is right and a note grants an allowance:

    >>> show(bill(1), bill(2, 120), bill(3, 90), bill(4, 120, 100))
    amount 2 2026-02-01 2026-02-28 20 None
    amount 3 2026-03-01 2026-03-31 -10 None
    >>> show(bill(1), bill(2), bill(3), bill(4, 100, 80))

    The contract has ended or was cancelled, and is billed still:

    >>> show(*map(bill, (1, 2, 3)), terms=replace(line, end=day(2, 28)))
    ended 3 2026-03-01 2026-03-31 100 None
    >>> stopped = replace(line, is_open=False, cancelled=day(2, 10))
    >>> show(*map(bill, (1, 2, 3)), terms=stopped)
    ended 3 2026-03-01 2026-03-31 100 None

    The contract says that the next invoice is due later:

    >>> terms = replace(line, last_invoiced=day(2, 28), next_invoice=day(4, 15))
    >>> show(bill(1), bill(2), terms=terms)
    """
    rows = sorted(lines, key=attrgetter("id"))
    known = known_periods(agreed, rows)
    found = [*_amounts(known), *_ended(agreed, known), *_twice(known)]
    if agreed.is_open:
        found += _missing(agreed, known, _first_known(agreed, rows, known), today)
    return found


def known_periods(agreed: Agreed, lines: Iterable[Billed]) -> list[Billed]:
    """Return the invoice lines whose period is known, or can be concluded, by period.

    A copy of an invoice has no period. It stands for a due period that nobody billed,
    such as one that was credited, or else for the one of its day. Lines that are older
    than the first known period say nothing: how they were made is not known.

    >>> monthly = Agreed(1, Recurrence("monthly"), date(2026, 1, 1))
    >>> january = Period(date(2026, 1, 1), date(2026, 1, 31))
    >>> def bill(id, period=None, **values):
    ...     values = {"day": date(2026, 2, 20), **values}
    ...     return Billed(id, period=period, amount=ZERO, net=ZERO, **values)
    >>> def show(*lines):
    ...     for each in known_periods(monthly, lines):
    ...         print(each.id, each.period.start)
    >>> show(bill(1), bill(2, january), bill(3))
    2 2026-01-01
    3 2026-02-01
    >>> show(bill(2, january, is_undone=True), bill(3))
    3 2026-01-01
    >>> show(bill(2, january), bill(3, day=date(2026, 1, 25)))
    2 2026-01-01
    3 2026-01-01
    """
    rows = sorted(lines, key=attrgetter("id"))
    known = [each for each in rows if each.period]
    if not known:
        return []
    begun = known[0].id
    covered = [each for each in known if not each.is_undone]
    for each in rows:
        if each.period is None and each.id > begun and not each.is_undone:
            period = _concluded(agreed, known, covered, each.day)
            if period:
                amount = _agreed_for(agreed, known, each, period)
                covered.append(replace(each, period=period, agreed=amount))
    return sorted(covered, key=lambda each: (each.period or (), each.id))


def _agreed_for(
    agreed: Agreed, known: list[Billed], line: Billed, period: Period
) -> Decimal | None:
    """Return the amount that a line without one should have, or None.

    It bills a period again: as was agreed then, or as the contract has it now.
    """
    noted = next((each.agreed for each in known if each.period == period), None)
    is_as_now = noted is not None and line.amount == agreed.amount
    return agreed.amount if is_as_now else noted


def _concluded(
    agreed: Agreed, known: list[Billed], covered: list[Billed], day: date
) -> Period | None:
    """Return the period that a line without one stands for."""
    start = min(each.period.start for each in known if each.period)
    taken = {each.period for each in covered}
    due: Period | None = None
    for period in _walk(agreed, start, [*known, *covered]):
        if agreed.recurrence.due_on(period) > day:
            break
        due = period
        if period not in taken:
            return period
    return due


def _walk(agreed: Agreed, start: date, lines: Iterable[Billed]) -> Iterator[Period]:
    """Return periods from a day on: as they were billed, and in between as agreed.

    An invoice may bill a shorter first period, or a longer one.
    """
    billed = {each.period.start: each.period for each in lines if each.period}
    begins = sorted(billed)
    recurrence = agreed.recurrence
    while agreed.end is None or start <= agreed.end:
        if start in billed:
            period = billed[start]
        else:
            end = recurrence.end_of(start)
            following = next((each for each in begins if start < each <= end), None)
            if following:
                end = following - ONE_DAY
            period = Period(start, min(end, agreed.end) if agreed.end else end)
        yield period
        start = max(period.end, start) + ONE_DAY


def _amounts(lines: Iterable[Billed]) -> Iterator[Difference]:
    for each in lines:
        if each.agreed is None or each.period is None:
            continue
        if each.amount != each.agreed and each.net != each.agreed:
            too_much = each.net - each.agreed
            yield Difference("amount", each.period, too_much, each.agreed, each.id)


def _ended(agreed: Agreed, lines: Iterable[Billed]) -> Iterator[Difference]:
    """Return what begins after the end of the line, or after it was cancelled."""
    ends = [day for day in (agreed.end, agreed.cancelled) if day]
    if not ends:
        return
    for each in lines:
        if each.period and each.period.start > min(ends):
            yield Difference("ended", each.period, each.net, line=each.id)


def _twice(lines: list[Billed]) -> Iterator[Difference]:
    """Return what bills days of another invoice: the later one, or the draft."""
    if not _overlap(lines):
        return
    earlier: list[Billed] = []
    for each in sorted(lines, key=attrgetter("is_draft", "id")):
        other = _overlapping(each, earlier)
        if each.period and other:
            yield Difference(
                "twice", each.period, each.net, line=each.id, other=other.id
            )
        earlier.append(each)


def _overlap(lines: list[Billed]) -> bool:
    """Return whether any two periods do; the lines are sorted by them."""
    last = date.min
    for each in lines:
        if each.period and each.period.start <= last:
            return True
        last = max(last, each.period.end) if each.period else last
    return False


def _overlapping(line: Billed, others: Iterable[Billed]) -> Billed | None:
    for other in others:
        if line.period and other.period and other.period.overlaps(line.period):
            return other
    return None


def _missing(
    agreed: Agreed, lines: list[Billed], start: date, today: date
) -> Iterator[Difference]:
    """Return the periods that are due and not billed."""
    begins = {each.period.start for each in lines if each.period}
    for period, due in _due(agreed, lines, start, today):
        if period.start not in begins and not any(
            each.period and each.period.overlaps(period) for each in lines
        ):
            yield Difference("missing", period, -agreed.amount, agreed.amount, due=due)


def _due(
    agreed: Agreed, lines: list[Billed], start: date, today: date
) -> Iterator[tuple[Period, date]]:
    """Return the periods whose invoice is due, and since when.

    The next invoice is due when the contract says so.
    """
    begins_next = agreed.last_invoiced + ONE_DAY if agreed.last_invoiced else start
    for period in _walk(agreed, start, lines):
        due = agreed.recurrence.due_on(period)
        if period.start >= begins_next and agreed.next_invoice:
            due = max(due, agreed.next_invoice)
        if due > today:
            return
        yield period, due


def _first_known(agreed: Agreed, lines: list[Billed], known: list[Billed]) -> date:
    """Return the day from which on it is known what was billed.

    >>> day = date(2026, 1, 1)
    >>> line = Agreed(1, Recurrence("monthly"), day, last_invoiced=date(2026, 5, 31))

    The line was entered with what another system had billed, or was billed here:

    >>> _first_known(replace(line, created=date(2026, 6, 2)), [], []).isoformat()
    '2026-06-01'
    >>> _first_known(replace(line, created=date(2025, 12, 30)), [], []).isoformat()
    '2026-01-01'

    Or it was billed here, when periods were not noted yet:

    >>> old = Billed(1, day, None, ZERO, ZERO)
    >>> _first_known(line, [old], []).isoformat()
    '2026-06-01'
    >>> new = Billed(2, day, Period(date(2026, 5, 1), date(2026, 5, 31)), ZERO, ZERO)
    >>> _first_known(line, [old, new], [new]).isoformat()
    '2026-05-01'
    """
    noted = [each for each in known if each.period]
    begun = min((each.id for each in lines if each.period), default=None)
    is_older = any(begun is None or each.id < begun for each in lines)
    began_elsewhere = agreed.created > agreed.start or is_older
    if noted and noted[0].period:
        first = noted[0].period.start
        return first if began_elsewhere else min(first, agreed.start)
    if agreed.last_invoiced and began_elsewhere:
        return agreed.last_invoiced + ONE_DAY
    return agreed.start
