from odoo import fields, models


class ClerkBillingErrorReason(models.Model):
    """The remedy that is proposed for billing errors of a reason."""

    _inherit = "clerk.billing.error.reason"

    default_remedy_id = fields.Many2one("clerk.remedy", ondelete="set null")
