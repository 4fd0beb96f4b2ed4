from odoo import api, fields, models

from ...rules.receipt.bounce import SCHEMES


class ClerkBounceReason(models.Model):
    """The code by which a bank says why it returns a payment."""

    _name = "clerk.bounce.reason"
    _description = "Bounce Reason"
    _inherit = "clerk.checked"
    _order = "sequence, scheme, code"
    _rec_names_search = ["code", "name"]

    sequence = fields.Integer(default=100)
    scheme = fields.Selection(
        SCHEMES,
        string="Payment Type",
        required=True,
        default="check",
        help="The kind of payments that banks return with this code.",
    )
    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    can_present = fields.Boolean(
        string="Can Be Presented Again",
        help="The same payment may succeed later, for example once there are funds.",
    )
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint(
        "UNIQUE (scheme, code)",
        "There is already a bounce reason with this code for this kind of payment.",
    )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for reason in self:
            reason.display_name = " ".join(filter(None, (reason.code, reason.name)))
