from odoo import fields, models

from ..mixin.roles import SETTINGS_READERS


class ResCompany(models.Model):
    """Settings of worklists."""

    _inherit = "res.company"

    clerk_work_start = fields.Date(
        string="Start Date of Worklists",
        help="Invoices dated before this day count as sent: they are not listed as "
        "posted and not sent. Other worklists do not change.",
        groups=SETTINGS_READERS,
    )
