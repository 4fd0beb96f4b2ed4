import logging

from odoo import api, fields, models

from ..mixin.changes import Changes
from .worklist_source import BrokenWorklistError

_logger = logging.getLogger(__name__)


class ClerkWorklist(models.Model):
    """Comparison of worklists with their records, once a night.

    Other programs may write records without a date, which refreshes do not notice. So
    each list that is refreshed by what was written is also queried as a whole, right
    after, and in the same transaction: what is different then was missed.
    """

    _inherit = "clerk.worklist"
    _guarded_fields = frozenset({"repaired_count"})

    repaired_count = fields.Integer(
        string="Repaired Last Night",
        readonly=True,
        copy=False,
        help="Items, and balances of customers, that had not followed their records "
        "when they were last compared. They were repaired. The cause may be a program "
        "that writes to the database without Odoo.",
    )

    @api.model
    def _cron_compare(self):
        """Compare all lists with their records, and commit each."""
        progress = self.env["ir.cron"]
        changes = Changes(self.env)
        worklists = self.search([("active", "=", True)])
        progress._commit_progress(remaining=len(worklists))
        settings = worklists._settings()
        for same_model in worklists.grouped("model").values():
            rows = same_model[:1]._retried_count(
                lambda self: self._compare_preparation(changes)
            )
            for worklist in same_model:
                facts = settings[worklist.id]
                worklist._retried(
                    lambda self, facts=facts, rows=rows: self._compare(
                        changes, facts, rows
                    )
                )
                if not progress._commit_progress(1):
                    return

    def _retried_count(self, act):
        """Return the number that an act finds; see ``_retried``."""
        found = []
        self._retried(lambda self: found.append(act(self)) or True)
        return found[-1] if found else 0

    def _compare_preparation(self, changes):
        """Return how many rows of the model of a list were missed."""
        if not self._needs_preparation(()):
            return 0
        name = f"{self.model}._before_refresh"
        shared = self._as_shared()
        try:
            with self._explaining_errors(), changes.reading() as reading:
                is_limited = shared._prepare_records(changes.delta(name))
                missed = shared._prepare_all() if is_limited else 0
                # Read only to know the model.
                reading.ignored.add(self._table)
        except BrokenWorklistError:
            return 0
        changes.settle(name, reading)
        return missed

    def _compare(self, changes, facts, rows):
        """Refresh by what was written, then as a whole; note what was missed.

        :param rows: how many rows of its model were missed before
        """
        delta = changes.delta(self._checkpoint(), facts)
        with changes.reading() as reading:
            if not self._refresh({self.model}, reading, delta):
                return False
            missed = rows + (self._missed(reading) if reading.is_partial else 0)
        changes.settle(self._checkpoint(), reading, facts)
        self._inside().repaired_count = missed
        if missed:
            _logger.warning("%s: %s missed changes were repaired.", self.name, missed)
        return True

    def _missed(self, reading):
        """Query the whole list, and return how many items change."""
        try:
            with self._explaining_errors(), self._automated_items():
                return sum(self._as_shared()._update_items(reading))
        except BrokenWorklistError:
            return 0
