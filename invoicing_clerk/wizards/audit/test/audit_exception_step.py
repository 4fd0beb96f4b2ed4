from odoo import fields, models


class ClerkAuditExceptionStep(models.TransientModel):
    """Comment on audit exceptions, or clear them with a reason."""

    _name = "clerk.audit.exception.step"
    _description = "Comment on or Clear Audit Exceptions"
    _inherit = "clerk.checked"

    exception_ids = fields.Many2many("clerk.audit.exception", required=True)
    step = fields.Selection([("comment", "Comment"), ("clear", "Clear")], required=True)
    text = fields.Text(string="Comment or Reason", required=True)

    def action_apply(self):
        self.ensure_one()
        if self.step == "comment":
            self.exception_ids._comment(self.text)
        else:
            self.exception_ids._clear(self.text)
