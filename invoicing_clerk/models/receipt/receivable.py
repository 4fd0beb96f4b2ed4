from odoo import fields, models


class ClerkReceivable(models.Model):
    """Customer balances with a warning of payments that bounced."""

    _inherit = "clerk.receivable"

    bounce_note = fields.Char(related="partner_id.bounce_note", related_sudo=False)
