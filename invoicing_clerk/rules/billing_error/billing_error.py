"""What may happen to a billing error, and what is still open of its money."""

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
    """What the ledger says about the money of one billing error.

    All amounts are in the currency of the case, and count what the customer owes us
    less: ``disputed`` is positive when he says that he was billed too much and
    negative when he was billed too little. ``reconciled`` is all that was matched
    with the invoices since the case was opened, ``paid`` the part of it that is no
    correction of ours. Amounts are as exact as they come in: the caller rounds.
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
        """What was unpaid when the customer complained.

        >>> Settlement(residual=20.0, reconciled=80.0).residual_at_opening
        100.0
        """
        return self.residual + self.reconciled

    @property
    def undisputed(self) -> float:
        """The unpaid part that the customer never doubted.

        >>> Settlement(disputed=30.0, residual=100.0).undisputed
        70.0

        Who had paid before he complained has no unpaid undisputed part:

        >>> Settlement(disputed=30.0, residual=0.0).undisputed
        0.0
        """
        return max(0.0, self.residual_at_opening - self.disputed)

    @property
    def paid_on_disputed(self) -> float:
        """Payments settle the undisputed part first; the rest gives the claim up.

        >>> Settlement(30.0, paid=70.0, reconciled=70.0, residual=30.0).paid_on_disputed
        0.0
        >>> Settlement(30.0, paid=80.0, reconciled=80.0, residual=20.0).paid_on_disputed
        10.0

        Who was owed more than he owed has nothing to give up by paying:

        >>> Settlement(30.0, paid=7.0, reconciled=7.0, residual=-9.0).paid_on_disputed
        0.0
        """
        if self.residual_at_opening <= 0:
            return 0.0
        return max(0.0, self.paid - self.undisputed)

    @property
    def open(self) -> float:
        """The part of the claim that the ledger has not settled.

        A credit note clears it, and so does credit in full with a rebill:

        >>> Settlement(disputed=30, credited=30, residual=70, reconciled=30).open
        0.0
        >>> Settlement(disputed=30, credited=100, debited=70, reconciled=100).open
        0.0

        A payment of the undisputed part does not; paying all of it does:

        >>> Settlement(disputed=30, paid=70, reconciled=70, residual=30).open
        30
        >>> Settlement(disputed=30, paid=100, reconciled=100).open
        0.0

        Giving more than was asked leaves nothing open:

        >>> Settlement(disputed=30, credited=50).open
        0.0

        What was billed too little waits for a debit note, and for nothing else:

        >>> Settlement(disputed=-30, debited=10, paid=100, reconciled=100).open
        -20.0

        Billing more than before opens no more than was claimed:

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
