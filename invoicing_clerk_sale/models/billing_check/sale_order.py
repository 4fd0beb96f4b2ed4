from odoo import fields, models


class SaleOrder(models.Model):
    """Terms that the billing check compares invoices with, as they were at the time."""

    _inherit = "sale.order"

    partner_invoice_id = fields.Many2one(tracking=True)
    payment_term_id = fields.Many2one(tracking=True)
