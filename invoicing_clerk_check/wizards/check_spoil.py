from odoo import api, fields, models

from odoo.addons.invoicing_clerk.models.mixin.gate import at_least_one, only_one


class ClerkCheckSpoil(models.TransientModel):
    """Void checks whose paper was spoiled, and print them again on other numbers."""

    _name = "clerk.check.spoil"
    _description = "Void and Reprint Checks"
    _inherit = "clerk.checked"

    check_ids = fields.Many2many(
        "clerk.check",
        string="Spoiled Checks",
        required=True,
        default=lambda self: self._default_checks(),
    )
    journal_id = fields.Many2one(
        "account.journal", string="Bank Account", compute="_compute_journal_id"
    )
    is_numbered = fields.Boolean(string="Numbered Stock", compute="_compute_journal_id")
    reason = fields.Char(
        required=True,
        size=200,
        default=lambda self: self.env._("Spoiled in the printer"),
    )
    first_number = fields.Char(
        string="Number on the First Sheet",
        size=20,
        compute="_compute_first_number",
        store=True,
        readonly=False,
        help="Compare it with the stock in the printer.",
    )

    @api.model
    def _default_checks(self):
        context = self.env.context
        if context.get("active_model") != "clerk.check":
            return False
        return context.get("active_ids")

    @api.depends("check_ids")
    def _compute_journal_id(self):
        for dialog in self:
            journal = dialog.check_ids.journal_id[:1]
            dialog.journal_id = journal
            dialog.is_numbered = not journal.check_manual_sequencing

    @api.depends("check_ids")
    def _compute_first_number(self):
        for dialog in self:
            journal = dialog.check_ids.journal_id[:1]
            dialog.first_number = bool(journal) and journal._next_check_number()

    def action_spoil(self):
        """Mark the checks as spoiled, to be printed another time."""
        at_least_one(only_one(self).check_ids).action_spoil(self.reason)
        return {"type": "ir.actions.act_window_close"}

    def action_reprint(self):
        """Mark the checks as spoiled, and print their payments on other numbers.

        :raises UserError: one cannot be printed again; nothing is changed
        """
        checks = at_least_one(only_one(self).check_ids)
        checks.action_spoil(self.reason)
        return checks._print(checks.payment_id, self.first_number)
