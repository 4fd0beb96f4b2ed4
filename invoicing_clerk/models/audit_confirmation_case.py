from odoo import fields, models


class AuditConfirmationCase(models.AbstractModel):
    """A billing error that a confirmation brought to light."""

    _name = "clerk.audit.confirmation.case"
    _description = "Billing Error from a Confirmation"

    confirmation_difference_id = fields.Many2one(
        "clerk.audit.confirmation.difference",
        string="Found by Confirmation",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
