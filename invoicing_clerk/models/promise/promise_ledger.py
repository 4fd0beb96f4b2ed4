from odoo import api, fields, models
from odoo.tools import SQL

from ...rules.promise.promise import JUDGED_STATES
from ..mixin.matching import added_back_sql, counted_sql
from .promise_money import brought_sql, is_money_sql, is_undone_sql


class ClerkPromise(models.Model):
    """``rules.promise.judge`` for all promises in one SQL statement.

    Money is what was reconciled with a promised instalment from a bank, cash or card
    journal, less the write-off in the same entry. All other reconciled items, exchange
    differences included, only reduce what is owed. Money whose payment was rejected or
    whose entry was reversed counts as if it had never been reconciled, and so does
    what was reset to draft.
    """

    _inherit = "clerk.promise"

    @api.model
    def _judgeable_sql(self):
        """Return a condition: not withdrawn by a user and not replaced."""
        return SQL(
            "(promise.state IN %s OR promise.state = 'withdrawn'"
            " AND promise.withdrawn_reason IS NULL)",
            ("open", *JUDGED_STATES),
        )

    @api.model
    def _verdicts(self, ids=None):
        """Map id of a promise -> (state, due, received), where these have changed.

        :param ids: promises to judge; all judgeable ones by default
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH %(ctes)s
                SELECT id, verdict, due, received
                FROM verdict
                WHERE (verdict, due, received)
                    IS DISTINCT FROM (state, amount_due, amount_received)
                    AND %(chosen)s
                ORDER BY id
                """,
                ctes=SQL(", ").join(self._verdict_ctes(ids)),
                chosen=SQL("TRUE") if ids is None else SQL("id = ANY(%s)", list(ids)),
            )
        )
        return {id_: tuple(verdict) for id_, *verdict in rows}

    @api.model
    def _verdict_ctes(self, ids):
        return [
            self._part_sql(ids),
            self._item_sql(),
            self._match_sql(),
            SQL("brought AS (%s)", brought_sql()),
            self._counted_sql(),
            self._payable_sql(),
            self._carried_sql(),
            self._verdict_sql(),
        ]

    @api.model
    def _part_sql(self, ids):
        """Return promises with the others of the same plan, which share the money."""
        plan = SQL("COALESCE(promise.plan_id, promise.id)")
        of_plans = SQL("promise.id = ANY(%s)", ids and self._with_plans(ids) or [])
        return SQL(
            """
            part AS (
                SELECT
                    promise.*,
                    %(today)s AS today,
                    %(plan)s AS plan,
                    currency.decimal_places AS decimals,
                    COALESCE(
                        LAG(promise.deadline) OVER plan, '-infinity'
                    ) AS previous_deadline,
                    SUM(promise.amount) OVER plan - promise.amount AS promised_before,
                    LEAD(promise.id) OVER plan IS NULL AS is_last
                FROM clerk_promise promise
                JOIN res_currency currency ON currency.id = promise.currency_id
                WHERE %(judgeable)s AND %(chosen)s
                WINDOW plan AS (
                    PARTITION BY %(plan)s ORDER BY promise.deadline, promise.id
                )
            )
            """,
            plan=plan,
            today=self._today_sql(),
            judgeable=self._judgeable_sql(),
            chosen=SQL("TRUE") if ids is None else of_plans,
        )

    @api.model
    def _today_sql(self):
        """Return today's date in the time zone of each promise's company."""
        # sudo: time zones are not secret, and the statement judges for all companies.
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        cases = [
            SQL(
                "WHEN %s THEN %s",
                company.id,
                fields.Date.context_today(
                    self.with_context(tz=company.partner_id.tz or "UTC")
                ),
            )
            for company in companies.search([])
        ]
        return SQL("CASE promise.company_id %s END", SQL(" ").join(cases))

    @api.model
    def _item_sql(self):
        return SQL(
            """
            item AS (
                SELECT
                    line.promise_id, item.id,
                    item.amount_residual_currency + COALESCE(added.own, 0) AS residual
                FROM part
                JOIN clerk_promise_line line ON line.promise_id = part.id
                JOIN account_move_line item
                    ON item.id = line.move_line_id AND item.parent_state = 'posted'
                LEFT JOIN (%s) added ON added.line_id = item.id
            )
            """,
            added_back_sql(),
        )

    @api.model
    def _match_sql(self):
        """Return what was reconciled with the items since the promise was recorded: a
        row for each entry, so that a share of it is rounded once."""
        return SQL(
            """
            match AS (
                SELECT
                    item.promise_id,
                    entry.id AS entry_id,
                    entry.date,
                    SUM(partial.debit_amount_currency) AS amount,
                    %(is_money)s AS is_money,
                    %(is_undone)s AS is_undone
                FROM item
                JOIN part ON part.id = item.promise_id
                JOIN %(matches)s partial
                    ON partial.debit_move_id = item.id
                    AND partial.id > COALESCE(part.matched_up_to, 0)
                JOIN account_move_line counterpart
                    ON counterpart.id = partial.credit_move_id
                JOIN account_move entry ON entry.id = counterpart.move_id
                JOIN account_journal journal ON journal.id = entry.journal_id
                LEFT JOIN account_payment payment
                    ON payment.id = entry.origin_payment_id
                GROUP BY item.promise_id, entry.id, journal.id, payment.id
            )
            """,
            is_money=is_money_sql(),
            is_undone=is_undone_sql(),
            matches=counted_sql(),
        )

    @api.model
    def _counted_sql(self):
        return SQL(
            """
            counted AS (
                SELECT
                    match.*,
                    CASE
                        WHEN NOT match.is_money OR match.is_undone
                            OR match.date < part.date_made THEN 0
                        WHEN brought.money >= brought.settled THEN match.amount
                        ELSE ROUND(
                            match.amount * GREATEST(COALESCE(brought.money, 0), 0)
                                / NULLIF(brought.settled, 0),
                            part.decimals
                        )
                    END AS received
                FROM match
                JOIN part ON part.id = match.promise_id
                LEFT JOIN brought ON brought.entry_id = match.entry_id
            )
            """
        )

    @api.model
    def _payable_sql(self):
        """Return what is owed by the deadline, and what was received since the
        deadline of the previous part."""
        return SQL(
            """
            payable AS (
                SELECT
                    part.id,
                    COALESCE(unpaid.residual, 0) + COALESCE(SUM(
                        CASE
                            WHEN counted.is_undone OR counted.date > part.deadline
                            THEN counted.amount
                            ELSE counted.received
                        END
                    ), 0) AS amount,
                    COALESCE(SUM(counted.received) FILTER (
                        WHERE counted.date > part.previous_deadline
                            AND counted.date <= part.deadline
                    ), 0) AS came
                FROM part
                LEFT JOIN (
                    SELECT promise_id, SUM(residual) AS residual
                    FROM item GROUP BY promise_id
                ) unpaid ON unpaid.promise_id = part.id
                LEFT JOIN counted ON counted.promise_id = part.id
                GROUP BY part.id, unpaid.residual
            )
            """
        )

    @api.model
    def _carried_sql(self):
        """Return what each part leaves to the next: the excess since the last part
        without one, which is the running total less its lowest point."""
        return SQL(
            """
            due AS (
                SELECT
                    part.*,
                    payable.came,
                    ROUND(GREATEST(0, LEAST(
                        part.amount, payable.amount - part.promised_before
                    )), part.decimals) AS due
                FROM part JOIN payable ON payable.id = part.id
            ),
            running AS (
                SELECT
                    due.*,
                    SUM(came - due) OVER (
                        PARTITION BY plan ORDER BY deadline, id
                    ) AS total
                FROM due
            ),
            carried AS (
                SELECT
                    running.*,
                    total - LEAST(0, MIN(total) OVER (
                        PARTITION BY plan ORDER BY deadline, id
                    )) AS carried
                FROM running
            ),
            received AS (
                SELECT
                    carried.*,
                    ROUND(
                        came
                        + LAG(carried, 1, 0::numeric) OVER (
                            PARTITION BY plan ORDER BY deadline, id
                        )
                        - CASE WHEN is_last THEN 0 ELSE carried END,
                        decimals
                    ) AS received
                FROM carried
            )
            """
        )

    @api.model
    def _verdict_sql(self):
        return SQL(
            """
            verdict AS (
                SELECT
                    received.*,
                    CASE
                        WHEN received > 0 AND received >= due - tolerance THEN 'kept'
                        WHEN received = 0 AND due < amount AND due <= tolerance
                            THEN 'withdrawn'
                        WHEN today <= deadline AND next_id IS NOT NULL
                            THEN 'replaced'
                        WHEN today <= deadline THEN 'open'
                        WHEN received > 0 THEN 'partially_kept'
                        ELSE 'broken'
                    END AS verdict
                FROM received
            )
            """
        )
