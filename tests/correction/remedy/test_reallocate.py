from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.correction.common import CorrectionCommon


@tagged("post_install", "-at_install")
class TestReallocate(CorrectionCommon):
    def _reallocated(self, move, target, user=None):
        correction = self._correction(move, "reallocate", user=user)
        correction.allocation_ids[0].to_move_id = target
        correction.action_apply()
        return correction

    def test_payment_moves_and_the_remainder_returns(self):
        paid, target = self._posted((10, 20.0)), self._posted((4, 20.0))
        payment = self._pay(paid)
        self._reallocated(paid, target)
        self.assertEqual(target.amount_residual, 0)
        self.assertEqual(paid.amount_residual, 92)
        self.assertEqual(payment.reconciled_invoice_ids, paid + target)

    def test_payment_that_moves_as_a_whole_forgets_its_invoice(self):
        paid, target = self._posted((4, 20.0)), self._posted((10, 20.0))
        payment = self._pay(paid)
        self._reallocated(paid, target)
        self.assertEqual(paid.amount_residual, 92)
        self.assertEqual(target.amount_residual, 138)
        self.assertEqual(payment.reconciled_invoice_ids, target)

    def test_free_credit_settles_the_invoice(self):
        move = self._posted((10, 20.0))
        self._posted((1, 20.0), move_type="out_refund", taxes=self.env["account.tax"])
        self._reallocated(move, move)
        self.assertEqual(move.amount_residual, 210)

    def test_between_customers_only_by_a_supervisor(self):
        paid = self._posted((10, 20.0))
        other = self._posted((10, 20.0), partner=self.partner_b)
        self._pay(paid)
        with self.assertRaisesRegex(ValidationError, "only supervisors"):
            self._reallocated(paid, other)
        correction = self._reallocated(paid, other, user=self.supervisor)
        self.assertEqual(correction.document_ids.correction_role, "transfer")
        self.assertEqual((other.amount_residual, paid.amount_residual), (0, 230))
        owed = self.env["account.move.line"]._read_group(
            [
                ("account_type", "=", "asset_receivable"),
                ("partner_id", "in", (self.partner_a + self.partner_b).ids),
            ],
            ["partner_id"],
            ["balance:sum"],
        )
        self.assertEqual(
            dict(owed), {self.partner_a: 230, self.partner_b: 0}, "each owes his own"
        )

    def test_other_currency_or_nothing_open(self):
        paid = self._posted((10, 20.0))
        self._pay(paid)
        foreign = self._posted((1, 5.0), currency=self.foreign_currency)
        with self.assertRaisesRegex(ValidationError, "within one currency"):
            self._reallocated(paid, foreign)
        settled = self._posted((1, 5.0))
        self._pay(settled)
        with self.assertRaisesRegex(ValidationError, "no open amount"):
            self._reallocated(paid, settled)

    def test_unapplied_amount_goes_first(self):
        paid = self._posted((10, 20.0))
        self._pay(paid, 100)
        payment = self._pay(paid, 130)
        paid.line_ids.remove_move_reconcile()
        small = self._posted((1, 20.0))
        (payment.move_id + small).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        correction = self._correction(small, "reallocate")
        self.assertEqual(
            sorted(correction.allocation_ids.mapped("amount")), [23, 100, 107]
        )
        used = correction.allocation_ids.filtered("from_move_id")
        with self.assertRaisesRegex(ValidationError, "107.00 of"):
            used.to_move_id = paid

    def test_moved_amount_is_the_previewed_amount(self):
        paid, target = self._posted((10, 20.0)), self._posted((4, 20.0))
        self._pay(paid)
        correction = self._correction(paid, "reallocate")
        correction.allocation_ids[0].to_move_id = target
        self.assertEqual(correction.preview["documents"][0]["total"], 92)
        self.assertEqual(correction.stake, 0)
        correction.action_apply()
        self.assertEqual(paid.amount_residual, 92)

    def test_amount_applied_meanwhile_is_not_applied_twice(self):
        self.partner_b.property_account_receivable_id = (
            self.partner_a.property_account_receivable_id
        )
        other = self._posted((10, 20.0), partner=self.partner_b)
        invoice, use = self._posted((1, 20.0)), self._posted((3, 20.0))
        payment = self._pay(invoice)
        invoice.line_ids.remove_move_reconcile()
        correction = self._correction(invoice, "reallocate", user=self.supervisor)
        correction.allocation_ids.to_move_id = other
        self.assertEqual(correction.preview["documents"][0]["total"], 23)
        paying = payment.move_id.line_ids.filtered(lambda line: line.balance < 0)
        small = self._posted((1, 10.0), taxes=self.env["account.tax"])
        (paying + small.line_ids.filtered("date_maturity")).reconcile()
        correction.invalidate_recordset()
        correction.action_apply()
        self.assertEqual(other.amount_residual, 230 - 13)
        self.assertTrue(paying.reconciled)
        self.assertTrue(use.amount_residual)

    def test_of_another_customer_or_document(self):
        invoice, other_invoice = (
            self._posted((1, 20.0)),
            self._posted((1, 20.0), partner=self.partner_b),
        )
        payment = self._pay(other_invoice)
        line = payment.move_id.line_ids.filtered(lambda line: line.balance < 0)
        correction = self._correction(invoice, "reallocate")
        with self.assertRaisesRegex(ValidationError, "not a credit of"):
            correction._inside().allocation_ids = [
                Command.create(
                    {
                        "source_line_id": line.id,
                        "from_move_id": other_invoice.id,
                        "to_move_id": invoice.id,
                    }
                )
            ]

    def test_without_a_payment_the_remedy_does_not_fit(self):
        correction = self._correction(self._posted((10, 20.0)), "reallocate")
        self.assertIn("no payment or credit", correction.unfit_reason)
