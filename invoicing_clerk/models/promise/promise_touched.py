from odoo import api, models
from odoo.tools import SQL


class ClerkPromise(models.Model):
    """Promises whose verdict may differ from the last one.

    The clock changes the verdict of open promises alone. That of others changes only
    with what it was derived from: instalments, reconciliations, entries, payments,
    reversals, and other promises of the plan. All of these carry the moment of their
    last change, so judging costs what has changed and not what has ever been judged.

    Reversals that were posted, reset to draft and deleted since the last run leave
    nothing behind; they are found when everything is judged, once a day.
    """

    _inherit = "clerk.promise"

    @api.model
    def _touched(self):
        """Return the ids of promises to judge; ``None`` for all of them."""
        since = self.env["clerk.checkpoint"]._since(self._name)
        if since is None:
            return None
        self.env.flush_all()
        if self._is_chart_touched(since):
            return None
        return [id_ for [id_] in self.env.execute_query(self._touched_sql(since))]

    @api.model
    def _is_chart_touched(self, since):
        """Return whether other journals or accounts may count as money now."""
        [[touched]] = self.env.execute_query(
            SQL(
                """SELECT EXISTS (
                        SELECT FROM account_journal WHERE write_date >= %(since)s)
                    OR EXISTS (
                        SELECT FROM account_account WHERE write_date >= %(since)s)""",
                since=since,
            )
        )
        return touched

    @api.model
    def _touched_sql(self, since):
        return SQL(
            """
            WITH entry AS MATERIALIZED (%(entries)s)
            SELECT id FROM clerk_promise WHERE state = 'open'
            UNION
            SELECT id FROM clerk_promise WHERE write_date >= %(since)s
            UNION
            SELECT promise_id FROM clerk_promise_line WHERE move_line_id IS NULL
            UNION
            SELECT line.promise_id FROM entry
            JOIN clerk_promise_line line ON line.move_id = entry.id
            UNION
            SELECT line.promise_id FROM entry
            JOIN account_move_line item ON item.move_id = entry.id
            JOIN account_partial_reconcile partial ON partial.credit_move_id = item.id
            JOIN clerk_promise_line line ON line.move_line_id = partial.debit_move_id
            UNION
            SELECT line.promise_id FROM account_partial_reconcile partial
            JOIN clerk_promise_line line ON line.move_line_id = partial.debit_move_id
            WHERE partial.write_date >= %(since)s
            """,
            entries=self._touched_entries_sql(since),
            since=since,
        )

    @api.model
    def _touched_entries_sql(self, since):
        """Return entries that were written, or whose payment or reversal was."""
        return SQL(
            """
            SELECT id FROM account_move WHERE write_date >= %(since)s
            UNION
            SELECT reversed_entry_id FROM account_move
            WHERE write_date >= %(since)s AND reversed_entry_id IS NOT NULL
            UNION
            SELECT move.id FROM account_payment payment
            JOIN account_move move ON move.origin_payment_id = payment.id
            WHERE payment.write_date >= %(since)s
            """,
            since=since,
        )

    @api.model
    def _with_plans(self, ids):
        """Return these promises and the others of their plans: they share the money."""
        return [
            id_
            for [id_] in self.env.execute_query(
                SQL(
                    """
                    WITH plan AS MATERIALIZED (
                        SELECT DISTINCT COALESCE(plan_id, id) AS id
                        FROM clerk_promise WHERE id = ANY(%s)
                    )
                    SELECT id FROM plan
                    UNION
                    SELECT promise.id FROM plan
                    JOIN clerk_promise promise ON promise.plan_id = plan.id
                    """,
                    list(ids),
                )
            )
        ]

    @api.model
    def _deleted_lines(self):
        """Return lines whose instalment was deleted: they go when that was judged."""
        # sudo: nobody may delete lines; these name nothing any more.
        lines = self.env["clerk.promise.line"].sudo()
        return lines.search([("move_line_id", "=", False)])
