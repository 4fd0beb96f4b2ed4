from odoo import fields, models

from ..mixin.roles import SETTINGS_READERS


class ResCompany(models.Model):
    _inherit = "res.company"

    clerk_block_posting = fields.Boolean(
        string="Stop Posting on Blocking Findings",
        groups=SETTINGS_READERS,
        help="Drafts are checked when they are posted. Those with blocking findings "
        "are not posted until they are corrected, or a supervisor accepts the "
        "findings.",
    )
