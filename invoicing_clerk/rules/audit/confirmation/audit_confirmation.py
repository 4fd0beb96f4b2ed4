"""External confirmations of balances: steps, comparison of two books, coverage.

Sources: ISA 505 and PCAOB AS 2310. A *positive* request asks for an answer in every
case; it states the balance (positive) or leaves it to the customer to fill it in
(blank). Where no answer comes, other evidence is sought (*alternative procedures*):
receipts after the day, or delivery of what was billed. An answer that differs (an
*exception*) is followed up until it is known whether the books are wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

TYPES = [("positive", "Balance Stated"), ("blank", "Customer Fills In")]
STATES = [
    ("draft", "To Release"),
    ("sent", "Asked"),
    ("agreed", "Agreed"),
    ("differs", "Differs"),
    ("resolved", "Difference Resolved"),
    ("no_reply", "No Reply"),
    ("alternative", "Alternative Procedures"),
    ("done", "Done Otherwise"),
]
# step -> states of a letter from which it can be taken.
STEPS: dict[str, tuple[str, ...]] = {
    "release": ("draft",),
    "answer": ("sent", "no_reply", "alternative"),
    "remind": ("sent",),
    "resolve": ("differs",),
    "give_up": ("sent",),
    "alternative": ("no_reply", "alternative"),
    "conclude": ("alternative",),
}
ANSWERED = ("agreed", "differs", "resolved")
CONCLUDED = ("agreed", "resolved", "done")

CAUSES = [
    ("payment", "Timing: Payment on Its Way"),
    ("invoice", "Timing: Invoice or Goods on Their Way"),
    ("dispute", "Dispute"),
    ("error", "Our Error"),
    ("customer", "Customer's Error"),
    ("unexplained", "Not Explained"),
]
# What of a difference counts as a misstatement of the books.
MISSTATED = ("error", "unexplained")
# Causes that a clerk looks into as a billing error.
FOR_CLERKS = ("dispute", "error")
# An invoice of the last days may not have arrived, a payment not yet been booked.
DAYS_ON_THE_WAY = 10
# Fewer characters of a number could be the tail of many.
SHORTEST_TAIL = 4


def is_allowed(step: str, state: str) -> bool:
    """Whether a letter can take a step.

    >>> is_allowed("answer", "no_reply"), is_allowed("answer", "agreed")
    (True, False)
    """
    return state in STEPS[step]


def typed_amount(text: str) -> Decimal | None:
    """What a customer typed as an amount; None where nothing was.

    >>> typed_amount(" 1234.50 "), typed_amount("-3"), typed_amount("")
    (Decimal('1234.50'), Decimal('-3'), None)
    >>> typed_amount("1,5")
    Traceback (most recent call last):
    ...
    ValueError: 1,5

    :raises ValueError: it is no number, or none that a ledger could hold
    """
    text = text.strip()
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    if not amount.is_finite() or abs(amount) >= Decimal(10) ** 13:
        raise ValueError(text)
    return amount


# Two books


@dataclass(frozen=True)
class Item:
    """A document that is open in one of the two books."""

    key: int | None
    number: str
    currency: int
    amount: Decimal


@dataclass(frozen=True)
class Difference:
    """What one document is in our books and in theirs; ``key`` is our item's."""

    key: int | None
    number: str
    currency: int
    ours: Decimal
    theirs: Decimal

    @property
    def amount(self) -> Decimal:
        return self.theirs - self.ours


def plain(number: str) -> str:
    """A document number without what people leave out or add.

    >>> plain("INV/2026/00012"), plain(" inv 2026-00012")
    ('INV202600012', 'INV202600012')
    """
    return "".join(sign for sign in number.upper() if sign.isalnum())


