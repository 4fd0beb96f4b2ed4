from odoo import fields, models


class ClerkBillingError(models.Model):
    """Billing errors found by balance confirmations."""

    _inherit = "clerk.billing.error"
    _guarded_fields = frozenset({"confirmation_difference_id"})

    confirmation_difference_id = fields.Many2one(
        "clerk.audit.confirmation.difference",
        string="Found by Confirmation",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
