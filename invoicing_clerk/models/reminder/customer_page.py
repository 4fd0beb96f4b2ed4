from odoo import models

SHOWN = 3


class ClerkCustomerPage(models.AbstractModel):
    """Reminders of runs, among the latest reminders of a customer."""

    _inherit = "clerk.customer.page"

    def _last_reminders(self):
        """Return what was sent to the customer last, each with its date."""
        notices = self.env["clerk.reminder.notice"].search_fetch(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "child_of", self.company_id.root_id.id),
                ("sent_on", "!=", False),
            ],
            ["sent_on"],
            order="sent_on desc",
            limit=SHOWN,
        )
        sent = [{"date": notice.sent_on} for notice in notices]
        sent += [{"date": message.date} for message in super()._last_reminders()]
        return sorted(sent, key=lambda each: each["date"], reverse=True)[:SHOWN]
