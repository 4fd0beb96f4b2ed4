"""Audit findings: their states, and their significance beside the materiality."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ...lifecycle import Lifecycle, Step

STATES = [
    ("draft", "Draft"),
    ("reported", "Reported"),
    ("answered", "Answered"),
    ("follow_up", "Follow-up"),
    ("closed", "Closed"),
]
CLERK = "clerk"
AUDITOR = "auditor"
LIFECYCLE = Lifecycle(
    STATES,
    {
        "report": Step(("draft", "answered"), "reported", AUDITOR),
        "withdraw": Step(("reported",), "draft", AUDITOR),
        "answer": Step(("reported",), "answered", CLERK),
        "follow_up": Step(("answered", "closed"), "follow_up", AUDITOR),
        "close": Step(("answered", "follow_up"), "closed", AUDITOR),
    },
)
MATERIAL, SIGNIFICANT, NOTED, TRIVIAL = "material", "significant", "noted", "trivial"


@dataclass(frozen=True)
class Materiality:
    """The amounts of an engagement, in company currency; 0 where none was set."""

    overall: Decimal
    performance: Decimal = Decimal(0)
    trivial: Decimal = Decimal(0)


def weight(amount: Decimal, materiality: Materiality) -> str:
    """Compare a misstatement with the materiality (ISA 450, paragraph 5 and A2).

    An amount equal to a limit reaches it. Misstatements that are not "clearly trivial"
    are accumulated; without limits all are.

    >>> limits = Materiality(Decimal(10000), Decimal(7500), Decimal(500))
    >>> [weight(Decimal(each), limits) for each in (499, 500, -7500, 10000)]
    ['trivial', 'noted', 'significant', 'material']
    >>> weight(Decimal(0), Materiality(Decimal(0))), weight(Decimal(1), limits)
    ('trivial', 'trivial')
    >>> [weight(Decimal(each), Materiality(Decimal(0))) for each in ("0.01", "1")]
    ['noted', 'noted']
    """
    size = abs(amount)
    if materiality.overall and size >= materiality.overall:
        return MATERIAL
    if materiality.performance and size >= materiality.performance:
        return SIGNIFICANT
    return NOTED if size and size >= materiality.trivial else TRIVIAL


@dataclass(frozen=True)
class Misstatement:
    """Accumulated misstatements, net and gross, and the clearly trivial ones."""

    net: Decimal
    gross: Decimal
    trivial: Decimal


def accumulate(amounts: Iterable[Decimal], materiality: Materiality) -> Misstatement:
    """Add up misstatements, the clearly trivial ones apart from the others.

    >>> limits = Materiality(Decimal(10000), Decimal(7500), Decimal(500))
    >>> total = accumulate(map(Decimal, (800, -600, 40)), limits)
    >>> int(total.net), int(total.gross), int(total.trivial)
    (200, 1400, 40)
    """
    misstatements = list(amounts)
    accumulated = [
        amount for amount in misstatements if weight(amount, materiality) != TRIVIAL
    ]
    gross = sum(map(abs, accumulated), Decimal(0))
    total = sum(map(abs, misstatements), Decimal(0))
    return Misstatement(sum(accumulated, Decimal(0)), gross, total - gross)
