from odoo import fields, models

from odoo.addons.invoicing_clerk.models.mixin.amount import exact
from odoo.addons.invoicing_clerk.models.mixin.roles import BOOKKEEPERS

from ..rules import expense as rules


class AccountMoveLine(models.Model):
    """Lines that charge an expense on to a customer, or credit it."""

    _inherit = "account.move.line"
    _guarded_fields = frozenset({"clerk_expense_id"})
    _checked_fields = _guarded_fields

    clerk_expense_id = fields.Many2one(
        "hr.expense",
        string="Expense Charged On",
        copy=False,
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        groups=BOOKKEEPERS,
        help="The expense that the line charges on to the customer, or credits.",
    )
    clerk_amending_line_ids = fields.One2many(
        "account.move.line",
        "corrected_line_id",
        string="Corrected by Lines",
        groups=BOOKKEEPERS,
        help="Lines of notes and new invoices that correct this line.",
    )

    def _is_credited(self):
        """Return whether posted credit notes give all of the line back."""
        own = self.clerk_expense_id.clerk_line_ids.filtered(
            lambda line: line.move_id.reversed_entry_id == self.move_id
        )
        notes = (own | self.clerk_amending_line_ids).filtered(
            lambda line: (
                line.parent_state == "posted" and line.move_id.move_type == "out_refund"
            )
        )
        currency = self.currency_id
        return rules.is_credited(
            exact(currency, self.price_subtotal),
            [exact(currency, line.price_subtotal) for line in notes],
        )

    def _charge_net(self, amount):
        """Have the line bill an amount without tax, also where prices include it."""
        if not self.currency_id.compare_amounts(self.price_subtotal, amount):
            return
        taxes = self.tax_ids.compute_all(
            amount,
            currency=self.currency_id,
            product=self.product_id,
            partner=self.partner_id,
            handle_price_include=False,
        )["taxes"]
        included = sum(tax["amount"] for tax in taxes if tax["price_include"])
        self.price_unit = amount + included
