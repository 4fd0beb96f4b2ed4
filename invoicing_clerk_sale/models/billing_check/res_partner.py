from odoo import fields, models

from odoo.addons.invoicing_clerk.models.mixin.roles import SETTINGS_READERS


class ResPartner(models.Model):
    _inherit = "res.partner"

    requires_po = fields.Boolean(
        string="Purchase Order Required",
        groups=SETTINGS_READERS,
        help="The customer pays only invoices with a purchase order number: the "
        "billing check reports those without one.",
    )
