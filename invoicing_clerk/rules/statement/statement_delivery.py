"""Delivery status of statements, and the remaining time of a run."""

from __future__ import annotations

DELIVERY_STATES = [
    ("pending", "Waiting for PDF"),
    ("ready", "Ready to Send"),
    ("sending", "Sending"),
    ("to_print", "To Print"),
    ("posting", "With the Post Service"),
    ("sent", "Sent"),
    ("published", "In the Portal"),
    ("printed", "Printed"),
    ("failed", "Failed"),
]
# Workers process these. Clerks or the post service process the others underway.
WAITING = ("pending", "ready", "sending")
UNDERWAY = (*WAITING, "to_print", "posting")
DELIVERED = ("sent", "published", "printed")


def percent(done: int, total: int) -> int:
    """Return the progress in percent; 100 only when nothing is left.

    >>> percent(0, 0), percent(1, 3), percent(9_999, 10_000), percent(5, 5)
    (100, 33, 99, 100)
    """
    return 100 * done // total if total else 100


def minutes_left(
    done: int, left: int, seconds: float, mails_per_minute: int = 0
) -> int | None:
    """Return the remaining minutes, rounded up; None if unknown.

    The speed so far counts, or the limit of emails per minute if it takes longer:

    >>> minutes_left(100, 300, 60), minutes_left(60, 61, 60)
    (3, 2)
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
