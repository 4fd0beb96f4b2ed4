import io

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.pdf import PdfFileReader, PdfFileWriter

# Sheets for one stack: a printer's tray, and what a browser likes to open.
STACK = 500


class ClerkStatementRun(models.Model):
    """Prints what goes by paper: one PDF for a stack of envelopes.

    It begins with the list of addresses. A sheet with the address lies before each
    statement, and all are in the order of countries and postcodes.
    """

    _inherit = "clerk.statement.run"

    def action_print(self):
        """Open the PDF of the next stack; the run keeps it to be printed again.

        :raises UserError: nothing waits for paper
        """
        self.ensure_one()
        self.check_access("write")
        stack = self._next_stack()
        if not stack:
            raise UserError(self.env._("%s: nothing waits to be printed.", self.name))
        # sudo: the run and its statements may be written; these are their own files.
        bundle = self.sudo()._store_bundle(stack.sudo())
        stack.sudo().write(
            {
                "delivery_state": "printed",
                "delivery_error": False,
                "sent_on": fields.Datetime.now(),
            }
        )
        self._finish_runs()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{bundle.id}",
            "target": "new",
        }

    def _next_stack(self):
        waiting = self.env["clerk.statement"].search(
            [("run_id", "=", self.id), ("delivery_state", "=", "to_print")]
        )
        # Who else prints at this moment has another stack.
        return waiting.sorted(self._postal_order)[:STACK].try_lock_for_update()

    def _postal_order(self, statement):
        contact = statement._delivery_contact()
        return (
            contact.country_id.code or "",
            contact.zip or "",
            contact.city or "",
            contact.name or "",
            statement.id,
        )

    def _store_bundle(self, stack):
        bundle = self.env["ir.attachment"].create(
            {
                "name": self.env._(
                    "%(run)s: %(count)s printed.pdf", run=self.name, count=len(stack)
                ),
                "raw": self._bundle(stack),
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        self.message_post(
            body=self.env._("%s statements were printed.", len(stack)),
            attachment_ids=bundle.ids,
        )
        return bundle

    def _bundle(self, stack):
        """The list and the sheets come from one call; each sheet is one page."""
        report = self.env["ir.actions.report"].with_company(self.company_id)
        covers, _kind = report.with_context(
            force_report_rendering=True
        )._render_qweb_pdf(
            "invoicing_clerk.action_report_statement_covers",
            self.ids,
            data={"statement_ids": stack.ids},
        )
        covers = PdfFileReader(io.BytesIO(covers))
        first = covers.numPages - len(stack)
        writer = PdfFileWriter()
        for page in range(first):
            writer.addPage(covers.getPage(page))
        for page, statement in enumerate(stack, first):
            writer.addPage(covers.getPage(page))
            writer.appendPagesFromReader(
                PdfFileReader(io.BytesIO(statement.document_id.raw))
            )
        with io.BytesIO() as content:
            writer.write(content)
            return content.getvalue()


class StatementCovers(models.AbstractModel):
    """What the address list and the sheets between statements show."""

    _name = "report.invoicing_clerk.report_statement_covers"
    _description = "Sheets Between Printed Statements"

    def _get_report_values(self, docids, data=None):
        return {
            "run": self.env["clerk.statement.run"].browse(docids),
            "statements": self.env["clerk.statement"].browse(data["statement_ids"]),
        }
