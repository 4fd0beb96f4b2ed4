from odoo import api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.service.model import retrying
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

    def _voucher(self, bill_id, amount, steps=("prepare", "approve")):
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
            for step in steps:
                getattr(voucher, f"action_{step}")()
            return voucher.id

    def _prepared(self, amount):
        return self._voucher(self._bill(amount), amount, steps=("prepare",))

    def _petty(self, cash, *amounts):
        """Return the ids of vouchers of a box with cash, each with its receipt."""
        with transaction(self.registry) as env:
            expense = env["account.account"].search(
                [("account_type", "=", "expense")], limit=1
            )
            journal = env["account.journal"].create(
                {"name": "Box", "code": "BOX", "type": "cash"}
            )
            account = journal.default_account_id
            journal.outbound_payment_method_line_ids.payment_account_id = account
            box = env["clerk.petty.cash"].create(
                {
                    "name": "Box",
                    "journal_id": journal.id,
                    "bank_journal_id": self.bank_id,
                    "custodian_id": self.clerk_ids[0],
                    "fund": cash,
                    "maximum": cash,
                    "difference_account_id": expense.id,
                }
            )
            lines = [(account, cash), (expense, -cash)]
            entry = env["account.move"].create(
                {
                    "journal_id": journal.id,
                    "line_ids": [
                        Command.create({"account_id": each.id, "balance": balance})
                        for each, balance in lines
                    ],
                }
            )
            entry.action_post()
            vouchers = env["clerk.voucher"].create(
                [
                    {
                        "kind": "petty",
                        "petty_cash_id": box.id,
                        "partner_id": self.payee_id,
                        "line_ids": [
                            Command.create({"account_id": expense.id, "amount": amount})
                        ],
                    }
                    for amount in amounts
                ]
            )
            env["ir.attachment"].create(
                [
                    {
                        "name": "receipt.txt",
                        "raw": b"receipt",
                        "res_model": "clerk.voucher",
                        "res_id": voucher.id,
                    }
                    for voucher in vouchers
                ]
            )
            return vouchers.ids

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

    def test_one_approver_in_two_windows(self):
        """The limit covers either of two vouchers for a payee, and not both."""
        ids = [self._prepared(60.0) for _number in range(2)]
        with transaction(self.registry) as env:
            env["clerk.approval.limit"].create(
                {"kind": "voucher", "user_id": self.clerk_ids[1], "amount": 100.0}
            )
        self.clerk_ids = [self.clerk_ids[1]] * 2
        approve = [(each, lambda voucher: voucher.action_approve()) for each in ids]
        [refusal] = self._at_once("clerk.voucher", *approve)
        self.assertRegex(refusal, "Somebody else is approving|above the limit")
        with transaction(self.registry) as env:
            states = env["clerk.voucher"].browse(ids).mapped("state")
            self.assertEqual(sorted(states), ["approved", "prepared"])

    def test_paid_out_in_two_windows(self):
        """The box has enough for one, also for who looked before it was paid out."""
        first, second = self._petty(100.0, 80.0, 80.0)
        custodian = self.clerk_ids[0]
        with self.registry.cursor() as cr:
            env = api.Environment(cr, custodian, {})
            voucher = env["clerk.voucher"].browse(second)
            self.assertEqual(voucher.petty_cash_id.cash_on_hand, 100.0)
            with transaction(self.registry, custodian) as meanwhile:
                meanwhile["clerk.voucher"].browse(first).action_pay_out()
            with self.assertRaisesRegex(UserError, "more than there is in the box"):
                retrying(voucher.action_pay_out, env)

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
