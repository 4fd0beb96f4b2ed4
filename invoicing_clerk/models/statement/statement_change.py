from odoo import fields, models
from odoo.tools import SQL

from .statement_source import StatementLedger


class ClerkStatement(models.Model):
    """Compares a statement with the current ledger as of the same date.

    Open items of a past date should not change. They do when somebody posts, resets or
    reconciles entries with an earlier date: each of those entries is listed.
    """

    _inherit = "clerk.statement"

    def _changes(self):
        """Return the entries whose open amount as of the statement date has changed.

        :return: for each changed statement a list of dicts with ``entry_id``,
            ``name``, ``currency_id``, ``before`` and ``now`` (in that currency)
        """
        changes = {}
        for run, statements in self.grouped("run_id").items():
            for row in statements._changed_rows(StatementLedger(run)):
                changes.setdefault(self.browse(row.pop("statement_id")), []).append(row)
        return changes

    def _changed_rows(self, ledger):
        ledger.flush()
        self.env.cr.execute(
            SQL(
                """WITH item AS MATERIALIZED (%(open)s), now AS (
                    SELECT statement.id AS statement_id, item.id AS entry_id,
                           item.number AS name, item.currency_id, item.open
                      FROM item JOIN clerk_statement AS statement
                        ON statement.partner_id = item.customer
                     WHERE statement.id IN %(ids)s),
                before AS (
                    SELECT statement_id, entry_id, name, currency_id,
                           open_amount AS open
                      FROM clerk_statement_line
                     WHERE statement_id IN %(ids)s AND section = 'open')
                SELECT statement_id, entry_id, COALESCE(now.name, before.name) AS name,
                       COALESCE(now.currency_id, before.currency_id) AS currency_id,
                       COALESCE(before.open, 0) AS before, COALESCE(now.open, 0) AS now
                  FROM before FULL JOIN now USING (statement_id, entry_id)
                 WHERE COALESCE(before.open, 0) <> COALESCE(now.open, 0)
                 ORDER BY statement_id, entry_id""",
                open=ledger.open_sql(ledger.run.date),
                ids=self._ids,
            )
        )
        return self.env.cr.dictfetchall()

    def action_compare(self):
        """Show what changed in the ledger since the statement was computed."""
        self.ensure_one()
        self._check_not_reduced()
        self.check_access("read")
        rows = self._changes().get(self, [])
        comparison = self.env["clerk.statement.comparison"].create(
            {
                "statement_id": self.id,
                "is_seal_intact": not self._with_broken_seal(),
                "line_ids": [
                    fields.Command.create(
                        {
                            "move_line_id": self._existing_entry(row["entry_id"]),
                            "name": row["name"],
                            "currency_id": row["currency_id"],
                            "before": row["before"],
                            "now": row["now"],
                        }
                    )
                    for row in rows
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("%s: Changes in the Ledger", self.name),
            "res_model": comparison._name,
            "res_id": comparison.id,
            "view_mode": "form",
            "target": "new",
        }

    def _existing_entry(self, entry):
        return self.env["account.move.line"].browse(entry).exists().id
