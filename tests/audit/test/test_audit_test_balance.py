from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.audit.test.common import (
    AuditTestCommon,
)


@tagged("post_install", "-at_install")
class TestAuditTestBalance(AuditTestCommon):
    """Errors in balances are found, and nothing else is."""

    def test_open_items_tie(self):
        self._books()
        run = self._run("TIE")
        self.assertEqual(self._found(run), [])
        figures = self._figures(run)
        self.assertEqual(figures["ledger"], figures["open_items"])
        self.assertEqual(figures["difference"], 0)
        self.assertEqual(run.population_amount, 50 + 100 + 70 - 5)
        self.assertEqual(run.population_count, 8)

    def test_a_changed_residual_amount(self):
        later = self._books()[-1]
        self._tamper(self._terms_line(later), amount_residual=45)
        run = self._run("TIE")
        self.assertEqual(self._found(run), [("residual", later.name, 5)])
        self.assertEqual(self._figures(run)["difference"], 5)

    def test_a_reconciliation_before_its_payment(self):
        self._books()
        later = self.env["account.partial.reconcile"].search(
            [("max_date", "=", "2026-07-10")]
        )
        self._tamper(later, max_date="2026-06-15")
        run = self._run("TIE")
        invoice = later.debit_move_id.move_id
        self.assertEqual(self._found(run), [("matched_early", invoice.name, 30)])

    def test_a_payment_reset_to_draft(self):
        """Open items tie, and the invoice that Odoo shows as paid is named."""
        _before, paid, _foreign, later = self._books()
        for invoice in (paid, later):
            payment = invoice.line_ids.matched_credit_ids.credit_move_id.move_id
            payment.origin_payment_id.action_draft()
        run = self._run("TIE")
        self.assertEqual(
            sorted(self._found(run)),
            sorted(
                [("matched_draft", paid.name, 100), ("matched_draft", later.name, 30)]
            ),
        )
        self.assertEqual(self._figures(run)["difference"], 0)
        self.assertEqual(self._figures(self._run("ROLL"))["difference"], 0)

    def test_balances_roll_forward(self):
        self._books()
        run = self._run("ROLL")
        self.assertEqual(self._found(run), [])
        self.assertEqual(
            self._figures(run),
            {
                "opening": 50,
                "invoice": 100 + 80 + 100 + 70,
                "credit": -80,
                "payment": -100,
                "adjustment": -5,
                "exchange": 0,
                "closing": 215,
                "difference": 0,
            },
        )

    def test_exchange_differences_roll_apart(self):
        invoice = self._invoice(200, "2026-02-01", currency=self.foreign_currency)
        self.env["res.currency.rate"].create(
            {
                "name": "2026-03-01",
                "rate": 4,
                "currency_id": self.foreign_currency.id,
                "company_id": self.company_a.id,
            }
        )
        self._pay(invoice, payment_date="2026-03-10")
        run = self._run("ROLL")
        self.assertEqual(self._found(run), [])
        figures = self._figures(run)
        self.assertEqual((figures["payment"], figures["exchange"]), (-50, -50))
        self.assertEqual(figures["closing"], 0)

    def test_a_balance_that_does_not_roll(self):
        later = self._books()[-1]
        self._tamper(self._terms_line(later), amount_residual=45)
        run = self._run("ROLL")
        [found] = run.exception_ids
        self.assertEqual((found.reason, found.amount), ("roll", 5))
        self.assertEqual(found.res_id, self.receivable.id)
        self.assertEqual(self._figures(run)["difference"], -5)

    def test_customers_with_credit_balances(self):
        self._invoice(20, "2026-05-01")
        self._entry(
            "2026-05-02", (self.revenue, 65), (self.receivable, -65, self.contact_a)
        )
        self._invoice(30, "2026-05-03", partner=self.partner_b)
        run = self._run("CREDITBAL")
        self.assertEqual(self._found(run), [("in_credit", self.partner_a.name, 45)])
        self.assertIn("number of entries: 2", run.exception_ids.explanation)

    def test_small_credit_balances_can_be_left_out(self):
        self._entry(
            "2026-05-02", (self.revenue, 65), (self.receivable, -65, self.partner_a)
        )
        self.assertEqual(self._found(self._run("CREDITBAL", amount=66)), [])

    def test_empty_books(self):
        for code in ("TIE", "ROLL", "CREDITBAL"):
            self._skipped(code, "contain nothing to test")
