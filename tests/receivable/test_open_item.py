from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.promise.common import PromiseCommon


@tagged("post_install", "-at_install")
class TestOpenItem(PromiseCommon):
    """Disputed and promised amounts reduce the amount to collect."""

    def _receivable(self):
        receivables = self.env["clerk.receivable"].sudo()
        receivables._update_from_ledger()
        return receivables.search(
            [
                ("partner_id", "=", self.partner_a.id),
                ("company_id", "=", self.company_a.id),
            ]
        )

    def test_promised_amounts_are_not_collected(self):
        before = self._receivable()
        overdue, promised = before.overdue, before.promised
        late, foreign = self._untaxed(), self._untaxed(currency=self.foreign_currency)
        coming = self._untaxed(invoice_date=self.today)
        self._promise(late, amount=60.0)
        self._promise(foreign)
        self._promise(coming)
        found = self._receivable()
        self.assertEqual(found.overdue, overdue + 150.0)
        self.assertEqual(found.promised, promised + 110.0, "60 and 100 at half")
        self.assertEqual(found.to_collect, found.overdue - found.promised)

    def test_payments_of_one_plan_promise_their_sum(self):
        invoice = self._untaxed()
        self.env["clerk.promise"].with_user(self.clerk)._create_plan(
            self._instalments(invoice),
            [(self._day(2), 30.0), (self._day(4), 50.0)],
        )
        self.assertEqual(self._receivable().promised, 80.0)
        self._pay(invoice, 90.0, payment_date=self.today)
        self.assertEqual(self._receivable().promised, 10.0, "no more than is overdue")

    def test_a_later_dispute_of_a_promised_invoice_counts_once(self):
        before = self._receivable().to_collect
        promised, disputed, asked = (self._untaxed() for _each in range(3))
        self._promise(promised + disputed)
        self._open_error(disputed, {"claimed_quantity": 0})
        found = self._receivable()
        self.assertEqual((found.disputed, found.promised), (100.0, 100.0))
        self.assertEqual(found.to_collect, before + 100.0, asked.name)

    def test_a_balance_judges_promises_first(self):
        before = self._receivable().to_collect
        invoice = self._untaxed()
        promise = self._promise(invoice, amount=60.0)
        self._pay(invoice, 60.0, payment_date=self.today)
        self.env["clerk.receivable"].sudo()._before_refresh()
        self.assertEqual(promise.state, "kept")
        self.assertEqual(self._receivable().to_collect, before + 40.0)

    def test_a_broken_promise_raises_the_priority(self):
        worklist = self.env.ref("invoicing_clerk.worklist_overdue").sudo()
        items = self.env["clerk.work.item"].sudo()
        invoice = self._untaxed()

        def score():
            self.assertTrue(worklist._refresh(), worklist.refresh_error)
            row = self._receivable()
            return items.search(
                [("worklist_id", "=", worklist.id), ("res_id", "=", row.id)]
            ).score

        before = score()
        self._judge(self._old_promise(invoice))
        self.assertEqual(score(), before + 20 + 10, "broken, and seldom kept")
