from odoo import fields, models


class ClerkCallTopic(models.Model):
    """A subject that customers call about."""

    _name = "clerk.call.topic"
    _description = "Call Topic"
    _inherit = "clerk.checked"
    _order = "sequence, name"

    sequence = fields.Integer(default=100)
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
