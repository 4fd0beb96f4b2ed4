"""External confirmations of balances: steps, comparison of records, coverage.

Sources: ISA 505 and PCAOB AS 2310. A *positive* request asks for a reply in all cases;
it states the balance (positive) or asks the customer to fill it in (blank). Without a
reply, other evidence is obtained (*alternative procedures*): subsequent receipts, or
delivery of the goods invoiced. A reply that differs (an *exception*) is followed up
until it is known whether the books are misstated.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ...lifecycle import Lifecycle, Step

TYPES = [
    ("positive", "Positive, Balance Stated"),
    ("blank", "Positive, Blank Form"),
]
STATES = [
    ("draft", "To Release"),
    ("sent", "Sent"),
    ("agreed", "Agreed"),
    ("differs", "Differences"),
    ("resolved", "Differences Resolved"),
    ("no_reply", "No Reply"),
    ("alternative", "Alternative Procedures"),
    ("done", "Alternative Procedures Completed"),
]
LIFECYCLE = Lifecycle(
    STATES,
    {
        "release": Step(("draft",), "sent"),
        "answer": Step(("sent", "no_reply", "alternative"), ("agreed", "differs")),
        "remind": Step(("sent",)),
        "resolve": Step(("differs",), "resolved"),
        "give_up": Step(("sent",), "no_reply"),
        "alternative": Step(("no_reply", "alternative"), "alternative"),
        "conclude": Step(("alternative",), "done"),
    },
)
RUN_STATES = [
    ("draft", "Draft"),
    ("computed", "To Release"),
    ("released", "Released"),
]
RUN_LIFECYCLE = Lifecycle(
    RUN_STATES,
    {
        "compute": Step(("draft", "computed"), "computed"),
        # New terms make the requests obsolete.
        "edit": Step(("draft", "computed"), "draft"),
        "release": Step(("computed",), "released"),
        "print": Step(("released",)),
        "remind": Step(("released",)),
        "find_receipts": Step(("released",)),
    },
)
ANSWERED = ("agreed", "differs", "resolved")

CAUSES = [
    ("payment", "Timing: Payment in Transit"),
    ("invoice", "Timing: Invoice or Goods in Transit"),
    ("dispute", "Dispute"),
    ("error", "Our Error"),
    ("customer", "Customer's Error"),
    ("unexplained", "Unexplained"),
]
# Differences of these causes are misstatements of the books.
MISSTATED = ("error", "unexplained")
# Differences of these causes are handed to clerks as billing errors.
FOR_CLERKS = ("dispute", "error")
# An invoice this recent may not have been received, a payment not been posted yet.
DAYS_IN_TRANSIT = 10
# Fewer final characters of a number could belong to many documents.
MINIMUM_SUFFIX = 4


# Comparison of records


@dataclass(frozen=True)
class Item:
    """A document that is open in our records or in the customer's."""

    key: int | None
    number: str
    currency: int
    amount: Decimal


@dataclass(frozen=True)
class Difference:
    """One document in our records and the customer's; ``key`` is that of our item."""

    key: int | None
    number: str
    currency: int
    our_amount: Decimal
    customer_amount: Decimal

    @property
    def amount(self) -> Decimal:
        return self.customer_amount - self.our_amount


def normalize(number: str) -> str:
    """Reduce a document number to letters and digits, for comparison.

    >>> normalize("INV/2026/00012"), normalize(" inv 2026-00012")
    ('INV202600012', 'INV202600012')
    """
    return "".join(sign for sign in number.upper() if sign.isalnum())


def compare(
    our_items: Iterable[Item],
    customer_items: Iterable[Item],
    answered: dict[int, Decimal],
) -> list[Difference]:
    """Return the differences between both records, document by document.

    Documents are matched by the whole number, or by its end if that is unique:

    >>> books = [Item(1, "INV/2026/00012", 7, Decimal(100)),
    ...          Item(2, "INV/2026/00013", 7, Decimal(50))]
    >>> reply = [Item(None, "00012", 7, Decimal(90))]
    >>> for each in compare(books, reply, {7: Decimal(90)}):
    ...     print(each.key, each.our_amount, each.customer_amount, each.amount)
    1 100 90 -10
    2 50 0 -50

    A list is complete only if it adds up to the balance confirmed. Documents missing
    from an incomplete list are not differences:

    >>> for each in compare(books, reply, {7: Decimal(140)}):
    ...     print(each.key, each.number, each.our_amount, each.customer_amount)
    1 INV/2026/00012 100 90

    The end must be unique and have at least four characters:

    >>> def match(number, *our_numbers):
    ...     ours = [Item(key, our_number, 7, Decimal(100))
    ...             for key, our_number in enumerate(our_numbers)]
    ...     return compare(ours, [Item(None, number, 7, Decimal(9))], {})[0].key
    >>> match("0012", "INV/0012"), match("012", "INV/0012")
    (0, None)
    >>> match("0012", "INV/0012", "FAC/0012") is None
    True

    The first of equal numbers is matched:

    >>> match("0012", "INV/0012", "0012", "00-12")
    1

    A document in the customer's records only:

    >>> reply = [Item(None, "X-1", 7, Decimal(-20))]
    >>> compare([], reply, {7: Decimal(-20)})[0].amount
    Decimal('-20')
    """
    unmatched = list(our_items)
    listed = list(customer_items)
    differences = []
    for item in listed:
        match = _counterpart(item, unmatched)
        if match:
            unmatched.remove(match)
        else:
            match = Item(None, item.number, item.currency, Decimal(0))
        differences.append(
            Difference(
                match.key, match.number, match.currency, match.amount, item.amount
            )
        )
    differences.extend(
        Difference(item.key, item.number, item.currency, item.amount, Decimal(0))
        for item in unmatched
        if _is_complete(listed, item.currency, answered)
    )
    return [each for each in differences if each.amount]


