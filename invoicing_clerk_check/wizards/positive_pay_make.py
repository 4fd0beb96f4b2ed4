from odoo import api, fields, models

from odoo.addons.invoicing_clerk.models.mixin.gate import only_one


class ClerkPositivePayMake(models.TransientModel):
    """Create the next positive pay file of a bank account."""

    _name = "clerk.positive.pay.make"
    _description = "Create a Positive Pay File"
    _inherit = "clerk.checked"

    journal_id = fields.Many2one(
        "account.journal",
        string="Bank Account",
        required=True,
        ondelete="cascade",
        domain="[('type', '=', 'bank')]",
        default=lambda self: self.env["clerk.check"]._latest_journal(),
    )
    format_id = fields.Many2one(
        "clerk.positive.pay.format",
        required=True,
        ondelete="cascade",
        compute="_compute_format_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    issue_count = fields.Integer(string="Issues", compute="_compute_counts")
    void_count = fields.Integer(string="Voids", compute="_compute_counts")

    @api.depends("journal_id")
    def _compute_format_id(self):
        for dialog in self:
            last = self.env["clerk.positive.pay"].search(
                [("journal_id", "=", dialog.journal_id.id)], limit=1
            )
            formats = self.env["clerk.positive.pay.format"]
            dialog.format_id = last.format_id or formats.search([], limit=1)

    @api.depends("journal_id")
    def _compute_counts(self):
        files = self.env["clerk.positive.pay"]
        for dialog in self:
            dialog.issue_count = len(files._issues(dialog.journal_id))
            dialog.void_count = len(files._voids(dialog.journal_id))

    def action_make(self):
        """Create the file, and open it.

        :raises UserError: there is nothing to report
        """
        only_one(self)
        file = self.env["clerk.positive.pay"]._make(self.journal_id, self.format_id)
        return {
            "type": "ir.actions.act_window",
            "res_model": file._name,
            "res_id": file.id,
            "view_mode": "form",
        }
