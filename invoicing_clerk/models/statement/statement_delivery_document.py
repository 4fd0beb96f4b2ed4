from contextlib import contextmanager, suppress
from threading import Event, Timer
from uuid import uuid4

import psutil

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import pdf

from odoo.addons.base.models.ir_actions_report import _wkhtml

from ...rules.statement.statement_batch import batch_sizes
from ..mixin.attempt import attempt_in_parts
from .pdf_budget import PdfBudget, PdfTimeoutError

REPORT = "invoicing_clerk.action_report_statement"
# Documents per call: to start wkhtmltopdf takes longer than a page does, but memory
# grows with each document (see benchmarks/statement_pdf.txt).
BATCH_SIZE = 50
# Lines per call. A document with more is made alone, so that it delays no others.
BATCH_LINES = 5000
# Time limit of a call: fixed, and for each document.
SECONDS, SECONDS_EACH = 60, 3


def _kill_with_children(process):
    """End a process with its children: they would keep its output open."""
    for each in (*process.children(recursive=True), process):
        each.kill()


class ClerkStatementDelivery(models.AbstractModel):
    """Makes the PDFs of documents, many in one call, and stores each once.

    If a PDF cannot be made, the batch is split in halves until only the failing
    document is left, which keeps the error; an error that does not come from a document
    is that of all. The time of a batch is limited, by documents and lines: documents
    without time are left to the next one, each alone.
    """

    _inherit = "clerk.statement.delivery"
    _evidence_fields = {"document_id": "document_hash"}

    document_id = fields.Many2one(
        "ir.attachment", string="PDF", readonly=True, copy=False, ondelete="set null"
    )
    document_hash = fields.Char(
        string="PDF Seal",
        readonly=True,
        copy=False,
        help="SHA-256 of the file that was sent. It is kept when the file is deleted.",
    )
    document_warning = fields.Char(string="PDF Warning", readonly=True, copy=False)

    def _make_documents(self):
        """Make and store missing PDFs.

        :return: the records with a PDF, and ``{record: error}`` of the others; None
            where there was no time to try
        """
        errors = self._document_obstacles()
        missing = self.filtered(
            lambda each: not each.document_id and each not in errors
        )
        for batch in missing._document_batches():
            errors.update(batch._make_batch())
        return self.filtered(
            lambda each: each.document_id and each not in errors
        ), errors

    def _document_batches(self):
        """Yield batches of one company each, which has the paper format and layout."""
        lengths = self._document_lengths()
        for documents in self.grouped("company_id").values():
            weights = [lengths.get(each, 0) for each in documents]
            start = 0
            for size in batch_sizes(weights, self._documents_at_once(), BATCH_LINES):
                yield documents[start : start + size]
                start += size

    def _document_lengths(self):
        """Return the number of lines of documents that may be long."""
        return {}

    def _documents_at_once(self):
        """Return the batch size. An unpatched wkhtmltopdf makes one PDF at a time."""
        return BATCH_SIZE if _wkhtml().is_patched_qt else 1

    def _make_batch(self):
        """Make the PDFs of a batch; return ``{record: error}`` of the others."""
        budget, lengths = PdfBudget(SECONDS, SECONDS_EACH), self._document_lengths()
        errors = {}

        def make(part):
            lines = sum(lengths.get(each, 0) for each in part)
            with budget.call(len(part), lines) as seconds:
                if seconds is None:
                    errors.update(dict.fromkeys(part))
                else:
                    part._store_documents(part._render_documents(seconds))

        for part, error in attempt_in_parts(
            self, make, is_of_all=self._is_failure_of_all
        ):
            if error:
                errors.update(dict.fromkeys(part, self._document_failure(error)))
        return errors

    @api.model
    def _is_failure_of_all(self, error):
        """Return whether smaller batches would fail alike: no disk, or no program."""
        return isinstance(error, OSError) or _wkhtml().state == "install"

    def _document_failure(self, error):
        if isinstance(error, OSError):
            return self.env._(
                "The PDF could not be stored: %(error)s. Free disk space and try "
                "again.",
                error=error.strerror or error,
            )
        return self.env._("The PDF could not be created: %s", error)

    def _render_documents(self, seconds):
        """Return the PDF of each record.

        :raises UserError: wkhtmltopdf failed or timed out
        """
        report = self.env["ir.actions.report"].with_company(self.company_id)
        with self._time_limit(seconds) as (mark, is_late):
            try:
                streams, _kind = report.with_context(
                    clerk_statement_mark=mark, force_report_rendering=True
                )._pre_render_qweb_pdf(self._document_report(), self.ids)
            except UserError as error:
                if is_late():
                    raise self._timeout_error(seconds) from error
                raise
        return {each: streams[each.id]["stream"].getvalue() for each in self}

    def _document_report(self):
        """Return the report that makes the PDF."""
        return REPORT

    def _timeout_error(self, seconds):
        return PdfTimeoutError(
            self.env._(
                "wkhtmltopdf did not respond for %s seconds and was stopped.",
                round(seconds),
            )
        )

    @contextmanager
    def _time_limit(self, seconds):
        """Stop the process with a mark after a time. Yield the mark and ``is_late``."""
        mark, late = uuid4().hex, Event()

        def end():
            late.set()
            for child in psutil.Process().children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    if mark in child.cmdline():
                        _kill_with_children(child)

        timer = Timer(seconds, end)
        timer.start()
        try:
            yield mark, late.is_set
        finally:
            timer.cancel()

    def _store_documents(self, contents):
        attachments = self.env["ir.attachment"].create(
            [
                {
                    "name": f"{statement._document_name()}.pdf",
                    "raw": content,
                    "mimetype": "application/pdf",
                    "res_model": statement._name,
                    "res_id": statement.id,
                }
                for statement, content in contents.items()
            ]
        )
        for statement, attachment in zip(contents, attachments, strict=True):
            statement.write(
                {
                    "document_id": attachment.id,
                    "document_warning": statement._lang_warning(),
                }
            )
        self._seal_evidence("document_id")

    def _document_name(self):
        self.ensure_one()
        return self.env._(
            "Statement %(name)s as of %(date)s", name=self.name, date=self.date
        )

    def _print_together(self, name):
        """Mark documents of one run as printed, and open one PDF of them.

        The run keeps it for reprints.

        :param name: name of the file
        """
        run = self.run_id
        bundle = self.env["ir.attachment"].create(
            {
                "name": name,
                "raw": self._merged_documents(),
                "mimetype": "application/pdf",
                "res_model": run._name,
                "res_id": run.id,
            }
        )
        run._seal_evidence("print", bundle)
        self.write(
            {
                "delivery_state": "printed",
                "delivery_error": False,
                "sent_on": fields.Datetime.now(),
            }
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{bundle.id}",
            "target": "new",
        }

    def _merged_documents(self):
        """Return one PDF of all documents, in their order."""
        self._check_evidence("document_id")
        return pdf.merge_pdf(
            [each.document_id.raw for each in self if each.document_id]
        )
