from odoo import api, fields, models
from odoo.tools import SQL

from ...rules.worklist.work_item import OPEN_STATES
from ..mixin.traces import Traces, UntracedError
from .worklist_source import BrokenWorklistError

# To consider more records one by one is no less work than to query the whole list.
MOST_TOUCHED = 5000


class ClerkWorklist(models.Model):
    """Refreshes of a worklist that consider only what was written since the last one.

    What the query reads of a record is derived from the filter, the rules and the
    fields of the list. The records to consider are those that were written, and those
    to which rows lead that were written: see `mixin.traces`. A list is queried whole
    when its settings change, on the first refresh of each day, because dates fall due,
    and whenever something was written that leads to no record.
    """

    _inherit = "clerk.worklist"

    whole_reason = fields.Char(
        string="Queried as a Whole",
        compute="_compute_whole_reason",
        help="Reason why refreshes query all records of the list. Other lists consider "
        "only records for which something was written since the last refresh.",
    )

    @api.depends("model_id", "domain", "rule_ids")
    def _compute_whole_reason(self):
        # sudo: names fields that the list reads, to whoever may read the list.
        saved = {worklist: worklist._origin.sudo() for worklist in self}
        # An error clears the cache, so values are assigned last.
        reasons = {
            each: bool(origin) and origin._why_whole() for each, origin in saved.items()
        }
        for worklist in self:
            worklist.whole_reason = reasons[worklist]

    def _why_whole(self):
        if self.is_momentary:
            return self.env._("The filter or a rule depends on the time of day.")
        try:
            with self._explaining_errors():
                self._as_shared()._traces()
        except UntracedError as error:
            return self.env._(
                "The list depends on “%(name)s”, of which changes cannot be traced to "
                "single records.",
                name=error,
            )
        except BrokenWorklistError:
            # The list says so by itself.
            return False
        return False

    def _traces(self):
        """Return what the query reads of a record.

        :raises UntracedError: it cannot be followed back to the record
        """
        model = self._records()
        traces = Traces(model)
        traces.add_domain(self._records_domain(model))
        for path in self._read_paths():
            traces.add_path(path)
        for rule in self.rule_ids:
            self._add_rule(traces, rule, model)
        return traces

    def _add_rule(self, traces, rule, model):
        if rule.kind == "domain":
            domain = self._domain_of(rule, rule.domain, rule.name, model)
            traces.add_domain(domain)
            return
        for path in filter(None, (rule.measure_path, rule.divisor_path)):
            traces.add_path(path)

    def _is_free_of(self, table):
        """Return whether nothing that the list shows depends on a table."""
        try:
            return table not in self._traces().tables()
        except UntracedError:
            return False

    def _read_paths(self):
        paths = [
            self.partner_path,
            self.amount_path,
            self.date_path,
            self.company_path,
            self.user_path,
            self.currency_path,
        ]
        return list(filter(None, paths))

    def _touched_ids(self, delta):
        """Return the records to consider; None for all."""
        items = self.env["clerk.work.item"]._table
        try:
            traces = self._traces()
        except UntracedError:
            return None
        table = traces.model._table
        if not traces.covers(delta, also={items}):
            return None
        parts = [traces.touched_sql(delta), self._touched_items_sql(delta, items)]
        if table in delta.deleted:
            parts.append(self._deleted_sql(table))
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT id FROM (%s) AS touched (id) WHERE id IS NOT NULL"
                " LIMIT %s",
                SQL(" UNION ALL ").join(filter(None, parts)),
                MOST_TOUCHED + 1,
            )
        )
        return [id_ for [id_] in rows] if len(rows) <= MOST_TOUCHED else None

    def _is_untouched(self, delta):
        """Return whether there is no record to consider: then nothing is queried."""
        try:
            with self._explaining_errors():
                return self._as_shared()._touched_ids(delta) == []
        except BrokenWorklistError:
            return False

    def _touched_items_sql(self, delta, items):
        """Return records whose items return from being snoozed, or were released."""
        due = SQL("state = 'snoozed' AND snooze_until <= %s", fields.Datetime.now())
        written = SQL("write_date >= %s", delta.since)
        is_assigned = self.assignment != "pull" and items in delta.changed
        return SQL(
            "SELECT res_id FROM clerk_work_item WHERE worklist_id = %s AND is_current"
            " AND state IN %s AND (%s)",
            self.id,
            OPEN_STATES,
            SQL("(%s) OR %s", due, written) if is_assigned else due,
        )

    def _deleted_sql(self, table):
        return SQL(
            "SELECT res_id FROM clerk_work_item AS item WHERE worklist_id = %s"
            " AND is_current AND NOT EXISTS (SELECT FROM %s AS record"
            " WHERE record.id = item.res_id)",
            self.id,
            SQL.identifier(table),
        )
