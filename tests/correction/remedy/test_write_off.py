from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.correction.common import CorrectionCommon


@tagged("post_install", "-at_install")
class TestWriteOff(CorrectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_a.sudo().clerk_write_off_account_id = cls.company_data[
            "default_account_expense"
        ]

    def test_small_balance_is_booked_and_settled(self):
        move = self._posted((10, 20.0))
        self._pay(move, 226)
        entry = self._corrected(move, "write_off").document_ids
        self.assertEqual(move.amount_residual, 0)
        receivable = move.line_ids.filtered("date_maturity").account_id
        expense = self.company_data["default_account_expense"]
        self.assertRecordValues(
            entry.line_ids.sorted("balance"),
            [
                {"balance": -4.0, "reconciled": True, "account_id": receivable.id},
                {"balance": 4.0, "reconciled": False, "account_id": expense.id},
            ],
        )

    def test_full_foreign_balance_takes_its_full_company_value(self):
        move = self._posted((1, 10.0), currency=self.foreign_currency)
        self._pay(move, 8.4)
        remainder = move.amount_residual_signed
        entry = self._corrected(move, "write_off").document_ids
        self.assertEqual(move.amount_residual, 0)
        self.assertEqual(sum(entry.line_ids.mapped("debit")), remainder)

    def test_part_of_the_balance(self):
        move = self._posted((10, 20.0))
        self._pay(move, 224)
        self._corrected(move, "write_off", write_off_amount=2)
        self.assertEqual(move.amount_residual, 4)

    def test_balance_of_a_credit_note(self):
        refund = self._posted((1, 4.0), move_type="out_refund")
        self._corrected(refund, "write_off")
        self.assertEqual(refund.amount_residual, 0)

    def test_more_than_is_open_or_allowed_or_nothing(self):
        move = self._posted((10, 20.0))
        for amount, sentence in (
            (231, "Only .*230.00 is open"),
            (11, "above the limit of"),
            (0, "cannot be written off"),
        ):
            with (
                self.subTest(amount=amount),
                self.assertRaisesRegex(UserError, sentence),
            ):
                self._corrected(move, "write_off", write_off_amount=amount)
        self.assertEqual(move.amount_residual, 230)

    def test_small_amounts_are_added_up(self):
        move = self._posted((10, 20.0))
        self._corrected(move, "write_off", write_off_amount=8)
        with self.assertRaisesRegex(UserError, "above the limit of"):
            self._corrected(move, "write_off", write_off_amount=8)

    def test_only_on_an_expense_account(self):
        move = self._posted((1, 4.0))
        receivable = move.line_ids.filtered("date_maturity").account_id
        with self.assertRaisesRegex(UserError, "expense account"):
            self._corrected(move, "write_off", write_off_account_id=receivable.id)

    def test_without_an_account(self):
        move = self._posted((1, 4.0))
        with self.assertRaisesRegex(UserError, "Select an expense account"):
            self._corrected(move, "write_off", write_off_account_id=False)
