from collections import Counter

from odoo import api, fields, models
from odoo.fields import Domain

from ...rules.receivable.reference import mention


class ClerkReceiptMatch(models.Model):
    """Payments for which there is a remittance advice: it decides."""

    _inherit = "clerk.receipt.match"

    remittance_id = fields.Many2one(
        "clerk.remittance",
        string="Remittance Advice",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    @api.model
    def _advices(self, items):
        """Map payment items to the only advice of their customer and amount."""
        waiting = self.env["clerk.remittance"].search(
            Domain("state", "=", "confirmed")
            & Domain("company_id", "in", items.company_id.ids)
        )
        found = {}
        for item in items:
            fitting = waiting.filtered(lambda each, item=item: item._is_advised(each))
            if len(fitting) == 1:
                found[item.id] = fitting
        users = Counter(advice.id for advice in found.values())
        return {key: each for key, each in found.items() if users[each.id] == 1}

    @api.model
    def _advice_values(self, advice):
        values = super()._advice_values(advice)
        return {**values, "remittance_id": advice.id} if advice else values

    def _apply_one(self, automatic):
        super()._apply_one(automatic)
        if self.remittance_id:
            # sudo: who may apply the payment is checked before; the advice follows.
            self.remittance_id.sudo()._write_step("apply", match_id=self.id)
            if self.short_amount and not self.billing_error_ids:
                self.action_report_short()

    def _mark_undone(self):
        super()._mark_undone()
        if self.remittance_id.state == "applied":
            self.remittance_id._write_step("undo", match_id=False)


class AccountMoveLine(models.Model):
    """Payments as an advice describes them."""

    _inherit = "account.move.line"

    def _is_advised(self, advice):
        """Return whether an advice is of this customer or reference, and amount."""
        if self.currency_id != advice.currency_id:
            return False
        if self.currency_id.compare_amounts(
            -self.amount_residual_currency, advice.total
        ):
            return False
        customer = self.partner_id.commercial_partner_id
        if customer:
            return customer == advice.partner_id.commercial_partner_id
        texts = " ".join(filter(None, self._match_texts()))
        return bool(mention(advice.name, texts))
