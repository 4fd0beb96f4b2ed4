import io

from odoo.tests import tagged
from odoo.tools.pdf import PdfFileReader

from odoo.addons.invoicing_clerk.tests.test_statement_compute import StatementCommon


def text_of(content):
    """The words of a PDF, as somebody who reads it sees them."""
    pages = PdfFileReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@tagged("post_install", "-at_install")
class TestStatementDocument(StatementCommon):
    """What customers read on paper, read back from the PDF."""

    def _document(self, statement):
        made, errors = statement.sudo()._make_documents()
        self.assertFalse(errors)
        return text_of(made.document_id.raw)

    def test_open_items(self):
        move = self._posted((1, 100.0), taxes=self.env["account.tax"])
        text = self._document(self._statement(self._run()))
        self.assertIn(move.name, text)
        self.assertIn("100.00", text)
