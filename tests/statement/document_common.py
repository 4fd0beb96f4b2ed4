import io
import stat
import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo.tools.pdf import PdfFileReader

from odoo.addons.base.models import ir_actions_report
from odoo.addons.invoicing_clerk.models.statement import (
    statement_delivery_document as statement_document,
)
from odoo.addons.invoicing_clerk.tests.statement.common import StatementCommon


def pages_of(content):
    """Return the text of each page of a PDF."""
    pages = PdfFileReader(io.BytesIO(content)).pages
    return [" ".join(page.extract_text().split()) for page in pages]


class StatementDocumentCommon(StatementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.no_tax = cls.env["account.tax"]
        cls.real = ir_actions_report._wkhtml()

    def _documents(self, statements):
        made, errors = statements.sudo()._make_documents()
        self.assertFalse(errors)
        return made

    def _text(self, statement):
        return " ".join(pages_of(self._documents(statement).document_id.raw))

    def _three(self):
        """Return statements of three customers, in the order of their numbers."""
        partners = self.partner_a + self.partner_b
        partners += self.env["res.partner"].create({"name": "Third Partner"})
        moves = [
            self._posted((1, 10.0 * (at + 1)), partner=partner, taxes=self.no_tax)
            for at, partner in enumerate(partners)
        ]
        run = self._run()
        return self.env["clerk.statement"].union(
            *(self._statement(run, move.partner_id) for move in moves)
        )

    def _with_program(self, script, patched=True):
        """Make PDFs by a script of the test, which may call the real program."""
        folder = self.enterContext(tempfile.TemporaryDirectory())
        program = Path(folder) / "wkhtmltopdf"
        program.write_text(
            f'#!/bin/sh\nreal="{self.real.bin}"\n'
            f"echo call >> {folder}/calls\n{script}\n"
        )
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        info = self.real._replace(bin=str(program), is_patched_qt=patched)
        self.startPatcher(patch.object(ir_actions_report, "_wkhtml", lambda: info))
        self.startPatcher(patch.object(statement_document, "_wkhtml", lambda: info))
        return Path(folder) / "calls"
