from odoo import models


class ContractContract(models.Model):
    """Contracts whose invoices keep the periods that they bill."""

    _inherit = "contract.contract"

    def _recurring_create_invoice(self, date_ref=False):
        inside = self.env["clerk.guarded"]._inside_context()
        moves = super(
            ContractContract, self.with_context(**inside)
        )._recurring_create_invoice(date_ref)
        return moves.with_env(self.env)
