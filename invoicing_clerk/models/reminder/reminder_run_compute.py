from datetime import date
from decimal import Decimal
from typing import NamedTuple

from odoo import fields, models
from odoo.tools import SQL

from ...rules.reminder import reminder as rules
from ...rules.reminder import reminder_share as parts
from ..mixin.amount import amount_text, exact
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
    details: str
    unapplied: str


class Facts:
    """Facts about all customers of a selection that the rules need, each read once."""

    def __init__(self, run, ledger, companies, customers, levels):
        self.today = run._today()
        self.levels = {level._key(): level for level in levels}
        self.rules = [level._rule() for level in levels]
        self.payments = run._payments_in_process(ledger)
        self.last = run._last_reminders(companies, customers)
        self._run = run
        self._rates = {}

    def convert(self, amount, source, target):
        """Return an amount in another currency, at the rate of today."""
        if source == target:
            return amount
        rate = self.rate(source) / self.rate(target)
        currency = self._run.env["res.currency"].browse(target)
        return exact(currency, float(amount) * rate)

    def rate(self, currency):
        """Return the rate of today from a currency to that of the company."""
        if currency not in self._rates:
            run = self._run
            self._rates[currency] = run.env["res.currency"]._get_conversion_rate(
                run.env["res.currency"].browse(currency),
                run.currency_id,
                run.company_id,
                self.today,
            )
        return self._rates[currency]


class ClerkReminderRun(models.Model):
    """Decides who is reminded of what, from the ledger of statements.

    The same selection is made for the preview and again before a reminder is sent, so
    that both follow one rule.
    """

    _inherit = "clerk.reminder.run"

    def _compute_notices(self):
        """Store the reminder of each customer with overdue items.

        :raises UserError: there are no levels, or one has no text
        """
        self.ensure_one()
        # sudo: only reminders of this run, none of them sent.
        self.sudo().notice_ids.unlink()
        levels = self.env["clerk.reminder.level"]._levels_of(self.company_id)
        self._inside().write(
            {
                "date": self._today(),
                "computed_on": fields.Datetime.now(),
                "error": False,
                "texts": levels._texts(),
            }
        )
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
        chosen = customers or self._chosen_customers()
        ledger = StatementLedger(self, chosen)
        companies = ledger.companies | self.company_id.parent_ids
        rows = self._open_rows(ledger, companies, chosen)
        by_customer = {}
        for row in rows:
            by_customer.setdefault(row["customer"], []).append(row)
        partners = self.env["res.partner"].browse(by_customer)
        partners = partners.with_company(self.company_id)
        facts = Facts(self, ledger, companies, chosen, levels)
        return {
            partner.id: self._select(partner, by_customer[partner.id], facts)
            for partner in partners
            if any(self._is_overdue(row) for row in by_customer[partner.id])
        }, {row["id"]: row for row in rows}

    def _is_overdue(self, row):
        return row["open"] > 0 and row["days"] > 0

    def _select(self, partner, rows, facts):
        """Apply the rules to the open items of one customer."""
        overdue = [row for row in rows if self._is_overdue(row)]
        payments = parts.pending(facts.payments.get(partner.id, []))
        paying, left = parts.in_process(
            [self._item(row) for row in rows if row["open"] > 0],
            payments,
            facts.convert,
        )
        items = [self._item(row) for row in overdue]
        credits = self._credits(rows, left)
        shares = rules.without_recent(facts.rules, parts.shares(items, credits, paying))
        last = facts.last.get(partner.id)
        level = rules.next_level(
            facts.rules, shares, last and last.days, partner.reminder_interval
        )
        amount = sum(
            (
                self._in_company_currency(row, share.amount)
                for row, share in zip(overdue, shares, strict=True)
            ),
            parts.ZERO,
        )
        left = parts.unapplied(credits, shares)
        customer = rules.Customer(
            amount,
            any(not share.reason for share in shares),
            level,
            partner._is_reminder_stopped(facts.today),
            bool(partner.clerk_legal_hold),
            bool(last and last.is_underway),
            self._other_credits(left, shares, facts),
        )
        reason = rules.exclusion(customer, exact(self.currency_id, self.minimum))
        return Selection(
            partner,
            shares,
            level and facts.levels[level.key],
            amount,
            reason,
            self._details(reason, last, payments),
            self._unapplied_text(left),
        )

    def _details(self, reason, last, payments):
        """Return the last reminder, or payments that wait for the bank."""
        if last and reason in ("underway", "early"):
            return last.text
        if names := ", ".join(payment.name for payment in payments[:5]):
            return self.env._("Not confirmed by the bank yet: %s", names)
        return ""

    def _credits(self, rows, left):
        """Return unapplied payments and credits by currency, above zero.

        :param left: amounts of payments in process that cover no document
        """
        found = dict(left)
        for row in rows:
            if row["open"] < 0:
                currency = row["currency_id"]
                found[currency] = found.get(currency, parts.ZERO) - row["open"]
        return found

    def _other_credits(self, left, shares, facts):
        """Return credits in currencies that are not reminded, in company currency."""
        reminded = {share.item.currency for share in shares if not share.reason}
        return sum(
            (
                exact(self.currency_id, float(left[currency]) * facts.rate(currency))
                for currency in left.keys() - reminded
            ),
            parts.ZERO,
        )

    def _unapplied_text(self, left):
        currencies = self.env["res.currency"].browse(sorted(left))
        return " + ".join(amount_text(each, left[each.id]) for each in currencies)

    def _item(self, row):
        return parts.Item(
            row["id"],
            row["move_id"],
            row["currency_id"],
            row["open"],
            row["days"],
            row["disputed"],
            row["promised"],
            row["blocked"],
            row["no_followup"],
            row["level_id"] and (row["sequence"], row["level_id"]),
        )

    def _in_company_currency(self, row, amount):
        """Return a part of an open amount in company currency."""
        if amount == row["open"]:
            return row["open_company"]
        part = row["open_company"] * amount / row["open"]
        return exact(self.currency_id, float(part))

    # The ledger

    def _open_rows(self, ledger, companies, customers):
        """Return the open items of customers, the oldest first, as dicts.

        They are open after all entries, also those dated ahead: a payment with the date
        of tomorrow has been received.
        """
        # sudo: payments decide on promises, not the rights of the caller.
        self.env["clerk.promise"].sudo()._before_refresh()
        ledger.flush()
        today = self._today()
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
                       history.level_id, history.sequence
                  FROM (%(aged)s) AS aged
                  JOIN account_move_line AS entry ON entry.id = aged.id
                  JOIN account_move AS move ON move.id = aged.move_id
                  LEFT JOIN history ON history.entry_id = aged.id
                 WHERE aged.customer IS NOT NULL AND aged.open <> 0
                 ORDER BY aged.customer, aged.due, aged.id""",
                open=ledger.open_sql(date.max),
                disputed=disputed_sql(),
                promised=promised_sql(),
                history=self._item_levels_sql(companies, customers),
                aged=aged_sql(today, [1]),
            )
        )
        # As text, or the database driver would make floats of them.
        return [
            {**row, **{name: Decimal(row[name]) for name in AMOUNTS}}
            for row in self.env.cr.dictfetchall()
        ]
