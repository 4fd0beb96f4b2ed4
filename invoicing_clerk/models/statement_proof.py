from odoo import api, fields, models
from odoo.tools import SQL

from .statement_source import StatementLedger


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


class StatementProving(models.AbstractModel):
    """Proves a run when it was computed."""

    _name = "clerk.statement.proving"
    _description = "Proving of a Statement Run"

    proof_ids = fields.One2many("clerk.statement.proof", "run_id")
    is_proved = fields.Boolean(
        string="Agrees with the Ledger", compute="_compute_is_proved"
    )

    @api.depends("proof_ids.difference")
    def _compute_is_proved(self):
        for run in self:
            run.is_proved = all(proof.is_proved for proof in run.proof_ids)

    def _prove(self, ledger):
        """Set ledger and statements side by side; the two are asked independently."""
        # sudo: the run's own rows, which nobody writes by hand.
        self.sudo().proof_ids.unlink()
        self.env.execute_query(
            SQL(
                """WITH ledger AS (%(ledger)s), item AS MATERIALIZED (%(open)s),
                written AS (
                    SELECT item.account_id, SUM(line.open_company) AS on_statements
                      FROM clerk_statement_line AS line
                      JOIN clerk_statement AS statement
                        ON statement.id = line.statement_id
                      JOIN account_move_line AS item ON item.id = line.entry_id
                     WHERE statement.run_id = %(run)s AND line.section = 'open'
                     GROUP BY item.account_id),
                rest AS (
                    SELECT account_id,
                           SUM(open_company) FILTER (WHERE customer IS NULL) AS nobody,
                           SUM(open_company) FILTER (WHERE customer IS NOT NULL)
                               AS not_chosen
                      FROM item
                     WHERE NOT EXISTS (
                        SELECT 1 FROM clerk_statement
                         WHERE run_id = %(run)s AND partner_id = customer)
                     GROUP BY account_id),
                side AS (
                    SELECT ledger.account_id, balance,
                           COALESCE(on_statements, 0) AS on_statements,
                           COALESCE(not_chosen, 0) AS not_chosen,
                           COALESCE(nobody, 0) AS nobody
                      FROM ledger
                      LEFT JOIN written USING (account_id)
                      LEFT JOIN rest USING (account_id))
                INSERT INTO clerk_statement_proof (run_id, account_id, company_id,
                       ledger, on_statements, not_chosen, nobody, difference,
                       create_uid, write_uid, create_date, write_date)
                SELECT %(run)s, account_id, %(company)s, balance, on_statements,
                       not_chosen, nobody,
                       balance - on_statements - not_chosen - nobody, %(log)s
                  FROM side
                RETURNING id""",
                ledger=ledger.ledger_sql(self.date),
                open=ledger.open_sql(self.date, brief=True),
                run=self.id,
                company=self.company_id.id,
                log=self._log_sql(),
            )
        )
        self.invalidate_recordset(["proof_ids"])

    def _entries_apart(self, account):
        """Journal items of an account that keep statements and ledger apart: open on
        the day by what the ledger says now, and on no statement with that amount."""
        ledger = StatementLedger(self)
        ledger.flush()
        rows = self.env.execute_query(
            SQL(
                """SELECT item.id FROM (%(open)s) AS item
                    WHERE item.account_id = %(account)s AND NOT EXISTS (
                          SELECT 1 FROM clerk_statement_line AS line
                            JOIN clerk_statement AS statement
                              ON statement.id = line.statement_id
                           WHERE statement.run_id = %(run)s AND line.section = 'open'
                             AND line.entry_id = item.id
                             AND line.open_company = item.open_company)""",
                open=ledger.open_sql(self.date),
                account=account.id,
                run=self.id,
            )
        )
        return [entry for (entry,) in rows]
