from odoo import models
from odoo.fields import Command

from odoo.addons.invoicing_clerk.models.correction.correction_ledger import (
    CorrectionLedger,
    LedgerMismatchError,
)


class SaleOrderLine(models.Model):
    """Deposits: the order deducts what corrections have left of them.

    Core adds up the prices of the deposit's invoice lines, whatever their quantity,
    discount and taxes.
    """

    _inherit = "sale.order.line"

    def _get_downpayment_line_price_unit(self, invoices):
        price = super()._get_downpayment_line_price_unit(invoices)
        terms = self._deposit_terms(invoices)
        return price if terms is None else self._deposit_price(terms)

    def _prepare_invoice_line(self, **optional_values):
        """Deduct what is billed now, also from locked orders, which core leaves."""
        values = super()._prepare_invoice_line(**optional_values)
        final_invoices = self._final_invoices()
        if (terms := self._deposit_terms(final_invoices)) is not None:
            values.update(
                price_unit=self._deposit_price(terms),
                tax_ids=[Command.set(self._deposit_taxes(terms))],
                extra_tax_data=False,
            )
        return values

    def _update_deposit(self):
        """Show on the order what is billed now; core leaves locked orders alone."""
        for line in self.filtered(lambda each: not each.order_id.locked):
            terms = line._deposit_terms(line._final_invoices())
            if terms is not None:
                line.price_unit = line._deposit_price(terms)
                line.tax_ids = [Command.set(line._deposit_taxes(terms))]
                line.extra_tax_data = False

    def _final_invoices(self):
        """Return the invoices of the order itself, which deduct deposits."""
        # sudo: only tells which invoice lines count, and shows none of them.
        lines = self.sudo().order_id.order_line
        return lines.filtered(
            lambda line: not line.is_downpayment
        ).invoice_lines.move_id

    def _deposit_terms(self, final_invoices):
        """Return the terms in force of a deposit that was corrected, or None."""
        self.ensure_one()
        if not self.is_downpayment or self.display_type:
            return None
        # sudo: salespeople invoice the order but do not read corrections; they get the
        # price and the taxes of their own deposit only.
        lines = self.sudo().invoice_lines.filtered(
            lambda line: (
                line.parent_state == "posted" and line.move_id not in final_invoices
            )
        )
        if not lines.move_id.correction_id:
            return None
        terms = []
        for line in lines.filtered(lambda line: line.move_id._is_first_billing()):
            try:
                in_force = CorrectionLedger(line.move_id).billed_terms()
            except LedgerMismatchError:
                # Amended by hand as well: core's sum is as good as any.
                return None
            terms.append(in_force[line])
        return terms

    def _deposit_price(self, terms):
        return sum(
            each.quantity * each.price_unit * (1 - each.discount / 100)
            for each in terms
        )

    def _deposit_taxes(self, terms):
        """Return the taxes of what is billed now, or of the deposit as credited."""
        billed = [each for each in terms if each.quantity] or terms
        return sorted(frozenset().union(*(each.taxes for each in billed)))
