"""Payment reminders: states, what is excluded of them and why, and their level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from ..lifecycle import SYSTEM, Lifecycle, Step

ZERO = Decimal(0)

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
# Why an overdue item is excluded.
ITEM_REASONS = [
    ("disputed", "Disputed"),
    ("promised", "Promised to Pay"),
    ("blocked", "Payment Blocked"),
    ("no_followup", "No Follow-Up"),
    ("covered", "Covered by Unapplied Payments or Credits"),
]
# Why a customer is excluded.
REASONS = [
    ("stopped", "Reminders Stopped"),
    ("legal", "Legal Hold"),
    ("items", "All Items Excluded"),
    ("early", "Next Reminder Not Due"),
    ("minimum", "Below the Minimum"),
    ("changed", "Changed Since the Preview"),
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


class Item(NamedTuple):
    """An overdue item.

    :param open: open amount, in the currency of the item
    :param level: key of the level of its last reminder
    :param since: days since its last reminder
    """

    number: int
    currency: int
    open: Decimal
    days: int
    disputed: Decimal = ZERO
    promised: Decimal = ZERO
    blocked: bool = False
    no_followup: bool = False
    level: tuple[int, int] | None = None
    since: int | None = None


@dataclass(frozen=True)
class Share:
    """Part of an item that is reminded: its open amount less unapplied credits.

    :param reason: why it is excluded, if it is
    """

    item: Item
    amount: Decimal
    reason: str = ""


def item_reason(item: Item) -> str:
    """Return why an item is excluded by itself, or an empty text.

    An item that is disputed or promised in part is excluded entirely, so that nobody is
    reminded of an amount that is being discussed:

    >>> item = Item(1, 1, Decimal(100), 10)
    >>> item_reason(item), item_reason(item._replace(disputed=Decimal(1)))
    ('', 'disputed')
    >>> item_reason(item._replace(promised=Decimal(100), blocked=True))
    'promised'
    >>> item_reason(item._replace(blocked=True, no_followup=True))
    'blocked'
    >>> item_reason(item._replace(no_followup=True))
    'no_followup'
    """
    if item.disputed:
        return "disputed"
    if item.promised:
        return "promised"
    if item.blocked:
        return "blocked"
    return "no_followup" if item.no_followup else ""


def shares(items: Sequence[Item], credits: dict[int, Decimal]) -> list[Share]:
    """Return what is reminded of each overdue item.

    Unapplied payments and credits cover the oldest items of their currency first, those
    that are excluded by themselves after all others.

    :param items: overdue items of one customer, the oldest first
    :param credits: unapplied amounts by currency, above zero

    >>> old, new = Item(1, 1, Decimal(100), 40), Item(2, 1, Decimal(50), 5)
    >>> def show(items, **credits):
    ...     found = {1: Decimal(0)} | {1: Decimal(each) for each in credits.values()}
    ...     return [(int(each.amount), each.reason) for each in shares(items, found)]
    >>> show([old, new]), show([old, new], credit=30)
    ([(100, ''), (50, '')], [(70, ''), (50, '')])
    >>> show([old, new], credit=120), show([old, new], credit=500)
    ([(0, 'covered'), (30, '')], [(0, 'covered'), (0, 'covered')])
    >>> show([old._replace(disputed=Decimal(100)), new], credit=30)
    [(0, 'disputed'), (20, '')]

    A credit in another currency covers nothing:

    >>> [int(each.amount) for each in shares([old], {2: Decimal(100)})]
    [100]
    """
    left = dict(credits)
    found = []
    for item in items:
        if reason := item_reason(item):
            found.append(Share(item, ZERO, reason))
            continue
        covered = min(item.open, left.get(item.currency, ZERO))
        left[item.currency] = left.get(item.currency, ZERO) - covered
        amount = item.open - covered
        found.append(Share(item, amount, "" if amount else "covered"))
    return found


def next_level(
    levels: Sequence[Level], found: Sequence[Share], interval: int = 0
) -> Level | None:
    """Return the level of the next reminder about these items; None if it is not due.

    :param levels: all levels, in their order
    :param interval: days between reminders of the customer, instead of the level's

    >>> levels = [Level((1, 1), 3, 1), Level((2, 2), 17, 10), Level((3, 3), 31, 10)]
    >>> def of(days, level=None, since=None, **values):
    ...     share = Share(Item(1, 1, Decimal(9), days, level=level, since=since), 9)
    ...     level = next_level(levels, [share], **values)
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
    since = [item.since for item in reminded if item.since is not None]
    if since and min(since) < (interval or level.wait):
        return None
    return level


class Customer(NamedTuple):
    """Facts that decide on the reminder of a customer.

    :param amount: what they would be reminded of, in company currency
    """

    amount: Decimal
    has_items: bool
    level: Level | None
    stopped: bool = False
    legal: bool = False


def exclusion(customer: Customer, minimum: Decimal) -> str:
    """Return why a customer is excluded, or an empty text.

    >>> level = Level((1, 1), 3, 1)
    >>> customer = Customer(Decimal(50), True, level)
    >>> exclusion(customer, Decimal(50)), exclusion(customer, Decimal(51))
    ('', 'minimum')
    >>> exclusion(customer._replace(level=None), Decimal(51))
    'early'
    >>> exclusion(customer._replace(has_items=False, level=None), Decimal(0))
    'items'
    >>> exclusion(customer._replace(stopped=True), Decimal(0))
    'stopped'
    >>> exclusion(customer._replace(stopped=True, legal=True), Decimal(0))
    'legal'
    """
    if customer.legal:
        return "legal"
    if customer.stopped:
        return "stopped"
    if not customer.has_items:
        return "items"
    if not customer.level:
        return "early"
    return "minimum" if customer.amount < minimum else ""
