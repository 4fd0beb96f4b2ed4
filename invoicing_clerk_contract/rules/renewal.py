"""Renewal of contracts: when a term ends, and until when notice can be given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from .period import ONE_DAY, add_months

UNITS = [("days", "Days"), ("months", "Months")]
STATES = [
    ("open", "To Decide"),
    ("renewed", "Renewed"),
    ("renegotiated", "Renegotiated"),
    ("ended", "Ended"),
    ("lapsed", "No Longer Due"),
]
# Terms of a contract that are looked at: 100 years of months.
MOST_TERMS = 1_200
# Days after an end for which a decision that was missed still comes into the queue.
GRACE = timedelta(days=31)


@dataclass(frozen=True)
class Terms:
    """Terms of a contract about its end.

    :param start: the first day of the contract
    :param end: the last day; None if it goes on until somebody gives notice
    :param months: months by which it goes on if nobody gives notice; 0 if it ends
    :param notice: how long before the end notice must be given
    :param unit: of the notice, days or months
    :param lead: days before the last day of notice, on which the decision is due
    """

    start: date
    end: date | None = None
    months: int = 0
    notice: int = 0
    unit: str = "months"
    lead: int = 0

    @property
    def renews_itself(self) -> bool:
        """Return whether it goes on if nobody gives notice.

        >>> [Terms(date(2026, 1, 1), months=each).renews_itself for each in (1, 12)]
        [True, True]
        >>> Terms(date(2026, 1, 1), date(2026, 12, 31)).renews_itself
        False
        """
        return self.months > 0

    def term_end(self, today: date) -> date | None:
        """Return the last day of the current term; None if it has none.

        >>> day = date(2026, 3, 10)
        >>> Terms(date(2024, 1, 1), date(2026, 12, 31)).term_end(day).isoformat()
        '2026-12-31'
        >>> yearly = Terms(date(2024, 3, 1), months=12)
        >>> yearly.term_end(date(2026, 2, 28)).isoformat()
        '2026-02-28'
        >>> yearly.term_end(date(2026, 3, 1)).isoformat()
        '2027-02-28'
        >>> for day in date(2024, 2, 1), date(2024, 3, 1):
        ...     print(yearly.term_end(day))
        2025-02-28
        2025-02-28
        >>> Terms(date(2024, 3, 1), date(2027, 6, 30), 12).term_end(day).isoformat()
        '2027-06-30'
        >>> Terms(date(2024, 1, 1)).term_end(day) is None
        True
        """
        if self.end or not self.renews_itself:
            return self.end
        for number in range(1, MOST_TERMS):
            following = add_months(self.start, number * self.months)
            if following > today:
                return following - ONE_DAY
        return None

    def notice_by(self, end: date) -> date:
        """Return the last day on which notice can be given for the end of a term.

        >>> def by(notice, unit, end=date(2026, 12, 31)):
        ...     return Terms(date(2026, 1, 1), end, 0, notice, unit).notice_by(end)
        >>> for each in by(3, "months"), by(0, "months"), by(30, "days"):
        ...     print(each)
        2026-09-30
        2026-12-31
        2026-12-01
        """
        if self.unit == "days":
            return end - timedelta(days=self.notice)
        return add_months(end + ONE_DAY, -self.notice) - ONE_DAY

    def decide_from(self, end: date) -> date:
        """Return the day from which the renewal is in the queue.

        >>> end = date(2026, 12, 31)
        >>> Terms(date(2026, 1, 1), end, 0, 3, "months", 60).decide_from(end)
        datetime.date(2026, 8, 1)
        """
        return self.notice_by(end) - timedelta(days=self.lead)

    def is_due(self, end: date, today: date) -> bool:
        """Return whether the renewal comes into the queue on a day.

        Billing has stopped at an end that was missed; a term without one has gone on.

        >>> end = date(2026, 12, 31)
        >>> days = [date(2026, 12, 30), end, date(2027, 1, 31), date(2027, 2, 1)]
        >>> ends, goes_on = Terms(end, end), Terms(date(2026, 1, 1), months=12)
        >>> [ends.is_due(end, day) for day in days]
        [False, True, True, False]
        >>> [goes_on.is_due(end, day) for day in days]
        [False, True, False, False]
        """
        if today < self.decide_from(end):
            return False
        return today - (GRACE if self.end else timedelta()) <= end


def next_end(end: date, months: int) -> date:
    """Return the end of a contract that is renewed by a number of months.

    >>> next_end(date(2026, 2, 28), 12).isoformat()
    '2027-02-28'
    >>> next_end(date(2026, 12, 31), 6).isoformat()
    '2027-06-30'
    """
    return add_months(end + ONE_DAY, months) - ONE_DAY
