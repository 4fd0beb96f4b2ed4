"""Reports of aged receivables: states, columns, and reasons of changes."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..bucket import bucket_names
from ..lifecycle import SYSTEM, Lifecycle, Step

# Columns for overdue buckets in tables of the database; reports may have fewer.
MOST_BUCKETS = 8
MOST_DAYS = 365
SHAPE = re.compile(r"([0-9]{1,3})x([0-9])(i?)")
STATES = [("draft", "Draft"), ("computed", "Computed"), ("frozen", "Frozen")]
# A report goes back to draft when its selection changes.
LIFECYCLE = Lifecycle(
    STATES,
    {
        "compute": Step(("draft", "computed"), "computed"),
        "freeze": Step(("computed",), "frozen"),
        "reset": Step(("computed",), "draft", SYSTEM),
    },
)
REASONS = [
    ("new", "Entry recorded since"),
    ("open", "Posted or no longer reconciled"),
    ("settled", "Reconciled with an earlier date"),
    ("reset", "Reset to draft or cancelled"),
    ("deleted", "Deleted"),
    ("moved", "Customer or due date changed"),
]


class Change(NamedTuple):
    """An item in a frozen report beside the same item in the ledger now.

    Amounts are open as of the date of the report, zero where the item is not open.
    """

    before: float
    now: float
    exists: bool = True
    is_posted: bool = True
    is_new: bool = False


def reason(change: Change) -> str:
    """Return why the open amount of an item as of a past date has changed.

    >>> reason(Change(0, 100, is_new=True)), reason(Change(0, 100))
    ('new', 'open')
    >>> reason(Change(100, 40)), reason(Change(100, 0)), reason(Change(-100, -40))
    ('settled', 'settled', 'settled')
    >>> reason(Change(40, 100)), reason(Change(-40, -100))
    ('open', 'open')
    >>> reason(Change(100, 0, is_posted=False)), reason(Change(100, 0, exists=False))
    ('reset', 'deleted')
    >>> reason(Change(100, 100)), reason(Change(100, -100))
    ('moved', 'settled')
    >>> reason(Change(0.5, -1))
    'settled'
    """
    if not change.exists:
        return "deleted"
    if not change.is_posted:
        return "reset"
    if change.is_new and not change.before:
        return "new"
    if change.before == change.now:
        return "moved"
    same_side = change.before * change.now >= 0
    return "open" if same_side and abs(change.now) > abs(change.before) else "settled"


def bucket_labels(width: int, count: int, not_due: str) -> list[str]:
    """Return the labels of all buckets; those that a report does not have are empty.

    >>> bucket_labels(30, 2, "Not Due")
    ['Not Due', '1–30', '> 30', '', '', '', '', '', '']
    """
    labels = [not_due, *bucket_names(width, count)]
    return [*labels, *[""] * (MOST_BUCKETS + 1 - len(labels))]


def shape_text(width: int, count: int, by_invoice: bool = False) -> str:
    """Return length and number of buckets, and the date of ageing, as one text.

    >>> shape_text(30, 5), shape_text(30, 5, by_invoice=True)
    ('30x5', '30x5i')
    """
    return f"{width}x{count}{'i' if by_invoice else ''}"


def parse_shape(text: object) -> tuple[int, int, bool] | None:
    """Return what `shape_text` was made of, or None.

    >>> parse_shape("30x5"), parse_shape("30x5i")
    ((30, 5, False), (30, 5, True))
    >>> parse_shape("30x9"), parse_shape("0x5"), parse_shape(17)
    (None, None, None)
    >>> parse_shape("1x1"), parse_shape("365x8")
    ((1, 1, False), (365, 8, False))
    >>> parse_shape("366x8"), parse_shape("30x0")
    (None, None)
    >>> parse_shape("9" * 4400 + "x5"), parse_shape("30x5x"), parse_shape("٣x5")
    (None, None, None)
    """
    found = SHAPE.fullmatch(text) if isinstance(text, str) else None
    if not found:
        return None
    width, count = int(found[1]), int(found[2])
    fits = 1 <= width <= MOST_DAYS and 1 <= count <= MOST_BUCKETS
    return (width, count, bool(found[3])) if fits else None
