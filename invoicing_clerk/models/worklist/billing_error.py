from odoo import models


class ClerkBillingError(models.Model):
    """Link billing errors to their work items."""

    _name = "clerk.billing.error"
    _inherit = ["clerk.billing.error", "clerk.work.item.link"]
