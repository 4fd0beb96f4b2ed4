from odoo import fields, models


class ResPartner(models.Model):
    """Track changes of payment terms and credit limits for auditors."""

    _inherit = "res.partner"

    property_payment_term_id = fields.Many2one(tracking=True)
    credit_limit = fields.Float(tracking=True)

    def _increase_rank(self, field, n=1):
        """Skip tracking: ranks are not tracked.

        Otherwise the tracked fields are read for each customer whose first invoice is
        posted.
        """
        untracked = self.with_context(tracking_disable=True)
        return super(ResPartner, untracked)._increase_rank(field, n)
