from odoo import api, fields, models


class ClerkStatementProof(models.Model):
    """Reconciliation of a run with the general ledger, by account.

    The balance of the account is compared with the open items of all statements. Open
    items without a statement are shown by their reason.

    Company and branches are proved together: one may receive what another has billed.
    """

    _name = "clerk.statement.proof"
    _description = "Statement Run Proof"
    _inherit = ["clerk.guarded"]
    _guards_all = True
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
        string="General Ledger",
        readonly=True,
        help="Balance of the account as of the date.",
    )
    on_statements = fields.Monetary(
        readonly=True, help="Open items of all statements, including excluded ones."
    )
    other_customers = fields.Monetary(
        readonly=True,
        help="Open items of customers who are not selected, and the items settled with "
        "them where only the items of one customer are read.",
    )
    without_customer = fields.Monetary(
        readonly=True,
        help="Open items that belong to no customer, so that they are on no statement.",
    )
    difference = fields.Monetary(
        readonly=True, help="Unexplained difference. It should be zero."
    )
    is_proved = fields.Boolean(
        string="Agrees with the Ledger", compute="_compute_is_proved"
    )

    @api.depends("difference", "currency_id")
    def _compute_is_proved(self):
        for proof in self:
            proof.is_proved = proof.currency_id.is_zero(proof.difference)

    def action_view_entries(self):
        """Open the items that explain the difference."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "%s: Items of the Difference", self.account_id.display_name
            ),
            "res_model": "account.move.line",
            "view_mode": "list,form",
            "domain": [("id", "in", self.run_id._items_of_difference(self.account_id))],
        }
