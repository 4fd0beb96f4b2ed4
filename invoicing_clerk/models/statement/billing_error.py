from odoo import fields, models


class ClerkBillingError(models.Model):
    """Where a billing error was seen."""

    _inherit = "clerk.billing.error"

    statement_id = fields.Many2one(
        "clerk.statement",
        string="Seen on Statement",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
