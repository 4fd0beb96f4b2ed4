from odoo import models


class AccountMove(models.Model):
    """Link invoices to their work items."""

    _name = "account.move"
    _inherit = ["account.move", "clerk.work.item.link"]
