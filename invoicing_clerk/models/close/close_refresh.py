from odoo import api, fields, models
from odoo.tools import SQL

from ...rules.close import close as rules
from ..mixin.amount import exact
from ..mixin.attempt import attempt, reason_of
from .close_figure import QUERIES


class ClerkClose(models.Model):
    """Compares the figures of all tasks with those that were signed.

    One query counts all figures of a month, whatever the number of its records. Tasks
    whose signed figure is another one now turn *Changed*, also in closed months, which
    turn *Changed* with them.
    """

    _inherit = "clerk.close"

    @api.model
    def _queries(self):
        """Return the queries of figures by their key."""
        return QUERIES

    def action_refresh(self):
        """Count the figures again."""
        self._begin_step("refresh")
        self._refresh()
        return True

    def _refresh(self):
        # sudo: figures do not depend on the rights of the caller, who may read the
        # list; nothing else is written.
        for close in self.sudo():
            close._include_branches()
            close._note_figures(close._figures())
        # Work of colleagues was read before.
        self.invalidate_recordset()

    def _try_refresh(self):
        """Count the figures of a month, or keep why they could not be counted."""
        if error := attempt(self.env, self._refresh):
            now = fields.Datetime.now()
            self._inside().write({"error": reason_of(error), "refreshed_on": now})

    def _figures(self):
        """Return the figure of each query of the tasks of a month."""
        self.ensure_one()
        keys = [key for key in self._queries() if key in self.task_ids.mapped("figure")]
        if not keys:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(self._figures_sql(keys))
        found = {
            key: rules.Figure(count, exact(self.currency_id, amount), missing, mark)
            for key, count, amount, missing, mark in rows
        }
        return {key: found.get(key, rules.Figure()) for key in keys}

    def _figures_sql(self, keys):
        return SQL(
            """SELECT figure, COUNT(*) FILTER (WHERE is_open AND id <> 0),
                      SUM(amount), BOOL_OR(id = 0),
                      MD5(STRING_AGG(CONCAT_WS(':', id, TRIM_SCALE(amount), is_open),
                                     ',' ORDER BY id))
                 FROM (%s) AS found GROUP BY figure""",
            SQL(" UNION ALL ").join(
                SQL(
                    "SELECT %s AS figure, part.*"
                    " FROM (%s) AS part (id, amount, is_open)",
                    key,
                    self._queries()[key].rows_sql(self),
                )
                for key in keys
            ),
        )

    def _note_figures(self, figures):
        """Keep figures, and take away signatures of those that moved."""
        self._inside().write({"refreshed_on": fields.Datetime.now(), "error": False})
        for task in self.task_ids.filtered("figure"):
            figure = figures[task.figure]
            if task._figure_of("current") != figure:
                task._inside().write(task._figure_values("current", figure))
        moved = self.task_ids.filtered(
            lambda task: task.state in rules.SIGNED and task.change_text
        )
        if moved:
            moved._write_step("change")
            self._report_changes(moved)

    def _report_changes(self, tasks):
        """Say in the chatter what moved; a closed month turns Changed."""
        lines = [f"{task.name}: {task.change_text}." for task in tasks]
        text = self.env._(
            "Changed, to be prepared and reviewed again: %s", " ".join(lines)
        )
        people = self.env["res.users"]
        if self.state == "closed":
            people = self.closed_by_id.filtered("active")
            self._write_step("change")
        self.message_post(
            body=text,
            partner_ids=people.partner_id.ids,
            subtype_xmlid="mail.mt_note",
        )

    # The scheduled action

    @api.model
    def _cron_refresh(self):
        """Compare all months, those first that were not compared for longest.

        A failure stays on its list, and the others go on.
        """
        progress = self.env["ir.cron"]
        active = [("company_id.active", "=", True)]
        closes = self.search(active, order="refreshed_on, id")
        progress._commit_progress(remaining=len(closes))
        for close in closes:
            close._try_refresh()
            if not progress._commit_progress(1):
                break
