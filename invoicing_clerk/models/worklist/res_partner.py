from odoo import models


class ResPartner(models.Model):
    """Link customers to the work items of all their records."""

    _name = "res.partner"
    _inherit = ["res.partner", "clerk.work.item.link"]
    _work_items_by_partner = True
