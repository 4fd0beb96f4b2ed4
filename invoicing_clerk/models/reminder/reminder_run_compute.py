from decimal import Decimal
from typing import NamedTuple

from odoo import fields, models
from odoo.tools import SQL

from ...rules.reminder import reminder as rules
from ...rules.statement.statement_delivery import DELIVERED, UNDERWAY
from ..mixin.amount import exact
from ..receivable.open_item import aged_sql, disputed_sql, promised_sql
from ..statement.statement_source import StatementLedger

AMOUNTS = ("open", "open_company", "disputed", "promised")


class Selection(NamedTuple):
    """Decision of the rules about one customer."""

    partner: object
    shares: list
    level: object
    amount: Decimal
    reason: str


class ClerkReminderRun(models.Model):
    """Decides who is reminded of what, from the ledger of statements.

    The same selection is made for the preview and again before a reminder is sent, so
    that both follow one rule.
    """

    _inherit = "clerk.reminder.run"

    def _compute_notices(self):
        """Store the reminder of each customer with overdue items.

        :raises UserError: there are no levels, or no overdue items
        """
        self.ensure_one()
        # sudo: only reminders of this run, none of them sent.
        self.sudo().notice_ids.unlink()
        now, today = fields.Datetime.now(), fields.Date.context_today(self)
        self._inside().write({"date": today, "computed_on": now, "error": False})
        selections, rows = self._selections()
        notices = self.env["clerk.reminder.notice"]
        with notices._automated([("run_id", "=", self.id)]):
            self._insert_notices(selections, rows)

    def _selections(self, customers=None):
        """Return what is decided about customers with overdue items, and the items.

        :param customers: only these; by default those that the run selects
        :return: ``{partner id: Selection}`` and ``{item id: row of the ledger}``
        """
        levels = self.env["clerk.reminder.level"]._levels_of(self.company_id)
        chosen = customers or self.partner_ids.commercial_partner_id
        rows = self._overdue_rows(chosen)
        by_customer = {}
        for row in rows:
            by_customer.setdefault(row["customer"], []).append(row)
        partners = self.env["res.partner"].browse(by_customer)
        partners = partners.with_company(self.company_id)
        known = {level._key(): level for level in levels}
        return {
            partner.id: self._select(partner, by_customer[partner.id], known)
            for partner in partners
            if any(self._is_overdue(row) for row in by_customer[partner.id])
        }, {row["id"]: row for row in rows}

    def _is_overdue(self, row):
        return row["open"] > 0 and row["days"] > 0

    def _select(self, partner, rows, levels):
        """Apply the rules to the open items of one customer."""
        credits = {}
        for row in rows:
            if row["open"] < 0:
                currency = row["currency_id"]
                credits[currency] = credits.get(currency, rules.ZERO) - row["open"]
        overdue = [row for row in rows if self._is_overdue(row)]
        shares = rules.shares([self._item(row) for row in overdue], credits)
        level = rules.next_level(
            [each._rule() for each in levels.values()],
            shares,
            partner.reminder_interval,
        )
        amount = sum(
            (
                self._in_company_currency(row, share.amount)
                for row, share in zip(overdue, shares, strict=True)
            ),
            rules.ZERO,
        )
        customer = rules.Customer(
            amount,
            any(not share.reason for share in shares),
            level,
            partner._is_reminder_stopped(),
            bool(partner.clerk_legal_hold),
        )
        reason = rules.exclusion(customer, exact(self.currency_id, self.minimum))
        return Selection(partner, shares, level and levels[level.key], amount, reason)

    def _item(self, row):
        return rules.Item(
            row["id"],
            row["currency_id"],
            row["open"],
            row["days"],
            row["disputed"],
            row["promised"],
            row["blocked"],
            row["no_followup"],
            row["level_id"] and (row["sequence"], row["level_id"]),
            row["since"],
        )

    def _in_company_currency(self, row, amount):
        """Return a part of an open amount in company currency."""
        if amount == row["open"]:
            return row["open_company"]
        part = row["open_company"] * amount / row["open"]
        return exact(self.currency_id, float(part))

    # The ledger

    def _overdue_rows(self, customers):
        """Return the open items of customers, the oldest first, as dicts."""
        today = fields.Date.context_today(self)
        ledger = StatementLedger(self, customers)
        # sudo: payments decide on promises, not the rights of the caller.
        self.env["clerk.promise"].sudo()._before_refresh()
        ledger.flush()
        self.env.cr.execute(
            SQL(
                """WITH item AS MATERIALIZED (%(open)s),
                disputed AS MATERIALIZED (%(disputed)s),
                promised AS MATERIALIZED (%(promised)s),
                history AS MATERIALIZED (%(history)s)
                SELECT aged.id, aged.move_id, aged.customer, aged.currency_id,
                       aged.number, aged.ref, aged.due, aged.days,
                       aged.open::text, aged.open_company::text,
                       aged.disputed::text, aged.promised::text,
                       COALESCE(move.payment_state = 'blocked', FALSE) AS blocked,
                       COALESCE(entry.no_followup, FALSE) AS no_followup,
                       history.level_id, history.sequence,
                       %(today)s - history.day AS since
                  FROM (%(aged)s) AS aged
                  JOIN account_move_line AS entry ON entry.id = aged.id
                  JOIN account_move AS move ON move.id = aged.move_id
                  LEFT JOIN history ON history.entry_id = aged.id
                 WHERE aged.customer IS NOT NULL AND aged.open <> 0
                 ORDER BY aged.customer, aged.due, aged.id""",
                open=ledger.open_sql(today),
                disputed=disputed_sql(),
                promised=promised_sql(),
                history=self._history_sql(today),
                aged=aged_sql(today, [1]),
                today=today,
            )
        )
        # As text, or the database driver would make floats of them.
        return [
            {**row, **{name: Decimal(row[name]) for name in AMOUNTS}}
            for row in self.env.cr.dictfetchall()
        ]

    def _history_sql(self, today):
        """Return level and day of the last reminder of each item, by other runs.

        Those of earlier runs that are on their way count as sent today, so that two
        runs do not remind a customer of the same.
        """
        return SQL(
            """SELECT DISTINCT ON (line.entry_id) line.entry_id, notice.level_id,
                      level.sequence,
                      COALESCE((notice.sent_on AT TIME ZONE 'UTC'
                                AT TIME ZONE %(zone)s)::date, %(today)s) AS day
                 FROM clerk_reminder_line AS line
                 JOIN clerk_reminder_notice AS notice ON notice.id = line.notice_id
                 JOIN clerk_reminder_level AS level ON level.id = notice.level_id
                WHERE notice.state = 'ready' AND line.reason IS NULL
                  AND notice.run_id <> %(run)s
                  AND (notice.delivery_state IN %(delivered)s
                       OR notice.delivery_state IN %(underway)s
                          AND notice.run_id < %(run)s)
                ORDER BY line.entry_id, notice.sent_on DESC NULLS FIRST""",
            zone=self.env.tz.zone,
            today=today,
            run=self.id,
            delivered=DELIVERED,
            underway=UNDERWAY,
        )

    # Stored rows

    def _insert_notices(self, selections, rows):
        """Store reminders and items, in one query each."""
        self.env.flush_all()
        found = list(selections.values())
        ids = dict(
            self.env.execute_query(
                SQL(
                    """INSERT INTO clerk_reminder_notice (run_id, company_id, date,
                            name, partner_id, level_id, state, reason,
                            amount_company, days_overdue, delivery_way,
                            create_uid, write_uid, create_date, write_date)
                       SELECT %(run)s, %(company)s, %(day)s, '', new.partner,
                              new.level, new.state, new.reason, new.amount, new.days,
                              new.way, %(uid)s, %(uid)s, %(now)s, %(now)s
                         FROM UNNEST(%(partners)s::int[], %(levels)s::int[],
                              %(states)s::text[], %(reasons)s::text[],
                              %(amounts)s::numeric[], %(days)s::int[], %(ways)s::text[])
                           AS new (partner, level, state, reason, amount, days, way)
                    RETURNING partner_id, id""",
                    run=self.id,
                    company=self.company_id.id,
                    day=self.date,
                    uid=self.env.uid,
                    now=fields.Datetime.now(),
                    partners=[each.partner.id for each in found],
                    levels=[each.level.id if each.level else None for each in found],
                    states=["excluded" if each.reason else "ready" for each in found],
                    reasons=[each.reason or None for each in found],
                    amounts=[each.amount for each in found],
                    days=[self._oldest(each) for each in found],
                    ways=[self._way_of(each) for each in found],
                )
            )
        )
        self._insert_lines(found, rows, ids)
        self.env.invalidate_all()

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
        self.env.cr.execute(
            SQL(
                """WITH named AS (
                    UPDATE clerk_reminder_notice
                       SET name = 'PR' || LPAD(id::text, 6, '0')
                     WHERE run_id = %(run)s)
                INSERT INTO clerk_reminder_line (notice_id, entry_id, move_id, name,
                        ref, due_date, days_overdue, currency_id, open_amount, amount,
                        reason)
                SELECT * FROM UNNEST(%(notices)s::int[], %(entries)s::int[],
                        %(moves)s::int[], %(names)s::text[], %(refs)s::text[],
                        %(dues)s::date[], %(days)s::int[], %(currencies)s::int[],
                        %(opens)s::numeric[], %(amounts)s::numeric[],
                        %(reasons)s::text[])""",
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
            )
        )
