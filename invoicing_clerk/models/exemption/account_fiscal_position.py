from odoo import fields, models

from ..mixin.roles import BOOKKEEPERS


class AccountFiscalPosition(models.Model):
    _inherit = "account.fiscal.position"

    clerk_needs_certificate = fields.Boolean(
        string="Requires Exemption Certificate",
        copy=False,
        groups=BOOKKEEPERS,
        help="Customers are exempt only while an accepted certificate of theirs is "
        "valid where the goods are delivered.",
    )
