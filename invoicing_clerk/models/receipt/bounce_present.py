from odoo import fields, models
from odoo.exceptions import UserError

from ..mixin.gate import only_one


class ClerkBounce(models.Model):
    """Bounced payments that are presented to the bank once more, and the letter."""

    _inherit = "clerk.bounce"

    def action_present(self):
        """Register the payments again, for the items that they had paid.

        :raises UserError: the reason excludes it, or it was done before
        """
        self._begin_step("present")
        self._check_needs("present", {})
        for bounce in self:
            payment = bounce._pay_again()
            bounce._write_step("present", presented_payment_id=payment.id)

    def _obstacle(self, step, vals):
        if step != "present":
            return super()._obstacle(step, vals)
        if not self.reason_id.can_present:
            return self.env._(
                "The bank returned it because: %s. Ask the customer for another "
                "payment.",
                self.reason_id.name,
            )
        if earlier := self._presented_before():
            return self.env._(
                "It was presented again already, with %s. Ask the customer for "
                "another payment.",
                earlier.name,
            )
        return None

    def _is_offered(self, step):
        if step == "present" and not self.reason_id.can_present:
            return False
        return super()._is_offered(step)

    def _presented_before(self):
        """Return the bounce after which this payment was made, if there is one."""
        return self.search([("presented_payment_id", "in", self.payment_id.ids)])

    def _pay_again(self):
        first = self.payment_id
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": first.partner_id.id,
                "amount": first.amount,
                "currency_id": first.currency_id.id,
                "date": fields.Date.context_today(self),
                "journal_id": first.journal_id.id,
                "payment_method_line_id": first.payment_method_line_id.id,
                "memo": self.env._(
                    "%(memo)s (presented again)", memo=first.memo or first.name
                ),
                "payment_reference": first.payment_reference,
                "company_id": first.company_id.id,
            }
        )
        payment._post_at_once()
        self._apply_again(payment)
        return payment

    def _apply_again(self, payment):
        """Apply the new payment to what the first one had paid and is still open."""
        _liquidity, counterpart, _others = payment._seek_for_lines()
        items = self.reopened_item_ids.filtered(
            lambda item: (
                not item.reconciled
                and item.parent_state == "posted"
                and item.account_id in counterpart.account_id
            )
        )
        if items:
            (counterpart | items).reconcile()

    # Letter

    def action_letter(self):
        """Open the email to the customer, to be read, changed and sent.

        :raises UserError: there is nobody to write to
        """
        only_one(self)
        customer = self.payment_id.partner_id
        if not customer:
            raise UserError(
                self.env._(
                    "%s has no customer to write to.", self.payment_id.display_name
                )
            )
        template = self.env.ref("invoicing_clerk.mail_template_bounce")
        return self._compose_action(customer, template)
