import io

from odoo import models


class IrActionsReport(models.Model):
    """Reports of statements and other documents that are delivered.

    Commands have a mark, so that one that hangs is found. A document that was made is
    printed as it is stored, and never rendered again.
    """

    _inherit = "ir.actions.report"

    def _build_wkhtmltopdf_args(self, *args, **kwargs):
        """Add the mark that the context gives."""
        arguments = super()._build_wkhtmltopdf_args(*args, **kwargs)
        if mark := self.env.context.get("clerk_statement_mark"):
            arguments.extend(["--replace", "clerk", mark])
        return arguments

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Print documents as they are stored; render those that are not made yet."""
        stored = self._stored_documents(report_ref, res_ids)
        missing = [res_id for res_id in res_ids or () if res_id not in stored]
        if not stored:
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids)
        made = {}
        if missing:
            made = super()._render_qweb_pdf_prepare_streams(report_ref, data, missing)
        streams = {
            res_id: {"stream": io.BytesIO(content), "attachment": None}
            for res_id, content in stored.items()
        }
        return {
            res_id: streams.get(res_id) or made[res_id]
            for res_id in [*res_ids, *(key for key in made if not key)]
        }

    def _stored_documents(self, report_ref, res_ids):
        """Return the documents that were made: ``{id: content}``.

        Letters of the post service have margins of their own.

        :raises BrokenSealError: one is not the document that was made
        """
        documents = self._delivered(report_ref, res_ids)
        if documents is None or self.env.context.get("snailmail_layout"):
            return {}
        documents.check_access("read")
        # sudo: the caller may read the records, of which these are the documents.
        made = documents.sudo().filtered("document_id")
        made._check_evidence("document_id")
        return {each.id: each.document_id.raw for each in made}

    def _render_qweb_html(self, report_ref, docids, data=None):
        """:raises UserError: the document of one was deleted after retention"""
        if documents := self._delivered(report_ref, docids):
            documents._check_can_be_shown()
        return super()._render_qweb_html(report_ref, docids, data=data)

    def _render_qweb_text(self, report_ref, docids, data=None):
        """:raises UserError: the document of one was deleted after retention"""
        if documents := self._delivered(report_ref, docids):
            documents._check_can_be_shown()
        return super()._render_qweb_text(report_ref, docids, data=data)

    def _delivered(self, report_ref, ids):
        """Return the existing records whose documents the report makes, or None."""
        # sudo: only tells whose report it is.
        model = self._get_report(report_ref).sudo().model
        kind = self.env.registry["clerk.statement.delivery"]
        if not ids or not issubclass(self.env.registry.get(model, object), kind):
            return None
        return self.env[model].browse(ids).exists()
