from decimal import Decimal

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...rules import count as rules
from .common import CountCommon


@tagged("post_install", "-at_install")
class TestCountFinding(CountCommon):
    """Counted goods are compared with what was billed."""

    def test_gone_and_not_billed(self):
        product = self._stored(10)
        count = self._reviewed({product: "6"})
        finding = self._findings("GONE")
        self.assertEqual(finding.count_id, count)
        self.assertEqual(finding.amount, -4 * product.list_price)
        self.assertIn("found 6.00, 4.00 less than recorded", finding.explanation)
        self.assertIn(product.name, finding.display_name)
        self.assertEqual(finding.action_open_document()["res_id"], count.id)
        with self.assertRaisesRegex(UserError, "Nothing was billed"):
            finding.action_open_billing_error()
        self.assertEqual(count.found_count, 1)
        self._reviewed({product: "10"}, counted_on="2026-01-26 12:00:00")
        self.assertEqual(finding.state, "gone")

    def test_missing_goods_that_were_billed(self):
        """Goods that were billed ahead may be the ones that have left."""
        product = self._stored(10)
        self._bill(self._sold(3, product_id=product.id), 3)
        self._reviewed({product: "6"})
        gone = rules.gone_unbilled(rules.Goods(*map(Decimal, (6, -4, 3))))
        self.assertEqual(self._findings("GONE").facts["quantity_unbilled"], gone)

    def test_cut_off(self):
        """Goods that left before the count and were recorded later are not gone."""
        product = self._stored(10)
        order = self._sold(4, product_id=product.id)
        self._ship(order, day="2026-01-26")
        self._reviewed({product: "6"})
        self.assertFalse(self._findings("GONE"))
        self._bill(order, 4, day="2026-01-27")
        self.env["clerk.billing.check"]._run_all(self.company_a)
        self.assertFalse(self._findings("GONE"))

    def test_later_orders_explain_nothing(self):
        """Goods ordered after the count cannot have left before it."""
        product = self._stored(10)
        self._reviewed({product: "6"})
        later = self._sold(4, product_id=product.id)
        later.date_order = "2026-01-28"
        self._bill(later, 4, day="2026-01-28")
        self.env["clerk.billing.check"]._run_all(self.company_a)
        self.assertEqual(self._findings("GONE").facts["quantity_unbilled"], 4)

    def test_later_bills_explain_nothing(self):
        """Goods billed after the count do not explain that they were gone before."""
        product = self._stored(10)
        order = self._sold(4, product_id=product.id)
        self._reviewed({product: "6"})
        draft = self._bill(order, 4, day="2026-02-01", post=False)
        for step in (lambda: None, draft.action_post):
            step()
            self.env["clerk.billing.check"]._run_all(self.company_a)
            self.assertEqual(self._findings("GONE").facts["quantity_unbilled"], 4)

    def test_drafts_and_credits_of_bills(self):
        """A draft of before the count explains goods until its bill is credited."""
        product = self._stored(10)
        order = self._sold(4, product_id=product.id)
        bill = self._bill(order, 4, day="2026-02-01", post=False)
        bill.flush_recordset()
        self.env.cr.execute(
            "UPDATE account_move SET create_date = '2026-01-20' WHERE id = %s",
            (bill.id,),
        )
        self._reviewed({product: "6"})
        self.assertFalse(self._findings("GONE"))
        bill.action_post()
        self.env["clerk.billing.check"]._run_all(self.company_a)
        self.assertFalse(self._findings("GONE"))
        bill._reverse_moves([{"invoice_date": "2026-02-03"}]).action_post()
        self.env["clerk.billing.check"]._run_all(self.company_a)
        self.assertEqual(self._findings("GONE").facts["quantity_unbilled"], 4)

    def test_locations_counted_at_different_times(self):
        """A delivery counts from the time at which its location was counted."""
        other = self.shelf.copy({"name": "Shelf 2"})
        for source, stored, unexplained in (self.shelf, 10, 0), (other, 14, 4):
            with self.subTest(source.name):
                product = self._stored(stored, source)
                self._ship(self._sold(4, product_id=product.id), day="2026-01-12")
                self._put(product, 10, (self.shelf | other) - source)
                self._reviewed(
                    {product: "6"},
                    counted_on="2026-01-10 12:00:00",
                    location=self.shelf,
                )
                self._reviewed({product: "10"}, location=other)
                found = self._findings("GONE").filtered(
                    lambda each, goods=product: each.count_line_id.product_id == goods
                )
                self.assertEqual(
                    sum(each.facts["quantity_unbilled"] for each in found), unexplained
                )

    def test_prices_of_another_currency(self):
        """Prices without a company are in the currency of the main company."""
        dollars, euros = self.company_a.currency_id, self.env.ref("base.EUR")
        euros.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": euros.id,
                "company_id": self.company_a.id,
                "name": "2026-01-02",
                "rate": self.company_a.currency_id.rate * 0.5,
            }
        )
        main = self.company_b
        self.assertNotEqual(dollars, euros)
        self.patch(
            type(self.env["res.company"]), "_get_main_company", lambda self: main
        )
        self.env.cr.execute(
            "UPDATE res_company SET currency_id = %s WHERE id = %s", (euros.id, main.id)
        )
        main.invalidate_recordset(["currency_id"])
        product = self._stored(10)
        self._reviewed({product: "6"})
        self.assertEqual(self._findings("GONE").amount, -4 * product.list_price * 2)

    def test_goods_without_a_price(self):
        product = self._stored(10, list_price=0)
        product.with_company(self.company_a).standard_price = 0
        self._reviewed({product: "6"})
        self.assertEqual(self._findings("GONE").facts["quantity_unbilled"], 4)

    def test_moved_goods_are_not_gone(self):
        product = self._stored(10)
        self._put(product, 5, self.warehouse.lot_stock_id)
        count = self._started(product)
        for line in count.line_ids:
            line.counted = "6" if line.location_id == self.shelf else "9"
        count.action_enter()
        count.with_user(self.supervisor).action_review()
        self.assertEqual(count.line_ids.mapped("difference"), [4, -4])
        self.assertFalse(self._findings("GONE"))

    def test_billed_and_still_there(self):
        """Goods that are billed by order and were not delivered are on the shelf."""
        product = self._stored(8, policy="order")
        order = self._sold(10, policy="order", product_id=product.id)
        bill = self._bill(order, 10)
        self._reviewed({product: "8"})
        finding = self._findings("THERE")
        self.assertEqual((finding.reason, finding.amount), ("billed_there", 800))
        [there] = rules.shared([Decimal(10)], Decimal(8))
        self.assertEqual(finding.facts["quantity_there"], there)
        self.assertEqual(finding.move_id, bill)
        finding.action_open_billing_error()
        self.assertEqual(finding.billing_error_id.line_ids.claimed_quantity, 2)

    def test_goods_are_there_once(self):
        """Orders that are billed ahead share what was counted."""
        product = self._stored(7, policy="order")
        bills = []
        for _each in range(3):
            order = self._sold(5, policy="order", product_id=product.id)
            bills.append(self._bill(order, 5))
        self._reviewed({product: "7"})
        found = {
            finding.move_id: finding.facts["quantity_there"]
            for finding in self._findings("THERE")
        }
        parts = rules.shared([Decimal(5)] * 3, Decimal(7))
        expected = zip(reversed(bills), parts, strict=True)
        self.assertEqual(found, {bill: part for bill, part in expected if part})

    def test_recorded_as_delivered_and_still_there(self):
        """More than recorded is there: the latest deliveries have not left."""
        product = self._stored(20)
        sales = (5, "2026-01-10"), (4, "2026-01-14"), (3, "2026-01-18")
        bills = []
        for quantity, day in sales:
            order = self._sold(quantity, product_id=product.id)
            self._ship(order, day=day)
            bills.append(self._bill(order, quantity, day=day))
        self._reviewed({product: "13"})
        found = {
            finding.move_id: finding.facts["quantity_there"]
            for finding in self._findings("THERE")
        }
        parts = rules.shared(map(Decimal, (3, 4, 5)), Decimal(5))
        expected = zip(reversed(bills), parts, strict=True)
        self.assertEqual(found, {bill: part for bill, part in expected if part})
        # The first bill alone is no reason to claim the goods of the others.
        self.env["clerk.billing.check"]._check_moves(bills[0])
        self.assertEqual(self._findings("THERE").move_id, bills[1] | bills[2])

    def test_counts_of_findings(self):
        """Goods of findings can be counted."""
        product = self._stored(10)
        order = self._sold(5, product_id=product.id)
        self._ship(order)
        self.env["clerk.billing.check"]._run_all(self.company_a)
        finding = self._findings("UNBILLED")
        count = self.counts.browse(finding.action_count_goods()["res_id"])
        count.action_start()
        self.assertEqual(count.line_ids.product_id, product)
        self.assertFalse(count.line_ids.book_quantity)

    def test_acceptance_of_a_product(self):
        product = self._stored(10)
        self._reviewed({product: "6"})
        finding = self._findings("GONE")
        self.assertEqual(finding._accepted_for("product_id"), product)
        self.env["clerk.billing.acceptance"].with_user(self.clerk).create(
            {
                "check_id": finding.check_id.id,
                "company_id": self.company_a.id,
                "product_id": product.id,
                "reason": "Samples",
                "until": "2027-01-31",
            }
        )
        self.env["clerk.billing.check"]._run_all(self.company_a)
        self.assertEqual(finding.state, "accepted")
