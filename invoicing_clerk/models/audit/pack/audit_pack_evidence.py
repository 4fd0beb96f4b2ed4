from collections import defaultdict
from typing import NamedTuple

from odoo import api, models

from ....rules.audit.pack import audit_pack as rules


class Piece(NamedTuple):
    """A file for the folder of a document.

    :param name: file name in the folder; made valid and unique later
    :param role: what the file is, as a word for the manifest: ``invoice``, ``order`` …
    :param origin: ``stored`` for an attachment as it is stored, ``rendered`` for a PDF
        made for the pack, ``written`` for a table
    :param content: bytes, or the ``ir.attachment`` of a stored file
    """

    name: str
    role: str
    origin: str
    content: object


class Evidence:
    """The evidence gathered for some documents, and what is missing of it.

    The steps of ``clerk.audit.pack.evidence`` add to it.
    """

    def __init__(self, moves):
        self.moves = moves
        self.pieces = defaultdict(list)
        self.missing = defaultdict(list)
        self.messages = {}
        # {model: {id: moves}}: records whose messages and attachments are included.
        self.related = defaultdict(dict)
        for move in moves:
            self.relate(move, move)

    def relate(self, record, moves):
        """Include messages, changes and attachments of a record with documents."""
        related = self.related[record._name]
        related[record.id] = related.get(record.id, self.moves.browse()) | (
            moves & self.moves
        )

    def add(self, move, *piece):
        """Add a file to the folder of a document: see ``Piece``."""
        self.pieces[move].append(Piece(*piece))

    def lack(self, move, what, why):
        """Report a missing file of a document, with the reason."""
        self.missing[move].append({"what": what, "why": str(why)})

    def table(self, name, role, columns, rows):
        """Add a CSV to each document with rows: ``{move: [row]}``."""
        for move, move_rows in rows.items():
            self.add(move, name, role, "written", rules.table(columns, move_rows))


class AuditPackEvidence(models.AbstractModel):
    """Gathers the evidence of many documents at once, with the rights of the user.

    **How to extend**

    A module with further evidence of invoices, such as contracts, inherits this model
    and adds a step. A step is a method that takes an ``Evidence`` and adds to it::

        class ClerkAuditPackEvidence(models.AbstractModel):
            _inherit = "clerk.audit.pack.evidence"

            @api.model
            def _evidence_steps(self):
                return [self._add_contracts, *super()._evidence_steps()]

            @api.model
            def _add_contracts(self, evidence):
                rows = {}
                for contract in self.env["my.contract"].search(
                    [("move_ids", "in", evidence.moves.ids)]
                ):
                    evidence.relate(contract, contract.move_ids)
                    for move in contract.move_ids & evidence.moves:
                        rows.setdefault(move, []).append([contract.name])
                evidence.table("contracts.csv", "contracts", ["Contract"], rows)

    - ``evidence.moves`` are up to 50 invoices: query for all of them at once.
    - ``evidence.add`` adds a file, ``evidence.table`` a CSV, ``evidence.lack`` reports
      a missing file with its reason, so that nothing is left out silently.
    - ``evidence.relate`` has messages, changes and attachments of a record included by
      the last two steps. A step that relates records therefore comes before them.
    - ``self.env`` has the access rights of the user who requested the pack. Do not
      call ``sudo()``: the pack must not contain what that user cannot read.
    - PDFs are rendered with ``_add_rendered``, in few calls and with a time limit.
    - Texts come from the stored data, so that two packs of the same data are equal.
    """

    _name = "clerk.audit.pack.evidence"
    _description = "Evidence of Invoices"

    @api.model
    def _evidence_steps(self):
        """Return the steps in order: later ones use the records related by earlier."""
        return [
            self._add_invoice_pdfs,
            self._add_entries,
            self._add_payments,
            self._add_orders,
            self._add_cases,
            self._add_promises,
            self._add_calls,
            self._add_messages,
            self._add_attachments,
        ]

    @api.model
    def _gather(self, moves):
        """Gather the evidence of invoices.

        :raises AccessError: the user can no longer read one of them
        """
        moves.check_access("read")
        evidence = Evidence(moves)
        for step in self.with_env(moves.env)._evidence_steps():
            step(evidence)
        return evidence
