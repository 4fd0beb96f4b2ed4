from odoo import models


class AccountPayment(models.Model):
    """Link payments to their work items."""

    _name = "account.payment"
    _inherit = ["account.payment", "clerk.work.item.link"]
