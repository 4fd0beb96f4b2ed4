"""Batches of corrections: one cause, many invoices."""

from __future__ import annotations

from dataclasses import replace

from ..lifecycle import SYSTEM, Lifecycle, Step
from .correction import Terms

STATES = [
    ("draft", "Draft"),
    ("preparing", "Being Prepared"),
    ("ready", "Ready"),
    ("waiting", "Waiting for Approval"),
    ("approved", "Approved"),
    ("applying", "Being Applied"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]
LIFECYCLE = Lifecycle(
    STATES,
    {
        "prepare": Step(("draft",), "preparing", "clerk"),
        "prepared": Step(("preparing",), "ready", SYSTEM),
        "request": Step(("ready",), "waiting", "clerk"),
        "approve": Step(("waiting",), "approved", "supervisor"),
        "refuse": Step(("waiting",), "ready", "supervisor"),
        "edit": Step(("ready", "waiting", "approved"), "draft", "clerk"),
        "apply": Step(("ready", "approved"), "applying", "clerk"),
        "finish": Step(("applying",), "done", SYSTEM),
        "retry": Step(("done",), "applying", "clerk"),
        "cancel": Step(
            ("draft", "preparing", "ready", "waiting", "approved"),
            "cancelled",
            "clerk",
        ),
    },
)

ITEM_STATES = [
    ("found", "Found"),
    ("ready", "Ready"),
    ("right", "Nothing to Correct"),
    ("unfit", "Cannot Be Corrected"),
    ("failed", "Failed"),
    ("done", "Corrected"),
]
ITEM_LIFECYCLE = Lifecycle(
    ITEM_STATES,
    {
        "prepare": Step(("found",), ("ready", "right", "unfit"), SYSTEM),
        "finish": Step(("ready",), ("done", "failed"), SYSTEM),
        "retry": Step(("failed",), "ready", SYSTEM),
    },
)

# What is wrong, and so what is right.
CHANGES = [
    ("price", "Unit Price"),
    ("pricelist", "Prices of a Price List"),
    ("discount", "Discount"),
    ("tax", "Tax"),
]
# Which lines, where others were billed more or less than is right.
SIDES = [("high", "Lines Billed Too High"), ("low", "Lines Billed Too Low")]
# A batch of more documents is better split by date or customer: nobody could review it.
MAX_DOCUMENTS = 10_000


def is_on_side(side: str, billed: Terms, right: Terms) -> bool:
    """Return whether a line was billed too high or too low, as the batch wants it.

    :param side: a key of `SIDES`; empty for all lines

    >>> dear, cheap = Terms(1.0, 12.0), Terms(1.0, 12.0, 50.0)
    >>> right = Terms(1.0, 10.0)
    >>> [is_on_side(side, dear, right) for side in ("high", "low", "")]
    [True, False, True]
    >>> [is_on_side(side, cheap, right) for side in ("high", "low", "")]
    [False, True, True]
    >>> [is_on_side(side, right, right) for side in ("high", "low")]
    [False, False]
    >>> discounted = Terms(1.0, 10.0, 20.0)
    >>> [is_on_side(side, right, discounted) for side in ("high", "low")]
    [True, False]
    """
    billed_net = billed.price_unit * (100 - billed.discount)
    right_net = right.price_unit * (100 - right.discount)
    if side == "high":
        return billed_net > right_net
    return side != "low" or billed_net < right_net


def right_terms(
    billed: Terms,
    *,
    price_unit: float | None = None,
    discount: float | None = None,
    wrong_tax: int | None = None,
    right_tax: int | None = None,
) -> Terms:
    """Return what a line should have billed.

    :param price_unit: the right price in the currency of the document
    :param discount: the right discount in percent
    :param wrong_tax: id of the tax that is to be replaced
    :param right_tax: id of the tax in its place; None if there is none

    >>> billed = Terms(2.0, 12.0, 5.0, frozenset({7, 9}))
    >>> right_terms(billed, price_unit=10.0) == replace(billed, price_unit=10.0)
    True
    >>> right_terms(billed, discount=0.0).discount
    0.0
    >>> sorted(right_terms(billed, wrong_tax=7, right_tax=8).taxes)
    [8, 9]
    >>> sorted(right_terms(billed, wrong_tax=7).taxes)
    [9]

    Other lines stay as they are:

    >>> right_terms(billed, wrong_tax=6, right_tax=8) == billed
    True
    """
    if price_unit is not None:
        billed = replace(billed, price_unit=price_unit)
    if discount is not None:
        billed = replace(billed, discount=discount)
    if wrong_tax in billed.taxes:
        added = frozenset() if right_tax is None else frozenset({right_tax})
        billed = replace(billed, taxes=billed.taxes - {wrong_tax} | added)
    return billed
