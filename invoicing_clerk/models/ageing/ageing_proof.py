from odoo import api, fields, models
from odoo.tools import SQL

from ..statement.statement_contradiction import contradicted_sql


class ClerkAgeingProof(models.Model):
    """Reconciliation of a report with the general ledger, by account.

    Company and branches are proved together: one may receive what another has billed.
    """

    _name = "clerk.ageing.proof"
    _description = "Aged Receivables Proof"
    _inherit = ["clerk.guarded"]
    _guards_all = True
    _order = "ageing_id, account_id"
    _log_access = False

    ageing_id = fields.Many2one(
        "clerk.ageing", string="Report", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one("res.company", required=True)
    currency_id = fields.Many2one("res.currency", required=True)
    account_id = fields.Many2one(
        "account.account", ondelete="set null", index="btree_not_null"
    )
    account_name = fields.Char()
    ledger = fields.Monetary(
        string="General Ledger", help="Balance of the account as of the date."
    )
    reported = fields.Monetary(help="Sum of the rows of the report.")
    excluded = fields.Monetary(
        help="Open items that the filters of the report leave out."
    )
    difference = fields.Monetary(help="Unexplained difference. It should be zero.")
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
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "%s: Items of the Difference", self.account_id.display_name
            ),
            "res_model": "account.move.line",
            "view_mode": "list,form",
            "domain": [("id", "in", self._items_of_difference())],
        }

    def _items_of_difference(self):
        """Return the items whose open amount is not what the ledger has of them."""
        ledger = self.ageing_id._ledger()
        ledger.flush()
        day = self.ageing_id.date
        rows = self.env.execute_query(
            SQL(
                "WITH item AS MATERIALIZED (%s) SELECT id FROM (%s) AS contradicted",
                ledger.open_sql(day),
                contradicted_sql(ledger, day, self.account_id),
            )
        )
        return [entry for (entry,) in rows]
