import logging
from contextlib import contextmanager
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.billing_check.billing_check_source import (
    found_columns,
)
from odoo.addons.invoicing_clerk.models.mixin.facts import Reason, facts

_logger = logging.getLogger(__name__)

# Of a longer list of errors, the beginning is shown.
MAX_TEXT = 1000


class ClerkBillingCheck(models.Model):
    """EINVOICE: what stops Odoo from creating the electronic invoice.

    Unlike other checks, it runs Odoo's own exporter on each document, so that it finds
    what every format and country demands. The exporter translates what it says itself:
    it does so into the language of the company, whoever runs the check.
    """

    _inherit = "clerk.billing.check"

    @api.model
    def _finding_reasons(self):
        return {
            **super()._finding_reasons(),
            "einvoice": Reason(
                self.env._("Electronic Invoice"),
                self.env._("It cannot be sent as %(format)s: %(errors)s"),
                found=self.env._("%(errors)s"),
            ),
        }

    def _find_einvoice(self, books):
        """Find documents that are not sent and cannot be exported."""
        rows = [
            SQL("(%s, %s, %s)", move.id, label, errors)
            for move, label, errors in self._export_errors(books)
        ]
        empty = SQL("(NULL::int, NULL::varchar, NULL::varchar)")
        return SQL(
            """SELECT %(columns)s
                 FROM (VALUES %(rows)s) AS failed (move_id, format, errors)
                WHERE failed.move_id IS NOT NULL""",
            columns=found_columns(
                "einvoice",
                SQL("failed.move_id"),
                facts(format=SQL("failed.format"), errors=SQL("failed.errors")),
            ),
            rows=SQL(", ").join([empty, *rows]),
        )

    def _export_errors(self, books):
        """Yield documents that cannot be exported, the name of their format and why."""
        field = self.env["res.partner"]._fields["invoice_edi_format"]
        moves = self._documents_to_export(books).with_context(lang=_language(books))
        labels = dict(field._description_selection(moves.env))
        for move in moves:
            code = move.commercial_partner_id.invoice_edi_format
            needed = move._need_ubl_cii_xml(code)
            if needed and (errors := self._errors_of(move, code)):
                yield move, labels[code], errors

    def _documents_to_export(self, books):
        """Return recent documents that were not sent so far.

        Exporting one takes some hundredths of a second: years of documents that were
        sent by other means are excluded.
        """
        since = books.today - timedelta(days=books.days)
        recent = Domain("invoice_date", "=", False) | Domain(
            "invoice_date", ">=", since
        )
        ids = books.documents(recent & Domain("is_move_sent", "=", False))
        rows = self.env.execute_query(
            SQL("SELECT id FROM account_move WHERE id IN %s ORDER BY id", ids)
        )
        return books.env["account.move"].browse(move_id for (move_id,) in rows)

    def _errors_of(self, move, code):
        """Return why a document cannot be exported as text, or an empty text."""
        builder = move.commercial_partner_id._get_edi_builder(code)
        try:
            with self._as_if_posted(move), self.env.cr.savepoint(flush=False):
                _content, errors = builder._export_invoice(move)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as failure:
            # What it found, such as a tax that the format does not know.
            _logger.info("Export of %s failed", move.display_name, exc_info=True)
            errors = {str(failure)}
        return " ".join(sorted(errors))[:MAX_TEXT]

    @contextmanager
    def _as_if_posted(self, move):
        """Let a draft show the number and the date that posting it will set.

        They are in the cache only, and go with all that was computed from them.
        """
        missing = {
            name: value
            for name, value in (
                ("name", move.env._("Draft")),
                ("invoice_date", fields.Date.context_today(move)),
            )
            if not move[name]
        }
        move.flush_recordset()
        move._update_cache(missing, validate=False)
        try:
            yield
        finally:
            move.invalidate_recordset(flush=False)


def _language(books):
    return books.company.partner_id.lang or "en_US"
