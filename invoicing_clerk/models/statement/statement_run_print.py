import io

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.pdf import PdfFileWriter

from ...rules.plural import plural
from ..mixin.pdf_document import open_pdf

# Statements per PDF: it fits the tray of a printer and opens well in a browser.
STACK = 500


class ClerkStatementRun(models.Model):
    """Prints statements that are sent on paper: one PDF for a stack of envelopes.

    It starts with the list of addresses. A cover sheet with the address precedes each
    statement. Statements are sorted by country and postcode.
    """

    _inherit = "clerk.statement.run"

    def action_print(self):
        """Open the PDF of the next stack. The run keeps it for reprints.

        :raises UserError: there is nothing to print
        """
        self.ensure_one()
        self.check_access("write")
        stack = self._next_stack()
        if not stack:
            raise UserError(
                self.env._("%s: there are no statements to print.", self.name)
            )
        # sudo: the caller may write the run; these are files and states of the run.
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
        self._rank_waiting()
        stack = self.env["clerk.statement"].search(
            self._waiting_domain(), order="postal_rank, id", limit=STACK
        )
        # Others print at the same time.
        return stack.try_lock_for_update().sorted(self._postal_order)

    def _waiting_domain(self):
        return Domain("run_id", "=", self.id) & Domain(
            "delivery_state", "=", "to_print"
        )

    def _rank_waiting(self):
        """Sort the statements that wait and have no rank yet: once for all stacks.

        Sorting them anew for each stack would read all addresses each time.
        """
        # sudo: the caller may write the run; ranks of its statements.
        statements = self.env["clerk.statement"].sudo()
        unranked = statements.search(
            self._waiting_domain() & Domain("postal_rank", "=", 0)
        )
        if not unranked:
            return
        [[last]] = statements._read_group(
            [("run_id", "=", self.id)], [], ["postal_rank:max"]
        )
        ids = unranked.sorted(self._postal_order).ids
        self.env.cr.execute(
            SQL(
                """UPDATE clerk_statement AS statement
                      SET postal_rank = %s + ranked.number
                     FROM UNNEST(%s) WITH ORDINALITY AS ranked (id, number)
                    WHERE statement.id = ranked.id""",
                last or 0,
                ids,
            )
        )
        unranked.invalidate_recordset(["postal_rank"])

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
                "name": plural(
                    len(stack),
                    self.env._(
                        "%(run)s: %(count)s statement.pdf",
                        run=self.name,
                        count=len(stack),
                    ),
                    self.env._(
                        "%(run)s: %(count)s statements.pdf",
                        run=self.name,
                        count=len(stack),
                    ),
                ),
                "raw": self._bundle(stack),
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        self._seal_evidence("print", bundle)
        self.message_post(
            body=plural(
                len(stack),
                self.env._("%s statement was printed.", len(stack)),
                self.env._("%s statements were printed.", len(stack)),
            ),
            attachment_ids=bundle.ids,
        )
        return bundle

    def _bundle(self, stack):
        """Return the PDF. List and cover sheets come from one call, one page each."""
        report = self.env["ir.actions.report"].with_company(self.company_id)
        covers, _kind = report.with_context(
            force_report_rendering=True
        )._render_qweb_pdf(
            "invoicing_clerk.action_report_statement_covers",
            self.ids,
            data={"statement_ids": stack.ids},
        )
        stack._check_evidence("document_id")
        covers = open_pdf(self.env, covers)
        first = covers.numPages - len(stack)
        writer = PdfFileWriter()
        for page in range(first):
            writer.addPage(covers.getPage(page))
        for page, statement in enumerate(stack, first):
            writer.addPage(covers.getPage(page))
            writer.appendPagesFromReader(open_pdf(self.env, statement.document_id.raw))
        with io.BytesIO() as content:
            writer.write(content)
            return content.getvalue()


class ClerkStatement(models.Model):
    _inherit = "clerk.statement"

    postal_rank = fields.Integer(
        string="Position in the Print Order",
        readonly=True,
        copy=False,
        exportable=False,
        groups="base.group_user",
    )

    _to_print = models.Index(
        "(run_id, postal_rank, id) WHERE delivery_state = 'to_print'"
    )


class StatementCovers(models.AbstractModel):
    """The address list and the cover sheets of printed statements."""

    _name = "report.invoicing_clerk.report_statement_covers"
    _description = "Cover Sheets of Printed Statements"

    def _get_report_values(self, docids, data=None):
        """:raises UserError: the statements are not given; the run prints them"""
        statement_ids = (data or {}).get("statement_ids")
        if not isinstance(statement_ids, list):
            raise UserError(
                self.env._("To print cover sheets, use Print on the statement run.")
            )
        return {
            "run": self.env["clerk.statement.run"].browse(docids),
            "statements": self.env["clerk.statement"].browse(statement_ids),
        }
