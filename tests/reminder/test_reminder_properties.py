from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo import fields
from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules.reminder.reminder_share import (
    Item,
    Payment,
    in_process,
    shares,
    unapplied,
)
from odoo.addons.invoicing_clerk.tests.properties import property_of
from odoo.addons.invoicing_clerk.tests.reminder.common import ReminderCommon

CENTS = st.integers(1, 9999).map(lambda cents: Decimal(cents) / 100)
PARTS = st.one_of(st.just(Decimal(0)), CENTS)
ITEMS = st.lists(
    st.builds(
        Item,
        number=st.integers(1, 99),
        document=st.integers(1, 3),
        currency=st.integers(1, 2),
        open=CENTS,
        days=st.integers(1, 200),
        disputed=PARTS,
        promised=PARTS,
        blocked=st.booleans(),
    ),
    max_size=6,
    unique_by=lambda item: item.number,
)
PAYMENTS = st.lists(
    st.builds(
        Payment,
        currency=st.integers(1, 2),
        amount=CENTS,
        documents=st.frozensets(st.integers(1, 3)),
    ),
    max_size=3,
)
RATES = {1: Decimal(1), 2: Decimal(2)}
CREDITS = st.dictionaries(st.integers(1, 2), PARTS)


@tagged("at_install", "-post_install")
class TestReminderShares(BaseCase):
    """Shares of items for any items and credits."""

    @property_of(200)
    @given(items=ITEMS, credits=CREDITS, payments=PAYMENTS)
    def test_shares(self, items, credits, payments):
        paying, _left = in_process(items, payments, self._convert)
        found = shares(items, credits, paying)
        left = unapplied(credits, found)
        self.assertEqual([share.item for share in found], items)
        for share in found:
            self.assertEqual(bool(share.reason), not share.amount)
            self.assertTrue(0 <= share.amount <= share.item.open)
            if share.item.disputed or share.item.promised or share.item.blocked:
                self.assertFalse(share.amount)
        for currency in (1, 2):
            free = [
                share
                for share in found
                if share.item.currency == currency
                and share.reason in ("", "covered", "paying")
            ]
            owed = sum(
                share.item.open - paying.get(share.item.number, 0) for share in free
            )
            reminded = sum(share.amount for share in free)
            credit = credits.get(currency, Decimal(0))
            self.assertEqual(reminded, max(owed - credit, 0))
            self.assertEqual(left.get(currency, 0), max(credit - owed, 0))

    @property_of(200)
    @given(items=ITEMS, payments=PAYMENTS)
    def test_payments_in_process(self, items, payments):
        found, credits = in_process(items, payments, self._convert)
        self.assertTrue(all(amount > 0 for amount in credits.values()))
        worth = sum(each.amount * RATES[each.currency] for each in payments)
        used = sum(found.get(item.number, 0) * RATES[item.currency] for item in items)
        # Amounts in other currencies cover slightly more.
        self.assertLessEqual(used, worth * Decimal("1.06"))
        for item in items:
            covered = found.get(item.number, 0)
            paid = any(item.document in each.documents for each in payments)
            self.assertTrue(0 <= covered <= item.open)
            self.assertTrue(paid or not covered)

    def _convert(self, amount, source, target):
        return amount * RATES[source] / RATES[target]


@tagged("post_install", "-at_install")
class TestReminderProperties(ReminderCommon):
    """Reminders of random states of a ledger."""

    @property_of(8)
    @given(
        acts=st.lists(
            st.tuples(
                st.sampled_from(
                    ["dispute", "promise", "pay", "process", "block", "none"]
                ),
                st.integers(1, 99),
            ),
            min_size=1,
            max_size=4,
        ),
    )
    def test_nothing_disputed_or_promised_is_reminded(self, acts):
        with self.env.cr.savepoint() as savepoint:
            try:
                self._check(acts)
            finally:
                savepoint.rollback()
                self.env.invalidate_all()

    def _check(self, acts):
        for act, percent in acts:
            getattr(self, f"_act_{act}")(self._overdue(100.0), percent)
        notice = self._notice(self._reminders(self.partner_a))
        lines = notice.line_ids.filtered("amount")
        entries = self.env["account.move.line"].with_user(self.clerk)
        entries = entries.browse(lines.mapped("entry_id"))
        self.assertFalse(any(entries.mapped("disputed_open")))
        self.assertFalse(any(entries.mapped("promised_open")))
        paid = sum(percent for act, percent in acts if act in ("pay", "process"))
        free = sum(100 for act, _percent in acts if act in ("pay", "process", "none"))
        self.assertEqual(round(sum(lines.mapped("amount")), 2), free - paid)

    def _act_none(self, invoice, percent):
        """Leave the invoice as it is."""

    def _act_dispute(self, invoice, percent):
        self._open_error(invoice, {"claimed_quantity": percent / 100})

    def _act_promise(self, invoice, percent):
        self.env["clerk.promise"].with_user(self.clerk).create(
            {
                "move_ids": invoice.ids,
                "amount": percent,
                "date": self.today + timedelta(days=7),
            }
        )

    def _act_block(self, invoice, percent):
        invoice.action_toggle_block_payment()

    def _act_process(self, invoice, percent):
        self._in_process(invoice, percent)

    def _act_pay(self, invoice, percent):
        day = fields.Date.to_string(self.today)
        self._entry(-float(percent), day, partner=invoice.partner_id)
