from odoo import api, models
from odoo.fields import Domain

from .audit_pack_evidence_text import money

ENTRY_COLUMNS = [
    "Entry",
    "Date",
    "Journal",
    "Account",
    "Account Name",
    "Partner",
    "Label",
    "Debit",
    "Credit",
    "Amount in Currency",
    "Currency",
    "Tax",
    "Matching Number",
    "Line ID",
    "Hash",
]
PAYMENT_COLUMNS = [
    "Date",
    "Document",
    "Type",
    "Journal",
    "Reference",
    "Amount",
    "Company Currency",
    "Amount on the Invoice",
    "Invoice Currency",
    "Matching Number",
    "Exchange Difference Entry",
]
# Of longer entries, such as opening balances, only the customer's lines are included.
MAXIMUM_LINES = 50


class ClerkAuditPackEvidence(models.AbstractModel):
    """Journal entries of a document and of entries reconciled with it."""

    _inherit = "clerk.audit.pack.evidence"

    @api.model
    def _partials(self, moves):
        """Return reconciliations of posted entries:
        ``{move: [(partial, line of move, other line)]}``."""
        ours = Domain("debit_move_id.move_id", "in", moves.ids) | Domain(
            "credit_move_id.move_id", "in", moves.ids
        )
        reconciliations = self.env["account.partial.reconcile"].search(
            ours
            & Domain("debit_move_id.parent_state", "=", "posted")
            & Domain("credit_move_id.parent_state", "=", "posted"),
            order="max_date, id",
        )
        partials = {}
        for partial in reconciliations:
            sides = partial.debit_move_id, partial.credit_move_id
            for line, other in (sides, sides[::-1]):
                if line.move_id in moves:
                    partials.setdefault(line.move_id, []).append((partial, line, other))
        return partials

    @api.model
    def _add_entries(self, evidence):
        others = {
            move: self._entries_of(partials)
            for move, partials in self._partials(evidence.moves).items()
        }
        # Prefetch all lines, so that the number of queries is constant.
        evidence.moves.union(*others.values()).line_ids.mapped("account_id.code")
        rows = {}
        for move in evidence.moves:
            entries = others.get(move, move.browse()) - move
            rows[move] = [
                self._entry_row(line)
                for entry in move + entries
                for line in self._lines_of(entry, move)
            ]
            for entry in entries:
                evidence.relate(entry, move)
                if entry.origin_payment_id:
                    evidence.relate(entry.origin_payment_id, move)
        evidence.table("journal_entries.csv", "entries", ENTRY_COLUMNS, rows)

    def _entries_of(self, partials):
        entries = self.env["account.move"]
        for partial, _line, other in partials:
            entries |= other.move_id | partial.exchange_move_id
        return entries

    def _lines_of(self, entry, move):
        lines = entry.line_ids.filtered(
            lambda line: line.display_type not in ("line_section", "line_note")
        )
        if entry == move or len(lines) <= MAXIMUM_LINES:
            return lines
        customer = move.commercial_partner_id
        return lines.filtered(lambda line: line.partner_id == customer)

    def _entry_row(self, line):
        company = line.company_currency_id
        return [
            line.move_id.name,
            line.date,
            line.journal_id.code,
            line.account_id.code,
            line.account_id.name,
            line.partner_id.display_name,
            line.name,
            money(line.debit, company),
            money(line.credit, company),
            money(line.amount_currency, line.currency_id),
            line.currency_id.name,
            line.tax_line_id.name or ", ".join(line.tax_ids.mapped("name")),
            line.matching_number,
            line.id,
            line.move_id.inalterable_hash,
        ]

    @api.model
    def _add_payments(self, evidence):
        rows = {
            move: [self._payment_row(*each) for each in partials]
            for move, partials in self._partials(evidence.moves).items()
        }
        evidence.table("payments.csv", "payments", PAYMENT_COLUMNS, rows)

    def _payment_row(self, partial, line, other):
        entry = other.move_id
        on_invoice = (
            partial.debit_amount_currency
            if line == partial.debit_move_id
            else partial.credit_amount_currency
        )
        return [
            partial.max_date,
            entry.name,
            self._payment_kind(entry),
            entry.journal_id.code,
            entry.origin_payment_id.memo or entry.ref or other.name,
            money(partial.amount, partial.company_currency_id),
            partial.company_currency_id.name,
            money(on_invoice, line.currency_id),
            line.currency_id.name,
            line.matching_number,
            partial.exchange_move_id.name,
        ]

    def _payment_kind(self, entry):
        if entry.origin_payment_id:
            return self.env._("Payment")
        if entry.statement_line_id:
            return self.env._("Bank transaction")
        return dict(entry._fields["move_type"]._description_selection(self.env))[
            entry.move_type
        ]
