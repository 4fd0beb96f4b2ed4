from odoo import models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """Invoices to customers who are approved, where a company asks for it."""

    _inherit = "account.move"

    def _post(self, soft=True):
        """:raises UserError: the customer of an invoice is not approved"""
        for move in self:
            # sudo: a setting of the company, which is only compared.
            asks = move.company_id.sudo().clerk_customer_approval
            is_invoice = move.move_type in ("out_invoice", "out_receipt")
            problem = asks and is_invoice and move.partner_id._billing_problem()
            if problem:
                raise UserError(problem)
        return super()._post(soft)
