from typing import NamedTuple

from odoo import api, models
from odoo.fields import Command

from odoo.addons.invoicing_clerk.models.correction.correction_ledger import (
    CorrectionLedger,
    LedgerMismatchError,
)
from odoo.addons.invoicing_clerk.rules.correction.correction import Figures


class Deposit(NamedTuple):
    """Terms and amounts of a deposit that are still billed."""

    price: float
    taxes: list
    owed: Figures
    rate: float


class SaleOrderLine(models.Model):
    """Deposits: the order deducts what corrections have left of them.

    Core adds up the prices of the deposit's invoice lines, whatever their quantity,
    discount and taxes.
    """

    _inherit = "sale.order.line"

    def _get_downpayment_line_price_unit(self, invoices):
        price = super()._get_downpayment_line_price_unit(invoices)
        deposit = self._corrected_deposit(invoices)
        return deposit.price if deposit else price

    def _prepare_invoice_line(self, **optional_values):
        """Deduct what is billed now, also from locked orders, which core leaves."""
        values = super()._prepare_invoice_line(**optional_values)
        if deposit := self._corrected_deposit(self._final_invoices()):
            values.update(
                price_unit=deposit.price,
                tax_ids=[Command.set(deposit.taxes)],
                extra_tax_data=self._deposit_amounts(deposit, values["quantity"]),
            )
        return values

    def _update_deposit(self):
        """Show on the order what is billed now; core leaves locked orders alone."""
        for line in self.filtered(lambda each: not each.order_id.locked):
            if deposit := line._corrected_deposit(line._final_invoices()):
                line.price_unit = deposit.price
                line.tax_ids = [Command.set(deposit.taxes)]
                line.extra_tax_data = line._deposit_amounts(deposit, 1.0)

    def _final_invoices(self):
        """Return the invoices of the order itself, which deduct deposits."""
        # sudo: only tells which invoice lines count, and shows none of them.
        lines = self.sudo().order_id.order_line
        return lines.filtered(
            lambda line: not line.is_downpayment
        ).invoice_lines.move_id

    def _deducting_invoices(self, billing):
        """Return the invoices, drafts included, that deduct deposits of a document.

        :param billing: the document that bills the deposits
        """
        deducting = billing.browse()
        for line in self.filtered(lambda each: each.is_downpayment):
            final = line._final_invoices()
            # sudo: names invoices of the same order and customer as the document.
            deductions = line.sudo().invoice_lines.filtered(
                lambda each, final=final: (
                    each.move_id in final and each.parent_state != "cancel"
                )
            )
            if billing not in final and sum(map(self._billed_quantity, deductions)) < 0:
                deducting |= deductions.move_id
        return deducting.with_env(billing.env)

    @api.model
    def _billed_quantity(self, line):
        is_credit = line.move_id.move_type == "out_refund"
        return -line.quantity if is_credit else line.quantity

    def _corrected_deposit(self, final_invoices):
        """Return what is still billed of a deposit that was corrected, or None."""
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
        first = lines.filtered(lambda line: line.move_id._is_first_billing())
        try:
            return self._deposit_in_force(first)
        except LedgerMismatchError:
            # Amended by hand as well: core's sum is as good as any.
            return None

    def _deposit_in_force(self, lines):
        """Add up what the invoice lines of a deposit and their notes bill."""
        price, taxes, owed = 0.0, set(), Figures()
        for line in lines:
            ledger = CorrectionLedger(line.move_id)
            terms = ledger.billed_terms()[line]
            price += terms.quantity * terms.price_unit * (1 - terms.discount / 100)
            taxes |= terms.taxes if terms.quantity else set()
            owed += ledger.billed_figures()[0][line]
        taxes = taxes or set(lines.tax_ids.ids)
        rate = lines[-1:].move_id.invoice_currency_rate
        return Deposit(price, sorted(taxes), owed, rate)

    def _deposit_amounts(self, deposit, quantity):
        """Return the amounts as billed, which core's tax engine does not recompute."""
        key = (self.extra_tax_data or {}).get("computation_key")
        owed = deposit.owed if quantity > 0 else -deposit.owed
        amounts = {
            "currency_id": self.currency_id.id,
            "quantity": quantity,
            "price_unit": deposit.price,
            "discount": 0.0,
            "rate": deposit.rate,
            "manual_total_excluded_currency": float(owed.net.document),
            "manual_total_excluded": float(owed.net.company),
            "manual_tax_amounts": owed.engine_taxes(),
        }
        return amounts | ({"computation_key": key} if key else {})
