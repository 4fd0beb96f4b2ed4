from datetime import timedelta
from decimal import Decimal

from odoo import fields

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon


class PromiseCommon(ClerkCommon):
    """Promises as a clerk records them during a call."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        cls.company_a.clerk_promise_grace_days = 2
        cls.company_a.clerk_promise_tolerance = 1.0

    @classmethod
    def _day(cls, days):
        """Return the date a number of days from today."""
        return cls.today + timedelta(days=days)

    @classmethod
    def _promise(cls, moves, user=None, **values):
        """Record a promise as a clerk; for a week from now by default."""
        promises = cls.env["clerk.promise"].with_user(user or cls.clerk)
        values.setdefault("date", cls._day(7))
        return promises.create({"move_ids": moves.ids, **values})

    @classmethod
    def _old_promise(cls, moves, days=10, **values):
        """Record a promise made ``days`` ago for the day after."""
        values.setdefault("date_made", cls._day(-days))
        values.setdefault("date", cls._day(1 - days))
        promises = cls.env["clerk.promise"].sudo()
        promise = promises.create(
            {"move_ids": moves.ids, "user_id": cls.clerk.id, **values}
        )
        return promise.with_user(cls.clerk)

    @classmethod
    def _untaxed(cls, amount=100.0, **values):
        """Post an invoice without taxes."""
        return cls._posted((1, amount), taxes=cls.env["account.tax"], **values)

    @classmethod
    def _paid_on(cls, moves, days, amount=None, **values):
        return cls._pay(moves, amount, payment_date=cls._day(days), **values)

    @classmethod
    def _credited_on(cls, move, days, amount):
        """Post a credit note and reconcile it with its invoice."""
        note = cls._posted(
            (1, amount),
            move_type="out_refund",
            taxes=cls.env["account.tax"],
            partner=move.partner_id,
            currency=move.currency_id,
            invoice_date=cls._day(days),
            reversed_entry_id=move.id,
        )
        items = (move + note).line_ids.filtered(
            lambda item: (
                item.account_id.account_type == "asset_receivable"
                and not item.reconciled
            )
        )
        items.reconcile()
        return note

    @classmethod
    def _undo(cls, payment):
        """Reverse a payment that the bank returned."""
        payment.move_id._reverse_moves(cancel=True)

    @classmethod
    def _instalments(cls, move):
        return move.line_ids.filtered(
            lambda item: item.account_id.account_type == "asset_receivable"
        ).sorted("date_maturity")

    def _judge(self, promises):
        """Judge as the scheduled action does, and return the promises."""
        promises.sudo()._judge()
        return promises

    def _judged(self, days, partner=None):
        """Return a judged promise of an invoice that was paid on a day, or never."""
        invoice = self._untaxed(partner=partner)
        promise = self._old_promise(invoice)
        if days is not None:
            self._paid_on(invoice, days)
        return self._judge(promise)

    def assertJudged(self, promise, state, due, received):
        self._judge(promise)
        self.assertEqual(
            (promise.state, promise.amount_due, promise.amount_received),
            (state, due, received),
        )


def decimal(amount):
    return Decimal(str(amount))
