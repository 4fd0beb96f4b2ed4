import base64
import io

from freezegun import freeze_time
from openpyxl import Workbook
from reportlab.pdfgen.canvas import Canvas

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools.pdf import PdfWriter

from .common import ReceiptCommon


@tagged("post_install", "-at_install")
class TestRemittance(ReceiptCommon):
    """Advices of payers are read, checked, and decide what a payment is applied to."""

    freeze_time = freeze_time("2026-03-10")

    def _advice(self, total, *lines, user=None, **values):
        return (
            self.env["clerk.remittance"]
            .with_user(user or self.clerk)
            .create(
                {
                    "name": "AVIS 118",
                    "partner_id": self.partner_a.id,
                    "company_id": self.company_a.id,
                    "currency_id": self.currency_a.id,
                    "date": "2026-03-01",
                    "total": total,
                    "line_ids": [
                        Command.create(
                            {
                                "number": number,
                                "amount": amount,
                                "deduction": sum(deduction),
                            }
                        )
                        for number, amount, *deduction in lines
                    ],
                    **values,
                }
            )
        )

    def _match(self, payment):
        return (
            self.env["clerk.receipt.match"]
            .with_user(self.clerk)
            .search([("payment_id", "=", payment.id), ("state", "=", "proposed")])
        )

    def test_many_invoices_in_one_click(self):
        invoices = [self._invoice(10.0 + number) for number in range(80)]
        total = sum(each.amount_total for each in invoices)
        payment = self._payment(total, "AVIS 118")
        advice = self._advice(
            total, *((each.name, each.amount_total) for each in invoices)
        )
        action = advice.action_confirm()
        match = self._match(payment)
        self.assertEqual(action["res_id"], match.id, "the payment is there: it opens")
        self.assertEqual(advice.action_view_match()["res_id"], match.id)
        self.assertEqual((match.reason, match.is_automatic), ("advice", True))
        self.assertEqual(match.remittance_id, advice)
        match.action_apply()
        self.assertEqual(self._open(*invoices), [0.0] * 80)
        self.assertEqual((advice.state, advice.match_id), ("applied", match))
        match.action_undo()
        self.assertEqual(advice.state, "confirmed")
        self.assertFalse(advice.match_id)

    def test_the_payment_comes_later_and_without_customer(self):
        invoice = self._invoice(50.0)
        self._invoice(50.0)
        advice = self._advice(50.0, (invoice.name, 50.0))
        advice.action_confirm()
        payment = self._payment(50.0, "ref AVIS 118", partner_id=False)
        match = self._propose(payment)
        self.assertEqual(match.partner_id, self.partner_a)
        self.assertEqual(match.line_ids.move_id, invoice)

    def test_deductions_become_billing_errors(self):
        first, second = self._invoice(100.0), self._invoice(60.0)
        payment = self._payment(150.0)
        advice = self._advice(150.0, (first.name, 90.0, 10.0), (second.name, 60.0))
        advice.action_confirm()
        match = self._match(payment)
        self.assertFalse(match.is_automatic, "a short payment is asked about")
        match.action_apply()
        self.assertEqual(self._open(first, second), [10.0, 0.0])
        error = match.billing_error_ids
        self.assertEqual((error.reason_id.code, error.move_ids), ("SHORT", first))

    def test_lines_must_add_up(self):
        invoice = self._invoice(50.0)
        advice = self._advice(60.0, (invoice.name, 50.0))
        with self.assertRaisesRegex(UserError, "the difference"):
            advice.action_confirm()
        self.assertEqual((advice.state, advice.difference), ("draft", 10.0))
        advice.date = "2062-03-01"
        with self.assertRaisesRegex(UserError, "is too far ahead"):
            advice.action_confirm()
        for refused in (self._advice(0.0), self._advice(50.0)):
            with self.assertRaisesRegex(UserError, "for each document"):
                refused.action_confirm()

    def test_unknown_documents_are_named(self):
        other = self._invoice(50.0, partner=self.partner_b)
        for number in (other.name, "INV/1999/00001"):
            advice = self._advice(50.0, (number, 50.0))
            with self.assertRaisesRegex(UserError, number):
                advice.action_confirm()

    def test_confirmed_ones_are_not_changed(self):
        invoice = self._invoice(50.0)
        advice = self._advice(50.0, (invoice.name, 50.0))
        advice.action_confirm()
        for change in (
            lambda: advice.write({"total": 40.0}),
            lambda: advice.line_ids.write({"amount": 40.0}),
            lambda: advice.line_ids.unlink(),
            lambda: advice.write({"line_ids": [Command.clear()]}),
        ):
            with self.assertRaisesRegex(UserError, "draft"), self.cr.savepoint():
                change()
        with self.assertRaises(AccessError):
            advice.write({"state": "applied"})
        advice.action_edit()
        advice.total = 40.0
        advice.action_cancel()
        self.assertEqual(advice.state, "cancelled")

    def test_advices_taken_back_are_not_applied(self):
        invoice = self._invoice(50.0)
        self._invoice(50.0)
        advice = self._advice(50.0, (invoice.name, 50.0))
        match = self._propose(self._payment(50.0, "AVIS 118"))
        for take_back, state in (("edit", "Draft"), ("cancel", "Cancelled")):
            with self.subTest(state=state):
                if advice.state == "draft":
                    advice.action_confirm()
                self.assertEqual(match.remittance_id, advice)
                advice._inside().state = advice._life().steps[take_back].to
                with self.assertRaisesRegex(UserError, state), self.cr.savepoint():
                    match.action_apply()
                advice._inside().state = "confirmed"
                getattr(advice, f"action_{take_back}")()
                self.assertFalse(match.remittance_id)
                self.assertEqual(match.notes, ["ambiguous"])
        self.assertEqual(self._open(invoice), [50.0])

    def test_an_advice_that_fits_two_payments_decides_nothing(self):
        """Also where the other one is not among those that are proposed for."""
        invoice, _other = self._invoice(50.0), self._invoice(50.0)
        first, second = self._payment(50.0), self._payment(50.0)
        self._advice(50.0, (invoice.name, 50.0)).action_confirm()
        for payment in (first, second):
            match = self._propose(payment)
            self.assertFalse(match.remittance_id or match.is_automatic)
        first.sudo().action_draft()
        self.assertTrue(self._propose(second).remittance_id)

    def test_two_advices_of_the_same_amount_decide_nothing(self):
        first, second = self._invoice(50.0), self._invoice(50.0)
        for invoice in (first, second):
            self._advice(50.0, (invoice.name, 50.0)).action_confirm()
        match = self._propose(self._payment(50.0))
        self.assertFalse(match.remittance_id)
        self.assertEqual(match.notes, ["ambiguous"])

    # Files

    def _import(self, advice, content, name="advice.xlsx"):
        dialog = (
            self.env["clerk.remittance.import"]
            .with_user(self.clerk)
            .create(
                {
                    "remittance_id": advice.id,
                    "content": base64.b64encode(content),
                    "file_name": name,
                }
            )
        )
        return dialog.action_import()

    def _workbook(self, *rows):
        book = Workbook()
        for row in rows:
            book.active.append(row)
        with io.BytesIO() as content:
            book.save(content)
            return content.getvalue()

    def _pdf(self, *lines):
        with io.BytesIO() as content:
            canvas = Canvas(content)
            for number, line in enumerate(lines):
                for column, text in enumerate(line):
                    canvas.drawString(40 + column * 140, 780 - number * 20, text)
            canvas.save()
            return content.getvalue()

    def test_sheets(self):
        invoice = self._invoice(100.0)
        book = self._workbook(
            ["Acme Ltd"],
            ["Invoice No.", "Paid", "Deduction", "Reason"],
            [invoice.name, 90.0, 10, "broken"],
            ["Total", 90.0],
        )
        text = f"Rechnung;Betrag;Abzug;Grund\n{invoice.name};90,00;10,00;Bruch\n"
        for content, source in (
            (book, "sheet"),
            (text.encode("cp1252"), "sheet"),
            (text.replace(";", "\t").encode(), "sheet"),
            (text.replace("\n", "\r").encode(), "sheet"),
        ):
            advice = self._advice(90.0)
            self._import(advice, content)
            line = advice.line_ids
            self.assertEqual(
                (line.number, line.amount, line.deduction),
                (invoice.name, 90.0, 10.0),
            )
            self.assertEqual(advice.source, source)
            advice.action_confirm()
            advice.action_cancel()

    def test_pdf(self):
        first, second = self._invoice(1100.0), self._invoice(50.0)
        content = self._pdf(
            ("Acme Ltd", "remittance advice"),
            (first.name, "1,100.00"),
            (second.name, "50.00"),
            ("Total", "1,150.00"),
        )
        advice = self._advice(0.0)
        self._import(advice, content, "advice.pdf")
        self.assertEqual(advice.line_ids.mapped("amount"), [1100.0, 50.0])
        self.assertEqual((advice.total, advice.source), (1150.0, "pdf"))
        advice.action_confirm()

    def test_files_that_cannot_be_read(self):
        invoice = self._invoice(50.0)
        wrong_total = self._pdf((invoice.name, "50.00"), ("Total", "60.00"))
        cases = (
            (b"%PDF-1.4 cut off", "incomplete"),
            (self._pdf((" ", " ")), "no text"),
            (self._pdf((invoice.name, "50.00 EUR")), "amounts in EUR"),
            (self._pdf((invoice.name, "50.00"), ("X/9", "5.00")), "It is not clear"),
            (self._pdf((invoice.name, "40.00", "10.00")), "It is not clear"),
            (self._pdf((invoice.name, "40.00"), ("Total", "40.00")), "was entered"),
            (wrong_total, "differ from the stated total"),
            (b"PK\x03\x04broken", "not a readable spreadsheet"),
            (b"\x00\x01\x02", "neither a spreadsheet nor text"),
            (b"a;b\n1;2\n", "no header row"),
            (f"Document;Paid\n{invoice.name};1.234\n".encode(), "not an amount"),
            (b"Document;Paid\n", "No lines"),
            *self._hostile_files(invoice),
        )
        for content, message in cases:
            advice = self._advice(50.0)
            with self.subTest(message=message):
                with self.assertRaisesRegex(UserError, message):
                    self._import(advice, content)
                self.assertFalse(advice.line_ids)

    def _hostile_files(self, invoice):
        """Return files that are made to harm or deceive, and the message of each."""
        head, line = "Document;Paid;Reason\n", f"{invoice.name};50.00"
        formula = self._workbook(["Document", "Paid"], [invoice.name, "=25+25"])
        wide = self._workbook(["x"] * 300)
        whole = self._pdf((invoice.name, "50.00"))
        secret = PdfWriter()
        secret.add_blank_page(72, 72)
        secret.encrypt("secret")
        long = PdfWriter()
        for _page in range(60):
            long.add_blank_page(72, 72)
        return (
            (f"{head}{line} GBP\n".encode(), "amounts in GBP"),
            (f"{head}{line} EUR\n{line} USD\n".encode(), "amounts in EUR"),
            (f"{head}=1+1;=25+25\n".encode(), "not an amount"),
            (f"{head}{line};a\0b\n".encode(), "neither a spreadsheet nor text"),
            (f"{head}{line};{'x' * 20_000}\n".encode(), "too long"),
            (f"{head}{line};{'x' * 200_000}\n".encode(), "too long"),
            ((head + f"{line}\n" * 20_001).encode(), "at most 20000"),
            (f"{head}{line}\nTotal;60.00\n".encode(), "differ from the stated total"),
            (f"{head}{line};x".encode("utf-32"), "neither a spreadsheet nor text"),
            (f'{head}{line};"x'.encode(), "quotation mark is not closed"),
            (formula, "has no amount"),
            (wide, "columns"),
            (formula[: len(formula) // 2], "not a readable spreadsheet"),
            (whole[: len(whole) // 2], "incomplete"),
            (b"%PDF-1.4\n" + b"\0" * 5000 + b"%%EOF", "damaged"),
            (_content(secret), "protected by a password"),
            (_content(long), "at most 50"),
            (b"%PDF-1.4" + b" " * (11 << 20), "larger than 10 MB"),
        )

    # Rights

    def test_roles(self):
        invoice = self._invoice(50.0)
        advice = self._advice(50.0, (invoice.name, 50.0), user=self.supervisor)
        self.assertEqual(advice.with_user(self.auditor).total, 50.0)
        for user in (self.auditor, self.outsider):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                advice.with_user(user).action_confirm()
        with self.assertRaises(AccessError):
            advice.with_user(self.clerk_b).read(["total"])
        advice.with_user(self.clerk).action_confirm()
        self.assertEqual(advice.state, "confirmed")


def _content(writer):
    with io.BytesIO() as content:
        writer.write(content)
        return content.getvalue()
