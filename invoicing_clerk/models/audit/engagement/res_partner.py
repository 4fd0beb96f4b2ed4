from odoo import fields, models


class ResPartner(models.Model):
    """Changes of payment terms and credit limits are tracked for auditors."""

    _inherit = "res.partner"

    property_payment_term_id = fields.Many2one(tracking=True)
    credit_limit = fields.Float(tracking=True)

    def _increase_rank(self, field, n=1):
        """Ranks are not tracked, so what is tracked need not be read to change one.

        Posting first invoices of customers would else ask for each of them.
        """
        ranked = self.with_context(tracking_disable=True)
        return super(ResPartner, ranked)._increase_rank(field, n)
