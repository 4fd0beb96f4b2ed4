from odoo import api, fields, models


class ClerkReminder(models.TransientModel):
    """Reminders that a clerk writes: not to customers whose reminders are stopped."""

    _inherit = "clerk.reminder"

    def _barred(self):
        """Return the customers who get no reminders now."""
        today = fields.Date.context_today(self)
        return self.item_ids.partner_id.commercial_partner_id.filtered(
            lambda customer: (
                customer.clerk_legal_hold or customer._is_reminder_stopped(today)
            )
        )

    def _reminded(self):
        barred = self._barred()
        return (
            super()
            ._reminded()
            .filtered(lambda item: item.partner_id.commercial_partner_id not in barred)
        )

    @api.depends("item_ids", "includes_held")
    def _compute_texts(self):
        result = super()._compute_texts()
        for reminder in self:
            texts = [reminder.unreachable_text, *reminder._barred_texts()]
            reminder.unreachable_text = " ".join(filter(None, texts))
        return result

    def _barred_texts(self):
        barred = self._barred()
        held = barred.filtered("clerk_legal_hold")
        for customer in held:
            yield self.env._("%s is on legal hold.", customer.display_name)
        for customer in barred - held:
            yield self.env._("Reminders to %s are stopped.", customer.display_name)
