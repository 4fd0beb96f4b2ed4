from odoo import api, fields, models
from odoo.tools import SQL


class ClerkStatementProof(models.Model):
    """That the statements of a run and the general ledger say the same, by account.

    The ledger's side is the sum of all its entries; the statements' side is the sum of
    the lines that were written. What is on no statement is named with its reason.
    """

    _name = "clerk.statement.proof"
    _description = "Proof of a Statement Run"
    _order = "run_id, account_id, company_id"

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
        """The items that are on no statement, or all that are open where none is."""
        self.ensure_one()
        on_statements = self.run_id.statement_ids.line_ids.filtered(
            lambda line: line.section == "open"
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("%s: on no statement", self.account_id.display_name),
            "res_model": "account.move.line",
            "view_mode": "list,form",
            "domain": [
                ("account_id", "=", self.account_id.id),
                ("company_id", "=", self.company_id.id),
                ("parent_state", "=", "posted"),
                ("date", "<=", self.run_id.date),
                ("reconciled", "=", False),
                ("id", "not in", on_statements.mapped("entry_id")),
            ],
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
                    SELECT item.account_id, item.company_id,
                           SUM(line.open_company) AS on_statements
                      FROM clerk_statement_line AS line
                      JOIN clerk_statement AS statement
                        ON statement.id = line.statement_id
                      JOIN account_move_line AS item ON item.id = line.entry_id
                     WHERE statement.run_id = %(run)s AND line.section = 'open'
                     GROUP BY item.account_id, item.company_id),
                rest AS (
                    SELECT account_id, company_id,
                           SUM(open_company) FILTER (WHERE customer IS NULL) AS nobody,
                           SUM(open_company) FILTER (WHERE customer IS NOT NULL)
                               AS not_chosen
                      FROM item
                     WHERE NOT EXISTS (
                        SELECT 1 FROM clerk_statement
                         WHERE run_id = %(run)s AND partner_id = customer)
                     GROUP BY account_id, company_id),
                side AS (
                    SELECT ledger.account_id, ledger.company_id, balance,
                           COALESCE(on_statements, 0) AS on_statements,
                           COALESCE(not_chosen, 0) AS not_chosen,
                           COALESCE(nobody, 0) AS nobody
                      FROM ledger
                      LEFT JOIN written USING (account_id, company_id)
                      LEFT JOIN rest USING (account_id, company_id))
                INSERT INTO clerk_statement_proof (run_id, account_id, company_id,
                       ledger, on_statements, not_chosen, nobody, difference,
                       create_uid, write_uid, create_date, write_date)
                SELECT %(run)s, account_id, company_id, balance, on_statements,
                       not_chosen, nobody,
                       balance - on_statements - not_chosen - nobody, %(log)s
                  FROM side
                RETURNING id""",
                ledger=ledger.ledger_sql(self.date),
                open=ledger.open_sql(self.date, brief=True),
                run=self.id,
                log=self._log_sql(),
            )
        )
        self.invalidate_recordset(["proof_ids"])
