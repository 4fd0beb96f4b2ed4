from odoo import api, fields, models
from odoo.exceptions import UserError

from ...rules.receipt.bounce import IN_BOOKS
from ..mixin.gate import only_one
from ..mixin.reversal import posted_reversals
from ..mixin.roles import READERS


class AccountPayment(models.Model):
    """Payments that are posted at once, and those that bounced."""

    _inherit = "account.payment"
    _guarded_fields = frozenset({"bounce_ids", "presented_for_ids"})
    _checked_fields = _guarded_fields

    bounce_ids = fields.One2many(
        "clerk.bounce", "payment_id", string="Bounced Payment", groups=READERS
    )
    presented_for_ids = fields.One2many(
        "clerk.bounce",
        "presented_payment_id",
        string="Presented Again For",
        groups=READERS,
    )
    bounce_note = fields.Char(
        string="Bounced",
        compute="_compute_bounce_note",
        groups=READERS,
        exportable=False,
        help="Date and reason of the return by the bank.",
    )

    @api.depends("bounce_ids.state", "bounce_ids.date", "bounce_ids.reason_id")
    @api.depends_context("lang")
    def _compute_bounce_note(self):
        for payment in self:
            booked = payment.bounce_ids.filtered(lambda each: each.state in IN_BOOKS)
            payment.bounce_note = booked[:1]._mark_text() if booked else False

    def _post_at_once(self):
        """Post payments.

        :raises UserError: another module holds them back for a confirmation
        """
        self.action_post()
        if any(payment.state not in ("in_process", "paid") for payment in self):
            raise UserError(
                self.env._(
                    "The payment was not posted, because another module asks for a "
                    "confirmation. Ask an accountant to post it."
                )
            )

    def action_bounce(self):
        """Open the bounced payment, or the form to enter it.

        :raises UserError: the payment cannot be reversed
        """
        only_one(self)
        bounces = self.env["clerk.bounce"]
        bounces.check_access("read")
        known = self.bounce_ids.filtered(lambda each: each.state != "cancelled")
        if not known:
            bounces.check_access("create")
            if obstacle := self._bounce_obstacle():
                raise UserError(obstacle)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Bounced Payment"),
            "res_model": "clerk.bounce",
            "res_id": known[:1].id,
            "view_mode": "form",
            "context": {"default_payment_id": self.id},
        }

    def _bounce_obstacle(self):
        """Return why the payment cannot be reversed; nothing if it can."""
        names = {"payment": self.display_name}
        if self.state not in ("in_process", "paid"):
            return self.env._(
                "%(payment)s is not posted: there is nothing to reverse.", **names
            )
        if not self.move_id:
            return self.env._(
                "%(payment)s has no journal entry that could be reversed. Ask an "
                "accountant to undo it.",
                **names,
            )
        reversed_by = posted_reversals(self)
        return reversed_by and self.env._(
            "%(payment)s was already reversed by %(reversal)s.",
            reversal=reversed_by[0].display_name,
            **names,
        )
