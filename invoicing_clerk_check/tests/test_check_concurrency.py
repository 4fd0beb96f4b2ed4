from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.copied_database import transaction
from odoo.addons.invoicing_clerk.tests.receipt.test_receipt_concurrency import (
    ReceiptConcurrencyCommon,
)

from .common import ADDRESS


@tagged("post_install", "-at_install")
class TestCheckConcurrency(ReceiptConcurrencyCommon):
    """Two people who print at once: no number is printed twice, and no payment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with transaction(cls.registry) as env:
            env.company.account_check_printing_layout = (
                "invoicing_clerk_check.action_report_check_top"
            )
            cls.payee_id = env["res.partner"].create({"name": "Payee", **ADDRESS}).id

    def _payment(self, amount):
        with transaction(self.registry, self.clerk_ids[0]) as env:
            lines = (
                env["account.journal"]
                .browse(self.bank_id)
                .outbound_payment_method_line_ids
            )
            payment = env["account.payment"].create(
                {
                    "payment_type": "outbound",
                    "partner_type": "supplier",
                    "partner_id": self.payee_id,
                    "amount": amount,
                    "journal_id": self.bank_id,
                    "payment_method_line_id": lines.filtered(
                        lambda line: line.code == "check_printing"
                    ).id,
                }
            )
            payment.action_post()
            return payment.id

    def _numbers(self, *payment_ids):
        with transaction(self.registry) as env:
            checks = env["clerk.check"].search([("payment_id", "in", payment_ids)])
            return sorted(checks.mapped("name"))

    def test_two_print_on_the_same_number(self):
        def print_it(payment):
            payment.env["clerk.check"]._print(payment, "0500")

        payments = [self._payment(10.0), self._payment(20.0)]
        calls = [(each, print_it) for each in payments]
        [refusal] = self._at_once("account.payment", *calls)
        self.assertRegex(refusal, "Somebody else is printing|0500 of .* already used")
        self.assertEqual(self._numbers(*payments), ["0500"])

    def test_two_print_the_same_payment(self):
        payment_id = self._payment(30.0)
        calls = [
            (
                payment_id,
                lambda payment, number=number: payment.env["clerk.check"]._print(
                    payment, number
                ),
            )
            for number in ("0600", "0700")
        ]
        [refusal] = self._at_once("account.payment", *calls)
        self.assertRegex(refusal, "Somebody else is printing|is already printed for")
        self.assertEqual(len(self._numbers(payment_id)), 1)

    def test_two_report_one_check_to_the_bank(self):
        payment_id = self._payment(40.0)
        with transaction(self.registry) as env:
            journal = env["account.journal"].browse(self.bank_id)
            journal.bank_account_id = env["res.partner.bank"].create(
                {"acc_number": "0001234", "partner_id": env.company.partner_id.id}
            )
        with transaction(self.registry, self.clerk_ids[0]) as env:
            payment = env["account.payment"].browse(payment_id)
            payment.env["clerk.check"]._print(payment, "0800")
            check_id = payment.check_ids.id

        def report(check):
            layout = check.env["clerk.positive.pay.format"].search([], limit=1)
            check.env["clerk.positive.pay"]._make(check.journal_id, layout)

        [refusal] = self._at_once("clerk.check", (check_id, report), (check_id, report))
        self.assertRegex(refusal, "Somebody else is printing|been reported to the bank")
        with transaction(self.registry) as env:
            files = env["clerk.positive.pay"].search([("issue_ids", "in", check_id)])
            self.assertEqual(len(files), 1)
