from odoo import fields, models


class ClerkAuditExceptionStep(models.TransientModel):
    """Says something about exceptions of an audit, or why they are in order."""

    _name = "clerk.audit.exception.step"
    _description = "Comment on or Clear Exceptions"

    exception_ids = fields.Many2many("clerk.audit.exception", required=True)
    step = fields.Selection([("comment", "Comment"), ("clear", "Clear")], required=True)
    text = fields.Text(required=True)

    def action_apply(self):
        self.ensure_one()
        take = {"comment": "_comment", "clear": "_clear"}[self.step]
        getattr(self.exception_ids, take)(self.text)
