"""Checks and findings: their states, the order of causes and the precision of a check.

The test suite compares what the SQL of the checks finds with these rules.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from ..lifecycle import SYSTEM, Lifecycle, Step

SEVERITIES = [("block", "Blocking"), ("warn", "Warning"), ("info", "Information")]
FINDING_STATES = [
    ("open", "Open"),
    ("case", "Billing Error"),
    ("accepted", "Accepted"),
    ("gone", "No Longer Found"),
]
FINDING_LIFECYCLE = Lifecycle(
    FINDING_STATES,
    {
        "accept": Step(("open",), "accepted", "clerk"),
        "case": Step(("open", "accepted"), "case", "clerk"),
        "reopen": Step(("accepted",), "open", "clerk"),
        "find": Step(("accepted", "gone"), ("open", "accepted"), SYSTEM),
        "vanish": Step(("open", "accepted"), "gone", SYSTEM),
    },
)
ACCEPTANCE_STATES = [("active", "Active"), ("revoked", "Revoked")]
ACCEPTANCE_LIFECYCLE = Lifecycle(
    ACCEPTANCE_STATES, {"revoke": Step(("active",), "revoked", "clerk")}
)
# Below this share of confirmed findings, a check costs more time than it saves.
POOR_PRECISION = 0.3
PRECISION_DAYS = 90
# After two years, somebody looks again at what was accepted.
ACCEPTANCE_DAYS = 730


def latest_acceptance(today: date) -> date:
    """Return the latest day until which findings can be accepted.

    >>> latest_acceptance(date(2026, 11, 30))
    datetime.date(2028, 11, 29)
    """
    return today + timedelta(ACCEPTANCE_DAYS)


class CircularCauseError(ValueError):
    """Checks that suppress each other, so that neither would find anything."""


def state_found(
    state: str,
    same: bool,
    accepted_until: date | None,
    today: date,
    is_covered: bool = False,
) -> str:
    """Return the state of a finding that a run finds again.

    A billing error remains one. What was accepted remains accepted, also where it was
    not found for a while, as long as its facts are the same and the time is not up.

    :param same: the facts are those that were accepted
    :param is_covered: a standing acceptance has accepted it, whatever its facts; while
        it was not found, the acceptance may have ended

    >>> day, later = date(2026, 3, 1), date(2026, 3, 2)
    >>> state_found("case", False, None, day)
    'case'
    >>> [state_found(each, True, None, day) for each in ("accepted", "gone")]
    ['accepted', 'accepted']
    >>> state_found("accepted", False, None, day), state_found("gone", False, None, day)
    ('open', 'open')
    >>> [state_found("accepted", True, day, each) for each in (day, later)]
    ['accepted', 'open']
    >>> [state_found(each, False, None, day, True) for each in ("accepted", "gone")]
    ['accepted', 'open']
    """
    if state == "case" or (state == "accepted" and is_covered):
        return state
    in_time = accepted_until is None or accepted_until >= today
    return "accepted" if same and in_time else "open"


def in_order(causes: Mapping[str, Collection[str]]) -> list[str]:
    """Return checks so that each comes after those that suppress it.

    :param causes: the checks by which each is suppressed
    :raises CircularCauseError: some suppress each other; names them

    >>> in_order({"SHORT": ["EPD", "ROUND"], "ROUND": ["EPD"], "EPD": [], "DUP": []})
    ['EPD', 'ROUND', 'SHORT', 'DUP']

    Those that are not given, such as archived ones, suppress nothing:

    >>> in_order({"SHORT": ["EPD"]})
    ['SHORT']
    >>> for circle in {"A": ["A"]}, {"A": ["B"], "B": ["C"], "C": ["A"], "D": []}:
    ...     try:
    ...         in_order(circle)
    ...     except CircularCauseError as error:
    ...         print(error)
    A
    A, B, C
    """
    ordered: list[str] = []
    for code in causes:
        _place(code, causes, ordered, [])
    return ordered


def _place(
    code: str,
    causes: Mapping[str, Collection[str]],
    ordered: list[str],
    path: list[str],
) -> None:
    """Add a check to those in order, after its causes."""
    if code in path:
        raise CircularCauseError(", ".join(path[path.index(code) :]))
    if code in ordered:
        return
    for cause in causes:
        if cause in causes[code]:
            _place(cause, causes, ordered, [*path, code])
    ordered.append(code)


def precision(confirmed: int, dismissed: int) -> float | None:
    """Return the share of findings that were errors, of those that were decided.

    >>> precision(3, 1), precision(0, 2), precision(0, 0)
    (0.75, 0.0, None)
    """
    decided = confirmed + dismissed
    return confirmed / decided if decided else None


def is_poor(share: float | None) -> bool:
    """Return whether a check gives too many false alarms.

    >>> is_poor(0.29), is_poor(0.3), is_poor(None)
    (True, False, False)
    """
    return share is not None and share < POOR_PRECISION
