from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.call.common import CallCommon
from odoo.addons.invoicing_clerk.tests.common import TourCase


@tagged("post_install", "-at_install")
class TestCustomerPageTour(CallCommon, TourCase):
    """The customer page in a browser, with the number of clicks."""

    def _page(self):
        self.clerk.password = "clerk_a"
        balances = self.env["clerk.receivable"].sudo()
        balances._before_refresh()
        row = balances.search(
            [
                ("partner_id", "=", self.partner_a.id),
                ("company_id", "=", self.company_a.id),
            ]
        )
        return f"/odoo/customer-balances/{row.id}"

    def test_call(self):
        """A tick, a call, a dispute, a promise, a copy, a statement: 13 clicks,
        those into fields included.

        One more before, when items were ticked on a page of their own; their sum was
        not on the pad, which had invoices only.
        """
        disputed, promised = self._posted((6, 100.0)), self._posted((1, 100.0))
        self.start_tour(self._page(), "invoicing_clerk_customer_page", login="clerk_a")
        call = self._calls().search([("partner_id", "=", self.partner_a.id)])
        self.assertEqual(call.move_ids, disputed + promised)
        self.assertEqual(call.error_ids.move_ids, disputed)
        self.assertEqual(call.promise_ids.move_ids, promised)
        self.assertTrue(call.statement_run_ids)

    def test_unapplied_applied_undone(self):
        """Apply in 3 clicks, closing included; undo later in 2."""
        self._posted((6, 100.0))
        invoice = self._posted((1, 100.0))
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.partner_a.id,
                "amount": 115.0,
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )
        payment.action_post()
        self.start_tour(self._page(), "invoicing_clerk_apply", login="clerk_a")
        self.assertEqual(invoice.amount_residual, 115.0)
        applied = (
            self.env["clerk.applied.payment"]
            .sudo()
            .search([("partner_id", "=", self.partner_a.id)])
        )
        self.assertEqual((applied.state, applied.amount), ("undone", 115.0))
        self.assertEqual(applied.undone_by_id, self.clerk)
