"""Steps that people and refreshes take with a work item."""

from __future__ import annotations

from ..lifecycle import SYSTEM, Lifecycle, Step

STATES = [
    ("open", "To Do"),
    ("in_progress", "In Progress"),
    ("snoozed", "Snoozed"),
    ("done", "Done"),
    ("left", "Closed Automatically"),
]
OPEN_STATES = ("open", "in_progress", "snoozed")

# A clerk, where the item is unassigned or their own; a supervisor, for every item.
HOLDER = "holder"

LIFECYCLE = Lifecycle(
    STATES,
    {
        "claim": Step(("open",), "in_progress", HOLDER),
        "release": Step(("open", "in_progress"), "open", HOLDER),
        "snooze": Step(("open", "in_progress"), "snoozed", HOLDER),
        "wake": Step(("snoozed",), "open", HOLDER),
        "hand_over": Step(OPEN_STATES, "open", HOLDER),
        "done": Step(OPEN_STATES, "done", HOLDER),
        # Back to any open state, by whoever took the last step.
        "undo": Step((*OPEN_STATES, "done"), OPEN_STATES, "clerk"),
        # By a refresh, when the record is no longer in the list.
        "leave": Step(OPEN_STATES, "left", SYSTEM),
    },
)

UNDO_SECONDS = 60
