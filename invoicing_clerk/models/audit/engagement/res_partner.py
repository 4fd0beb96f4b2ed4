from odoo import fields, models


class ResPartner(models.Model):
    """Changes of payment terms and credit limits, and the erasure of other changes."""

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

    def _erase_calls(self, reason):
        """Erase what the law requires, and tell auditors which changes lost texts."""
        noting = self.with_context(**self.env["mail.message"]._noting_trail())
        return super(ResPartner, noting)._erase_calls(reason)
