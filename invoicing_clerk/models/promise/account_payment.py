from odoo import models


class AccountPayment(models.Model):
    """Index for payments written since promises were judged."""

    _inherit = "account.payment"

    _written = models.Index("(write_date)")
