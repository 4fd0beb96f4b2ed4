import base64
import io
import random

from odoo.tests import TransactionCase, tagged
from odoo.tools.pdf import PdfWriter

from odoo.addons.invoicing_clerk.models.mixin.pdf_document import (
    DamagedPdfError,
    open_pdf,
)
from odoo.addons.invoicing_clerk.tests.common import blank_pdf

RUBBISH = {
    "nothing": b"",
    "none": None,
    "zeros": bytes(5000),
    "text": b"Exit with code 1 due to network error: HostNotFoundError\n",
    "page": b"<!DOCTYPE html><html><body>Statement</body></html>",
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(500),
    "begin": b"%PDF-1.4\n",
    "begin and end": b"%PDF-1.4\n%%EOF\n",
    "no table": b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\nstartxref\n0\n%%EOF\n",
    "base64": base64.b64encode(blank_pdf()),
    "preceded": b"Warning: slow\n" + blank_pdf(),
}


@tagged("post_install", "-at_install")
class TestOpenPdf(TransactionCase):
    """Property: no part of a PDF is one.

    It would have caught that 0 bytes were stored, sealed and mailed as a statement.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        report = cls.env.ref("invoicing_clerk.action_report_audit_summary")
        page = "<html><body><h1>One</h1><p>%s</p></body></html>"
        cls.real = report._run_wkhtmltopdf([page % "text", page % "more"])

    def test_real_documents(self):
        self.assertEqual(len(open_pdf(self.env, self.real).pages), 2)
        for strict in (True, False):
            self.assertEqual(len(open_pdf(self.env, blank_pdf(), strict).pages), 1)

    def test_rubbish(self):
        for name, content in RUBBISH.items():
            for strict in (True, False):
                with (
                    self.subTest(name=name, strict=strict),
                    self.assertRaises(DamagedPdfError),
                ):
                    open_pdf(self.env, content, strict)

    def test_every_cut_is_refused(self):
        chosen = random.Random(5)
        end = self.real.rindex(b"startxref")
        cuts = {0, 1, 8, end} | {chosen.randrange(end) for _each in range(300)}
        for cut in sorted(cuts):
            for tail in (b"", b"\n%%EOF\n", b"\nstartxref\n0\n%%EOF\n"):
                with self.assertRaises(DamagedPdfError, msg=(cut, tail)):
                    open_pdf(self.env, self.real[:cut] + tail)

    def test_no_pages(self):
        writer = PdfWriter()
        content = self._written(writer)
        with self.assertRaisesRegex(DamagedPdfError, "no pages"):
            open_pdf(self.env, content)

    def test_password_of_others(self):
        """A file of others with a password is taken; ours have none."""
        writer = PdfWriter()
        writer.add_blank_page(72, 72)
        writer.encrypt("secret")
        content = self._written(writer)
        self.assertTrue(open_pdf(self.env, content, strict=False))
        with self.assertRaises(DamagedPdfError):
            open_pdf(self.env, content)

    def _written(self, writer):
        with io.BytesIO() as content:
            writer.write(content)
            return content.getvalue()
