"""The lifecycle of billing errors, their deadlines and their open amounts."""

from dataclasses import dataclass
from datetime import date, timedelta

from ..lifecycle import Lifecycle, Step

STATES = [
    ("new", "New"),
    ("investigating", "Investigating"),
    ("waiting", "Waiting"),
    ("proposed", "Correction Proposed"),
    ("resolved", "Resolved"),
    ("rejected", "Rejected"),
    ("cancelled", "Cancelled"),
]

OPEN_STATES = ("new", "investigating", "waiting", "proposed")
CLOSED_STATES = ("resolved", "rejected", "cancelled")

LIFECYCLE = Lifecycle(
    STATES,
    {
        "investigate": Step(("new", "waiting", "proposed"), "investigating"),
        "wait": Step(("new", "investigating"), "waiting"),
        "propose": Step(("new", "investigating", "waiting"), "proposed"),
        "resolve": Step(OPEN_STATES, "resolved"),
        # A proposed correction has to be withdrawn first.
        "reject": Step(("new", "investigating", "waiting"), "rejected"),
        "cancel": Step(("new", "investigating", "waiting"), "cancelled"),
        "reopen": Step(CLOSED_STATES, "investigating"),
    },
)

# For cases without a reason.
DEFAULT_DAYS_TO_RESOLVE = 10


def deadline(opened: date, days: int | None = None) -> date:
    """Return the day by which a case should be closed.

    >>> deadline(date(2026, 1, 30), 5)
    datetime.date(2026, 2, 4)
    >>> deadline(date(2026, 1, 30))
    datetime.date(2026, 2, 9)
    """
    if days is None:
        days = DEFAULT_DAYS_TO_RESOLVE
    return opened + timedelta(days=days)


@dataclass(frozen=True)
class Settlement:
    """The amounts of one billing error, as they are in the ledger.

    All amounts are in the currency of the case and reduce what the customer owes:
    ``disputed`` is positive if the customer claims to be billed too much, and negative
    if too little. ``reconciled`` is everything that was reconciled with the invoices
    since the case was opened, and ``paid`` the part of it that does not correct them.
    Amounts are not rounded here.

    >>> Settlement() == Settlement(*[0.0] * 7)
    True
    """

    disputed: float = 0.0
    credited: float = 0.0
    debited: float = 0.0
    written_off: float = 0.0
    paid: float = 0.0
    residual: float = 0.0
    reconciled: float = 0.0

    @property
    def residual_at_opening(self) -> float:
        """The open amount of the invoices when the case was opened.

        >>> Settlement(residual=20.0, reconciled=80.0).residual_at_opening
        100.0
        """
        return self.residual + self.reconciled

    @property
    def undisputed(self) -> float:
        """The part of the open amount that the customer does not dispute.

        >>> Settlement(disputed=30.0, residual=100.0).undisputed
        70.0

        If everything was paid before, nothing undisputed is open:

        >>> Settlement(disputed=30.0, residual=0.0).undisputed
        0.0
        """
        return max(0.0, self.residual_at_opening - self.disputed)

    @property
    def paid_on_disputed(self) -> float:
        """The payments beyond the undisputed part, which is settled first.

        >>> Settlement(30.0, paid=70.0, reconciled=70.0, residual=30.0).paid_on_disputed
        0.0
        >>> Settlement(30.0, paid=80.0, reconciled=80.0, residual=20.0).paid_on_disputed
        10.0

        Payments do not settle a claim on an amount in favour of the customer:

        >>> Settlement(30.0, paid=7.0, reconciled=7.0, residual=-9.0).paid_on_disputed
        0.0
        >>> Settlement(30.0, paid=7.0, reconciled=7.0, residual=-7.0).paid_on_disputed
        0.0
        >>> Settlement(0.5, paid=0.5, reconciled=0.5).paid_on_disputed
        0.5
        """
        if self.residual_at_opening <= 0:
            return 0.0
        return max(0.0, self.paid - self.undisputed)

    @property
    def open(self) -> float:
        """The part of the claim that is not settled.

        A credit note settles it, and so does a full credit note with a rebill:

        >>> Settlement(disputed=30, credited=30, residual=70, reconciled=30).open
        0.0
        >>> Settlement(disputed=30, credited=100, debited=70, reconciled=100).open
        0.0

        A payment of the undisputed part does not, a full payment does:

        >>> Settlement(disputed=30, paid=70, reconciled=70, residual=30).open
        30
        >>> Settlement(disputed=30, paid=100, reconciled=100).open
        0.0

        A credit above the claim leaves nothing open, a smaller one the remainder:

        >>> Settlement(disputed=30, credited=50).open
        0.0
        >>> Settlement(disputed=30, credited=15, written_off=10).open
        5.0
        >>> Settlement(disputed=0.5, credited=0.25).open
        0.25

        Only a debit note settles what was billed too little:

        >>> Settlement(disputed=-30, debited=10, paid=100, reconciled=100).open
        -20.0
        >>> Settlement(disputed=-0.5, debited=0.25).open
        -0.25
        >>> Settlement(disputed=-30, debited=50).open
        0.0

        A debit note does not increase the claim:

        >>> Settlement(disputed=30, debited=10, residual=100).open
        30
        >>> Settlement(debited=10).open
        0.0
        """
        corrected = self.credited - self.debited
        if self.disputed < 0:
            return max(self.disputed, min(0.0, self.disputed - corrected))
        settled = corrected + self.written_off + self.paid_on_disputed
        return min(self.disputed, max(0.0, self.disputed - settled))
