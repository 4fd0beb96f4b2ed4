from collections import defaultdict
from typing import NamedTuple

from odoo import api, models

from ....rules.audit.pack import audit_pack as rules


class Piece(NamedTuple):
    """A file for the folder of a document: content as bytes, or a stored attachment.

    ``role`` says what it is, ``origin`` where from: ``stored`` as it was then,
    ``rendered`` for the pack, or ``written`` as a table.
    """

    name: str
    role: str
    origin: str
    content: object


class Evidence:
    """What was found of some documents, and what should have been."""

    def __init__(self, moves):
        self.moves = moves
        self.pieces = defaultdict(list)
        self.missing = defaultdict(list)
        self.messages = {}
        # {model: {id: moves}}: whose letters, attachments and changes are looked for.
        self.related = defaultdict(dict)
        for move in moves:
            self.relate(move, move)

    def relate(self, record, moves):
        known = self.related[record._name]
        known[record.id] = known.get(record.id, self.moves.browse()) | (
            moves & self.moves
        )

    def add(self, move, *piece):
        self.pieces[move].append(Piece(*piece))

    def lack(self, move, what, why):
        self.missing[move].append({"what": what, "why": str(why)})

    def table(self, name, role, columns, rows):
        """A table for each document that has rows of it: ``{move: [row]}``."""
        for move, of_move in rows.items():
            self.add(move, name, role, "written", rules.table(columns, of_move))


class AuditPackEvidence(models.AbstractModel):
    """Gathers evidence of many documents at once, with the rights of the reader.

    Each step adds to an `Evidence`. Apps that know of more extend `_evidence_steps`.
    """

    _name = "clerk.audit.pack.evidence"
    _description = "Evidence of Documents"

    @api.model
    def _evidence_steps(self):
        """In this order: what comes later looks at what others have related."""
        return [
            self._add_invoice_pdfs,
            self._add_entries,
            self._add_payments,
            self._add_orders,
            self._add_cases,
            self._add_promises,
            self._add_calls,
            self._add_letters,
            self._add_attachments,
        ]

    @api.model
    def _gather(self, moves):
        """:raises AccessError: the reader may not read one of them any more"""
        moves.check_access("read")
        evidence = Evidence(moves)
        for step in self.with_env(moves.env)._evidence_steps():
            step(evidence)
        return evidence
