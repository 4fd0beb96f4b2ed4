from odoo import api, models
from odoo.fields import Domain

from .audit_pack_evidence_text import label, money, utc

ERROR_COLUMNS = [
    "Billing Error",
    "Status",
    "Opened (UTC)",
    "Closed (UTC)",
    "Reason",
    "Root Cause",
    "Customer's Description",
    "Processor",
    "Disputed",
    "Credited",
    "Debited",
    "Written Off",
    "Currency",
    "Resolution",
]
CORRECTION_COLUMNS = [
    "Correction",
    "Status",
    "Document",
    "Billing Error",
    "Remedy",
    "Proposed By",
    "Proposed (UTC)",
    "Amount at Stake",
    "Company Currency",
    "Approved By",
    "Approved (UTC)",
    "Refusal Reason",
    "Applied By",
    "Applied (UTC)",
    "Documents Created",
    "Fingerprint",
]
PROMISE_COLUMNS = [
    "Promised On",
    "Promised For",
    "Promised By",
    "Amount",
    "Received",
    "Currency",
    "Status",
    "Source",
    "Responsible",
    "Customer's Note",
]


class ClerkAuditPackEvidence(models.AbstractModel):
    """Billing errors, corrections with their approvals, and promises."""

    _inherit = "clerk.audit.pack.evidence"

    @api.model
    def _add_cases(self, evidence):
        moves = evidence.moves
        corrections = self.env["clerk.correction"].search(
            Domain("move_id", "in", moves.ids)
            | Domain("document_ids", "in", moves.ids),
            order="id",
        )
        errors = self.env["clerk.billing.error"].search(
            [("move_ids", "in", moves.ids)], order="id"
        )
        self._add_table(
            evidence,
            "corrections.csv",
            CORRECTION_COLUMNS,
            {each: each.move_id | each.document_ids for each in corrections},
            self._correction_row,
        )
        self._add_table(
            evidence,
            "billing_errors.csv",
            ERROR_COLUMNS,
            {each: each.move_ids for each in errors},
            self._error_row,
        )
        self._relate_notes(evidence, corrections)

    def _relate_notes(self, evidence, corrections):
        """Relate credit and debit notes to the invoices that they correct."""
        moves = evidence.moves
        notes = self.env["account.move"].search(
            Domain("reversed_entry_id", "in", moves.ids)
            | Domain("debit_origin_id", "in", moves.ids)
            | Domain("correction_id", "in", corrections.ids)
        )
        for note in notes:
            origins = (
                note.reversed_entry_id
                | note.debit_origin_id
                | note.correction_id.move_id
            )
            evidence.relate(note, origins)

    @api.model
    def _add_promises(self, evidence):
        promises = self.env["clerk.promise"].search(
            [("line_ids.move_id", "in", evidence.moves.ids)], order="date_made, id"
        )
        self._add_table(
            evidence,
            "promises.csv",
            PROMISE_COLUMNS,
            {each: each.line_ids.move_id for each in promises},
            self._promise_row,
        )

    def _add_table(self, evidence, name, columns, records, row):
        """Add a table of ``{record: moves}`` to each of the documents."""
        rows = {}
        for record, moves in records.items():
            evidence.relate(record, moves)
            for move in moves & evidence.moves:
                rows.setdefault(move, []).append(row(record))
        evidence.table(name, name.removesuffix(".csv"), columns, rows)

    def _error_row(self, error):
        currency = error.currency_id
        return [
            error.name,
            label(error, "state"),
            utc(error.date_opened),
            utc(error.date_closed),
            error.reason_id.display_name,
            error.cause_id.display_name,
            error.description,
            error.user_id.name,
            money(error.amount_disputed, currency),
            money(error.amount_credited, currency),
            money(error.amount_debited, currency),
            money(error.amount_written_off, currency),
            currency.name,
            error.resolution,
        ]

    def _correction_row(self, correction):
        return [
            correction.name,
            label(correction, "state"),
            correction.move_id.name,
            correction.error_id.name,
            correction.remedy_id.name,
            correction.proposed_by_id.name,
            utc(correction.proposed_on),
            money(correction.proposed_stake, correction.company_currency_id),
            correction.company_currency_id.name,
            correction.approved_by_id.name,
            utc(correction.approved_on),
            correction.refusal_reason,
            correction.applied_by_id.name,
            utc(correction.applied_on),
            ", ".join(correction.document_ids.mapped("name")),
            correction.proposed_fingerprint,
        ]

    def _promise_row(self, promise):
        return [
            promise.date_made,
            promise.date,
            promise.contact_id.display_name or promise.partner_id.display_name,
            money(promise.amount, promise.currency_id),
            money(promise.amount_received, promise.currency_id),
            promise.currency_id.name,
            label(promise, "state"),
            label(promise, "source"),
            promise.user_id.name,
            promise.note,
        ]
