from odoo import models
from odoo.exceptions import AccessError


class IrAttachment(models.Model):
    """Customers read the document of their statement, and no other file of it.

    Core lets them read whatever is attached to a record that they may read, working
    papers in the chatter, too.
    """

    _inherit = "ir.attachment"

    def _check_access(self, operation):
        if result := super()._check_access(operation):
            return result
        if self.env.su or self.env.user._is_internal():
            return None
        # sudo: only tells the document of a statement from other files of it.
        files = self.sudo().filtered(lambda file: file.res_model == "clerk.statement")
        if not files:
            return None
        statements = self.env["clerk.statement"].sudo().browse(files.mapped("res_id"))
        forbidden = (files - statements.document_id).with_env(self.env)
        return (forbidden, self._refuse_file) if forbidden else None

    def _refuse_file(self):
        return AccessError(self.env._("This file is not meant for customers."))
