from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import StockCorpus


@tagged("post_install", "-at_install")
class TestDeliveredBilled(StockCorpus):
    """The report by order line, as of any day, and in line with the findings."""

    def _rows(self, *orders, as_of=None, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.env["clerk.delivered.billed"].with_user(user or self.clerk)
        domain = [("order_id", "in", [order.id for order in orders])]
        return rows.with_context(as_of=as_of).search(domain, order="id")

    def _figures(self, rows, *names):
        return [tuple(row[name] for name in names) for row in rows]

    def test_as_of_any_day(self):
        order = self._sold(10)
        shipped = self._ship(order, 6)
        self._bill(order)
        self._ship(order, day="2026-02-03")
        self._return(shipped, 1, day="2026-02-10", to_refund=False)
        self._credit_on(self._bill(order, day="2026-02-05"), "2026-02-20")
        names = ("shipped", "returned", "billed", "to_bill", "excess")
        expected = {
            "2026-01-09": (0, 0, 0, 0, 0),
            "2026-01-12": (6, 0, 0, 6, 0),
            "2026-01-31": (6, 0, 6, 0, 0),
            "2026-02-04": (10, 0, 6, 4, 0),
            "2026-02-06": (10, 0, 10, 0, 0),
            "2026-02-11": (10, 1, 10, 0, 1),
            "2026-02-21": (10, 1, 6, 3, 0),
        }
        for day, figures in expected.items():
            with self.subTest(day):
                rows = self._rows(order, as_of=day)
                self.assertEqual(self._figures(rows, *names), [figures])
        self.assertEqual(self._figures(self._rows(order), *names), [(10, 1, 6, 3, 0)])

    def _credit_on(self, move, day):
        note = move._reverse_moves([{"invoice_date": day, "date": day}], cancel=False)
        note.action_post()

    def test_as_of_something_else(self):
        for day in ("yesterday", "2026-02-30", 7, ["2026-02-03"]):
            with self.subTest(day), self.assertRaisesRegex(UserError, "not a date"):
                self._rows(self._sold(10), as_of=day)

    def test_values_and_age(self):
        order = self._sold(10, 5, policy="order")
        self._ship(order, 8, 5)
        self._bill(order, 2, 5)
        [row, other] = self._rows(order, as_of="2026-01-20")
        self.assertEqual((row.balance_to_bill, row.days), (600, 10))
        self.assertEqual((other.balance_to_bill, other.balance_excess), (0, 0))
        self.assertEqual(row.billing_policy, "order")

    def test_allowances_bill_nothing_less(self):
        order = self._sold(10)
        self._ship(order)
        self._credit(self._bill(order), {"price_unit": 5})
        [row] = self._rows(order)
        self.assertEqual((row.billed, row.to_bill, row.allowance), (10, 0, -50))

    def test_foreign_currency(self):
        """Values are in company currency too: two foreign units buy one of ours."""
        pricelist = self.env["product.pricelist"].create(
            {"name": "Abroad", "currency_id": self.foreign_currency.id}
        )
        order = self._order(
            (10, 100, ("product_id", self._goods().id)), pricelist_id=pricelist.id
        )
        self._ship(order)
        [row] = self._rows(order)
        self.assertEqual((row.amount_to_bill, row.balance_to_bill), (1000, 500))

    def test_in_line_with_the_findings(self):
        """Quantities to bill are in UNBILLED, and the excess in the other checks."""
        orders = [self._sold(10) for _each in range(6)]
        self._ship(orders[0])
        self._ship(orders[1], 4)
        self._bill(orders[1], 6)
        self._bill(orders[2], 10)
        shipped = self._ship(orders[3])
        self._bill(orders[3])
        self._return(shipped, 3, to_refund=False)
        shipped = self._ship(orders[4], 8)
        self._bill(orders[4], 10)
        self._return(shipped, 1, to_refund=True)
        self._ship(orders[5], 7)
        self._bill(orders[5], 2)
        self.checks.browse()._run_all(self.company_a)
        to_bill, excess = {}, {}
        for finding in self.findings.search([("state", "=", "open")]):
            facts, line = finding.facts, finding.move_line_id.sale_line_ids
            if finding.sale_line_id:
                to_bill[finding.sale_line_id] = facts["quantity_unbilled"]
            elif finding.check_id.code in ("QTY", "NOTDELIV", "RETURN"):
                excess[line] = excess.get(line, 0) + facts["quantity_excess"]
        rows = self._rows(*orders)
        self.assertEqual(
            [(row.to_bill, row.excess) for row in rows],
            [(10, 0), (0, 2), (0, 10), (0, 3), (0, 3), (5, 0)],
        )
        for row in rows:
            line = row.order_line_id.with_env(self.env)
            self.assertEqual(row.to_bill, to_bill.get(line, 0))
            self.assertEqual(row.excess, excess.get(line, 0))

    def test_rights(self):
        order = self._sold(10)
        for user in (self.clerk, self.supervisor, self.auditor):
            self.assertTrue(self._rows(order, user=user))
        self.assertFalse(self._rows(order, user=self.clerk_b))
        with self.assertRaises(AccessError):
            self._rows(order, user=self.outsider)

    def test_day_of_the_wizard(self):
        wizard = self.env["clerk.delivered.billed.date"].with_user(self.clerk)
        action = wizard.create({"date": "2026-01-31"}).action_open()
        self.assertEqual(action["context"]["as_of"], "2026-01-31")
        self.assertIn("01/31/2026", action["name"])

    def test_pdf(self):
        order = self._sold(10)
        self._ship(order)
        rows = self._rows(order, as_of="2026-01-20")
        reports = self.env["ir.actions.report"].with_user(self.clerk)
        html, _type = reports.with_context(as_of="2026-01-20")._render_qweb_html(
            "invoicing_clerk_sale_stock.report_delivered_billed", rows.ids
        )
        self.assertIn("01/20/2026", html.decode())
        self.assertIn("1,000.00", html.decode())
        self.assertIn("Allowances", html.decode())

    def test_queries_do_not_grow(self):
        def read(rows):
            rows.mapped("to_bill")
            rows.mapped("partner_id.name")

        orders = [self._sold(10) for _each in range(8)]
        _one, few, many = (
            self._count_queries(read, self._rows(*orders[:number]))
            for number in (1, 2, 8)
        )
        self._assert_no_more_queries(few, many)
