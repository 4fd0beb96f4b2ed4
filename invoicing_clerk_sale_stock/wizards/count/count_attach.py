from odoo import fields, models


class ClerkCountAttach(models.TransientModel):
    """Dialog for the sheet of those who have counted."""

    _name = "clerk.count.attach"
    _description = "Count Sheet"
    _inherit = "clerk.checked"

    count_id = fields.Many2one("clerk.count", required=True, ondelete="cascade")
    document = fields.Binary(string="File", required=True)
    document_name = fields.Char(string="File Name")

    def action_attach(self):
        """Keep the sheet as evidence.

        :raises UserError: the file cannot be kept, or there is one already
        """
        self.ensure_one()
        document = self.with_context(bin_size=False).document
        name = self.document_name or self.env._("Count sheet")
        limited = self.env["clerk.limited"]
        self.count_id._attach(*limited._document_of(document, name))
        return {"type": "ir.actions.act_window_close"}
