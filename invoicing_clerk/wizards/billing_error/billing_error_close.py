from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.mixin.amount import amount_text
from ...rules.billing_error.billing_error import CLOSED_STATES, STATES

STEPS = {"resolved": "resolve", "rejected": "reject", "cancelled": "cancel"}


class ClerkBillingErrorClose(models.TransientModel):
    """Resolve, reject or cancel billing errors with an explanation."""

    _name = "clerk.billing.error.close"
    _description = "Close a Billing Error"
    _inherit = "clerk.checked"

    error_ids = fields.Many2many("clerk.billing.error", required=True)
    outcome = fields.Selection(
        [state for state in STATES if state[0] in CLOSED_STATES], required=True
    )
    summary = fields.Char(compute="_compute_summary")
    resolution = fields.Text(string="Explanation")
    send_mail = fields.Boolean(
        string="Send to Customer",
        help="Emails the explanation to the contact of each case.",
    )

    @api.depends("error_ids", "outcome")
    def _compute_summary(self):
        for wizard in self:
            wizard.summary = "; ".join(map(wizard._describe, wizard.error_ids))

    def _describe(self, error):
        return self.env._(
            "%(case)s, %(customer)s: %(open)s of %(disputed)s still open",
            case=error.name,
            customer=error.partner_id.display_name,
            open=amount_text(error.currency_id, error.amount_open),
            disputed=amount_text(error.currency_id, error.amount_disputed),
        )

    def action_apply(self):
        self.ensure_one()
        if not (self.resolution or "").strip() and self.outcome != "cancelled":
            raise UserError(self.env._("Enter an explanation for the customer."))
        self.error_ids._take_step(STEPS[self.outcome], resolution=self.resolution)
        for error in self.error_ids:
            self._log_explanation(error)

    def _log_explanation(self, error):
        """Log the explanation on the case, and email it if requested."""
        if not self.resolution:
            return
        contact = error.contact_id or error.partner_id
        if self.send_mail and not contact._mailable():
            raise UserError(
                self.env._(
                    "%s Correct it, or inform the customer in another way.",
                    contact._no_email_text(),
                )
            )
        error.message_post(
            body=self.resolution,
            subject=self.env._("Your inquiry %s", error.name),
            partner_ids=contact.ids if self.send_mail else [],
            subtype_xmlid="mail.mt_comment" if self.send_mail else "mail.mt_note",
        )
