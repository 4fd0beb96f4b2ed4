from odoo import fields, models


class ClerkBillingFindingAccept(models.TransientModel):
    _inherit = "clerk.billing.finding.accept"

    scope = fields.Selection(
        selection_add=[("order_id", "All for the order")],
        ondelete={"order_id": "set default"},
    )
