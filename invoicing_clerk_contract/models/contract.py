from odoo import models

from odoo.addons.invoicing_clerk.models.mixin.context_defaults import (
    without_all_defaults,
)


class ContractContract(models.Model):
    """Contracts whose invoices keep the periods that they bill."""

    _inherit = "contract.contract"

    def _recurring_create_invoice(self, date_ref=False):
        # Guarded fields are given by our code alone: defaults of a caller would pass.
        plain = without_all_defaults(self)
        inside = self.env["clerk.guarded"]._inside_context()
        moves = super(
            ContractContract, plain.with_context(**inside)
        )._recurring_create_invoice(date_ref)
        return moves.with_env(self.env)

    def _billing_lines(self):
        """Return the lines that bill: no sections, notes or cancelled ones."""
        lines = self.contract_line_ids
        billing = lines.filtered(
            lambda each: not each.display_type and not each.is_canceled
        )
        # What is read of them is read for all contracts at once.
        return billing.with_prefetch(lines._prefetch_ids)

    def _billing_end(self):
        """Return the last day that the contract bills; None without an end.

        The end of the contract itself is empty as soon as one of its lines has none,
        even if it is a section or cancelled.
        """
        ends = [each._last_day() for each in self._billing_lines()]
        return max(ends) if ends and all(ends) else None
