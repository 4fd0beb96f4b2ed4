from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.promise.common import PromiseCommon


@tagged("post_install", "-at_install")
class TestAccountMove(PromiseCommon):
    """Invoices show their promises and are found by them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.moves = cls.env["account.move"].with_user(cls.clerk)

    def test_an_invoice_shows_its_promise(self):
        invoice = self._untaxed().with_user(self.clerk)
        self.assertFalse(invoice.promise_id)
        self.assertFalse(invoice.is_promised)
        promise = self._promise(invoice)
        self.env.invalidate_all()
        self.assertTrue(invoice.is_promised)
        self.assertEqual(invoice.promise_id, promise)
        self.assertEqual(invoice.promise_date, self._day(7))
        self.assertIn("100.00", invoice.promise_summary)
        self.assertEqual(invoice.action_view_promises()["res_id"], promise.id)
        self._pay(invoice.with_env(self.env), payment_date=self.today)
        self._judge(promise)
        self.env.invalidate_all()
        self.assertEqual(invoice.promise_state, "kept")
        self.assertFalse(invoice.is_promised)

    def test_invoices_are_found_by_their_promises(self):
        running = self._untaxed()
        self._promise(running)
        broken = self._judged(None).move_ids
        replaced = self._judged(None).move_ids
        self._promise(replaced)
        plain = self._untaxed()
        family = running + broken + replaced + plain
        for name, expected in (
            ("is_promised", running + replaced),
            ("is_promise_broken", broken),
        ):
            own = [("id", "in", family.ids)]
            found = self.moves.search([*own, (name, "=", True)])
            self.assertEqual(found, expected.with_user(self.clerk).sorted(), name)
            self.assertEqual(
                found, self.moves.browse(family.ids).filtered(name).sorted()
            )
            others = self.moves.search([*own, (name, "=", False)])
            self.assertEqual(others + found, others | found)
            self.assertEqual(len(others + found), len(family))
