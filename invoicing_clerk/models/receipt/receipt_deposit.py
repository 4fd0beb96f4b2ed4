from odoo import fields, models


class ClerkReceipt(models.Model):
    """Receipts and the deposits with which they are taken to the bank."""

    _inherit = "clerk.receipt"

    deposit_id = fields.Many2one(related="payment_id.deposit_id", string="Deposit")
