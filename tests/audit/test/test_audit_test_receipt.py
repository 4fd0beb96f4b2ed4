from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.audit.test.common import (
    AuditTestCommon,
)


@tagged("post_install", "-at_install")
class TestAuditTestReceipt(AuditTestCommon):
    """Items without subsequent receipts are found, and nothing else is."""

    def test_items_not_received_subsequently(self):
        before, _paid, foreign, later = self._books()
        run = self._run("SUBSEQ", days=30)
        self.assertEqual(
            self._found(run),
            sorted(
                [
                    ("not_received", before.name, 50),
                    ("not_received", foreign.name, 100),
                    ("not_received", later.name, 40),
                ]
            ),
        )
        figures = self._figures(run)
        self.assertEqual((figures["open_items"], figures["received"]), (220, 30))
        self.assertAlmostEqual(figures["coverage"], 30 / 220)

    def test_receipts_count_until_the_last_day_only(self):
        later = self._books()[-1]
        run = self._run("SUBSEQ", days=9, amount=60)
        self.assertEqual(
            [each for each in self._found(run) if each[1] == later.name],
            [("not_received", later.name, 70)],
        )
        self.assertNotIn(50, run.exception_ids.mapped("amount"))

    def test_only_payments_are_subsequent_receipts(self):
        """Neither a later credit note nor a payment on the last day is."""
        invoice = self._invoice(100, "2026-05-01")
        self._pay(invoice, 25, payment_date="2026-06-30")
        credit = self._invoice(40, "2026-07-05", move_type="out_refund")
        (self._terms_line(invoice) | self._terms_line(credit)).reconcile()
        run = self._run("SUBSEQ", days=30)
        self.assertEqual(self._found(run), [("not_received", invoice.name, 75)])
        self.assertEqual(self._figures(run)["received"], 0)

    def test_future_days_have_no_receipts(self):
        later = self._books()[-1]
        with freeze_time("2026-07-09"):
            run = self._run("SUBSEQ", days=30)
        found = run.exception_ids.filtered(lambda each: each.move_id == later)
        self.assertEqual((found.amount, found.facts["date_until"]), (70, "2026-07-09"))

    def test_a_payment_reset_to_draft_is_no_receipt(self):
        later = self._books()[-1]
        payment = later.line_ids.matched_credit_ids.credit_move_id.move_id
        payment.origin_payment_id.action_draft()
        run = self._run("SUBSEQ", days=30)
        self.assertEqual(self._figures(run)["received"], 0)

    def test_empty_books(self):
        self._skipped("SUBSEQ", "contain nothing to test")
