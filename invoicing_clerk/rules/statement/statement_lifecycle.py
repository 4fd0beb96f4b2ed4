"""States of statement runs and statements, and the steps between them."""

from __future__ import annotations

from ..lifecycle import SYSTEM, Lifecycle, Step

RUN_STATES = [
    ("draft", "Draft"),
    ("computed", "Computed"),
    ("reviewed", "Reviewed"),
    ("sending", "Sending"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]
# A run goes back to draft when its selection changes or its customers are merged.
RUN_LIFECYCLE = Lifecycle(
    RUN_STATES,
    {
        "compute": Step(("draft", "computed"), "computed"),
        "review": Step(("computed",), "reviewed"),
        # The run does not agree with the ledger; a supervisor says why it is sent.
        "approve_unproved": Step(("computed",), "reviewed", "supervisor"),
        "reopen": Step(("reviewed",), "computed"),
        "send": Step(("reviewed",), "sending"),
        "send_again": Step(("sending", "done"), "sending"),
        "stop": Step(("sending",), "sending"),
        "resume": Step(("sending",), "sending"),
        "finish": Step(("sending",), "done", SYSTEM),
        "reset": Step(("computed", "reviewed"), "draft", SYSTEM),
        "cancel": Step(("draft", "computed", "reviewed"), "cancelled"),
    },
)

STATES = [("ready", "Released"), ("held", "Held"), ("suppressed", "Excluded")]
LIFECYCLE = Lifecycle(
    STATES,
    {"hold": Step(("ready",), "held"), "release": Step(("held",), "ready")},
    starts=("ready", "suppressed"),
)
# States of a run in which its statements are reviewed.
REVIEWABLE = ("computed", "reviewed")
EDITABLE = ("draft", "computed")
