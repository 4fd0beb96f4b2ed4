from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import float_compare

from ...rules.correction.correction import Figures, Money, TaxFigures, Terms, total


class LedgerMismatchError(UserError):
    """The lines of a document cannot be told apart well enough to correct them."""


class ClerkCorrectionLedger(models.AbstractModel):
    """What a document and its notes bill by now, and what Odoo would bill instead.

    Everything is read from posted journal items and computed by core's tax engine;
    nothing is kept. Figures are seen from the customer: positive is owed to us.
    """

    _name = "clerk.correction.ledger"
    _description = "What Is Billed"

    @api.model
    def _notes(self, move):
        """Posted credit and debit notes of a document, oldest first."""
        return self.env["account.move"].search(
            Domain("state", "=", "posted")
            & Domain("move_type", "in", ("out_invoice", "out_refund"))
            & Domain("correction_role", "not in", ("rebill", "write_off", "transfer"))
            & (
                Domain("corrected_move_id", "=", move.id)
                | Domain("reversed_entry_id", "=", move.id)
                | Domain("debit_origin_id", "=", move.id)
            ),
            order="id",
        )

    @api.model
    def _product_lines(self, move):
        return move.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )

    @api.model
    def _own_terms(self, line):
        """The terms that a line was written with."""
        return Terms(
            line.quantity, line.price_unit, line.discount, frozenset(line.tax_ids.ids)
        )

    # What is billed by now

    @api.model
    def _billed_terms(self, move):
        """Terms in force of each product line by now: ``{line: Terms}``.

        :raises LedgerMismatchError: a note has a line that is none of the document's
        """
        lines = self._product_lines(move)
        terms = {line: self._own_terms(line) for line in lines}
        since = dict.fromkeys(lines, 0)
        for applied in self._applied_lines(lines):
            line = applied.move_line_id
            terms[line] = applied._terms_in_force()
            since[line] = max(applied.correction_id.document_ids.ids, default=0)
        for note in self._notes(move).filtered(lambda note: not note.correction_id):
            for note_line, line in self._match_lines(note, terms).items():
                if note.id > since[line]:
                    terms[line] = self._less(terms[line], note_line)
        return terms

    @api.model
    def _applied_lines(self, lines):
        """Lines of the corrections whose notes still stand, oldest first."""
        return self._lines_applied(lines).filtered(
            lambda line: all(
                document.state == "posted"
                for document in line.correction_id.document_ids
                if document.correction_role in ("credit", "debit")
            )
        )

    @api.model
    def _lines_applied(self, lines):
        return self.env["clerk.correction.line"].search(
            [
                ("move_line_id", "in", lines.ids),
                ("correction_id.state", "=", "applied"),
                (
                    "correction_id.remedy",
                    "in",
                    ("correct_lines", "credit_full", "rebill"),
                ),
            ],
            order="id",
        )

    @api.model
    def _check_notes(self, move):
        """Refuse where drafts or notes on notes leave open what is billed.

        :raises LedgerMismatchError: names the document that has to be dealt with first
        """
        links = ("reversed_entry_id", "debit_origin_id", "corrected_move_id")
        documents = Domain("move_type", "in", ("out_invoice", "out_refund"))
        drafts = Domain("state", "=", "draft") & Domain.OR(
            Domain(link, "=", move.id) for link in links
        )
        if draft := self.env["account.move"].search(documents & drafts, limit=1):
            raise LedgerMismatchError(
                self.env._(
                    "%(draft)s would amend %(move)s and is still a draft. Post or "
                    "delete it first.",
                    draft=draft.display_name,
                    move=move.name,
                )
            )
        notes = self._notes(move)
        on_notes = Domain("state", "in", ("draft", "posted")) & Domain.OR(
            Domain(link, "in", notes.ids) for link in links
        )
        if other := self.env["account.move"].search(documents & on_notes, limit=1):
            raise LedgerMismatchError(
                self.env._(
                    "%(other)s amends a note of %(move)s. Reverse %(other)s first, or "
                    "ask an accountant.",
                    other=other.display_name,
                    move=move.name,
                )
            )

    @api.model
    def _less(self, terms, note_line):
        sign = 1 if note_line.move_id.move_type == "out_invoice" else -1
        quantity = round(terms.quantity + sign * note_line.quantity, 10)
        return Terms(quantity, terms.price_unit, terms.discount, terms.taxes)

    @api.model
    def _match_lines(self, note, terms):
        """Tell which line each line of a note made elsewhere speaks of.

        Copies keep product, price, discount and taxes; of several alike the first
        that is not yet taken counts.
        """
        free = list(terms)
        matched = {}
        for note_line in self._product_lines(note):
            line = next((each for each in free if self._alike(note_line, each)), None)
            if line is None:
                raise LedgerMismatchError(
                    self.env._(
                        "%(note)s was not made by a correction, and its line "
                        "“%(line)s” repeats no line of %(move)s at the same price. "
                        "Credit what is left by hand, or reverse %(note)s first.",
                        note=note.display_name,
                        line=note_line.name or note_line.product_id.display_name,
                        move=next(iter(terms)).move_id.name if terms else "",
                    )
                )
            free.remove(line)
            matched[note_line] = line
        return matched

    @api.model
    def _alike(self, note_line, line):
        return (
            note_line.product_id == line.product_id
            and note_line.tax_ids == line.tax_ids
            and not float_compare(note_line.price_unit, line.price_unit, 6)
            and not float_compare(note_line.discount, line.discount, 6)
        )

    @api.model
    def _billed_figures(self, move):
        """What document and notes bill by now.

        :return: figures by product line of the document, and what notes carry besides
            as rounding: ``({line: Figures}, [(key, Figures)])``, keys as in `_key`
        """
        figures = self._posted_figures(move)
        rounding = []
        for note in self._notes(move):
            origins = self._origins(note, figures)
            for note_line, owed in self._posted_figures(note).items():
                if line := origins[note_line]:
                    figures[line] += owed
                else:
                    rounding.append((self._key(note_line), owed))
        return figures, rounding

    @api.model
    def _origins(self, note, lines):
        if note.correction_id:
            return {line: line.corrected_line_id for line in self._product_lines(note)}
        return self._match_lines(note, lines)

    @api.model
    def _key(self, line, taxes=None):
        """What decides where a line is booked: lines alike in it can share cents."""
        analytic = tuple(sorted((line.analytic_distribution or {}).items()))
        taxes = line.tax_ids.ids if taxes is None else taxes
        return (line.account_id.id, frozenset(taxes), analytic)

    # Figures of one document

    @api.model
    def _posted_figures(self, move):
        """What a posted document itself makes the customer owe, by product line."""
        base_lines, _tax_lines = move._get_rounded_base_and_tax_lines()
        figures = {}
        for base_line in base_lines:
            line = base_line["record"]
            if line.display_type == "product":
                net = self._money(move, -line.amount_currency, -line.balance)
                figures[line] = Figures(net, self._tax_figures(move, base_line))
        return figures

    @api.model
    def _engine_lines(self, move, terms, **overrides):
        """Core's own computation of a document, with other terms where given.

        :param terms: ``{line: Terms}``; lines that are not in it keep their own
        :param overrides: other values of all lines: ``currency_id``, ``rate``
        :return: base lines as of core's tax engine, rounded as core rounds a document
        """
        tax_engine = self.env["account.tax"]
        base_lines = []
        for line in self._product_lines(move):
            base_line = move._prepare_product_base_line_for_taxes_computation(line)
            wanted = terms.get(line, self._own_terms(line))
            if wanted != self._own_terms(line):
                base_line.update(self._overrides(wanted))
            base_line.update(overrides)
            base_lines.append(base_line)
        tax_engine._add_tax_details_in_base_lines(base_lines, move.company_id)
        tax_engine._round_base_lines_tax_details(base_lines, move.company_id)
        return base_lines

    @api.model
    def _overrides(self, terms):
        return {
            "quantity": terms.quantity,
            "price_unit": terms.price_unit,
            "discount": terms.discount,
            "tax_ids": self.env["account.tax"].browse(terms.taxes).sorted(),
            "manual_total_excluded_currency": None,
            "manual_total_excluded": None,
            "manual_tax_amounts": None,
        }

    @api.model
    def _engine_figures(self, move, terms, **overrides):
        """What the document would make the customer owe: ``{line: Figures}``."""
        return {
            base_line["record"]: Figures(
                self._net(move, base_line), self._tax_figures(move, base_line)
            )
            for base_line in self._engine_lines(move, terms, **overrides)
        }

    @api.model
    def _net(self, move, base_line):
        details = base_line["tax_details"]
        sign = -move.direction_sign
        return self._money(
            move,
            sign
            * (
                details["total_excluded_currency"]
                + details["delta_total_excluded_currency"]
            ),
            sign * (details["total_excluded"] + details["delta_total_excluded"]),
            base_line["currency_id"],
        )

    @api.model
    def _tax_figures(self, move, base_line):
        sign = -move.direction_sign
        return {
            tax_data["tax"].id: TaxFigures(
                *(
                    self._money(
                        move,
                        sign * tax_data[f"{what}_currency"],
                        sign * tax_data[what],
                        base_line["currency_id"],
                    )
                    for what in ("tax_amount", "base_amount")
                )
            )
            for tax_data in base_line["tax_details"]["taxes_data"]
            if not tax_data["is_reverse_charge"]
        }

    @api.model
    def _money(self, move, document, company, currency=None):
        return Money(
            self._decimal(currency or move.currency_id, document),
            self._decimal(move.company_currency_id, company),
        )

    @api.model
    def _decimal(self, currency, amount):
        return Decimal(f"{currency.round(amount):.{currency.decimal_places}f}")

    @api.model
    def _owed(self, figures):
        """Total of lines with taxes; a reverse-charged tax is not the customer's."""
        summed = total(figures)
        taxes = self.env["account.tax"].browse(summed.taxes)
        owed = summed.net
        for tax in taxes.filtered(lambda tax: not tax.has_negative_factor):
            owed += summed.taxes[tax.id].amount
        return owed

    # Fitness

    @api.model
    def _check_readable(self, move):
        """Refuse documents whose lines do not say all that was booked.

        :raises LedgerMismatchError: cash rounding, early-payment tax reduction or
            discounts on their own account; taxes edited by hand or changed since;
            drafts, notes on notes and notes that repeat no line
        """
        self._check_notes(move)
        extra = move.line_ids.filtered(
            lambda line: line.display_type in ("epd", "rounding", "discount")
        )
        if extra:
            raise LedgerMismatchError(
                self.env._(
                    "%(move)s is also booked on %(names)s (cash rounding, early "
                    "payment or discount on an account of its own), which no line "
                    "correction can split. Credit it in full and rebill.",
                    move=move.name,
                    names=", ".join(set(extra.mapped("name"))),
                )
            )
        if self._posted_figures(move) != self._engine_figures(move, {}):
            raise LedgerMismatchError(
                self.env._(
                    "The taxes of %(move)s were edited by hand, or their rates have "
                    "changed since it was posted: they cannot be computed again for "
                    "single lines. Credit it in full and rebill.",
                    move=move.name,
                )
            )
        self._billed_terms(move)
