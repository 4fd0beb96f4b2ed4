import io
import os
from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ....rules.audit.pack import audit_pack as rules
from ....rules.plural import plural
from ...mixin.attempt import attempt_in_parts
from ...statement.pdf_budget import PdfBudget, batch_seconds
from ...statement.statement_delivery_document import SECONDS, SECONDS_EACH


class ClerkAuditPackEvidence(models.AbstractModel):
    """PDFs as sent, PDFs rendered where there is none, and attachments."""

    _inherit = "clerk.audit.pack.evidence"

    @api.model
    def _add_invoice_pdfs(self, evidence):
        """Add the PDF that was sent, or one rendered now and named accordingly."""
        without = evidence.moves.browse()
        for attachment, moves in evidence.moves.grouped(
            "invoice_pdf_report_id"
        ).items():
            for move in moves:
                is_kept = attachment.file_size and not self._is_lost(attachment)
                if is_kept:
                    evidence.add(move, "invoice.pdf", "invoice", "stored", attachment)
                    continue
                without += move
                if attachment:
                    self._lack_file(evidence, move, attachment)
        self._add_rendered_invoices(evidence, without)

    def _add_rendered_invoices(self, evidence, moves):
        documents = moves.filtered(lambda move: move.is_sale_document(True))
        sender = self.env["account.move.send"]
        reports = documents.grouped(sender._get_default_pdf_report_id)
        for report, group in reports.items():
            self._add_rendered(
                evidence,
                report,
                {move: move for move in group},
                "invoice rendered for the pack.pdf",
                "invoice",
            )

    def _add_rendered(self, evidence, report, records, name, role):
        """Add PDFs of ``{record: moves}`` to the folders of the moves."""
        first, *rest = records
        made, errors = self._render_all(report, first.concat(*rest))
        for record, moves in records.items():
            for move in moves:
                if record in made:
                    content = made[record]
                    file_name = name.format(rules.safe_name(record.display_name))
                    evidence.add(move, file_name, role, "rendered", content)
                else:
                    evidence.lack(
                        move,
                        record.display_name,
                        self.env._(
                            "there is no stored PDF, and it could not be rendered: %s",
                            errors[record],
                        ),
                    )

    @api.model
    def _render_all(self, report, records):
        """Render PDFs of many records in few calls; a failure does not stop the others.

        :return: ``{record: content}`` and ``{record: reason of the failure}``
        """
        made, errors = {}, {}
        size = self.env["clerk.statement.delivery"]._documents_at_once()
        for company in records.company_id or [self.env.company]:
            company_records = records.filtered(
                lambda each, company=company: each.company_id == company
            )
            for start in range(0, len(company_records), size):
                batch = company_records[start : start + size]
                self._render_batch(report, batch, made, errors)
        return made, errors

    @api.model
    def _pdf_budget(self):
        """Return the time for documents, or for cover sheets, of one batch."""
        return PdfBudget(SECONDS, SECONDS_EACH, batch_seconds() / 2)

    def _render_batch(self, report, records, made, errors):
        budget = self._pdf_budget()
        no_time = self.env._("wkhtmltopdf did not respond in time")

        def render(part):
            with budget.call(len(part)) as seconds:
                if seconds is None:
                    errors.update(dict.fromkeys(part, no_time))
                else:
                    made.update(self._render_now(report, part, seconds))

        for part, error in attempt_in_parts(records, render):
            if error:
                errors[part] = error

    def _render_now(self, report, records, seconds):
        reports = self.env["ir.actions.report"].with_company(records[:1].company_id)
        with self._pdf_program(seconds) as mark:
            streams, _kind = reports.with_context(
                clerk_statement_mark=mark,
                clerk_opens_pdf=True,
                force_report_rendering=True,
            )._pre_render_qweb_pdf(report.report_name, records.ids)
        return {each: streams[each.id]["stream"].getvalue() for each in records}

    @contextmanager
    def _pdf_program(self, seconds):
        """Run the PDF program with a time limit, as statements do; yield its mark."""
        statements = self.env["clerk.statement.delivery"]
        with statements._time_limit(seconds) as (mark, is_late):
            try:
                yield mark
            except UserError as error:
                if is_late():
                    raise statements._timeout_error(seconds) from error
                raise

    # Stored files

    @api.model
    def _add_attachments(self, evidence):
        """Add all attachments of the documents and of related records."""
        moves_of = self._find_attachments(evidence)
        problems = self.env["ir.attachment"].union(*moves_of)._evidence_problems()
        for attachment in sorted(moves_of, key=lambda each: each.id):
            for move in moves_of[attachment]:
                if attachment in problems:
                    evidence.lack(move, attachment.name, problems[attachment])
                else:
                    self._add_attachment(evidence, move, attachment)

    def _find_attachments(self, evidence):
        """Return ``{attachment: moves}`` of related records and messages."""
        moves_of = {}
        for model, owners in evidence.related.items():
            attached = self.env["ir.attachment"].search(
                Domain("res_model", "=", model)
                & Domain("res_id", "in", list(owners))
                & (Domain("res_field", "=", False) | Domain("res_field", "!=", False))
            )
            for attachment in attached:
                moves_of[attachment] = owners[attachment.res_id]
        for message, moves in evidence.messages.items():
            for attachment in self._enclosed(message):
                moves_of[attachment] = moves_of.get(attachment, moves) | moves
        return moves_of

    def _add_attachment(self, evidence, move, attachment):
        if attachment == move.invoice_pdf_report_id:
            return
        if attachment.type == "url":
            why = self.env._("this is a link, not a file: %s", attachment.url)
            evidence.lack(move, attachment.name, why)
        elif self._is_lost(attachment):
            self._lack_file(evidence, move, attachment)
        else:
            name = f"attachments/{rules.safe_name(attachment.name)}"
            evidence.add(move, name, "attachment", "stored", attachment)

    def _lack_file(self, evidence, move, attachment):
        if not attachment.file_size:
            evidence.lack(move, attachment.name, self.env._("the stored PDF is empty"))
            return
        evidence.lack(
            move,
            attachment.name,
            plural(
                attachment.file_size,
                self.env._(
                    "the file of %(size)s byte with SHA-1 %(checksum)s is missing from "
                    "the file store",
                    size=attachment.file_size,
                    checksum=attachment.checksum,
                ),
                self.env._(
                    "the file of %(size)s bytes with SHA-1 %(checksum)s is missing "
                    "from the file store",
                    size=attachment.file_size,
                    checksum=attachment.checksum,
                ),
            ),
        )

    @api.model
    def _is_lost(self, attachment):
        """Return whether the content of an attachment can no longer be read."""
        return bool(attachment.file_size) and not (
            self._stored_path(attachment) or attachment.raw
        )

    @api.model
    def _stored_path(self, attachment):
        """Return the path in the file store; None if stored elsewhere or lost."""
        if not attachment.store_fname:
            return None
        path = attachment._full_path(attachment.store_fname)
        return path if os.path.isfile(path) else None

    @api.model
    def _open_stored(self, attachment):
        """Open the content for reading; a file of the file store in place."""
        if path := self._stored_path(attachment):
            return open(path, "rb")
        return io.BytesIO(attachment.raw or b"")
