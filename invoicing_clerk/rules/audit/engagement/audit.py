"""The states of an audit engagement."""

from ...lifecycle import Lifecycle, Step

STATES = [
    ("planned", "Planned"),
    ("field", "Fieldwork"),
    ("report", "Reporting"),
    ("closed", "Closed"),
]
LIFECYCLE = Lifecycle(
    STATES,
    {
        "start": Step(("planned",), "field"),
        "report": Step(("planned", "field"), "report"),
        "close": Step(("planned", "field", "report"), "closed"),
        "reopen": Step(("report", "closed"), "field"),
    },
    starts=("planned", "field"),
)
