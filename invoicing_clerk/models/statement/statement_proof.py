from odoo import api, fields, models


class ClerkStatementProof(models.Model):
    """That the statements of a run and the general ledger say the same, by account.

    The ledger's side is the sum of all its entries; the statements' side is the sum of
    the lines that were written. What is on no statement is named with its reason.

    Company and branches are proved together: one may settle what another has billed.
    """

    _name = "clerk.statement.proof"
    _description = "Proof of a Statement Run"
    _order = "run_id, account_id"

    run_id = fields.Many2one(
        "clerk.statement.run",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    account_id = fields.Many2one("account.account", required=True, readonly=True)
    ledger = fields.Monetary(
        string="General Ledger", readonly=True, help="Sum of all entries to the day."
    )
    on_statements = fields.Monetary(
        readonly=True, help="Open items of all statements, also of those left out."
    )
    not_chosen = fields.Monetary(
        string="Other Customers",
        readonly=True,
        help="Open items of customers the run is not about.",
    )
    nobody = fields.Monetary(
        string="Without Customer",
        readonly=True,
        help="Open items that name no customer, so that nobody is told of them.",
    )
    difference = fields.Monetary(
        readonly=True, help="What nothing explains. It should be zero."
    )
    is_proved = fields.Boolean(compute="_compute_is_proved")

    @api.depends("difference", "currency_id")
    def _compute_is_proved(self):
        for proof in self:
            proof.is_proved = proof.currency_id.is_zero(proof.difference)

    def action_view_entries(self):
        """The items that were open on the day, and are not on a statement as such."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("%s: on no statement", self.account_id.display_name),
            "res_model": "account.move.line",
            "view_mode": "list,form",
            "domain": [("id", "in", self.run_id._entries_apart(self.account_id))],
        }
