"""Retention runs: listed by one person, approved by another."""

from __future__ import annotations

from ..lifecycle import Lifecycle, Step

STATES = [
    ("draft", "Draft"),
    ("proposed", "To Approve"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]
LIFECYCLE = Lifecycle(
    STATES,
    {
        "propose": Step(("draft",), "proposed", "clerk"),
        "approve": Step(("proposed",), "done", "supervisor"),
        "return": Step(("proposed",), "draft", "clerk"),
        "cancel": Step(("draft",), "cancelled", "clerk"),
    },
)
LINE_STATES = [
    ("listed", "Listed"),
    ("kept", "Kept"),
    ("disposed", "Disposed Of"),
]
