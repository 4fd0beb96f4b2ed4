from odoo import api, fields, models

from ...rules.billing_error.billing_error import OPEN_STATES
from ..mixin.gate import only_one
from ..mixin.roles import BOOKKEEPERS, READERS


class AccountMove(models.Model):
    _inherit = "account.move"

    billing_error_ids = fields.Many2many(
        "clerk.billing.error",
        "clerk_billing_error_move_rel",
        "move_id",
        "error_id",
        string="Billing Errors",
        copy=False,
        groups=READERS,
    )
    billing_error_count = fields.Integer(
        string="Number of Billing Errors",
        compute="_compute_billing_error_count",
        groups=READERS,
    )
    has_open_billing_error = fields.Boolean(
        string="In Dispute",
        copy=False,
        readonly=True,
        groups=BOOKKEEPERS,
        help="There is an open billing error on this document.",
    )

    @api.depends("billing_error_ids")
    def _compute_billing_error_count(self):
        counts = dict(
            self.env["clerk.billing.error"]._read_group(
                [("move_ids", "in", self.ids)], ["move_ids"], ["__count"]
            )
        )
        for move in self:
            move.billing_error_count = counts.get(move._origin, 0)

    def _update_open_billing_error(self):
        """Update ``has_open_billing_error``: stored, so that invoices stay fast."""
        # sudo: only sets a flag and shows nothing of a case. The context keeps core
        # from treating the flag as an edit of the document.
        moves = self.sudo().with_context(
            skip_account_move_synchronization=True, skip_is_manually_modified=True
        )
        in_dispute = (
            moves
            & moves.env["clerk.billing.error"]
            .search([("move_ids", "in", moves.ids), ("state", "in", OPEN_STATES)])
            .move_ids
        )
        (moves - in_dispute).filtered("has_open_billing_error").write(
            {"has_open_billing_error": False}
        )
        (in_dispute.filtered(lambda move: not move.has_open_billing_error)).write(
            {"has_open_billing_error": True}
        )

    def action_open_billing_error(self):
        """Open a new billing error on these invoices."""
        errors = self.env["clerk.billing.error"]
        errors.check_access("create")
        errors._check_one_customer(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Billing Error"),
            "res_model": "clerk.billing.error",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {"default_move_ids": self.ids, "default_origin": "invoice"},
        }

    def action_view_billing_errors(self):
        only_one(self)
        return self.env["clerk.billing.error"]._view_action(self.billing_error_ids)
