from contextlib import contextmanager
from time import monotonic

from odoo.exceptions import UserError
from odoo.tools import config

# All calls for a batch together, unless the server ends its workers before.
BATCH_SECONDS = 240
# Share of a worker's time that a batch may take: the remainder is for its commit.
SHARE = 0.7
# Time limit of further calls when one did not respond: fixed, and for each document.
AGAIN, AGAIN_EACH = 10, 0.5
# Time limit for each line, ten times what it takes on a busy machine.
LINE_SECONDS = 0.02


def batch_seconds():
    """Return the seconds for a batch, within the time limit of a worker."""
    limit = config["limit_time_real_cron"]
    if limit < 0:
        limit = config["limit_time_real"]
    return min(BATCH_SECONDS, SHARE * limit) if limit > 0 else BATCH_SECONDS


class PdfTimeoutError(UserError):
    """wkhtmltopdf did not respond."""


class PdfBudget:
    """Shares the time of a batch among the calls of wkhtmltopdf.

    A batch that does not respond is split to find out which document is guilty. If each
    part waited anew, one batch would take hours.
    """

    def __init__(self, first, each, seconds=None):
        self._first, self._each = first, each
        self._seconds = seconds or batch_seconds()
        self._end = monotonic() + self._seconds
        self.has_hung = False

    @contextmanager
    def call(self, documents, lines=0):
        """Yield the ``seconds_for`` the next call, and note if it does not respond."""
        try:
            yield self.seconds_for(documents, lines)
        except PdfTimeoutError:
            self.has_hung = True
            raise

    def seconds_for(self, documents, lines=0):
        """Return the time limit of the next call; None if there is no time left.

        A document alone may take all that is left: nothing is tried after it.
        """
        left = self._end - monotonic()
        of_lines = LINE_SECONDS * lines
        if self.has_hung:
            wanted = AGAIN + AGAIN_EACH * documents + of_lines
            return min(wanted, left) if left >= AGAIN / 2 else None
        wanted = self._first + self._each * documents + of_lines
        most = left if documents == 1 else self._seconds / 2
        return min(wanted, most) if left > 0 else None
