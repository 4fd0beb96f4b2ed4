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

    A clock that was set back since gives no negative time:

    >>> minutes_left(100, 300, -3600), minutes_left(100, 300, -3600, 30)
    (0, 10)
    """
    if not left:
        return 0
    if not done:
        return None
    by_speed = left * max(seconds, 0) / done / 60
    by_limit = left / mails_per_minute if mails_per_minute else 0
    return int(-(-max(by_speed, by_limit) // 1))


# Minutes until an email that was refused for now is tried again. Servers that make
# unknown senders wait take it after 5 to 15 minutes; others are full for some hours.
RETRY_MINUTES = (5, 15, 60, 180, 360)


def retry_minutes(tries: int) -> int | None:
    """Return the minutes until the next attempt; None when it has failed permanently.

    >>> [retry_minutes(tries) for tries in range(1, 7)]
    [5, 15, 60, 180, 360, None]
    """
    return RETRY_MINUTES[tries - 1] if tries <= len(RETRY_MINUTES) else None


def mail_outcome(
    is_unconfirmed: bool, is_accepted: bool, is_interrupted: bool, codes: list[int]
) -> str:
    """Return what became of an email: ``sent``, ``doubt``, ``later`` or ``failed``.

    :param is_unconfirmed: the server got all of an email and did not reply
    :param is_accepted: the server took it for all recipients
    :param is_interrupted: the connection ended, or the database did
    :param codes: the replies of a server that refused

    What the server took is sent, whatever happened afterwards:

    >>> mail_outcome(False, True, True, [])
    'sent'

    Without its last reply nobody knows. Before the end of the email there is no doubt:

    >>> mail_outcome(True, False, True, []), mail_outcome(False, False, True, [])
    ('doubt', 'later')

    A refusal is temporary (4xx) or permanent (5xx):

    >>> mail_outcome(False, False, False, [400, 450, 499])
    'later'
    >>> [mail_outcome(False, False, False, [code]) for code in (399, 500)]
    ['failed', 'failed']
    >>> mail_outcome(False, False, True, [450, 550])
    'failed'
    >>> mail_outcome(False, False, False, [])
    'failed'
    """
    if is_unconfirmed:
        return "doubt"
    if is_accepted:
        return "sent"
    if codes:
        return "later" if all(400 <= code < 500 for code in codes) else "failed"
    return "later" if is_interrupted else "failed"
