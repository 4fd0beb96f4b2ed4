"""Findings of an audit: whose step is next, and how much one weighs."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

STATES = [
    ("draft", "Draft"),
    ("reported", "Reported"),
    ("answered", "Answered"),
    ("follow_up", "Follow-up"),
    ("closed", "Closed"),
]
CLERK = "clerk"
AUDITOR = "auditor"
# From a state to the next, and the side that takes the step.
STEPS = {
    ("draft", "reported"): AUDITOR,
    ("reported", "draft"): AUDITOR,
    ("reported", "answered"): CLERK,
    ("answered", "reported"): AUDITOR,
    ("answered", "follow_up"): AUDITOR,
    ("answered", "closed"): AUDITOR,
    ("follow_up", "closed"): AUDITOR,
    ("closed", "follow_up"): AUDITOR,
}
MATERIAL, SIGNIFICANT, NOTED, TRIVIAL = "material", "significant", "noted", "trivial"


@dataclass(frozen=True)
class Materiality:
    """The amounts of an engagement, in company currency; 0 where none was set."""

    overall: Decimal
    performance: Decimal = Decimal(0)
    trivial: Decimal = Decimal(0)


def side_of(before: str, after: str) -> str | None:
    """Which side takes a step; None where there is no such step.

    >>> side_of("draft", "reported"), side_of("reported", "answered")
    ('auditor', 'clerk')
    >>> side_of("draft", "closed") is None
    True
    """
    return STEPS.get((before, after))


def next_states(before: str, sides: Iterable[str]) -> list[str]:
    """Where somebody of these sides can take a finding, in the order of the states.

    >>> next_states("answered", {AUDITOR})
    ['reported', 'follow_up', 'closed']
    >>> next_states("answered", {CLERK})
    []
    """
    of = set(sides)
    return [after for after, _label in STATES if side_of(before, after) in of]


def weight(amount: Decimal, materiality: Materiality) -> str:
    """What a misstatement is beside the materiality (ISA 450, paragraph 5 and A2).

    An amount that reaches a limit counts as beyond it. What is not "clearly trivial"
    is collected; without limits every amount is.

    >>> limits = Materiality(Decimal(10000), Decimal(7500), Decimal(500))
    >>> [weight(Decimal(each), limits) for each in (499, 500, -7500, 10000)]
    ['trivial', 'noted', 'significant', 'material']
    >>> weight(Decimal(0), Materiality(Decimal(0))), weight(Decimal(1), limits)
    ('trivial', 'trivial')
    >>> weight(Decimal(1), Materiality(Decimal(0)))
    'noted'
    """
    size = abs(amount)
    if materiality.overall and size >= materiality.overall:
        return MATERIAL
    if materiality.performance and size >= materiality.performance:
        return SIGNIFICANT
    return NOTED if size and size >= materiality.trivial else TRIVIAL


@dataclass(frozen=True)
class Together:
    """Findings added up: over- and understatements against each other, and not."""

    net: Decimal
    gross: Decimal
    left_out: Decimal


def together(amounts: Iterable[Decimal], materiality: Materiality) -> Together:
    """The misstatements that are collected, and what was left out as clearly trivial.

    >>> limits = Materiality(Decimal(10000), Decimal(7500), Decimal(500))
    >>> found = together(map(Decimal, (800, -600, 40)), limits)
    >>> int(found.net), int(found.gross), int(found.left_out)
    (200, 1400, 40)
    """
    listed = list(amounts)
    kept = [each for each in listed if weight(each, materiality) != TRIVIAL]
    gross = sum(map(abs, kept), Decimal(0))
    everything = sum(map(abs, listed), Decimal(0))
    return Together(sum(kept, Decimal(0)), gross, everything - gross)
