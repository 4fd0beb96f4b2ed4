from typing import NamedTuple

from odoo import fields, models
from odoo.tools import SQL, format_date

from ...rules.statement.statement_delivery import DELIVERED, UNDERWAY

REMINDER_SUBTYPE = "invoicing_clerk.mail_message_subtype_reminder"


class LastReminder(NamedTuple):
    """The last reminder of a customer: by another run, or written by a clerk."""

    days: int
    is_underway: bool
    text: str


class ClerkReminderRun(models.Model):
    """Reads of what customers were reminded before, so that nobody gets two.

    Reminders of earlier runs that are on their way count as sent today, and so do
    letters with the post service. Emails that may have arrived count as sent.
    """

    _inherit = "clerk.reminder.run"

    # The day

    def _zone(self):
        """Return the time zone of the run: that of its clerk, or of the company."""
        # sudo: only the time zones.
        run = self.sudo()
        return run.user_id.tz or run.company_id.partner_id.tz or "UTC"

    def _today(self):
        """Return the day of the run, the same for the clerk and for workers."""
        return fields.Date.context_today(self.with_context(tz=self._zone()))

    # Reminders

    def _past_sql(self, companies, customers):
        """Return the reminders by other runs: level, day and whether on their way.

        :param customers: only theirs; all by default
        """
        own = SQL("TRUE")
        if customers:
            own = SQL("notice.partner_id = ANY(%s)", customers.ids)
        return SQL(
            """SELECT notice.id, notice.partner_id, notice.level_id, level.sequence,
                      notice.name, run.date AS run_date, notice.delivery_state,
                      COALESCE(notice.delivery_state IN %(underway)s, FALSE)
                          AS is_underway,
                      notice.doubt_on IS NOT NULL AS is_doubtful,
                      COALESCE((COALESCE(notice.sent_on, notice.doubt_on)
                          AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date, %(today)s)
                          AS day
                 FROM clerk_reminder_notice AS notice
                 JOIN clerk_reminder_run AS run ON run.id = notice.run_id
                 JOIN clerk_reminder_level AS level ON level.id = notice.level_id
                WHERE notice.run_id <> %(run)s
                  AND notice.company_id = ANY(%(companies)s)
                  AND (notice.doubt_on IS NOT NULL
                       OR notice.state = 'ready'
                          AND (notice.delivery_state IN %(counted)s
                               OR notice.delivery_state IN %(underway)s
                                  AND notice.run_id < %(run)s))
                  AND %(own)s""",
            zone=self._zone(),
            today=self._today(),
            run=self.id,
            companies=companies.ids,
            # A letter with the post service may have been sent already.
            counted=(*DELIVERED, "posting"),
            underway=UNDERWAY,
            own=own,
        )

    def _item_levels_sql(self, companies, customers):
        """Return the level of the last reminder of each item."""
        return SQL(
            """SELECT DISTINCT ON (line.entry_id) line.entry_id, past.level_id,
                      past.sequence
                 FROM (%s) AS past
                 JOIN clerk_reminder_line AS line ON line.notice_id = past.id
                WHERE line.reason IS NULL
                ORDER BY line.entry_id, past.is_underway DESC, past.day DESC,
                         past.id DESC""",
            self._past_sql(companies, customers),
        )

    def _last_reminders(self, companies, customers):
        """Return ``{customer id: LastReminder}``."""
        found = self._last_written(companies, customers)
        for row in self._last_of_runs(companies, customers):
            past = self._past_reminder(row)
            known = found.get(row["partner_id"])
            if not known or past.is_underway or past.days <= known.days:
                found[row["partner_id"]] = past
        return found

    def _last_of_runs(self, companies, customers):
        self.env.cr.execute(
            SQL(
                """SELECT DISTINCT ON (partner_id) *
                     FROM (%s) AS past
                    ORDER BY partner_id, is_underway DESC, day DESC, id DESC""",
                self._past_sql(companies, customers),
            )
        )
        return self.env.cr.dictfetchall()

    def _past_reminder(self, row):
        days = (self._today() - row["day"]).days
        return LastReminder(days, row["is_underway"], self._past_text(row))

    def _past_text(self, row):
        values = {
            "reminder": row["name"],
            "date": format_date(self.env, row["day"]),
        }
        if row["is_underway"]:
            states = self.env["clerk.reminder.notice"]._fields["delivery_state"]
            labels = dict(states._description_selection(self.env))
            return self.env._(
                "%(reminder)s of the run of %(date)s (%(state)s)",
                reminder=row["name"],
                date=format_date(self.env, row["run_date"]),
                state=labels[row["delivery_state"]],
            )
        if row["is_doubtful"]:
            return self.env._("%(reminder)s may have arrived on %(date)s", **values)
        return self.env._("%(reminder)s was sent on %(date)s", **values)

    def _last_written(self, companies, customers):
        """Return the last reminders that clerks of companies wrote to customers."""
        own = SQL("res_id = ANY(%s)", customers.ids) if customers else SQL("TRUE")
        rows = self.env.execute_query(
            SQL(
                """SELECT res_id, MAX((date AT TIME ZONE 'UTC'
                                       AT TIME ZONE %(zone)s)::date)
                     FROM mail_message
                    WHERE model = 'res.partner' AND subtype_id = %(subtype)s
                      AND (record_company_id IS NULL
                           OR record_company_id = ANY(%(companies)s))
                      AND %(own)s
                    GROUP BY res_id""",
                zone=self._zone(),
                companies=companies.ids,
                subtype=self.env["ir.model.data"]._xmlid_to_res_id(REMINDER_SUBTYPE),
                own=own,
            )
        )
        return {
            partner: LastReminder(
                (self._today() - day).days,
                False,
                self.env._("A clerk wrote on %s", format_date(self.env, day)),
            )
            for partner, day in rows
        }
