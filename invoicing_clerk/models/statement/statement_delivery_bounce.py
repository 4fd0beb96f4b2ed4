from odoo import api, models

from ...rules.statement.statement_bounce import read_notices


class MailThread(models.AbstractModel):
    """Hands on what a delivery notice says, not only that there is one."""

    _inherit = "mail.thread"

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        thread = self.with_context(
            clerk_notices=read_notices(email_message),
            clerk_bounced=message_dict.get("bounced_message"),
        )
        return super(MailThread, thread)._routing_handle_bounce(
            email_message, message_dict
        )


class ClerkStatementDelivery(models.AbstractModel):
    """Delivery notices about emails that were sent.

    Anyone can send a notice. A document fails by a permanent failure of an address of
    the email at hand; all other notices are noted.
    """

    _inherit = "clerk.statement.delivery"

    def _message_receive_bounce(self, email, partner):
        notices = self.env.context.get("clerk_notices") or []
        for each in self:
            failed = each._bounced_addresses(notices)
            if failed and each._can_bounce(self.env.context.get("clerk_bounced")):
                each._record_bounce(failed)
            else:
                each._message_log(body=each._notice_text(email, notices))
        return super()._message_receive_bounce(email, partner)

    def _record_bounce(self, failed):
        self._fail(
            self.env._(
                "The email to %s bounced. Correct the address and try again.",
                ", ".join(sorted(failed)),
            )
        )

    def _bounced_addresses(self, notices):
        failed = {notice.address for notice in notices if notice.is_permanent}
        return failed & self._mail_addresses()

    def _can_bounce(self, message):
        """Return whether a notice about this message changes the delivery."""
        return (
            self.delivery_state == "sent"
            and bool(message)
            and message == self.mail_id.mail_message_id
        )

    def _notice_text(self, email, notices):
        details = ", ".join(
            f"{notice.address} {notice.action} {notice.status}"
            for notice in notices[:5]
        )
        return self.env._(
            "A delivery notice was received. It does not change the delivery status: "
            "%s",
            details or email or "",
        )
