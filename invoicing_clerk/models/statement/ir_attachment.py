from odoo import models
from odoo.exceptions import AccessError


class IrAttachment(models.Model):
    """Customers read the document of their statement, and no other file of it.

    Core lets them read whatever is attached to a record that they may read, working
    papers in the chatter, too.
    """

    _inherit = "ir.attachment"

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su or self.env.user._is_internal():
            return result
        refused, refuse = result or (self.browse(), self._refuse_file)
        # Some of several may be refused already: the others are still to be checked.
        if forbidden := refused | (self - refused)._files_not_for_customers():
            return forbidden, refuse
        return None

    def _files_not_for_customers(self):
        """Return the files of statements among these that are not their document."""
        # sudo: only tells the document of a statement from other files of it.
        files = self.sudo().filtered(lambda file: file.res_model == "clerk.statement")
        if not files:
            return self.browse()
        # sudo: as above.
        statements = self.env["clerk.statement"].sudo().browse(files.mapped("res_id"))
        return (files - statements.document_id).with_env(self.env)

    def _refuse_file(self):
        return AccessError(self.env._("This file is not available to customers."))
