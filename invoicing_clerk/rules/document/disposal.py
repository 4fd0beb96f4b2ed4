"""Retention runs: listed by one person, approved by another."""

from __future__ import annotations

from ..lifecycle import SYSTEM, Lifecycle, Step

STATES = [
    ("draft", "Draft"),
    ("listing", "Being Listed"),
    ("proposed", "To Approve"),
    ("disposing", "Being Disposed Of"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]
LIFECYCLE = Lifecycle(
    STATES,
    {
        "propose": Step(("draft",), "listing", "clerk"),
        "list": Step(("listing",), "proposed", SYSTEM),
        "approve": Step(("proposed",), "disposing", "supervisor"),
        "finish": Step(("disposing",), "done", SYSTEM),
        # Back to people, who read in the log what went wrong.
        "stop": Step(("listing", "disposing"), ("draft", "proposed"), SYSTEM),
        "return": Step(("proposed",), "draft", "clerk"),
        "cancel": Step(("draft",), "cancelled", "clerk"),
    },
)
LINE_STATES = [
    ("listed", "Listed"),
    ("kept", "Kept"),
    ("disposed", "Disposed Of"),
]
# What has to be kept when the list is made is kept from the start.
LINE_LIFECYCLE = Lifecycle(
    LINE_STATES,
    {"decide": Step(("listed",), ("kept", "disposed"), SYSTEM)},
    starts=("listed", "kept"),
)
