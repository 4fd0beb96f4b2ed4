"""Pairs of records that may be of one customer: what becomes of them."""

from __future__ import annotations

from ..lifecycle import SYSTEM, Lifecycle, Step

STATES = [
    ("open", "To Review"),
    ("different", "Not the Same"),
    ("merged", "Merged"),
    ("gone", "No Longer Similar"),
]
LIFECYCLE = Lifecycle(
    STATES,
    {
        "keep": Step(("open", "gone"), "different", "clerk"),
        "reopen": Step(("different",), "open", "clerk"),
        "merge": Step(("open",), "merged", "supervisor"),
        "drop": Step(("open",), "gone", SYSTEM),
        "find": Step(("gone", "merged"), "open", SYSTEM),
    },
)
