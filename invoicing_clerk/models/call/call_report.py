from odoo import api, fields, models
from odoo.tools import SQL

from ...rules.call.call import DIRECTIONS, REPEAT_DAYS
from ..mixin.gate import only_one


class ClerkCallReport(models.Model):
    """Analysis of the calls that took place: number, duration and resolution.

    First-call resolution is 1 - repeats / calls: a customer who calls about the same
    topic again within seven days was not helped. Only incoming calls with a customer
    and a topic count.
    """

    _name = "clerk.call.report"
    _description = "Call Analysis"
    _auto = False
    _order = "start desc, id desc"

    call_id = fields.Many2one("clerk.call", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    user_id = fields.Many2one("res.users", string="Clerk", readonly=True)
    topic_id = fields.Many2one("clerk.call.topic", readonly=True)
    outcome_id = fields.Many2one("clerk.call.outcome", readonly=True)
    direction = fields.Selection(DIRECTIONS, readonly=True)
    start = fields.Datetime(readonly=True)
    hour = fields.Selection(
        [(f"{hour:02}", f"{hour:02}:00") for hour in range(24)],
        string="Hour of the Day",
        readonly=True,
    )
    weekday = fields.Selection(
        [
            ("1", "Monday"),
            ("2", "Tuesday"),
            ("3", "Wednesday"),
            ("4", "Thursday"),
            ("5", "Friday"),
            ("6", "Saturday"),
            ("7", "Sunday"),
        ],
        readonly=True,
    )
    calls = fields.Integer(readonly=True)
    duration = fields.Float(string="Minutes", readonly=True)
    duration_avg = fields.Float(
        string="Minutes per Call", readonly=True, aggregator="avg"
    )
    reached = fields.Float(
        string="Reached (%)",
        readonly=True,
        aggregator="avg",
        help="The share of outgoing calls that were answered.",
    )
    is_repeat = fields.Boolean(
        string="Repeat",
        readonly=True,
        help="The customer had called about the same topic in the seven days before.",
    )
    resolution = fields.Float(
        string="First-call Resolution (%)",
        readonly=True,
        aggregator="avg",
        help="The share of incoming calls that were not a repeat.",
    )

    _depends = {
        "clerk.call": [
            "company_id",
            "partner_id",
            "user_id",
            "topic_id",
            "outcome_id",
            "direction",
            "start",
            "duration",
            "state",
        ],
        "clerk.call.outcome": ["reached"],
    }

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT calls.*,
                LPAD(EXTRACT(HOUR FROM calls.local)::text, 2, '0') AS hour,
                EXTRACT(ISODOW FROM calls.local)::text AS weekday,
                CASE WHEN calls.is_counted THEN 100.0 * (NOT calls.is_repeat)::int END
                    AS resolution
            FROM (%s) calls
            """,
            self._calls_sql(),
        )

    @api.model
    def _calls_sql(self) -> SQL:
        return SQL(
            """
            SELECT
                call.id,
                call.id AS call_id,
                call.company_id,
                call.partner_id,
                call.user_id,
                call.topic_id,
                call.outcome_id,
                call.direction,
                call.start,
                call.start AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s AS local,
                1 AS calls,
                call.duration,
                call.duration AS duration_avg,
                CASE WHEN call.direction = 'out' AND outcome.id IS NOT NULL
                    THEN 100.0 * outcome.reached::int END AS reached,
                %(counted)s AS is_counted,
                %(counted)s AND EXISTS (
                    SELECT 1 FROM clerk_call before
                    WHERE before.partner_id = call.partner_id
                        AND before.topic_id = call.topic_id
                        AND before.company_id = call.company_id
                        AND before.direction = 'in'
                        AND before.state IN ('in_progress', 'done')
                        AND before.start < call.start
                        AND before.start >= call.start - %(days)s * INTERVAL '1 day'
                ) AS is_repeat
            FROM clerk_call call
            LEFT JOIN clerk_call_outcome outcome
                ON outcome.id = call.outcome_id
            WHERE call.state = 'done'
            """,
            zone=self.env.user.tz or "UTC",
            days=REPEAT_DAYS,
            counted=SQL(
                "(call.direction = 'in' AND call.partner_id IS NOT NULL"
                " AND call.topic_id IS NOT NULL)"
            ),
        )

    def action_open_call(self):
        """Open the call of a row."""
        only_one(self)
        return self.call_id._pad_action()
