from odoo import fields, models

from ..mixin.roles import SETTINGS_READERS


class ResCompany(models.Model):
    """Settings of matching."""

    _inherit = "res.company"

    clerk_match_automatic = fields.Boolean(
        string="Apply Certain Payments Automatically",
        groups=SETTINGS_READERS,
        help="Payments that say what they are for, to the cent, are applied without "
        "asking. Each can be undone.",
    )
