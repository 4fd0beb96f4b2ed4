"""Payment reminders: states, what is excluded of them and why, and their level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from ..lifecycle import SYSTEM, Lifecycle, Step
from .reminder_share import ZERO, Share

RUN_STATES = [
    ("draft", "Draft"),
    ("computed", "Computed"),
    ("sending", "Sending"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]
# A run goes back to draft when its selection changes or its customers are merged.
RUN_LIFECYCLE = Lifecycle(
    RUN_STATES,
    {
        "compute": Step(("draft", "computed"), "computed"),
        "send": Step(("computed",), "sending"),
        "send_again": Step(("sending", "done"), "sending"),
        "stop": Step(("sending",), "sending"),
        "resume": Step(("sending",), "sending"),
        "print": Step(("sending",), "sending"),
        "abandon": Step(("sending",), "sending"),
        "finish": Step(("sending",), "done", SYSTEM),
        "reset": Step(("computed",), "draft", SYSTEM),
        "cancel": Step(("draft", "computed"), "cancelled"),
    },
)
STATES = [("ready", "Released"), ("held", "Held"), ("excluded", "Excluded")]
LIFECYCLE = Lifecycle(
    STATES,
    {
        "hold": Step(("ready",), "held"),
        "release": Step(("held",), "ready"),
        "leave_out": Step(("ready", "held"), "excluded", SYSTEM),
    },
    starts=("ready", "excluded"),
)
# Why a customer is excluded.
REASONS = [
    ("stopped", "Reminders Stopped"),
    ("legal", "Legal Hold"),
    ("items", "All Items Excluded"),
    ("underway", "Another Reminder Is on Its Way"),
    ("early", "Next Reminder Not Due"),
    ("minimum", "Below the Minimum"),
    ("credit", "Unapplied Payments in Another Currency"),
    ("changed", "Changed Since the Preview"),
    ("unsent", "Not Sent"),
]


class Level(NamedTuple):
    """A reminder level.

    :param key: sorts the levels
    :param days: days overdue of the oldest item from which it applies
    :param wait: days since the previous reminder
    """

    key: tuple[int, int]
    days: int
    wait: int


def next_level(
    levels: Sequence[Level],
    found: Sequence[Share],
    since: int | None = None,
    interval: int = 0,
) -> Level | None:
    """Return the level of the next reminder about these items; None if it is not due.

    :param levels: all levels, in their order
    :param since: days since the last reminder of the customer
    :param interval: days between reminders of the customer, instead of the level's

    >>> from .reminder_share import Item
    >>> levels = [Level((1, 1), 3, 1), Level((2, 2), 17, 10), Level((3, 3), 31, 10)]
    >>> def of(days, level=None, since=None, **values):
    ...     share = Share(Item(1, 1, 1, Decimal(9), days, level=level), Decimal(9))
    ...     level = next_level(levels, [share], since, **values)
    ...     return level and level.key[0]

    The first reminder has the first level, however old the item is:

    >>> of(2), of(3), of(90)
    (None, 1, 1)

    Each further one has the next level, once both periods are over, the last is
    repeated:

    >>> of(20, (1, 1), 9), of(20, (1, 1), 10), of(16, (1, 1), 12), of(40, (2, 2), 10)
    (None, 2, None, 3)
    >>> of(90, (3, 3), 10), of(90, (3, 3), 9), of(90, (3, 3), 10, interval=30)
    (3, None, None)

    The interval is that of the customer, whatever they were reminded of:

    >>> of(90, since=9), of(90, since=9, interval=10)
    (1, None)

    A level that was removed since is not needed:

    >>> of(40, (2, 7), 12)
    3
    """
    reminded = [share.item for share in found if not share.reason]
    if not reminded or not levels:
        return None
    before = max((item.level for item in reminded if item.level), default=None)
    later = [level for level in levels if before is None or level.key > before]
    level = later[0] if later else levels[-1]
    if max(item.days for item in reminded) < level.days:
        return None
    if since is not None and since < (interval or level.wait):
        return None
    return level


def is_repeated(found: Sequence[Share]) -> bool:
    """Return whether the customer was reminded of one of the items before."""
    return any(share.item.level for share in found if not share.reason)


def without_recent(levels: Sequence[Level], found: Sequence[Share]) -> list[Share]:
    """Exclude new items from a further reminder until the first level applies to them.

    >>> from .reminder_share import Item
    >>> levels = [Level((1, 1), 5, 7), Level((2, 2), 17, 10)]
    >>> old = Share(Item(1, 1, 1, Decimal(9), 40, level=(1, 1)), Decimal(9))
    >>> def new(days):
    ...     return Share(Item(2, 2, 1, Decimal(8), days), Decimal(8))
    >>> def show(*found):
    ...     kept = without_recent(levels, found)
    ...     return [(int(each.amount), each.reason) for each in kept]
    >>> show(old, new(4)), show(old, new(5)), show(new(4), new(5))
    ([(9, ''), (0, 'recent')], [(9, ''), (8, '')], [(8, ''), (8, '')])
    """
    if not is_repeated(found):
        return list(found)
    return [
        replace(share, amount=ZERO, reason="recent")
        if not (share.reason or share.item.level) and share.item.days < levels[0].days
        else share
        for share in found
    ]


class Customer(NamedTuple):
    """Facts that decide on the reminder of a customer.

    :param amount: what they would be reminded of, in company currency
    :param is_underway: another reminder is on its way
    :param other: unapplied credits in other currencies, in company currency
    """

    amount: Decimal
    has_items: bool
    level: Level | None
    stopped: bool = False
    legal: bool = False
    is_underway: bool = False
    other: Decimal = ZERO


def exclusion(customer: Customer, minimum: Decimal) -> str:
    """Return why a customer is excluded, or an empty text.

    >>> level = Level((1, 1), 3, 1)
    >>> customer = Customer(Decimal(50), True, level)
    >>> exclusion(customer, Decimal(50)), exclusion(customer, Decimal(51))
    ('', 'minimum')
    >>> exclusion(customer._replace(level=None), Decimal(51))
    'early'
    >>> exclusion(customer._replace(level=None, is_underway=True), Decimal(0))
    'underway'
    >>> exclusion(customer._replace(has_items=False, level=None), Decimal(0))
    'items'
    >>> exclusion(customer._replace(stopped=True), Decimal(0))
    'stopped'
    >>> exclusion(customer._replace(stopped=True, legal=True), Decimal(0))
    'legal'
    >>> [exclusion(customer._replace(other=Decimal(at)), Decimal(0)) for at in (49, 50)]
    ['', 'credit']
    """
    if customer.legal:
        return "legal"
    if customer.stopped:
        return "stopped"
    if not customer.has_items:
        return "items"
    if customer.is_underway:
        return "underway"
    if not customer.level:
        return "early"
    if customer.amount < minimum:
        return "minimum"
    return "credit" if customer.other >= customer.amount else ""
