from collections import defaultdict

from odoo.exceptions import UserError
from odoo.fields import Domain

from ...rules.correction.correction import Figures, Terms
from ...rules.correction.line_match import Row, match_lines
from ...rules.plural import plural
from .correction_discount import EarlyDiscount, line_key
from .correction_figures import DocumentFigures, first_terms, original_terms
from .correction_untouched import DOCUMENT_TYPES, LINKS_TO_ORIGINAL, is_untouched

# Documents that amend lines of the original; all others stand beside it.
NOTE_ROLES = (False, "credit", "debit")


class LedgerMismatchError(UserError):
    """The lines of a document do not contain everything that was booked."""


class UnclearLinesError(LedgerMismatchError):
    """A line of a note could amend several lines: ``{note line: [document lines]}``."""

    def __init__(self, message, unclear):
        super().__init__(message)
        self.unclear = unclear


class BilledDocument(DocumentFigures):
    """Terms and amounts that a document and its notes bill so far, by line."""

    def __init__(self, move, answers=None):
        """
        :param answers: the lines of the document that a person has selected, by line of
            a note that was made without a correction
        """
        super().__init__(move)
        self.answers = answers or {}

    def notes(self):
        """Return the posted credit and debit notes of the document, oldest first."""
        if is_untouched(self.move):
            return self.env["account.move"]
        return self.env["account.move"].search(
            Domain("state", "=", "posted")
            & Domain("move_type", "in", DOCUMENT_TYPES)
            & Domain("correction_role", "in", NOTE_ROLES)
            & Domain.OR(Domain(link, "=", self.move.id) for link in LINKS_TO_ORIGINAL),
            order="id",
        )

    def added_lines(self):
        """Return the lines of posted notes that bill what the document does not."""
        return self.notes().invoice_line_ids.filtered("correction_line_id")

    def billed_terms(self):
        """Return the terms in force of each product line: ``{line: Terms}``.

        :raises LedgerMismatchError: a line of a note matches no line of the document,
            or several
        """
        return self._terms_and_matches()[0]

    def matches(self):
        """Map the lines of notes made without a correction to the lines they amend."""
        return self._terms_and_matches()[1]

    def _terms_and_matches(self):
        added = self.added_lines()
        lines = self.product_lines() + added
        terms = {line: first_terms(line) for line in lines}
        last_document = {
            line: line.move_id.id if line in added else 0 for line in lines
        }
        for applied in self._applied_lines(lines):
            line = applied.move_line_id
            terms[line] = applied._terms_in_force()
            last_document[line] = applied.correction_id._last_document_id()
        matches = {}
        for note in self.notes().filtered(lambda note: not note.correction_id):
            for note_line, line in self._match_lines(note, terms).items():
                matches[note_line] = line
                if note.id > last_document[line]:
                    terms[line] = self._reduced_terms(terms[line], note_line)
        return terms, matches

    def _applied_lines(self, lines):
        """Return corrections of these lines whose notes are posted, oldest first."""
        if is_untouched(self.move):
            return self.env["clerk.correction.line"]
        applied = self.env["clerk.correction.line"].search(
            [
                ("move_line_id", "in", lines.ids),
                ("correction_id.state", "=", "applied"),
                ("correction_id.remedy_id.amends", "!=", "nothing"),
            ],
            order="id",
        )
        # A correction can be applied after others that were started later.
        return applied.filtered(
            lambda line: all(
                document.state == "posted"
                for document in line.correction_id.document_ids
                if document.correction_role in NOTE_ROLES
            )
        ).sorted(lambda line: line.correction_id._last_document_id())

    def _reduced_terms(self, terms, note_line):
        sign = 1 if note_line.move_id.move_type == "out_invoice" else -1
        quantity = round(terms.quantity + sign * note_line.quantity, 10)
        return Terms(quantity, terms.price_unit, terms.discount, terms.taxes)

    def _match_lines(self, note, terms):
        """Map each line of a note made without a correction to the line it amends.

        :param terms: the terms in force before the note, by line of the document
        """
        note_lines = DocumentFigures(note).product_lines()
        known = {
            note_line: line
            for note_line in note_lines
            if (line := note_line.corrected_line_id or self.answers.get(note_line))
            and line in terms
            and note_line._correction_copied() == line._correction_copied()
        }
        is_credit = note.move_type != self.move.move_type
        match = match_lines(
            {
                line: self._match_row(line, abs(line.quantity) if is_credit else 0.0)
                for line in note_lines
                if line not in known
            },
            {
                line: self._match_row(line, abs(in_force.quantity))
                for line, in_force in terms.items()
                if line not in known.values()
            },
        )
        if match.unknown:
            raise self._unknown_line_error(note, match.unknown[0])
        if match.unclear:
            raise self._unclear_lines_error(note, match.unclear)
        return {**known, **match.found}

    def _match_row(self, line, quantity):
        return Row(line._correction_copied(), line._correction_traits(), quantity)

    def _unknown_line_error(self, note, note_line):
        return LedgerMismatchError(
            self.env._(
                "%(note)s was not made by a correction, and its line “%(line)s” "
                "matches no line of %(move)s at the same price.",
                note=note.display_name,
                line=note_line.name or note_line.product_id.display_name,
                move=self.move.name,
            )
        )

    def _unclear_lines_error(self, note, unclear):
        note_line = next(iter(unclear))
        return UnclearLinesError(
            plural(
                len(unclear[note_line]),
                self.env._(
                    "%(note)s was not made by a correction, and its line “%(line)s” "
                    "could amend %(count)s line of %(move)s: select the line that it "
                    "amends.",
                    note=note.display_name,
                    line=note_line.name or note_line.product_id.display_name,
                    count=len(unclear[note_line]),
                    move=self.move.name,
                ),
                self.env._(
                    "%(note)s was not made by a correction, and its line “%(line)s” "
                    "could amend %(count)s lines of %(move)s: select the line that it "
                    "amends.",
                    note=note.display_name,
                    line=note_line.name or note_line.product_id.display_name,
                    count=len(unclear[note_line]),
                    move=self.move.name,
                ),
            ),
            unclear,
        )

    def billed_figures(self):
        """Return what the document and its notes bill so far.

        :return: figures by line of the document or added to it, and amounts that belong
            to no line: ``({line: Figures}, {key: Figures})``, keys as in `line_key`
        """
        figures, rounding = defaultdict(Figures), defaultdict(Figures)
        origins = self._origins()
        for document in self.move + self.notes():
            for line, owed in DocumentFigures(document).posted_figures().items():
                if isinstance(line, EarlyDiscount):
                    figures[line] += owed
                elif origin := origins.get(line):
                    figures[origin] += owed
                else:
                    rounding[line_key(line)] += owed
        return figures, rounding

    def _origins(self):
        """Map lines of the document and its notes to the lines whose terms they bill.

        Lines with other taxes than those in force are left out: what remains of them
        are cents of other lines, which belong to the taxes that they were booked with.
        """
        terms, origins = self._terms_and_matches()
        for line in self.product_lines():
            origins[line] = line
        for line in self.notes().filtered("correction_id").invoice_line_ids:
            origins[line] = line if line.correction_line_id else line.corrected_line_id
        return {
            line: origin
            for line, origin in origins.items()
            if origin and original_terms(line).taxes == terms[origin].taxes
        }
