from decimal import Decimal

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import float_compare

from ...rules.correction.correction import Figures, Money, TaxFigures, Terms, total

# Documents that amend lines of the original; all others stand beside it.
NOTE_ROLES = (False, "credit", "debit")
DOCUMENT_TYPES = ("out_invoice", "out_refund")
LINKS_TO_ORIGINAL = ("corrected_move_id", "reversed_entry_id", "debit_origin_id")
# Lines that core books beside the lines of an invoice, and no correction can split.
EXTRA_LINE_TYPES = ("epd", "rounding", "discount")


class LedgerMismatchError(UserError):
    """The lines of a document do not contain everything that was booked."""


class CorrectionLedger:
    """Read what a document and its notes bill, and compute what Odoo would bill.

    Everything is read from posted journal items and computed by core's tax engine;
    nothing is stored. Figures are seen from the customer: positive is owed to us.
    """

    def __init__(self, move):
        self.move = move
        self.env = move.env
        self.sign = -move.direction_sign

    def notes(self):
        """Return the posted credit and debit notes of the document, oldest first."""
        return self.env["account.move"].search(
            Domain("state", "=", "posted")
            & Domain("move_type", "in", DOCUMENT_TYPES)
            & Domain("correction_role", "in", NOTE_ROLES)
            & Domain.OR(Domain(link, "=", self.move.id) for link in LINKS_TO_ORIGINAL),
            order="id",
        )

    def product_lines(self):
        return self.move.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )

    # What is billed so far

    def billed_terms(self):
        """Return the terms in force of each product line: ``{line: Terms}``.

        :raises LedgerMismatchError: a line of a note matches no line of the document
        """
        lines = self.product_lines()
        terms = {line: original_terms(line) for line in lines}
        last_document = dict.fromkeys(lines, 0)
        for applied in self._applied_lines():
            line = applied.move_line_id
            terms[line] = applied._terms_in_force()
            last_document[line] = max(applied.correction_id.document_ids.ids, default=0)
        for note in self.notes().filtered(lambda note: not note.correction_id):
            for note_line, line in self._match_lines(note, terms).items():
                if note.id > last_document[line]:
                    terms[line] = self._reduced_terms(terms[line], note_line)
        return terms

    def _applied_lines(self):
        """Return lines of applied corrections whose notes are posted, oldest first."""
        applied = self.env["clerk.correction.line"].search(
            [
                ("move_line_id", "in", self.product_lines().ids),
                ("correction_id.state", "=", "applied"),
                ("correction_id.remedy_id.amends", "!=", "nothing"),
            ],
            order="id",
        )
        return applied.filtered(
            lambda line: all(
                document.state == "posted"
                for document in line.correction_id.document_ids
                if document.correction_role in NOTE_ROLES
            )
        )

    def _reduced_terms(self, terms, note_line):
        sign = 1 if note_line.move_id.move_type == "out_invoice" else -1
        quantity = round(terms.quantity + sign * note_line.quantity, 10)
        return Terms(quantity, terms.price_unit, terms.discount, terms.taxes)

    def _match_lines(self, note, lines):
        """Map each line of a note made without a correction to the line it amends.

        Copies keep product, price, discount and taxes; of several equal lines the
        first one not yet matched counts.
        """
        free = list(lines)
        matches = {}
        for note_line in CorrectionLedger(note).product_lines():
            line = next((each for each in free if self._is_copy(note_line, each)), None)
            if line is None:
                raise self._unmatched_error(note, note_line)
            free.remove(line)
            matches[note_line] = line
        return matches

    def _unmatched_error(self, note, note_line):
        return LedgerMismatchError(
            self.env._(
                "%(note)s was not made by a correction, and its line “%(line)s” "
                "matches no line of %(move)s at the same price. Credit the remainder "
                "manually, or reverse %(note)s first.",
                note=note.display_name,
                line=note_line.name or note_line.product_id.display_name,
                move=self.move.name,
            )
        )

    def _is_copy(self, note_line, line):
        return (
            note_line.product_id == line.product_id
            and note_line.tax_ids == line.tax_ids
            and not float_compare(note_line.price_unit, line.price_unit, 6)
            and not float_compare(note_line.discount, line.discount, 6)
        )

    def billed_figures(self):
        """Return what the document and its notes bill so far.

        :return: figures by product line of the document, and amounts that notes have
            as rounding: ``({line: Figures}, [(key, Figures)])``, keys as in `line_key`
        """
        figures = self.posted_figures()
        rounding = []
        for note in self.notes():
            origins = self._origins(note, figures)
            for note_line, owed in CorrectionLedger(note).posted_figures().items():
                if line := origins[note_line]:
                    figures[line] += owed
                else:
                    rounding.append((line_key(note_line), owed))
        return figures, rounding

    def _origins(self, note, lines):
        if note.correction_id:
            return {
                line: line.corrected_line_id
                for line in CorrectionLedger(note).product_lines()
            }
        return self._match_lines(note, lines)

    # Figures of the document itself

    def posted_figures(self):
        """Return the figures of the posted document alone, by product line."""
        base_lines, _tax_lines = self.move._get_rounded_base_and_tax_lines()
        return {
            base_line["record"]: Figures(
                item_money(base_line["record"]), self._tax_figures(base_line)
            )
            for base_line in base_lines
            if base_line["record"].display_type == "product"
        }

    def engine_lines(self, terms, **overrides):
        """Compute the document with core's engine, with other terms where given.

        :param terms: ``{line: Terms}``; lines that are not in it keep their own
        :param overrides: other values of all lines: ``currency_id``, ``rate``
        :return: base lines of core's tax engine, rounded as core rounds a document
        """
        move, tax_engine = self.move, self.env["account.tax"]
        base_lines = []
        for line in self.product_lines():
            base_line = move._prepare_product_base_line_for_taxes_computation(line)
            wanted = terms.get(line, original_terms(line))
            if wanted != original_terms(line):
                base_line.update(self._engine_terms(wanted))
            base_line.update(overrides)
            base_lines.append(base_line)
        tax_engine._add_tax_details_in_base_lines(base_lines, move.company_id)
        tax_engine._round_base_lines_tax_details(base_lines, move.company_id)
        return base_lines

    def _engine_terms(self, terms):
        return {
            "quantity": terms.quantity,
            "price_unit": terms.price_unit,
            "discount": terms.discount,
            "tax_ids": self.env["account.tax"].browse(terms.taxes).sorted(),
            "manual_total_excluded_currency": None,
            "manual_total_excluded": None,
            "manual_tax_amounts": None,
        }

    def engine_figures(self, terms, **overrides):
        """Return what the document would make the customer owe: ``{line: Figures}``."""
        return {
            base_line["record"]: Figures(
                self.net(base_line), self._tax_figures(base_line)
            )
            for base_line in self.engine_lines(terms, **overrides)
        }

    def net(self, base_line):
        details = base_line["tax_details"]
        document = (
            details["total_excluded_currency"]
            + details["delta_total_excluded_currency"]
        )
        company = details["total_excluded"] + details["delta_total_excluded"]
        return self.money(
            self.sign * document, self.sign * company, base_line["currency_id"]
        )

    def _tax_figures(self, base_line):
        return {
            tax_data["tax"].id: TaxFigures(
                *(
                    self.money(
                        self.sign * tax_data[f"{name}_currency"],
                        self.sign * tax_data[name],
                        base_line["currency_id"],
                    )
                    for name in ("tax_amount", "base_amount")
                )
            )
            for tax_data in base_line["tax_details"]["taxes_data"]
            if not tax_data["is_reverse_charge"]
        }

    def money(self, document, company, currency=None):
        """Return both amounts as exact decimals, rounded in their currencies."""
        return Money(
            exact(currency or self.move.currency_id, document),
            exact(self.move.company_currency_id, company),
        )

    def owed(self, figures):
        """Add up lines with taxes; the customer does not owe reverse-charged tax."""
        summed = total(figures)
        taxes = self.env["account.tax"].browse(summed.taxes)
        owed = summed.net
        for tax in taxes.filtered(lambda tax: not tax.has_negative_factor):
            owed += summed.taxes[tax.id].amount
        return owed

    # Documents that cannot be corrected by lines

    def is_readable(self):
        try:
            self.check_readable()
        except LedgerMismatchError:
            return False
        return True

    def check_readable(self):
        """Refuse documents whose lines do not contain everything that was booked.

        :raises LedgerMismatchError: cash rounding, early-payment tax reduction or
            discounts on their own account; taxes edited by hand or changed since;
            drafts, notes on notes and notes that match no line
        """
        self.check_notes()
        self._check_extra_lines()
        if self.posted_figures() != self.engine_figures({}):
            raise LedgerMismatchError(
                self.env._(
                    "The taxes of %(move)s were edited by hand, or their rates have "
                    "changed since it was posted: they cannot be recomputed for "
                    "single lines. Credit it in full and rebill.",
                    move=self.move.name,
                )
            )
        self.billed_terms()

    def _check_extra_lines(self):
        extra = self.move.line_ids.filtered(
            lambda line: line.display_type in EXTRA_LINE_TYPES
        )
        if extra:
            raise LedgerMismatchError(
                self.env._(
                    "%(move)s is also booked on %(names)s (cash rounding, early "
                    "payment or discount on an account of its own), which a "
                    "correction of lines cannot split. Credit it in full and rebill.",
                    move=self.move.name,
                    names=", ".join(set(extra.mapped("name"))),
                )
            )

    def check_notes(self):
        """Refuse while drafts or notes on notes leave the billed amount undecided.

        :raises LedgerMismatchError: names the document that has to be dealt with first
        """
        if draft := self._find_amending(["draft"], self.move):
            raise LedgerMismatchError(
                self.env._(
                    "%(draft)s would amend %(move)s and is still a draft. Post or "
                    "delete it first.",
                    draft=draft.display_name,
                    move=self.move.name,
                )
            )
        if other := self._find_amending(["draft", "posted"], self.notes()):
            raise LedgerMismatchError(
                self.env._(
                    "%(other)s amends a note of %(move)s. Reverse %(other)s first, or "
                    "ask an accountant.",
                    other=other.display_name,
                    move=self.move.name,
                )
            )

    def _find_amending(self, states, moves):
        """Return one document in these states that amends one of the moves, if any."""
        return self.env["account.move"].search(
            Domain("move_type", "in", DOCUMENT_TYPES)
            & Domain("state", "in", states)
            & Domain.OR(Domain(link, "in", moves.ids) for link in LINKS_TO_ORIGINAL),
            limit=1,
        )


def exact(currency, amount):
    """Return a float as the decimal that the currency rounds it to."""
    return Decimal(f"{currency.round(amount):.{currency.decimal_places}f}")


def item_money(item):
    """Return what the customer owes by a journal item of the document."""
    move = item.move_id
    return Money(
        exact(move.currency_id, -item.amount_currency),
        exact(move.company_currency_id, -item.balance),
    )


def original_terms(line):
    """Return the terms that a line of a document was written with."""
    return Terms(
        line.quantity, line.price_unit, line.discount, frozenset(line.tax_ids.ids)
    )


def line_key(line, taxes=None):
    """Return where a line is booked: lines with the same key can share cents."""
    analytic = tuple(sorted((line.analytic_distribution or {}).items()))
    taxes = line.tax_ids.ids if taxes is None else taxes
    return (line.account_id.id, frozenset(taxes), analytic)
