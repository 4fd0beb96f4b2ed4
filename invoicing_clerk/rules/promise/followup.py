"""Open items that follow-up leaves alone while they are disputed or promised.

Odoo's flag *No Follow-Up* on a journal item is set by people too. What they decide
counts: a flag that was set by a person is never cleared, and one that was cleared by a
person is not set again for the same reason.
"""

from __future__ import annotations

from typing import NamedTuple

# We have set the flag, and clear it at the end; or a person has decided.
HELD, LEFT = "held", "left"
STATES = [(HELD, "Set While Disputed or Promised"), (LEFT, "Decided by a Person")]


class Hold(NamedTuple):
    """Our note on an item, if any, and Odoo's flag on it."""

    state: str | None
    flag: bool

    def updated(self, is_wanted: bool) -> Hold:
        """Return note and flag after a look at whether the item is on hold.

        >>> free = Hold(None, flag=False)
        >>> held = free.updated(is_wanted=True)
        >>> held, held.updated(True) == held, held.updated(False) == free
        (Hold(state='held', flag=True), True, True)

        A flag that was there before stays; one that a person clears is not set again:

        >>> before = Hold(None, flag=True).updated(True)
        >>> before, before.updated(False)
        (Hold(state='left', flag=True), Hold(state=None, flag=True))
        >>> cleared = Hold(HELD, flag=False).updated(True)
        >>> cleared, cleared.updated(True) == cleared, cleared.updated(False) == free
        (Hold(state='left', flag=False), True, True)
        """
        if not is_wanted:
            return Hold(None, self.flag and self.state != HELD)
        if self.state is None and not self.flag:
            return Hold(HELD, True)
        return self if self.state == HELD and self.flag else Hold(LEFT, self.flag)

    def set_by_person(self, flag: bool) -> Hold:
        """Return note and flag after a person has set it.

        >>> Hold(HELD, True).set_by_person(True).updated(False)
        Hold(state=None, flag=True)
        """
        return Hold(LEFT if self.state else None, flag)
