"""How far the sending of statements is, and how long it takes yet."""

from __future__ import annotations

DELIVERY_STATES = [
    ("pending", "Waiting for Its PDF"),
    ("ready", "Waiting to Be Sent"),
    ("sending", "Being Sent"),
    ("to_print", "To Print"),
    ("posting", "With the Post Service"),
    ("sent", "Sent"),
    ("published", "In the Portal"),
    ("printed", "Printed"),
    ("failed", "Failed"),
]
# The machine has still to do something about these; a clerk or the post about the next.
WAITING = ("pending", "ready", "sending")
UNDERWAY = (*WAITING, "to_print", "posting")
DELIVERED = ("sent", "published", "printed")


def percent(done: int, total: int) -> int:
    """How far it is; all of it only when nothing is left.

    >>> percent(0, 0), percent(1, 3), percent(9_999, 10_000), percent(5, 5)
    (100, 33, 99, 100)
    """
    return 100 * done // total if total else 100


def minutes_left(
    done: int, left: int, seconds: float, mails_per_minute: int = 0
) -> int | None:
    """How many minutes it will take yet, rounded up; None when nobody can tell.

    What was done in so many seconds says how fast it is, unless so few mails may leave
    in a minute that this takes longer:

    >>> minutes_left(100, 300, 60)
    3
    >>> minutes_left(100, 300, 60, mails_per_minute=30)
    10
    >>> minutes_left(0, 300, 5) is None
    True
    >>> minutes_left(7, 0, 60)
    0
    """
    if not left:
        return 0
    if not done:
        return None
    by_speed = left * seconds / done / 60
    by_limit = left / mails_per_minute if mails_per_minute else 0
    return int(-(-max(by_speed, by_limit) // 1))
