from collections import defaultdict

from ...rules.correction.correction import Figures, Money, TaxFigures, Terms, total
from ..mixin.amount import exact
from .correction_discount import (
    balance_discount,
    discount_key,
    discount_lines,
    has_discount,
    reduced_by,
)


class DocumentFigures:
    """Figures of a document alone, as posted and as core's tax engine computes them.

    Figures are seen from the customer: positive is owed to us.
    """

    def __init__(self, move):
        self.move = move
        self.env = move.env
        self.sign = -move.direction_sign

    def product_lines(self):
        return self.move.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )

    def early_discount(self):
        """Return the percentage by which the payment terms reduce taxes.

        Terms that became such after the taxes were booked do not.
        """
        is_late = bool(self.product_lines().tax_ids) and not has_discount(self.move)
        return 0.0 if is_late else reduced_by(self.move.invoice_payment_term_id)

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
        reducing = []
        if discount := self.early_discount() if discount is None else discount:
            reducing = discount_lines(move, base_lines, discount / 100, rounding_method)
        base_lines += reducing
        tax_engine._round_base_lines_tax_details(base_lines, move.company_id)
        balance_discount(reducing)
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
