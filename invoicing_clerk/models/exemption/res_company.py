from odoo import fields, models

from ..mixin.roles import SETTINGS_READERS


class ResCompany(models.Model):
    _inherit = "res.company"

    clerk_exemption_check = fields.Boolean(
        string="Exemption Certificates",
        groups=SETTINGS_READERS,
        help="Invoices with a fiscal position that requires an exemption certificate "
        "are reported by the billing check TAX if no valid one is on file.",
    )
