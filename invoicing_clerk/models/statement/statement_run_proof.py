from odoo import api, fields, models
from odoo.tools import SQL

from ..mixin.amount import amount_text
from .statement_contradiction import contradicted_sql


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

    unproved_reason = fields.Char(
        string="Reason for Unproved Statements",
        readonly=True,
        copy=False,
        tracking=True,
        help="Reason why a supervisor approved statements that do not agree with the "
        "general ledger. It is printed on the list of addresses.",
    )
    unproved_by_id = fields.Many2one(
        "res.users", string="Approved By", readonly=True, copy=False
    )

    def _is_offered(self, step):
        if step in ("review", "approve_unproved"):
            return self.is_proved == (step == "review")
        return super()._is_offered(step)

    def _obstacle(self, step, vals):
        if step == "review" and not self.is_proved:
            return self._unproved_text()
        if step == "approve_unproved" and not vals["unproved_reason"]:
            return self.env._(
                "Enter the reason for sending the statements despite the differences."
            )
        return super()._obstacle(step, vals)

    def _unproved_text(self):
        """Return by how much which accounts do not agree with the ledger."""
        unproved = self.proof_ids.filtered(lambda proof: not proof.is_proved)
        return self.env._(
            "The statements do not agree with the general ledger: %(differences)s. "
            "Open the items of the difference on the Proof tab and compute the run "
            "again, or ask a supervisor to approve it with a reason.",
            differences=", ".join(
                f"{proof.account_id.display_name} "
                f"{amount_text(proof.currency_id, proof.difference)}"
                for proof in unproved
            ),
        )

    def action_approve_unproved(self):
        """Open the dialog that asks a supervisor for the reason."""
        self.ensure_one()
        self._check_step_access()
        self._check_step("approve_unproved")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Approve Unproved Statements"),
            "res_model": "clerk.statement.unproved",
            "view_mode": "form",
            "target": "new",
            "context": {"default_run_id": self.id},
        }

    def _approve_unproved(self, reason):
        """Approve statements that do not agree with the ledger.

        :raises AccessError: the caller is not a supervisor
        :raises UserError: the reason is empty
        """
        reason = (reason or "").strip()
        self._take_step(
            "approve_unproved", unproved_reason=reason, unproved_by_id=self.env.uid
        )
        self._close_activities()

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
                crossing AS (%(crossing)s),
                side AS (
                    SELECT ledger.account_id, balance,
                           COALESCE(on_statements, 0) AS on_statements,
                           COALESCE(other_customers, 0)
                               + COALESCE(crossing.amount, 0) AS other_customers,
                           COALESCE(without_customer, 0) AS without_customer
                      FROM ledger
                      LEFT JOIN written USING (account_id)
                      LEFT JOIN rest USING (account_id)
                      LEFT JOIN crossing USING (account_id))
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
                crossing=ledger.crossing_sql(self.date),
                run=self.id,
                company=self.company_id.id,
                log=self._log_sql(),
            )
        )
        self.invalidate_recordset(["proof_ids"])

    def _items_of_difference(self, account):
        """Return the items of an account that explain a difference: open as of the
        date in the current ledger and on no statement with the same amount, or not
        open by what the ledger has reconciled."""
        ledger = self._ledger()
        ledger.flush()
        rows = self.env.execute_query(
            SQL(
                """WITH item AS MATERIALIZED (%(open)s)
                   SELECT id FROM (%(contradicted)s) AS contradicted
                    UNION
                   SELECT item.id FROM item
                    WHERE item.account_id = %(account)s AND NOT EXISTS (
                          SELECT 1 FROM clerk_statement_line AS line
                            JOIN clerk_statement AS statement
                              ON statement.id = line.statement_id
                           WHERE statement.run_id = %(run)s AND line.section = 'open'
                             AND line.entry_id = item.id
                             AND line.open_company = item.open_company)""",
                open=ledger.open_sql(self.date),
                contradicted=contradicted_sql(ledger, self.date, account),
                account=account.id,
                run=self.id,
            )
        )
        return [entry for (entry,) in rows]
