from odoo import fields, models
from odoo.exceptions import UserError


class ClerkDocumentReason(models.TransientModel):
    """The reason why documents are refused, waived or kept by a legal hold."""

    _name = "clerk.document.reason"
    _description = "Reason for a Step of Documents"
    _inherit = "clerk.checked"

    item_ids = fields.Many2many("clerk.document.request.item")
    document_ids = fields.Many2many("clerk.document")
    request_ids = fields.Many2many("clerk.document.request")
    step = fields.Selection(
        [
            ("refuse", "Wrong Document"),
            ("waive", "Waive"),
            ("hold", "Legal Hold"),
            ("cancel", "Cancel Request"),
        ],
        required=True,
    )
    reason = fields.Char(required=True, size=200)

    def action_confirm(self):
        """Take the step."""
        self.ensure_one()
        steps = {
            "refuse": self.item_ids.action_refuse,
            "waive": self.item_ids.action_waive,
            "hold": self.document_ids.action_hold,
            "cancel": self.request_ids.action_cancel,
        }
        if self.step not in steps:
            raise UserError(self.env._("This action is not available."))
        steps[self.step](self.reason)
        return {"type": "ir.actions.act_window_close"}
