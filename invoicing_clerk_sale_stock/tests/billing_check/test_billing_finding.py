from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.tests import hostile

from ..common import StockCorpus


@tagged("post_install", "-at_install")
class TestBillingFinding(StockCorpus):
    """Findings about deliveries: what clerks do with them, and bad data."""

    def _check(self, moves=None):
        self.checks.browse()._run_all(self.company_a, moves)
        self.findings.invalidate_model()
        self.assertEqual(self.checks.filtered("run_error").mapped("run_error"), [])

    def _found(self, code, user=None):
        findings = self.env["clerk.billing.finding"].with_user(user or self.clerk)
        return findings.search([("check_id.code", "=", code), ("state", "!=", "gone")])

    def _named(self, code):
        return self.checks.filtered(lambda check: check.code == code)

    def test_unbilled_is_about_the_order(self):
        order = self._sold(10, 4)
        self._ship(order)
        self._check()
        found = self._found("UNBILLED")
        self.assertEqual(found.sale_line_id, order.order_line)
        self.assertEqual(found.mapped("amount"), [-1000, -400])
        self.assertEqual(found.partner_id, order.partner_id.commercial_partner_id)
        self.assertEqual(found[0].action_open_document()["res_model"], "sale.order")
        self.assertIn("10.00 of 10.00 delivered", found[0].explanation)
        self.assertIn(order.name, found[0].display_name)
        self.assertNotIn("case", found[0].allowed_actions)
        with self.assertRaisesRegex(UserError, "Nothing was billed"):
            found.action_open_billing_error()

    def test_unbilled_is_gone_once_billed(self):
        order = self._sold(10)
        self._ship(order)
        self._check()
        found = self._found("UNBILLED")
        found._accept("Goods on loan")
        self._check()
        self.assertEqual(found.state, "accepted")
        self._bill(order)
        self._check()
        self.assertEqual(found.state, "gone")

    def test_unbilled_is_gone_when_its_documents_are_checked(self):
        """Those of other order lines stay: nothing is known of them."""
        order, other = self._sold(10), self._sold(5)
        for each in order, other:
            self._ship(each)
        self._check()
        self.assertEqual(len(self._found("UNBILLED")), 2)
        draft = self._bill(other, post=False)
        self._check(draft)
        self.assertEqual(self._found("UNBILLED").sale_line_id, order.order_line)
        draft.unlink()
        self._check()
        self.assertEqual(len(self._found("UNBILLED")), 2)
        self._check(self._bill(other))
        self.assertEqual(self._found("UNBILLED").sale_line_id, order.order_line)

    def test_draft_is_checked_before_it_is_posted(self):
        order = self._sold(10)
        self._ship(order, 4)
        draft = self._bill(order, 6, post=False)
        draft.with_user(self.clerk).action_check_billing()
        self.assertEqual(self._found("QTY").move_id, draft)
        draft.invoice_line_ids.quantity = 4
        draft.with_user(self.clerk).action_check_billing()
        self.assertFalse(self._found("QTY"))

    def test_claim_is_what_should_have_been_billed(self):
        """A billing error from a finding has the right quantity, in the unit billed."""
        order = self._sold(2, product_uom_id=self.dozens.id)
        shipped = self._ship(order)
        move = self._bill(order, post=False)
        move.invoice_line_ids.write(
            {"product_uom_id": self.units.id, "quantity": 24, "price_unit": 100 / 12}
        )
        move.action_post()
        self._return(shipped, 6, to_refund=False)
        self._check()
        found = self._found("RETURN")
        found.action_open_billing_error()
        error = found.billing_error_id
        self.assertEqual(error.reason_id.code, "RETURN")
        self.assertAlmostEqual(error.line_ids.claimed_quantity, 18)

    def test_other_companies_see_nothing(self):
        self._ship(self._sold(10))
        self._check()
        self.assertTrue(self._found("UNBILLED"))
        self.assertFalse(self._found("UNBILLED", user=self.clerk_b))

    def test_filter_is_about_order_lines(self):
        orders = [self._sold(10) for _each in range(2)]
        for order in orders:
            self._ship(order)
        check = self._adapted("UNBILLED")
        check.domain = f"[('order_id', '=', {orders[0].id})]"
        self._check()
        self.assertEqual(self._found("UNBILLED").order_id, orders[0])
        for text in (*hostile.FILTERS, "[('invoice_date', '=', False)]"):
            with (
                self.subTest(text[:60]),
                mute_logger("odoo.sql_db"),
                self.assertRaises(UserError),
                self.env.cr.savepoint(),
            ):
                check.domain = text

    def test_data_that_nobody_expects(self):
        """Each is checked or left out, and no check fails."""
        gone = self._sold(10)
        self._ship(gone)
        move = self._bill(gone)
        gone.order_line.product_id.active = False
        merged = self._sold(10, 5)
        self._ship(merged, 3, 2)
        bill = self._bill(merged, 10, 0, post=False)
        bill.invoice_line_ids.sale_line_ids = merged.order_line
        bill.action_post()
        archived = self._sold(10)
        self._ship(archived)
        archived.currency_id.sudo().active = True
        hours = self._sold(10)
        self._ship(hours, 5)
        other = self._bill(hours, 8, post=False)
        other.invoice_line_ids.product_uom_id = self.env.ref("uom.product_uom_hour")
        other.action_post()
        self._check()
        found = self._found("QTY") | self._found("UNBILLED")
        self.assertEqual(found.order_id, archived)
        self.assertFalse(found.move_id & (move | bill | other))

    def test_queries_do_not_grow(self):
        counts = []
        for number in (1, 2, 6):
            for _each in range(number):
                order = self._sold(10)
                self._ship(order)
                self._bill(order, 4)
            self._check()
            counts.append(self._queries_of_checks())
        self._assert_no_more_queries(*counts[1:])

    def test_worklist(self):
        self._ship(self._sold(10))
        self._check()
        worklist = self.env.ref("invoicing_clerk_sale_stock.worklist_unbilled")
        worklist.sudo()._refresh()
        items = self.env["clerk.work.item"].with_user(self.clerk)
        items = items.search([("worklist_id", "=", worklist.id)])
        self.assertEqual(
            items.mapped("res_id"), self._found("UNBILLED").ids, "one item a finding"
        )
