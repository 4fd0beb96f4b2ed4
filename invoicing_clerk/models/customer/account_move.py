from odoo import api, models
from odoo.exceptions import UserError

INVOICES = ("out_invoice", "out_receipt")


class AccountMove(models.Model):
    """Invoices to customers who are approved, where a company asks for it."""

    _inherit = "account.move"

    @api.constrains("state", "partner_id", "move_type")
    def _check_customer_approved(self):
        """:raises UserError: the customer of a posted invoice is not approved"""
        for move in self:
            if move.state != "posted" or move.move_type not in INVOICES:
                continue
            # sudo: a setting of the company, which is only compared.
            asks = move.company_id.sudo().clerk_customer_approval
            if asks and (problem := move.partner_id._billing_problem()):
                raise UserError(problem)
