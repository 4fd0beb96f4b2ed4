from odoo import api, models
from odoo.exceptions import UserError

INVOICES = ("out_invoice", "out_receipt")


class AccountMove(models.Model):
    """Invoices to customers who are not blocked and, where asked for, approved."""

    _inherit = "account.move"

    @api.constrains("state", "partner_id", "move_type")
    def _check_customer_approved(self):
        """:raises UserError: the customer of a posted invoice is blocked or new"""
        for move in self:
            if move.state != "posted" or move.move_type not in INVOICES:
                continue
            # sudo: a setting of the company, which is only compared.
            asks = move.company_id.sudo().clerk_customer_approval
            if problem := move.partner_id._billing_problem(asks):
                raise UserError(problem)
