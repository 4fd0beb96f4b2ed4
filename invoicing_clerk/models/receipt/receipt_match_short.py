from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..mixin.amount import amount_text
from ..mixin.gate import at_least_one


class ClerkReceiptMatch(models.Model):
    """Short payments: what is missing becomes a billing error in one click."""

    _inherit = "clerk.receipt.match"

    billing_error_ids = fields.Many2many(
        "clerk.billing.error",
        "clerk_receipt_match_error_rel",
        string="Billing Errors",
        readonly=True,
    )

    def action_report_short(self):
        """Open a billing error for each invoice that was paid short."""
        at_least_one(self)
        for match in self:
            match._check_short()
            short = match.line_ids.filtered(lambda line: line.short_amount > 0)
            errors = self.env["clerk.billing.error"].union(
                *(line._report_short() for line in short)
            )
            match._inside().billing_error_ids = [
                Command.link(each.id) for each in errors
            ]
        return self.env["clerk.billing.error"]._view_action(self.billing_error_ids)

    def _check_short(self):
        """:raises UserError: nothing is missing, or it is reported already"""
        self._check_step_access()
        if self.currency_id.compare_amounts(self.short_amount, 0.0) <= 0:
            raise UserError(
                self.env._("%s is not short of its invoices.", self.display_name)
            )
        if self.billing_error_ids:
            raise UserError(
                self.env._(
                    "The short payment is reported already: %s.",
                    ", ".join(self.billing_error_ids.mapped("display_name")),
                )
            )


class ClerkReceiptMatchLine(models.Model):
    """An invoice that was paid short."""

    _inherit = "clerk.receipt.match.line"

    def _report_short(self):
        move, match = self.item_id.move_id, self.match_id
        error = self.env["clerk.billing.error"].create(
            {
                "move_ids": [Command.set(move.ids)],
                "origin": "detection",
                "reason_id": self.env.ref("invoicing_clerk.reason_short").id,
                "description": self.env._(
                    "%(payment)s of %(date)s is short of %(document)s by %(amount)s.",
                    payment=match.item_id.move_id.name,
                    date=match.date,
                    document=move.name,
                    amount=amount_text(self.currency_id, self.short_amount),
                ),
            }
        )
        error.action_load_lines()
        return error
