from odoo import fields, models
from odoo.tools import SQL

from ...rules.reminder import reminder as rules


class ClerkReminderRun(models.Model):
    """Stores the reminders of a run and their items, set-based."""

    _inherit = "clerk.reminder.run"

    def _insert_notices(self, selections, rows):
        """Store reminders and items, in one query each."""
        self.env.flush_all()
        found = list(selections.values())
        ids = dict(
            self.env.execute_query(
                SQL(
                    """INSERT INTO clerk_reminder_notice (run_id, company_id, date,
                            name, partner_id, level_id, state, reason,
                            reason_details, amount_company, days_overdue,
                            delivery_way, unapplied, create_uid, write_uid,
                            create_date, write_date)
                       SELECT %(run)s, %(company)s, %(day)s, '', new.partner,
                              new.level, new.state, new.reason, new.details,
                              new.amount, new.days, new.way, new.unapplied,
                              %(uid)s, %(uid)s, %(now)s, %(now)s
                         FROM UNNEST(%(partners)s::int[], %(levels)s::int[],
                              %(states)s::text[], %(reasons)s::text[],
                              %(details)s::text[], %(amounts)s::numeric[],
                              %(days)s::int[], %(ways)s::text[],
                              %(unapplied)s::text[])
                           AS new (partner, level, state, reason, details, amount,
                                   days, way, unapplied)
                    RETURNING partner_id, id""",
                    run=self.id,
                    company=self.company_id.id,
                    day=self.date,
                    uid=self.env.uid,
                    now=fields.Datetime.now(),
                    partners=[each.partner.id for each in found],
                    levels=[each.level.id if each.level else None for each in found],
                    states=[self._first_state(each) for each in found],
                    reasons=[each.reason or None for each in found],
                    details=[each.details or None for each in found],
                    unapplied=[each.unapplied or None for each in found],
                    amounts=[each.amount for each in found],
                    days=[self._oldest(each) for each in found],
                    ways=[self._way_of(each) for each in found],
                )
            )
        )
        self._insert_lines(found, rows, ids)
        self.env.invalidate_all()

    def _first_state(self, selection):
        """Return the state of a new reminder: held where a clerk has to decide."""
        if selection.reason == "credit":
            return "held"
        return "excluded" if selection.reason else "ready"

    def _oldest(self, selection):
        return max(share.item.days for share in selection.shares)

    def _way_of(self, selection):
        """Return the delivery of the level, or else of the customer."""
        level, preferred = selection.level, selection.partner.statement_delivery
        way = (level.delivery_way if level else None) or preferred
        # Reminders have no page in the portal.
        return way if way in ("print", "post") else "email"

    def _insert_lines(self, found, rows, ids):
        lines = [
            (ids[each.partner.id], rows[share.item.number], share)
            for each in found
            for share in each.shares
        ]
        repeated = {
            ids[each.partner.id] for each in found if rules.is_repeated(each.shares)
        }
        self.env.cr.execute(
            SQL(
                """WITH named AS (
                    UPDATE clerk_reminder_notice
                       SET name = 'PR' || LPAD(
                           id::text, GREATEST(6, LENGTH(id::text)), '0')
                     WHERE run_id = %(run)s)
                INSERT INTO clerk_reminder_line (notice_id, entry_id, move_id, name,
                        ref, due_date, days_overdue, currency_id, open_amount, amount,
                        reason, is_new)
                SELECT * FROM UNNEST(%(notices)s::int[], %(entries)s::int[],
                        %(moves)s::int[], %(names)s::text[], %(refs)s::text[],
                        %(dues)s::date[], %(days)s::int[], %(currencies)s::int[],
                        %(opens)s::numeric[], %(amounts)s::numeric[],
                        %(reasons)s::text[], %(news)s::bool[])""",
                run=self.id,
                notices=[notice for notice, _row, _share in lines],
                entries=[row["id"] for _notice, row, _share in lines],
                moves=[row["move_id"] for _notice, row, _share in lines],
                names=[row["number"] for _notice, row, _share in lines],
                refs=[row["ref"] for _notice, row, _share in lines],
                dues=[row["due"] for _notice, row, _share in lines],
                days=[row["days"] for _notice, row, _share in lines],
                currencies=[row["currency_id"] for _notice, row, _share in lines],
                opens=[row["open"] for _notice, row, _share in lines],
                amounts=[share.amount for _notice, _row, share in lines],
                reasons=[share.reason or None for *_others, share in lines],
                news=[
                    not share.item.level and notice in repeated
                    for notice, _row, share in lines
                ],
            )
        )
