from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.worklist.common import WorklistCommon


@tagged("post_install", "-at_install")
class TestPromiseWorkItem(WorklistCommon):
    """Promises for the invoices of many work items, one for each customer."""

    def _items(self, *moves):
        moves = self.env["account.move"].union(*moves)
        worklist = self._worklist([("id", "in", moves.ids)], model="account.move")
        worklist._refresh()
        return worklist.item_ids.with_user(self.clerk)

    def _promise(self, items, days=7):
        dialog = self.env["clerk.work.item.promise"].with_user(self.clerk)
        date = fields.Date.today() + timedelta(days=days)
        action = items.action_promise()
        self.assertEqual(action["res_model"], dialog._name)
        dialog = dialog.with_context(**action["context"])
        return dialog.create({"date": date}).action_apply()

    def _promises(self, *moves):
        promises = self.env["clerk.promise"].with_user(self.clerk)
        return promises.search([("move_ids", "in", [move.id for move in moves])])

    def _reasons(self, action):
        results = self.env["clerk.work.result"].with_user(self.clerk)
        result = results.browse(action["res_id"])
        return result, {line.item_id.res_id: line.reason for line in result.line_ids}

    def test_one_promise_for_each_customer(self):
        first, second = self._posted((1, 100.0)), self._posted((1, 50.0))
        other = self._posted((1, 30.0), partner=self.partner_b)
        action = self._promise(self._items(first, second, other))
        self.assertEqual(action["params"]["message"], "3 promised.")
        self.assertEqual(len(self._promises(first, second)), 1)
        self.assertEqual(
            self._promises(first).amount, first.amount_total + second.amount_total
        )
        self.assertEqual(self._promises(other).amount, other.amount_total)

    def test_what_cannot_be_promised_is_named(self):
        good, disputed, paid = (self._posted((1, 10.0 + n)) for n in range(3))
        foreign = self._posted((1, 10.0), currency=self.foreign_currency)
        credit = self._posted((1, 10.0), move_type="out_refund")
        self._open_error(disputed, {"claimed_quantity": 0})
        self._pay(paid)
        items = self._items(good, disputed, paid, foreign, credit)
        result, reasons = self._reasons(self._promise(items))
        self.assertEqual(result.summary, "2 promised, 3 not:")
        self.assertIn("in dispute", reasons[disputed.id])
        self.assertEqual(set(reasons), {disputed.id, paid.id, credit.id})
        self.assertTrue(self._promises(good) and self._promises(foreign))
        again = result.action_try_again()
        self.assertEqual(again["res_model"], "clerk.work.item.promise")

    def test_past_day_promises_nothing(self):
        move = self._posted()
        result, reasons = self._reasons(self._promise(self._items(move), days=-1))
        self.assertEqual(result.summary, "0 promised, 1 not:")
        self.assertIn("has passed", reasons[move.id])

    def test_customers_are_no_invoices(self):
        self._partners(1)
        worklist = self._customers_list()
        worklist._refresh()
        items = worklist.item_ids.with_user(self.clerk)
        _result, reasons = self._reasons(self._promise(items))
        self.assertIn("is not an invoice", next(iter(reasons.values())))
