from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...rules.receivable.reference import mention
from ..mixin.amount import exact


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
        by_amount = waiting.grouped(lambda each: _amount(each.currency_id, each.total))
        found = {}
        # Other payments that an advice fits make it uncertain, too.
        for item in items | waiting._payment_items():
            amount = _amount(item.currency_id, -item.amount_residual_currency)
            fitting = by_amount.get(amount, waiting.browse()).filtered(item._is_advised)
            if len(fitting) == 1:
                found[item.id] = fitting
        users = Counter(advice.id for advice in found.values())
        return {key: each for key, each in found.items() if users[each.id] == 1}

    @api.model
    def _advice_values(self, advice):
        kept = {"remittance_id": advice.id if advice else False}
        return {**super()._advice_values(advice), **kept}

    def _check_payment(self):
        """:raises UserError: the advice was changed or cancelled meanwhile"""
        result = super()._check_payment()
        advice = self.remittance_id
        if advice and advice.state != "confirmed":
            raise UserError(
                self.env._(
                    "The remittance advice %(advice)s is %(state)s. Propose again.",
                    advice=advice.name,
                    state=advice._state_label(),
                )
            )
        return result

    def _note_applied(self, partials, automatic):
        result = super()._note_applied(partials, automatic)
        if self.remittance_id:
            # sudo: who may apply the payment is checked before; the advice follows.
            self.remittance_id.sudo()._write_step("apply", match_id=self.id)
            if self.short_amount and not self.billing_error_ids:
                self.action_report_short()
        return result

    def _mark_undone(self):
        result = super()._mark_undone()
        if self.remittance_id.state == "applied":
            self.remittance_id._write_step("undo", match_id=False)
        return result


class ClerkRemittance(models.Model):
    """Payments that advices may be about."""

    _inherit = "clerk.remittance"

    def _payment_items(self):
        """Return the unapplied payments of the amounts of these advices."""
        return self.env["account.move.line"].search(
            self.env["clerk.receipt.match"]._money(self.company_id)
            & Domain("currency_id", "in", self.currency_id.ids)
            & Domain("amount_residual_currency", "in", [-each.total for each in self])
        )


class AccountMoveLine(models.Model):
    """Payments as an advice describes them."""

    _inherit = "account.move.line"

    def _is_advised(self, advice):
        """Return whether an advice of this amount is of this customer or reference."""
        customer = self.partner_id.commercial_partner_id
        if customer:
            return customer == advice.partner_id.commercial_partner_id
        texts = " ".join(filter(None, self._match_texts()))
        return bool(mention(advice.name, texts))


def _amount(currency, amount):
    return currency, exact(currency, amount)
