"""The life of a match: proposed, applied, perhaps undone."""

from __future__ import annotations

from ..lifecycle import SYSTEM, Lifecycle, Step

STATES = [
    ("proposed", "Proposed"),
    ("applied", "Applied"),
    ("undone", "Undone"),
    ("dismissed", "On Account"),
]
# What is undone may be undone on the page of the customer, too.
LIFECYCLE = Lifecycle(
    STATES,
    {
        "apply": Step(("proposed",), "applied", "clerk"),
        "undo": Step(("applied",), "undone", SYSTEM),
        "dismiss": Step(("proposed",), "dismissed", "clerk"),
        "reopen": Step(("dismissed",), "proposed", "clerk"),
    },
)

EVIDENCE = [
    ("registered", "Registered Customer"),
    ("reference", "Reference"),
    ("account", "Bank Account"),
    ("alias", "Remembered Name"),
    ("name", "Name"),
    ("unidentified", "Unidentified"),
]
