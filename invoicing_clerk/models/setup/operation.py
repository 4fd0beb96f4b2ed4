from odoo import api, fields, models
from odoo.tools import SQL

# Actions that are due for so long, and for three of their intervals, are late.
LATE = "15 minutes"
# Lists that take longer make the office wait for other lists.
SLOW_SECONDS = 3


class ClerkOperation(models.Model):
    """Background work as a supervisor sees it: scheduled actions and queues.

    Supervisors cannot read scheduled actions. The query shows of those of this addon
    and its bridges when they ran and how it went, and of queues their length, and no
    record of them.
    """

    _name = "clerk.operation"
    _description = "Background Work"
    _auto = False
    _order = "sequence, id"

    sequence = fields.Integer(readonly=True, exportable=False)
    action_name = fields.Char(readonly=True, exportable=False)
    queue = fields.Selection(
        [
            ("statement_pdf", "Statements waiting for their PDF"),
            ("statement_send", "Statements to send"),
            ("statement_failed", "Statements that failed"),
            ("mail_waiting", "Emails waiting to be sent"),
            ("mail_failed", "Emails that could not be sent"),
            ("check_error", "Billing checks with an error"),
            ("list_error", "Worklists with an error"),
            ("list_slow", "Worklists that are slow to query"),
            ("list_repaired", "Worklists repaired last night"),
        ],
        readonly=True,
        exportable=False,
    )
    name = fields.Char(compute="_compute_texts")
    kind = fields.Selection(
        [("action", "Scheduled Action"), ("queue", "Queue")], readonly=True
    )
    state = fields.Selection(
        [
            ("failed", "Failed"),
            ("late", "Late"),
            ("paused", "Switched Off"),
            ("waiting", "Not Run Yet"),
            ("attention", "Needs Attention"),
            ("ok", "OK"),
        ],
        string="Status",
        readonly=True,
    )
    last_run = fields.Datetime(readonly=True)
    next_run = fields.Datetime(readonly=True)
    seconds = fields.Float(
        string="Duration (s)",
        readonly=True,
        aggregator=None,
        help="Seconds that the last run took.",
    )
    count = fields.Integer(
        string="Number",
        readonly=True,
        aggregator=None,
        help="Of a queue, the records in it. Of a scheduled action, the consecutive "
        "failures.",
    )
    advice = fields.Char(string="What to Do", compute="_compute_texts")

    @property
    def _table_query(self):
        return SQL("%s UNION ALL %s", self._actions_sql(), self._queues_sql())

    @api.model
    def _actions_sql(self):
        return SQL(
            """
            SELECT cron.id, 10 AS sequence, 'action' AS kind, NULL AS queue,
                COALESCE(server.name ->> %(lang)s, server.name ->> 'en_US')
                    AS action_name,
                CASE WHEN NOT cron.active THEN 'paused'
                     WHEN cron.failure_count > 0 THEN 'failed'
                     WHEN cron.nextcall + GREATEST(INTERVAL %(late)s,
                            3 * (cron.interval_number || cron.interval_type)::interval)
                        < %(now)s THEN 'late'
                     WHEN cron.lastcall IS NULL THEN 'waiting'
                     ELSE 'ok' END AS state,
                cron.lastcall AS last_run, cron.nextcall AS next_run,
                progress.clerk_seconds AS seconds, cron.failure_count AS count
            FROM ir_model_data AS data
            JOIN ir_cron AS cron ON cron.id = data.res_id
            JOIN ir_act_server AS server ON server.id = cron.ir_actions_server_id
            LEFT JOIN LATERAL (
                SELECT clerk_seconds FROM ir_cron_progress
                WHERE cron_id = cron.id ORDER BY id DESC LIMIT 1
            ) AS progress ON TRUE
            WHERE data.model = 'ir.cron' AND data.module LIKE 'invoicing\\_clerk%%'
            """,
            lang=self.env.lang or "en_US",
            late=LATE,
            now=fields.Datetime.now(),
        )

    @api.model
    def _queues_sql(self):
        rows = [
            SQL("(%s, %s, (%s))", -place, name, count)
            for place, (name, count) in enumerate(self._queue_counts().items(), 1)
        ]
        return SQL(
            """
            SELECT id, 20, 'queue', queue, NULL,
                CASE WHEN count = 0 THEN 'ok'
                     WHEN queue IN ('statement_pdf', 'statement_send', 'mail_waiting')
                     THEN 'waiting' ELSE 'attention' END,
                NULL::timestamp, NULL::timestamp, NULL::float, count
            FROM (VALUES %s) AS queued (id, queue, count)
            """,
            SQL(", ").join(rows),
        )

    @api.model
    def _queue_counts(self):
        """Return SQL that counts each queue; statements of the active companies."""
        statements = SQL(
            "SELECT COUNT(*)::int FROM clerk_statement WHERE company_id = ANY(%s)"
            " AND delivery_state",
            self.env.companies.ids,
        )
        return {
            "statement_pdf": SQL("%s = 'pending'", statements),
            "statement_send": SQL("%s IN ('ready', 'sending')", statements),
            "statement_failed": SQL("%s = 'failed'", statements),
            "mail_waiting": SQL(
                "SELECT COUNT(*)::int FROM mail_mail WHERE state = 'outgoing'"
            ),
            "mail_failed": SQL(
                "SELECT COUNT(*)::int FROM mail_mail WHERE state = 'exception'"
            ),
            "check_error": SQL(
                "SELECT COUNT(*)::int FROM clerk_billing_check"
                " WHERE active AND run_error IS NOT NULL"
            ),
            "list_error": SQL(
                "SELECT COUNT(*)::int FROM clerk_worklist"
                " WHERE active AND refresh_error IS NOT NULL"
            ),
            "list_slow": SQL(
                "SELECT COUNT(*)::int FROM clerk_worklist"
                " WHERE active AND whole_seconds >= %s",
                SLOW_SECONDS,
            ),
            "list_repaired": SQL(
                "SELECT COUNT(*)::int FROM clerk_worklist"
                " WHERE active AND repaired_count > 0"
            ),
        }

    @api.depends("action_name", "queue", "state")
    @api.depends_context("lang")
    def _compute_texts(self):
        queues = dict(self._fields["queue"]._description_selection(self.env))
        by_state, by_queue = self._advice_by_state(), self._advice_by_queue()
        for row in self:
            row.name = row.action_name or queues.get(row.queue)
            if row.kind == "queue":
                row.advice = row.count and by_queue.get(row.queue)
            else:
                row.advice = by_state.get(row.state)

    @api.model
    def _advice_by_state(self):
        return {
            "failed": self.env._(
                "Ask an administrator for the error in the server log. The action is "
                "tried again by itself."
            ),
            "late": self.env._(
                "Ask an administrator to check that the workers for scheduled actions "
                "are running (max_cron_threads), and that no other action blocks them."
            ),
            "paused": self.env._(
                "Ask an administrator to switch the scheduled action on, unless it was "
                "switched off on purpose."
            ),
        }

    @api.model
    def _advice_by_queue(self):
        return {
            "statement_pdf": self.env._(
                "They are created in the background. If the number does not go down, "
                "check the scheduled actions above."
            ),
            "statement_send": self.env._(
                "They are sent at the limited rate of the settings."
            ),
            "statement_failed": self.env._(
                "Open the statements with the filter Failed, correct the cause and try "
                "again."
            ),
            "mail_waiting": self.env._(
                "They are sent by Odoo's email queue. If the number does not go down, "
                "ask an administrator to check the outgoing mail server."
            ),
            "mail_failed": self.env._(
                "Correct the addresses. An administrator finds the errors under "
                "Settings › Technical › Emails."
            ),
            "check_error": self.env._("Open the checks: each says what is wrong."),
            "list_error": self.env._("Open the worklists: each says what is wrong."),
            "list_slow": self.env._(
                "Open the worklists: Queried as a Whole says why. A simpler filter is "
                "queried faster."
            ),
            "list_repaired": self.env._(
                "A program may write to the database without Odoo: ask an "
                "administrator."
            ),
        }
