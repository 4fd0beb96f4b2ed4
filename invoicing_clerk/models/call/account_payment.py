from odoo import models

from .trigrams import trigrams


class AccountPayment(models.Model):
    """Indexes for the search for what callers say: core has none on these."""

    _inherit = "account.payment"

    _clerk_amount = models.Index("(amount) WHERE partner_type = 'customer'")
    _clerk_numbers = models.Index(
        trigrams("account.payment", "name", "memo", "payment_reference", "check_number")
    )
