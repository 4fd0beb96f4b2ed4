from odoo import fields, models


class ClerkBillingError(models.Model):
    """The statement on which a customer reported a billing error."""

    _inherit = "clerk.billing.error"
    _guarded_fields = frozenset({"statement_id"})

    statement_id = fields.Many2one(
        "clerk.statement",
        string="Reported on Statement",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
