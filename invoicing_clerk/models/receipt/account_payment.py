from odoo import fields, models
from odoo.exceptions import UserError

from ..mixin.gate import at_least_one
from ..mixin.roles import READERS


class AccountPayment(models.Model):
    """Payments of customers and what they may be for."""

    _name = "account.payment"
    _inherit = ["clerk.guarded", "account.payment"]
    _guards_computed = False
    _guarded_fields = frozenset({"match_ids"})
    _checked_fields = _guarded_fields
    # Given by the wizard that registers payments.
    _extra_values = frozenset({"write_off_line_vals", "force_balance", "line_ids"})

    match_ids = fields.One2many(
        "clerk.receipt.match", "payment_id", string="Matches", groups=READERS
    )

    def action_propose_match(self):
        """Propose which invoices these payments are for."""
        matches = self.env["clerk.receipt.match"]
        matches.check_access("create")
        lines = at_least_one(self).move_id.line_ids
        posted = self.filtered(lambda each: each.state in ("in_process", "paid"))
        for payment in posted.filtered(lambda each: not each.move_id):
            raise UserError(payment._without_entry())
        found = lines.filtered_domain(matches._money(self.company_id))
        if not found:
            raise UserError(
                self.env._(
                    "Select posted customer payments with an unapplied amount: "
                    "%(payments)s.",
                    payments=", ".join(self[:5].mapped("display_name")),
                )
            )
        return matches._view_action(matches._propose(found))

    def _without_entry(self):
        """Return what to do about a payment without journal entry, as a sentence."""
        return self.env._(
            "%(payment)s has no journal entry. Ask an accountant to set an outstanding "
            "account for the payment methods of %(journal)s.",
            payment=self.display_name or self.memo or "",
            journal=self.journal_id.name,
        )
