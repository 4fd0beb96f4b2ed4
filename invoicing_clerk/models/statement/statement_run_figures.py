from odoo import api, fields, models
from odoo.tools import SQL

from ...rules.progress import percent
from ...rules.statement import statement_delivery as rules
from ..mixin.matching import counted_sql


class ClerkStatementRun(models.Model):
    """Progress, remaining time and outcome of a run."""

    _inherit = "clerk.statement.run"

    waiting_count = fields.Integer(compute="_compute_delivery", string="Waiting")
    print_count = fields.Integer(compute="_compute_delivery", string="To Print")
    post_count = fields.Integer(
        compute="_compute_delivery", string="With the Post Service"
    )
    sent_count = fields.Integer(compute="_compute_delivery", string="Delivered")
    failed_count = fields.Integer(compute="_compute_delivery", string="Failed")
    opened_count = fields.Integer(
        compute="_compute_delivery",
        string="Opened",
        help="Statements that customers have opened in the portal.",
    )
    progress = fields.Integer(compute="_compute_delivery")
    time_left = fields.Char(compute="_compute_time_left")
    paid_since = fields.Monetary(
        compute="_compute_paid_since",
        help="Payments after the statement date for items that were open on the "
        "statements.",
    )

    @api.depends("statement_ids.delivery_state", "statement_ids.opened_on")
    def _compute_delivery(self):
        groups = self.env["clerk.statement"]._read_group(
            [("run_id", "in", self.ids), ("delivery_state", "!=", False)],
            ["run_id", "delivery_state"],
            ["__count", "opened_on:count"],
        )
        for run in self:
            rows = [group[1:] for group in groups if group[0] == run._origin]
            counts = {state: count for state, count, _opened in rows}
            run.opened_count = sum(opened for _state, _count, opened in rows)
            run.waiting_count = sum(counts.get(state, 0) for state in rules.WAITING)
            run.sent_count = sum(counts.get(state, 0) for state in rules.DELIVERED)
            run.print_count = counts.get("to_print", 0)
            run.post_count = counts.get("posting", 0)
            run.failed_count = counts.get("failed", 0)
            done = run.sent_count + run.failed_count
            run.progress = percent(done, sum(counts.values()))

    @api.depends("state", "waiting_count", "sent_count")
    def _compute_time_left(self):
        now = fields.Datetime.now()
        for run in self:
            run.time_left = False
            if run.state == "sending" and run.waiting_count:
                started = run.sending_on or now
                minutes = rules.minutes_left(
                    run.sent_count + run.failed_count + run.print_count,
                    run.waiting_count,
                    (now - started).total_seconds(),
                    run.company_id.clerk_statement_mails_per_minute,
                )
                run.time_left = run._shown_minutes(minutes)

    def _shown_minutes(self, minutes):
        if minutes is None:
            return self.env._("starting")
        if minutes < 120:
            return self.env._("about %s min left", minutes)
        return self.env._("about %s h left", round(minutes / 60))

    def _compute_paid_since(self):
        """Add up the payments of items that were open on delivered statements."""
        self.env["account.partial.reconcile"].flush_model()
        self.env["account.move.line"].flush_model(["parent_state"])
        rows = self.env.execute_query(
            SQL(
                """SELECT statement.run_id, SUM(partial.amount)
                     FROM clerk_statement AS statement
                     JOIN clerk_statement_line AS line
                       ON line.statement_id = statement.id AND line.section = 'open'
                     JOIN %(partials)s AS partial
                       ON partial.debit_move_id = line.entry_id
                      AND partial.max_date > statement.date
                     JOIN account_move_line AS credit
                       ON credit.id = partial.credit_move_id
                     JOIN account_journal AS journal ON journal.id = credit.journal_id
                     JOIN account_move AS move ON move.id = credit.move_id
                    WHERE statement.run_id = ANY(%(runs)s)
                      AND statement.delivery_state IN %(delivered)s
                      AND (move.origin_payment_id IS NOT NULL
                           OR journal.type IN ('bank', 'cash', 'credit'))
                    GROUP BY statement.run_id""",
                partials=counted_sql(),
                runs=list(self._origin._ids),
                delivered=rules.DELIVERED,
            )
        )
        paid = dict(rows)
        for run in self:
            run.paid_since = paid.get(run._origin.id, 0.0)

    def _deliveries_action(self, name, states):
        return self._statements_action(name, [("delivery_state", "in", states)])

    def action_view_waiting(self):
        return self._deliveries_action(self.env._("Waiting"), rules.UNDERWAY)

    def action_view_sent(self):
        return self._deliveries_action(self.env._("Delivered"), rules.DELIVERED)

    def action_view_failed(self):
        return self._deliveries_action(self.env._("Failed"), ["failed"])

    def action_view_opened(self):
        label = self.env._("Opened in the Portal")
        return self._statements_action(label, [("opened_on", "!=", False)])
