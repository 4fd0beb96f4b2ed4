from odoo import api, fields, models

from odoo.addons.invoicing_clerk.models.mixin.gate import only_one


class ClerkCheckBlank(models.TransientModel):
    """Enter sheets that were lost or spoiled before anything was printed on them."""

    _name = "clerk.check.blank"
    _description = "Spoiled Blank Checks"
    _inherit = "clerk.checked"

    journal_id = fields.Many2one(
        "account.journal",
        string="Bank Account",
        required=True,
        ondelete="cascade",
        domain="[('type', '=', 'bank'), ('check_manual_sequencing', '=', False)]",
        default=lambda self: self.env["clerk.check"]._latest_journal(),
    )
    first_number = fields.Char(
        string="Number on the First Sheet",
        size=20,
        required=True,
        compute="_compute_first_number",
        store=True,
        readonly=False,
        precompute=True,
    )
    count = fields.Integer(string="Number of Sheets", required=True, default=1)
    reason = fields.Char(required=True, size=200)

    @api.depends("journal_id")
    def _compute_first_number(self):
        for dialog in self:
            journal = dialog.journal_id
            dialog.first_number = bool(journal) and journal._next_check_number()

    def action_enter(self):
        """Enter the numbers, and show them in the register.

        :raises UserError: a number was used before, or there is no such number
        """
        checks = self.env["clerk.check"]
        blank = checks._enter_blank(
            only_one(self).journal_id, self.first_number, self.count, self.reason
        )
        return checks._open_them(blank)
