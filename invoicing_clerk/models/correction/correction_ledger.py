from odoo.fields import Domain

from ...rules.correction.correction import total
from .correction_billed import BilledDocument, LedgerMismatchError
from .correction_discount import EarlyDiscount, has_discount
from .correction_untouched import DOCUMENT_TYPES, LINKS_TO_ORIGINAL, is_untouched

# Lines that core books beside the lines of an invoice, and no correction can split.
EXTRA_LINE_TYPES = ("rounding", "discount")


class CorrectionLedger(BilledDocument):
    """Read what a document and its notes bill, and compute what Odoo would bill.

    Everything is read from posted journal items and computed by core's tax engine;
    nothing is stored. Documents whose lines cannot be corrected are refused.
    """

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
                    "The notes of %(move)s reduce its taxes by an early payment "
                    "discount other than that of its payment terms today, %(terms)s.",
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

        :raises LedgerMismatchError: cash rounding or discounts on their own account;
            drafts, notes on notes and notes that match no line
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
        if has_discount(self.move):
            return self.env._(
                "The taxes of %(move)s are not as they would be computed today: they "
                "were edited manually, or the taxes or the early payment discount of "
                "%(terms)s were changed since it was posted. They cannot be recomputed "
                "for single lines.",
                move=self.move.name,
                terms=self.move.invoice_payment_term_id.name
                or self.env._("its payment terms"),
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
                    "%(move)s is also posted to %(names)s (cash rounding or discount "
                    "on an account of its own), which a correction of lines cannot "
                    "split.",
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
        if all(is_untouched(move) for move in moves):
            return self.env["account.move"]
        return self.env["account.move"].search(
            Domain("move_type", "in", DOCUMENT_TYPES)
            & Domain("state", "in", states)
            & Domain.OR(Domain(link, "in", moves.ids) for link in LINKS_TO_ORIGINAL),
            limit=1,
        )
