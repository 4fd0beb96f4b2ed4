from odoo import fields, models

from ..mixin.roles import SETTINGS_READERS


class ResCompany(models.Model):
    """Settings of calls: identity check and retention."""

    _inherit = "res.company"

    clerk_call_identity = fields.Boolean(
        string="Check the Identity of Callers",
        default=True,
        help="On a call, copies and statements are sent and contact data is changed "
        "only after the identity of the caller was checked.",
        groups=SETTINGS_READERS,
    )
    clerk_call_retention = fields.Integer(
        string="Call Retention",
        default=24,
        help="In months. 0 keeps calls forever. Nothing is removed until the period "
        "has been confirmed in the settings.",
        groups=SETTINGS_READERS,
    )

    clerk_call_retention_confirmed = fields.Boolean(
        string="Retention Confirmed",
        groups=SETTINGS_READERS,
        help="The period for which calls are kept was confirmed in the settings.",
    )

    _clerk_call_retention = models.Constraint(
        "CHECK (clerk_call_retention >= 0)",
        "The number of months must be 0 or more.",
    )
