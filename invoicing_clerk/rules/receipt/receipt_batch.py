"""Receipt batches: control totals, and what they find.

The clerk adds up the checks on an adding machine first and enters count and amount;
then the receipts. Only a batch whose receipts have these totals is posted: a receipt
that was forgotten, entered twice or mistyped shows at once. A hash total, the sum of
numbers that mean nothing together, finds digits that were swapped in check numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ..lifecycle import SYSTEM, Lifecycle, Step

STATES = [
    ("draft", "Draft"),
    ("posting", "Being Posted"),
    ("posted", "Posted"),
    ("cancelled", "Cancelled"),
]
LIFECYCLE = Lifecycle(
    STATES,
    {
        "post": Step(("draft",), "posting", "clerk"),
        "finish": Step(("posting",), "posted", SYSTEM),
        "retry": Step(("posted",), "posting", "clerk"),
        "cancel": Step(("draft",), "cancelled", "clerk"),
        "reset": Step(("cancelled",), "draft", "clerk"),
    },
)

RECEIPT_STATES = [
    ("entered", "Entered"),
    ("posted", "Posted"),
    ("failed", "Failed"),
]
RECEIPT_LIFECYCLE = Lifecycle(
    RECEIPT_STATES,
    {
        "finish": Step(("entered",), ("posted", "failed"), SYSTEM),
        "retry": Step(("failed",), "entered", SYSTEM),
    },
)

# What a person can check against a tape, and a page can show.
MAX_RECEIPTS = 1_000


@dataclass(frozen=True)
class Totals:
    """Number of receipts, their amount, and the sum of their check numbers.

    ``hash`` is None where the clerk has entered none.
    """

    count: int
    amount: Decimal
    hash: int | None = None


@dataclass(frozen=True)
class Difference:
    """A total that differs; ``by`` is positive if too much was entered."""

    kind: str
    control: Decimal
    entered: Decimal

    @property
    def by(self) -> Decimal:
        return self.entered - self.control


def differences(control: Totals, entered: Totals) -> list[Difference]:
    """Return the totals by which a batch is out of balance.

    >>> tape = Totals(2, Decimal("150.00"))
    >>> differences(tape, Totals(2, Decimal("150.00"), 77))
    []
    >>> [(each.kind, str(each.by))
    ...  for each in differences(tape, Totals(1, Decimal("100.00")))]
    [('count', '-1'), ('amount', '-50.00')]
    >>> hashed = Totals(2, Decimal("150.00"), 1047)
    >>> [(each.kind, str(each.by))
    ...  for each in differences(hashed, Totals(2, Decimal("150.00"), 1074))]
    [('hash', '27')]
    >>> [str(each.by) for each in differences(hashed, Totals(2, Decimal("150.00")))]
    ['-1047']
    """
    found = [
        Difference("count", Decimal(control.count), Decimal(entered.count)),
        Difference("amount", control.amount, entered.amount),
    ]
    if control.hash is not None:
        found.append(
            Difference("hash", Decimal(control.hash), Decimal(entered.hash or 0))
        )
    return [each for each in found if each.by]


def hash_total(numbers: Iterable[str]) -> int:
    """Return the sum of check numbers; of each, the digits count.

    >>> hash_total(["1047", "CHK-12", "", "n/a"])
    1059
    """
    digits = (re.sub(r"[^0-9]", "", number) for number in numbers)
    return sum(int(each) for each in digits if each)


def read_hash(text: str) -> int | None:
    """Return the hash total that a clerk has entered, or None if there is none.

    >>> read_hash("1 059"), read_hash("")
    (1059, None)

    :raises ValueError: it is not a number

    >>> read_hash("about 7")
    Traceback (most recent call last):
    ...
    ValueError: about 7
    """
    compact = re.sub(r"[\s.,']", "", text)
    if not compact:
        return None
    if not re.fullmatch(r"[0-9]{1,30}", compact):
        raise ValueError(text)
    return int(compact)


def check_key(number: str, bank: str, payer: str) -> str:
    """Return what two entries of one check have in common.

    >>> check_key(" 1047", "First  Bank", "ACME Ltd")
    '1047|first bank|acme ltd'
    >>> check_key("1047", "first bank", "Acme LTD") == check_key(
    ...     "1047 ", "First Bank", "ACME Ltd")
    True
    """
    parts = (" ".join(each.split()).casefold() for each in (number, bank, payer))
    return "|".join(parts)
