"""Credits that a bank reports twice: it announces them, and states them later.

A notification (camt.054) and a statement (camt.053) have message IDs of their own. The
same credit is recognised by the references of the bank or of the payer, its amount and
its value date. Credits of one file are never the same: a payer may pay the same amount
twice on a day.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .bank_file import ZERO

SAME, POSSIBLE = "same", "possible"


@dataclass(frozen=True)
class Credit:
    """A credit of a file, as it is compared with those of other files.

    ``booking`` is the bank's reference of the entry on the account and its amount,
    which may be the total of several credits.
    """

    amount: Decimal
    date: datetime.date
    bank_reference: str = ""
    reference: str = ""
    booking: str = ""
    account: str = ""
    payer: str = ""

    @property
    def key(self) -> tuple[Decimal, datetime.date]:
        return self.amount, self.date

    @property
    def entry_key(self) -> tuple[Decimal, str, datetime.date]:
        """Amount, reference and date of the entry; an amount of zero if not known."""
        amount, _bar, reference = self.booking.partition("|")
        return Decimal(amount or 0), reference, self.date


def booking_of(reference: str, amount: Decimal) -> str:
    """Return the identity of an entry; nothing if the bank gave it no reference.

    >>> booking_of("N7", Decimal("150.50")), booking_of("", Decimal(1))
    ('150.5|N7', '')
    """
    return f"{amount.normalize():f}|{reference}" if reference else ""


def likeness(one: Credit, other: Credit) -> str:
    """Return how much two credits of different files are the same.

    >>> date = datetime.date(2026, 3, 2)
    >>> def compare(one, other):
    ...     return likeness(Credit(Decimal(5), date, **one),
    ...         Credit(Decimal(5), date, **other))
    >>> compare({"bank_reference": "N1"}, {"bank_reference": "N1"})
    'same'
    >>> compare({"bank_reference": "N1"}, {"bank_reference": "N2"})
    ''
    >>> compare({"bank_reference": "N1", "reference": "E"}, {"reference": "E"})
    'same'
    >>> compare({"reference": "E"}, {"reference": "F"})
    ''

    Payers may use a reference again, and some banks give new references to what they
    announced:

    >>> compare({"bank_reference": "N1", "reference": "E"},
    ...     {"bank_reference": "N2", "reference": "E"})
    'possible'

    Without references only the payers can differ:

    >>> compare({"bank_reference": "N1"}, {}), compare({"payer": "A"}, {"payer": "a "})
    ('possible', 'possible')
    >>> compare({"payer": "A"}, {"payer": "B"}), compare({"account": "1"},
    ...     {"account": "2"})
    ('', '')

    A company may have several names, and its account says who it is:

    >>> compare({"account": "1", "payer": "A"}, {"account": "1", "payer": "B"})
    'possible'
    """
    if one.key != other.key:
        return ""
    references = one.reference, other.reference
    has_same = all(references) and references[0] == references[1]
    if one.bank_reference and other.bank_reference:
        if one.bank_reference == other.bank_reference:
            return SAME
        return POSSIBLE if has_same else ""
    if all(references):
        return SAME if has_same else ""
    return POSSIBLE if _may_be_one_payer(one, other) else ""


def _may_be_one_payer(one: Credit, other: Credit) -> bool:
    accounts = {one.account, other.account} - {""}
    payers = {" ".join(each.payer.casefold().split()) for each in (one, other)} - {""}
    return len(accounts) < 2 and (len(accounts) == 1 or len(payers) < 2)


Known = dict[int, tuple[str, int]]


def known(new: Sequence[Credit], earlier: Sequence[Credit]) -> Known:
    """Return which new credits are among earlier ones: ``{at: (likeness, at)}``.

    Each earlier credit is found once, so that the second of two equal ones stays new.

    >>> date = datetime.date(2026, 3, 2)
    >>> one = Credit(Decimal(5), date, reference="E")
    >>> known([one, one], [one]), known([one, one], [one, one])
    ({0: ('same', 0)}, {0: ('same', 0), 1: ('same', 1)})

    An entry with details is the same as the entry without them, once all of it is
    entered:

    >>> total = Credit(Decimal(9), date, "N7", booking="9|N7")
    >>> parts = [Credit(Decimal(each), date, booking="9|N7") for each in (5, 4)]
    >>> known(parts, [total]), known([total], parts), known([total], parts[:1])
    ({0: ('same', 0), 1: ('same', 0)}, {0: ('same', 0)}, {})
    >>> known(parts[:1], [total])
    {0: ('same', 0)}
    """
    found: Known = {}
    free = set(range(len(earlier)))
    _find_bookings(new, earlier, found, free)
    for wanted in (SAME, POSSIBLE):
        of_key = _grouped(free, lambda at: earlier[at].key)
        for at, credit in enumerate(new):
            fitting = [
                other
                for other in of_key.get(credit.key, ())
                if other in free and likeness(credit, earlier[other]) == wanted
            ]
            if at not in found and fitting:
                found[at] = wanted, fitting[0]
                free.remove(fitting[0])
    return dict(sorted(found.items()))


def _find_bookings(
    new: Sequence[Credit], earlier: Sequence[Credit], found: Known, free: set[int]
) -> None:
    """Find entries on the account of which everything was entered."""
    of_booking = _grouped(free, lambda at: earlier[at].entry_key)
    for key, places in _grouped(range(len(new)), lambda at: new[at].entry_key).items():
        others = of_booking.get(key, [])
        entered = sum((earlier[at].amount for at in others), ZERO)
        amounts = sum((new[at].amount for at in places), ZERO), key[0]
        if key[0] and entered in amounts:
            found.update((at, (SAME, others[0])) for at in places)
            free.difference_update(others)


def _grouped(places: Iterable[int], key: Callable[[int], Any]) -> dict[Any, list[int]]:
    groups: dict[Any, list[int]] = {}
    for at in sorted(places):
        groups.setdefault(key(at), []).append(at)
    return groups
