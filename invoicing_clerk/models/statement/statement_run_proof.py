from odoo import api, fields, models
from odoo.tools import SQL

from .statement_source import StatementLedger


class ClerkStatementRun(models.Model):
    """Proves a run when it was computed."""

    _inherit = "clerk.statement.run"

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
