import base64
import io

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.pdf import PdfReader

from odoo.addons.invoicing_clerk.tests.common import blank_pdf
from odoo.addons.invoicing_clerk.tests.receipt.test_bounce import BounceCommon


@tagged("post_install", "-at_install")
class TestReceiptDocument(BounceCommon):
    """Numbers without gaps, and what the payer reads."""

    def _issue(self, payments, user=None):
        payments = payments.with_user(user or self.clerk)
        action = payments.action_issue_receipt()
        receipts = self.env["clerk.receipt.document"].with_user(user or self.clerk)
        return receipts.browse(action["context"]["active_ids"]), action

    def _numbers(self, receipts):
        return [int(name.rsplit("/", 1)[1]) for name in receipts.mapped("name")]

    def test_numbers_follow_each_other_whatever_is_voided_or_rolled_back(self):
        first, _action = self._issue(self._received())
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._issue(self._received())
            raise UserError("The clerk's browser sent it twice.")
        first.void_reason = "Wrong customer"
        first.action_void()
        second, _action = self._issue(self._received())
        third, _action = self._issue(first.payment_id)
        numbers = self._numbers(first + second + third)
        self.assertEqual(numbers, [numbers[0], numbers[0] + 1, numbers[0] + 2])
        self.assertEqual(first.state, "void")

    def test_a_payment_has_one_receipt(self):
        payments = self._received() + self._received(50.0)
        receipts, action = self._issue(payments)
        self.assertEqual(len(receipts), 2)
        again, _action = self._issue(payments)
        self.assertEqual(again, receipts.sorted("id", reverse=True))
        self.assertEqual(action["report_name"], "invoicing_clerk.report_receipt")

    def test_it_says_what_was_true_in_the_language_of_the_payer(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.partner_a.lang = "fr_FR"
        invoice = self._posted((1, 101.25), taxes=self.no_tax)
        receipt, _action = self._issue(self._received(101.25, invoice))
        self.assertEqual(receipt.amount_words, "Cent un dollars et vingt-cinq cents")
        self.assertEqual(receipt.applied_to, invoice.name)
        self.assertEqual(receipt.reference, "Check 101")
        self.assertEqual(receipt.issued_by_id, self.clerk)

    def test_the_pdf_stays_as_it_was_first_printed(self):
        receipt, _action = self._issue(self._received())
        report = self.env["ir.actions.report"].with_user(self.clerk)
        report = report.with_context(force_report_rendering=True)
        name = "invoicing_clerk.action_report_receipt"
        content, _kind = report._render_qweb_pdf(name, receipt.ids)
        text = PdfReader(io.BytesIO(content)).pages[0].extract_text()
        for expected in (receipt.name, "One hundred dollars", self.partner_a.name):
            self.assertIn(expected, text)
        self.assertEqual(receipt.document_id.raw, content)
        self.assertEqual(len(receipt.document_hash), 64)
        self.partner_a.name = "Renamed"
        again, _kind = report._render_qweb_pdf(name, receipt.ids)
        self.assertNotIn(
            "Renamed", PdfReader(io.BytesIO(again)).pages[0].extract_text()
        )
        with self.assertRaises(AccessError):
            receipt.document_id.sudo().datas = base64.b64encode(b"%PDF-forged")

    def _printed(self, receipt, user, **context):
        report = self.env["ir.actions.report"].with_user(user)
        report = report.with_context(force_report_rendering=True, **context)
        return report._render_qweb_pdf(
            "invoicing_clerk.action_report_receipt", receipt.ids
        )[0]

    def test_a_file_of_somebody_else_is_not_the_receipt(self):
        """Would have caught: a file with the name of the PDF, uploaded before it was
        printed first, was served in its place and sealed."""
        receipt, _action = self._issue(self._received())
        forged = self.env["ir.attachment"].with_user(self.clerk)
        forged = forged.create(
            [
                {
                    "name": name,
                    "raw": blank_pdf("Forged"),
                    "res_model": receipt._name,
                    "res_id": receipt.id,
                }
                for name in (receipt._file_name(), "note.pdf")
            ]
        )
        for user, context in (
            (self.auditor, {}),
            (self.clerk, {"report_pdf_no_attachment": True}),
            (self.clerk, {}),
        ):
            content = self._printed(receipt, user, **context)
            text = PdfReader(io.BytesIO(content)).pages[0].extract_text()
            self.assertIn(receipt.name, text)
            self.assertNotIn(receipt.document_id, forged)
        self.assertEqual(receipt.document_id.raw, content)

    def test_several_are_printed_at_once(self):
        receipts, _action = self._issue(self._received() + self._received(50.0))
        report = self.env["ir.actions.report"].with_user(self.clerk)
        report = report.with_context(force_report_rendering=True)
        content, _kind = report._render_qweb_pdf(
            "invoicing_clerk.action_report_receipt", receipts.ids
        )
        self.assertEqual(len(PdfReader(io.BytesIO(content)).pages), 2)
        self.assertEqual(len(receipts.document_id), 2)
        self.assertEqual(len(set(receipts.mapped("document_hash"))), 2)

    def test_it_is_sent_with_the_pdf(self):
        receipt, _action = self._issue(self._received())
        action = receipt.action_send()
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.clerk)
            .with_context(force_report_rendering=True, **action["context"])
            .create({})
        )
        self.assertEqual(composer.partner_ids, self.partner_a)
        self.assertEqual(composer.attachment_ids.mimetype, "application/pdf")
        composer._action_send_mail()
        self.assertEqual(receipt.message_ids[0].partner_ids, self.partner_a)

    def test_a_bounce_voids_it(self):
        payment = self._received()
        receipt, _action = self._issue(payment)
        self._bounce(payment).action_book()
        self.assertEqual(receipt.state, "void")
        self.assertIn("Not sufficient funds", receipt.void_reason)
        with self.assertRaisesRegex(UserError, "bounced on"):
            self._issue(payment)

    def test_refusals(self):
        draft = self._received()
        draft.action_draft()
        supplier = self._received(payment_type="outbound", partner_type="supplier")
        for payment, sentence in (
            (draft, "is not posted"),
            (supplier, "not a payment from a customer"),
            (self.env["account.payment"], "."),
        ):
            with self.subTest(sentence), self.assertRaisesRegex(UserError, sentence):
                self._issue(payment)
        receipt, _action = self._issue(self._received())
        with self.assertRaisesRegex(UserError, "Enter the reason"):
            receipt.action_void()
        for values in ({"amount": 1.0}, {"state": "void"}, {"name": "OR/1"}):
            with self.subTest(values), self.assertRaises(UserError):
                receipt.write(values)
        with self.assertRaises(UserError):
            receipt.sudo().unlink()
        unknown, _action = self._issue(self._received(partner_id=False))
        with self.assertRaisesRegex(UserError, "no customer to write to"):
            unknown.action_send()

    def test_who_may(self):
        payment = self._received()
        receipt, _action = self._issue(payment)
        self.assertEqual(receipt.with_user(self.auditor).amount, 100.0)
        for user in (self.auditor, self.outsider, self.clerk_b):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._issue(self._received(), user=user)
        for user in (self.outsider, self.clerk_b):
            with self.assertRaises(AccessError):
                receipt.with_user(user).read(["amount"])
            with self.assertRaises(AccessError):
                receipt.with_user(user).action_print()
