from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.copied_database import transaction
from odoo.addons.invoicing_clerk.tests.receipt.test_receipt_concurrency import (
    ReceiptConcurrencyCommon,
)


@tagged("post_install", "-at_install")
class TestVoucherConcurrency(ReceiptConcurrencyCommon):
    """Two people who pay at once, in transactions that really meet: paid once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with transaction(cls.registry) as env:
            env.company.write(
                {
                    "clerk_voucher_two_people": 10**6,
                    "clerk_voucher_three_people": 10**6,
                    "clerk_voucher_four_people": 10**6,
                }
            )
            env["clerk.approval.limit"].create(
                {"kind": "voucher", "user_id": cls.clerk_ids[0], "unlimited": True}
            )
            cls.payee_id = env["res.partner"].create({"name": "Payee"}).id

    def _bill(self, amount):
        with transaction(self.registry) as env:
            account = env["account.account"].search(
                [("account_type", "=", "expense")], limit=1
            )
            line = {"name": "Rent", "price_unit": amount, "account_id": account.id}
            bill = env["account.move"].create(
                {
                    "move_type": "in_invoice",
                    "partner_id": self.payee_id,
                    "invoice_date": "2026-01-15",
                    "invoice_line_ids": [
                        Command.create({**line, "tax_ids": [Command.clear()]})
                    ],
                }
            )
            bill.action_post()
            return bill.id

    def _voucher(self, bill_id, amount):
        with transaction(self.registry, self.clerk_ids[0]) as env:
            item = (
                env["account.move"]
                .browse(bill_id)
                .line_ids.filtered(
                    lambda line: line.account_type == "liability_payable"
                )
            )
            voucher = env["clerk.voucher"].create(
                {
                    "partner_id": self.payee_id,
                    "journal_id": self.bank_id,
                    "line_ids": [
                        Command.create({"item_id": item.id, "amount": amount})
                    ],
                }
            )
            voucher.action_prepare()
            voucher.action_approve()
            return voucher.id

    def _paid(self, bill_id):
        """Return what is left of a bill, and the payments of its payee."""
        with transaction(self.registry) as env:
            payments = env["account.payment"].search(
                [("partner_id", "=", self.payee_id), ("state", "!=", "draft")]
            )
            bill = env["account.move"].browse(bill_id)
            return bill.amount_residual, sum(payments.mapped("amount"))

    def test_two_pay_one_voucher(self):
        bill_id = self._bill(100.0)
        _left, before = self._paid(bill_id)
        pay = (self._voucher(bill_id, 60.0), lambda voucher: voucher.action_pay())
        [refusal] = self._at_once("clerk.voucher", pay, pay)
        self.assertRegex(refusal, "Somebody else is working|is Paid")
        self.assertEqual(self._paid(bill_id), (40.0, before + 60.0))

    def test_two_vouchers_for_parts_of_one_bill(self):
        """Both are paid, one after the other, or one is asked to try again."""
        bill_id = self._bill(100.0)
        _left, before = self._paid(bill_id)
        calls = [
            (self._voucher(bill_id, amount), lambda voucher: voucher.action_pay())
            for amount in (70.0, 30.0)
        ]
        refused = self._at_once("clerk.voucher", *calls)
        left, paid = self._paid(bill_id)
        self.assertEqual(left + paid, before + 100.0)
        for refusal in refused:
            self.assertIn("Somebody else is working on", refusal)

    def test_handed_in_at_once_for_more_than_is_open(self):
        """Not both are approved, so that not both are paid."""
        bill_id = self._bill(100.0)
        ids = []
        for _number in range(2):
            with transaction(self.registry, self.clerk_ids[0]) as env:
                item = env["account.move"].browse(bill_id).line_ids.filtered("credit")
                line = {"item_id": item.id, "amount": 60.0}
                voucher = env["clerk.voucher"].create(
                    {
                        "partner_id": self.payee_id,
                        "journal_id": self.bank_id,
                        "line_ids": [Command.create(line)],
                    }
                )
                ids.append(voucher.id)
        hand_in = [(each, lambda voucher: voucher.action_prepare()) for each in ids]
        self._at_once("clerk.voucher", *hand_in)
        with transaction(self.registry, self.clerk_ids[0]) as env:
            vouchers = env["clerk.voucher"].browse(ids)
            with self.assertRaises(UserError):
                vouchers.action_approve()
