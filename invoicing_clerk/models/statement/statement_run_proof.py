from odoo import api, fields, models
from odoo.tools import SQL

from .statement_source import StatementLedger


class ClerkStatementRun(models.Model):
    """Reconciles a computed run with the general ledger."""

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
        """Compare ledger and statements by account, each from its own source."""
        # sudo: rows of this run, which nobody may write.
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
                           SUM(open_company) FILTER (WHERE customer IS NULL)
                               AS without_customer,
                           SUM(open_company) FILTER (WHERE customer IS NOT NULL)
                               AS other_customers
                      FROM item
                     WHERE NOT EXISTS (
                        SELECT 1 FROM clerk_statement
                         WHERE run_id = %(run)s AND partner_id = customer)
                     GROUP BY account_id),
                side AS (
                    SELECT ledger.account_id, balance,
                           COALESCE(on_statements, 0) AS on_statements,
                           COALESCE(other_customers, 0) AS other_customers,
                           COALESCE(without_customer, 0) AS without_customer
                      FROM ledger
                      LEFT JOIN written USING (account_id)
                      LEFT JOIN rest USING (account_id))
                INSERT INTO clerk_statement_proof (run_id, account_id, company_id,
                       ledger, on_statements, other_customers, without_customer,
                       difference,
                       create_uid, write_uid, create_date, write_date)
                SELECT %(run)s, account_id, %(company)s, balance, on_statements,
                       other_customers, without_customer,
                       balance - on_statements - other_customers - without_customer,
                       %(log)s
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

    def _items_not_on_statements(self, account):
        """Return the items of an account that explain a difference: open as of the
        date in the current ledger, and on no statement with the same amount."""
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
