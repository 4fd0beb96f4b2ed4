from odoo import fields, models


class ClerkCorrection(models.Model):
    """A proposal to put a billed document right, and what came of it."""

    _name = "clerk.correction"
    _description = "Correction"

    move_id = fields.Many2one("account.move", required=True, readonly=True)
