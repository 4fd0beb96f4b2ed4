import base64
import io
import random
import zlib

from odoo.tests import TransactionCase, tagged
from odoo.tools.pdf import PdfWriter

from odoo.addons.invoicing_clerk.models.mixin.pdf_document import (
    DamagedPdfError,
    open_pdf,
    pdf_problem,
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


def _pdf(drawing, catalog=b"", pages=b"<</Type/Pages/Kids[3 0 R]/Count 1>>"):
    """Return a PDF of one page with a stream, which is object 4."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>"
    root = b"<</Type/Catalog/Pages 2 0 R%s>>" % catalog
    content, places = b"%PDF-1.4\n", []
    for number, each in enumerate((root, pages, page, drawing), 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 5\n0000000000 65535 f \n%strailer\n<</Size 5/Root 1 0 R>>\n" % rows
    return content + end + b"startxref\n%d\n%%%%EOF\n" % len(content)


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

    def test_bombs(self):
        """Kilobytes that unpack to hundreds of megabytes: the content of a page is not
        unpacked for files of others, and tables of objects only up to a limit.

        A page of 2 MB took 2 GB and 15 seconds.
        """
        packer = zlib.compressobj(9)
        packed = b"".join(packer.compress(bytes(1 << 20)) for _each in range(200))
        packed += packer.flush()
        for kind, filters, content, is_taken in (
            # However it is spelled, and however long its dictionary is.
            (b"/Obj#53tm", b"/FlateDecode", packed, False),
            (b"/ObjStm" + b" " * 2100, b"/FlateDecode", packed, False),
            (b"/XRef", b"/FlateDecode", packed, False),
            (b"/XRef", b"[/FlateDecode/FlateDecode]", zlib.compress(packed), False),
            (b"/ObjStm", b"/FlateDecode", packed, False),
            (b"/Drawing", b"/FlateDecode", packed, True),
        ):
            with self.subTest(kind=kind, filters=filters):
                stream = (
                    b"<</Type%s/Size 9/W[1 2 1]/Root 1 0 R/Filter%s/Length %d>>"
                    % (*(kind, filters, len(content)),)
                )
                for mark in (b"stream\n", b"stream \n"):
                    bomb = stream + mark + content + b"\nendstream"
                    bomb = _pdf(bomb)
                    # A reader starts with the stream, or looks for all objects itself.
                    start = bomb.index(b"4 0 obj") if kind == b"/XRef" else 9999
                    head = bomb[: bomb.rindex(b"startxref")]
                    bomb = head + b"startxref\n%d\n%%%%EOF\n" % start
                    problem = pdf_problem(self.env, bomb, strict=False)
                    self.assertEqual(not problem, is_taken, problem)

    def test_pages_that_multiply(self):
        """Each level names the next one twice: 30 levels are a billion pages."""
        levels = b"".join(
            b"%d 0 obj\n<</Type/Pages/Kids[%d 0 R %d 0 R]/Count 2>>\nendobj\n"
            % (number, number + 1, number + 1)
            for number in range(4, 34)
        )
        leaf = b"34 0 obj\n<</Type/Page/Parent 33 0 R/MediaBox[0 0 9 9]>>\nendobj\n"
        root = b"1 0 obj\n<</Type/Catalog/Pages 4 0 R>>\nendobj\n"
        content = b"%PDF-1.4\n" + root + levels + leaf
        content += b"trailer\n<</Size 35/Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
        self.assertIn("damaged", pdf_problem(self.env, content, strict=False))
        branch = levels.replace(b"Kids[34 0 R 34 0 R]", b"Kids[34 0 R]")
        for number in range(5, 34):
            double = b"[%d 0 R %d 0 R]" % (number, number)
            branch = branch.replace(double, b"[%d 0 R]" % number)
        self.assertIsNone(
            pdf_problem(self.env, content.replace(levels, branch), strict=False)
        )

    def test_odd_files_of_others(self):
        """PDFs that readers open are taken: scripts, a blank before, a wrong offset."""
        drawing = b"<</Length 1>>stream\n0\nendstream"
        for content in (
            _pdf(drawing),
            _pdf(drawing, catalog=b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"),
            b"\r\n " + _pdf(drawing),
            b"\xef\xbb\xbf" + _pdf(drawing),
            _pdf(drawing).replace(b"startxref\n", b"startxref\n9"),
            _pdf(b"<</Length 4 0 R>>stream\n0\nendstream"),
        ):
            self.assertIsNone(pdf_problem(self.env, content, strict=False), content)

    def test_endless_files_of_others(self):
        """Pages that contain themselves or each other."""
        for pages in (
            b"<</Type/Pages/Kids[2 0 R]/Count 1>>",
            b"<</Type/Pages/Kids[" + b"2 0 R " * 9 + b"]/Count 9>>",
            b"<</Type/Pages/Kids[]/Count 1>>",
            b"<</Type/Pages/Kids 2 0 R/Count -1>>",
            b"[" * 9999,
        ):
            content = _pdf(b"<<>>", pages=pages)
            self.assertTrue(pdf_problem(self.env, content, strict=False), pages)

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