def _counterpart(item: Item, candidates: list[Item]) -> Item | None:
    number = normalize(item.number)
    same = [each for each in candidates if each.currency == item.currency]
    if equal := [each for each in same if normalize(each.number) == number]:
        return equal[0]
    ending = [each for each in same if normalize(each.number).endswith(number)]
    return ending[0] if len(ending) == 1 and len(number) >= MINIMUM_SUFFIX else None


def _is_complete(
    listed: list[Item], currency: int, answered: dict[int, Decimal]
) -> bool:
    amounts = [item.amount for item in listed if item.currency == currency]
    return bool(amounts) and sum(amounts) == answered.get(currency)


def likely_cause(
    amount: Decimal,
    billed_on: date | None,
    as_of: date,
    received_on: date | None = None,
    is_disputed: bool = False,
) -> str | None:
    """Return the likely cause of a difference of a document; None without indication.

    ``amount`` is the customer's amount less ours; ``received_on`` is the first date
    after the confirmation date ``as_of`` on which a payment for the document was
    received.

    >>> day, soon = date(2026, 12, 31), date(2027, 1, 4)
    >>> likely_cause(Decimal(-100), date(2026, 11, 1), day, received_on=soon)
    'payment'
    >>> likely_cause(Decimal(-100), date(2026, 12, 29), day)
    'invoice'
    >>> likely_cause(Decimal(-100), date(2026, 12, 29), day, is_disputed=True)
    'dispute'
    >>> likely_cause(Decimal(-100), date(2026, 11, 1), day) is None
    True
    >>> [likely_cause(Decimal(amount), date(2026, 12, 29), day)
    ...  for amount in ("-1", "-0.01", "0", "0.01")]
    ['invoice', 'invoice', None, None]

    Ten days are in transit, eleven are not:

    >>> [likely_cause(Decimal(-100), None, day, received_on=date(2027, 1, received))
    ...  for received in (10, 11)]
    ['payment', None]
    >>> [likely_cause(Decimal(-100), date(2026, 12, billed), day)
    ...  for billed in (21, 20)]
    ['invoice', None]
    """
    if amount >= 0:
        return None
    if is_disputed:
        return "dispute"
    days = timedelta(days=DAYS_IN_TRANSIT)
    if received_on and received_on - as_of <= days:
        return "payment"
    if billed_on and as_of - billed_on <= days:
        return "invoice"
    return None


# Coverage


def percent(part: Decimal | float, whole: Decimal | float) -> float:
    """Return a percentage with one decimal; 0 for a total of zero.

    >>> percent(1, 3), percent(2, 3), percent(5, 0)
    (33.3, 66.7, 0.0)
    """
    return round(100 * float(part) / float(whole), 1) if whole else 0.0


def evidence(
    state: str, stated: Decimal, misstated: Decimal, received: Decimal
) -> Decimal:
    """Return the part of a stated balance that is supported by evidence.

    Replies are evidence, less any misstatement found; without a reply, subsequent
    receipts are.

    >>> evidence("agreed", Decimal(100), Decimal(0), Decimal(0))
    Decimal('100')
    >>> evidence("resolved", Decimal(100), Decimal(-30), Decimal(0))
    Decimal('70')
    >>> evidence("done", Decimal(100), Decimal(0), Decimal(120))
    Decimal('100')
    >>> evidence("no_reply", Decimal(100), Decimal(0), Decimal(120))
    Decimal('0')

    Credit balances are supported by replies only:

    >>> half, quarter = Decimal("0.5"), Decimal("0.25")
    >>> evidence("resolved", half, quarter, Decimal(0))
    Decimal('0.25')
    >>> evidence("resolved", -half, quarter, Decimal(0))
    Decimal('-0.25')
    >>> evidence("done", half, Decimal(0), Decimal(9))
    Decimal('0.5')
    >>> evidence("done", -half, Decimal(0), Decimal(0))
    Decimal('0')
    >>> evidence("done", Decimal(0), Decimal(0), -half)
    Decimal('0')
    """
    if state in ("agreed", "resolved"):
        return stated - min(abs(misstated), abs(stated)) * (1 if stated > 0 else -1)
    if state in ("alternative", "done"):
        return min(stated, received) if stated > 0 else Decimal(0)
    return Decimal(0)
