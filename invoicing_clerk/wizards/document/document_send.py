from odoo import api, fields, models
from odoo.exceptions import UserError


class ClerkDocumentSend(models.TransientModel):
    """A colleague sends a document, or a clerk adds one that came another way."""

    _name = "clerk.document.send"
    _description = "Send a Document"
    _inherit = ["clerk.checked", "clerk.limited"]

    item_id = fields.Many2one(
        "clerk.document.request.item",
        string="Document",
        required=True,
        ondelete="cascade",
    )
    instructions = fields.Text(related="item_id.class_id.instructions")
    wrong_reason = fields.Char(related="item_id.wrong_reason")
    file = fields.Binary(required=True, attachment=False)
    file_name = fields.Char(size=255)

    @api.constrains("item_id")
    def _check_item(self):
        """:raises AccessError: the item is for somebody else"""
        for dialog in self:
            dialog.item_id.sudo(False)._check_may_send()

    def action_send(self):
        """Send the file; a clerk checks it."""
        self.ensure_one()
        self.item_id._check_may_send()
        if not self.file:
            raise UserError(self.env._("Select a file first."))
        name = self.file_name or self.item_id.class_id.name
        _name, content, _kind = self._document_of(
            self.with_context(bin_size=False).file, name
        )
        # sudo: colleagues have no write access; the item is theirs, see above.
        item_sudo = self.item_id.sudo()
        item_sudo._receive(name, content, {"user_id": self.env.uid})
        return {"type": "ir.actions.act_window_close"}