def compare(
    ours: Iterable[Item], theirs: Iterable[Item], answered: dict[int, Decimal]
) -> list[Difference]:
    """Where two books differ, document by document.

    Numbers are matched as a whole, else by the tail if only one of ours has it:

    >>> books = [Item(1, "INV/2026/00012", 7, Decimal(100)),
    ...          Item(2, "INV/2026/00013", 7, Decimal(50))]
    >>> said = [Item(None, "00012", 7, Decimal(90))]
    >>> for each in compare(books, said, {7: Decimal(90)}):
    ...     print(each.key, each.number, each.ours, each.theirs)
    1 INV/2026/00012 100 90
    2 INV/2026/00013 50 0

    Only a list that adds up to the balance answered is complete. What another one
    leaves out, nobody knows:

    >>> for each in compare(books, said, {7: Decimal(140)}):
    ...     print(each.key, each.number, each.ours, each.theirs)
    1 INV/2026/00012 100 90

    What they have and we do not:

    >>> said = [Item(None, "X-1", 7, Decimal(-20))]
    >>> compare([], said, {7: Decimal(-20)})[0].amount
    Decimal('-20')
    """
    left = list(ours)
    said = list(theirs)
    found = []
    for item in said:
        own = _counterpart(item, left)
        if own:
            left.remove(own)
            found.append(
                Difference(own.key, own.number, own.currency, own.amount, item.amount)
            )
        else:
            found.append(
                Difference(None, item.number, item.currency, Decimal(0), item.amount)
            )
    found.extend(
        Difference(item.key, item.number, item.currency, item.amount, Decimal(0))
        for item in left
        if _is_complete(said, item.currency, answered)
    )
    return [each for each in found if each.amount]


def _counterpart(item: Item, candidates: list[Item]) -> Item | None:
    number = plain(item.number)
    same = [each for each in candidates if each.currency == item.currency]
    if equal := [each for each in same if plain(each.number) == number]:
        return equal[0]
    tail = [each for each in same if plain(each.number).endswith(number)]
    return tail[0] if len(tail) == 1 and len(number) >= SHORTEST_TAIL else None


def _is_complete(said: list[Item], currency: int, answered: dict[int, Decimal]) -> bool:
    amounts = [item.amount for item in said if item.currency == currency]
    return bool(amounts) and sum(amounts) == answered.get(currency)


def likely_cause(
    amount: Decimal,
    billed_on: date | None,
    asked_as_of: date,
    received_on: date | None = None,
    is_disputed: bool = False,
) -> str | None:
    """What a difference of a document probably is; None where nothing hints at it.

    ``amount`` is what they have less what we have; ``received_on`` the first day after
    ``asked_as_of`` on which money for the document came.

    >>> day, soon = date(2026, 12, 31), date(2027, 1, 4)
    >>> likely_cause(Decimal(-100), date(2026, 11, 1), day, received_on=soon)
    'payment'
    >>> likely_cause(Decimal(-100), date(2026, 12, 29), day)
    'invoice'
    >>> likely_cause(Decimal(-100), date(2026, 12, 29), day, is_disputed=True)
    'dispute'
    >>> likely_cause(Decimal(-100), date(2026, 11, 1), day) is None
    True
    >>> likely_cause(Decimal(5), date(2026, 12, 29), day) is None
    True
    """
    if amount >= 0:
        return None
    if is_disputed:
        return "dispute"
    days = timedelta(days=DAYS_ON_THE_WAY)
    if received_on and received_on - asked_as_of <= days:
        return "payment"
    if billed_on and asked_as_of - billed_on <= days:
        return "invoice"
    return None


# Coverage


def percent(part: Decimal | float, whole: Decimal | float) -> float:
    """Share in percent, to one decimal; of nothing it is none.

    >>> percent(1, 3), percent(5, 0)
    (33.3, 0.0)
    """
    return round(100 * float(part) / float(whole), 1) if whole else 0.0


def evidence(
    state: str, stated: Decimal, misstated: Decimal, received: Decimal
) -> Decimal:
    """How much of a stated balance there is evidence for.

    Agreed balances and explained differences are evidence, up to the misstatement that
    was found; without an answer it is what came in for them after the day.

    >>> evidence("agreed", Decimal(100), Decimal(0), Decimal(0))
    Decimal('100')
    >>> evidence("resolved", Decimal(100), Decimal(-30), Decimal(0))
    Decimal('70')
    >>> evidence("done", Decimal(100), Decimal(0), Decimal(120))
    Decimal('100')
    >>> evidence("no_reply", Decimal(100), Decimal(0), Decimal(120))
    Decimal('0')
    """
    if state in ("agreed", "resolved"):
        return stated - min(abs(misstated), abs(stated)) * (1 if stated > 0 else -1)
    if state in ("alternative", "done"):
        return min(stated, received) if stated > 0 else Decimal(0)
    return Decimal(0)
