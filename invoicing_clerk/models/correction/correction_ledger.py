from collections import defaultdict
from decimal import Decimal

from odoo.exceptions import UserError
from odoo.fields import Domain

from ...rules.correction.correction import Figures, Money, TaxFigures, Terms, total
from ...rules.correction.line_match import Row, match_lines
from ...rules.plural import plural
from .correction_discount import (
    EarlyDiscount,
    discount_key,
    discount_lines,
    has_discount,
    line_key,
    reduced_by,
)

# Documents that amend lines of the original; all others stand beside it.
NOTE_ROLES = (False, "credit", "debit")
DOCUMENT_TYPES = ("out_invoice", "out_refund")
LINKS_TO_ORIGINAL = ("corrected_move_id", "reversed_entry_id", "debit_origin_id")
# Lines that core books beside the lines of an invoice, and no correction can split.
EXTRA_LINE_TYPES = ("epd", "rounding", "discount")


class LedgerMismatchError(UserError):
    """The lines of a document do not contain everything that was booked."""


class UnclearLinesError(LedgerMismatchError):
    """A line of a note could amend several lines: ``{note line: [document lines]}``."""

    def __init__(self, message, unclear):
        super().__init__(message)
        self.unclear = unclear


class CorrectionLedger:
    """Read what a document and its notes bill, and compute what Odoo would bill.

    Everything is read from posted journal items and computed by core's tax engine;
    nothing is stored. Figures are seen from the customer: positive is owed to us.
    """

    def __init__(self, move, answers=None):
        """
        :param answers: the lines of the document that a person has selected, by line of
            a note that was made without a correction
        """
        self.move = move
        self.answers = answers or {}
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

    def early_discount(self):
        """Return the percentage by which the payment terms reduce taxes.

        Terms that became such after the taxes were booked do not. Documents on which
        core has booked the reduction cannot be corrected by lines.
        """
        was_taxed = bool(self.product_lines().tax_ids)
        return 0.0 if was_taxed else reduced_by(self.move.invoice_payment_term_id)

    def added_lines(self):
        """Return the lines of posted notes that bill what the document does not."""
        return self.notes().invoice_line_ids.filtered("correction_line_id")

    # What is billed so far

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
        note_lines = CorrectionLedger(note).product_lines()
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

        :return: figures by line of the document or added to it, and amounts that notes
            have as rounding: ``({line: Figures}, [(key, Figures)])``, keys as in
            `line_key`
        """
        figures = defaultdict(Figures, self.posted_figures())
        matches = self.matches()
        rounding = []
        for note in self.notes():
            origins = self._origins(note, matches)
            for note_line, owed in CorrectionLedger(note).posted_figures().items():
                if isinstance(note_line, EarlyDiscount):
                    figures[note_line] += owed
                elif line := origins[note_line]:
                    figures[line] += owed
                else:
                    rounding.append((line_key(note_line), owed))
        return figures, rounding

    def _origins(self, note, matches):
        if not note.correction_id:
            return matches
        return {
            line: line if line.correction_line_id else line.corrected_line_id
            for line in CorrectionLedger(note).product_lines()
        }

    # Figures of the document itself

    def posted_figures(self):
        """Return the figures of the posted document alone, by product line.

        What its early payment discount changes is by `EarlyDiscount`.
        """
        base_lines, _tax_lines = self.move._get_rounded_base_and_tax_lines()
        figures = defaultdict(Figures)
        for base_line in base_lines:
            line = base_line["record"]
            if line.display_type in ("product", "epd"):
                key = line if line.display_type == "product" else discount_key(line)
                taxes = self._tax_figures(base_line)
                figures[key] += Figures(item_money(line), taxes)
        return dict(figures)

    def engine_lines(self, terms, rounding_method=None, discount=None, **overrides):
        """Compute the document with core's engine, with other terms where given.

        :param terms: ``{line: Terms}``; lines of the document that are not in it keep
            their own, and lines that are not of the document are added to it
        :param rounding_method: of taxes, if not that of the company
        :param discount: percentage by which an early payment discount reduces taxes,
            if not that of the document
        :param overrides: other values of all lines: ``currency_id``, ``rate``
        :return: base lines of core's tax engine, rounded as core rounds a document
        """
        move, tax_engine = self.move, self.env["account.tax"]
        base_lines = []
        own = dict.fromkeys(self.product_lines())
        for line in [*own, *(each for each in terms if each not in own)]:
            base_line = self._base_line(line, terms.get(line), line not in own)
            base_line.update(overrides)
            base_lines.append(base_line)
            tax_engine._add_tax_details_in_base_line(
                base_line, move.company_id, rounding_method=rounding_method
            )
        if discount := self.early_discount() if discount is None else discount:
            base_lines += discount_lines(
                move, base_lines, discount / 100, rounding_method
            )
        tax_engine._round_base_lines_tax_details(base_lines, move.company_id)
        return base_lines

    def _base_line(self, line, terms, is_added):
        """Return a line in the format of core's tax engine, as of the document."""
        move = self.move
        if is_added:
            base_line = self.env[
                "account.tax"
            ]._prepare_base_line_for_taxes_computation(
                line,
                partner_id=move.commercial_partner_id,
                currency_id=move.currency_id,
                is_refund=move.move_type == "out_refund",
                rate=move.invoice_currency_rate,
                sign=move.direction_sign,
                extra_tax_data=None,
                name=line.name,
            )
            return base_line | self._engine_terms(terms)
        base_line = move._prepare_product_base_line_for_taxes_computation(line)
        if terms and terms != original_terms(line):
            base_line.update(self._engine_terms(terms))
        return base_line

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
        """Return what the document would make the customer owe: ``{line: Figures}``.

        What an early payment discount changes is by `EarlyDiscount`.
        """
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
        """Refuse documents of which single lines cannot be corrected.

        :raises LedgerMismatchError: as `check_creditable`, and for taxes that would be
            computed differently today
        """
        self.check_creditable()
        if self.posted_figures() != self.engine_figures({}):
            raise LedgerMismatchError(self._difference_of_taxes())
        self._check_early_discount()

    def _check_early_discount(self):
        """Refuse where notes reduced taxes by a discount that the terms no longer have.

        :raises LedgerMismatchError: names the document and its payment terms
        """
        if not self.early_discount() and not has_discount(self.notes()):
            return
        billed = self._discounts(self.billed_figures()[0])
        if billed != self._discounts(self.engine_figures(self.billed_terms())):
            raise LedgerMismatchError(
                self.env._(
                    "The notes of %(move)s reduce its taxes by another early payment "
                    "discount than its payment terms, %(terms)s, have today.",
                    move=self.move.name,
                    terms=self.move.invoice_payment_term_id.name,
                )
            )

    def _discounts(self, figures):
        return {
            key: owed.net
            for key, owed in figures.items()
            if isinstance(key, EarlyDiscount) and owed.net
        }

    def check_creditable(self):
        """Refuse documents whose lines do not contain everything that was booked.

        :raises LedgerMismatchError: cash rounding, early-payment tax reduction or
            discounts on their own account; drafts, notes on notes and notes that match
            no line
        """
        self.check_notes()
        self._check_extra_lines()
        self.billed_terms()

    def _difference_of_taxes(self):
        """Return in words why the taxes as posted are not those computed today."""
        company = self.move.company_id
        if self._agrees_by_other_rounding():
            return self.env._(
                "The taxes of %(move)s were rounded differently when it was posted: "
                "the rounding method of %(company)s has changed since. They cannot be "
                "recomputed for single lines.",
                move=self.move.name,
                company=company.name,
            )
        return self.env._(
            "The taxes of %(move)s are not as they would be computed today: they were "
            "edited manually, or the taxes were changed since it was posted. They "
            "cannot be recomputed for single lines.",
            move=self.move.name,
        )

    def _agrees_by_other_rounding(self):
        company = self.move.company_id
        methods = company._fields["tax_calculation_rounding_method"].get_values(
            self.env
        )
        others = set(methods) - {company.tax_calculation_rounding_method}
        posted = total(self.posted_figures().values())
        return any(
            posted == total(self.engine_figures({}, rounding_method=other).values())
            for other in others
        )

    def _check_extra_lines(self):
        extra = self.move.line_ids.filtered(
            lambda line: line.display_type in EXTRA_LINE_TYPES
        )
        if extra:
            raise LedgerMismatchError(
                self.env._(
                    "%(move)s is also booked on %(names)s (cash rounding, early "
                    "payment or discount on an account of its own), which a "
                    "correction of lines cannot split.",
                    move=self.move.name,
                    names=", ".join(sorted(set(extra.mapped("name")))),
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
                    "%(other)s amends a credit or debit note of %(move)s. Reverse "
                    "%(other)s first, or ask an accountant.",
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


def first_terms(line):
    """Return the terms that a line was billed with first, with the sign of the
    document: those of a line that a correction added are not those of its note."""
    added = line.correction_line_id
    return added._corrected_terms() if added else original_terms(line)
