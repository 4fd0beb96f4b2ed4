from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...rules.ageing.ageing import Change, reason

# A dialog with more entries is read by nobody; the total counts them all.
SHOWN_CHANGES = 500


class ClerkAgeing(models.Model):
    """Compares a frozen report with the current ledger as of the same date.

    Open items of a past date should not change. They do when somebody posts, resets or
    reconciles entries with an earlier date: each of those entries is listed.
    """

    _inherit = "clerk.ageing"

    def action_compare(self):
        """Show what changed in the ledger since the report was frozen.

        :raises UserError: the report is not frozen
        """
        self.ensure_one()
        self.check_access("read")
        if self.state != "frozen":
            raise UserError(
                self.env._(
                    "%s is not frozen. Compute it again to see the current ledger.",
                    self.name,
                )
            )
        comparison = self._comparison(self._changes())
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("%s: Changed Since", self.name),
            "res_model": comparison._name,
            "res_id": comparison.id,
            "view_mode": "form",
            "target": "new",
        }

    def _comparison(self, changes):
        comparisons = self.env["clerk.ageing.comparison"]._inside()
        now, before = (
            sum(row[f"{name}_company"] for row in changes) for name in ("now", "before")
        )
        return comparisons.create(
            {
                "ageing_id": self.id,
                "is_seal_intact": self._content_seal() == self.content_hash,
                "change_count": len(changes),
                "difference": now - before,
                "line_ids": [
                    fields.Command.create(self._comparison_values(row))
                    for row in changes[:SHOWN_CHANGES]
                ],
            }
        )

    def _comparison_values(self, row):
        names = ("name", "customer_name", "currency_id", "before", "now")
        change = Change(
            row["before"],
            row["now"],
            exists=row["move_id"] is not None,
            is_posted=row["is_posted"],
            is_new=row["is_new"],
        )
        return {
            **{name: row[name] for name in names},
            "move_id": row["move_id"],
            "reason": reason(change),
        }

    def _changes(self):
        """Return the entries whose open amount, customer or age has changed.

        :return: dicts with ``entry_id``, ``name``, ``before`` and ``now`` in the
            currency of the entry and in company currency
        """
        ledger = self._ledger()
        ledger.flush()
        self.env.cr.execute(
            SQL(
                """%(aged)s, before AS (
                    SELECT item.*, line.partner_id AS customer, line.customer_name
                      FROM clerk_ageing_item AS item
                      JOIN clerk_ageing_row AS line ON line.id = item.row_id
                     WHERE item.ageing_id = %(report)s),
                now AS (
                    SELECT * FROM aged
                     WHERE is_chosen OR id IN (SELECT entry_id FROM before))
                SELECT COALESCE(now.id, before.entry_id) AS entry_id,
                       COALESCE(now.number, before.name) AS name,
                       COALESCE(now.customer_name, before.customer_name)
                           AS customer_name,
                       COALESCE(now.currency_id, before.currency_id) AS currency_id,
                       COALESCE(before.open_amount, 0)::float AS before,
                       COALESCE(now.open, 0)::float AS now,
                       COALESCE(before.open_company, 0) AS before_company,
                       COALESCE(now.open_company, 0) AS now_company,
                       move.id AS move_id,
                       COALESCE(move.state = 'posted', FALSE) AS is_posted,
                       COALESCE(move.create_date > %(frozen)s, FALSE) AS is_new
                  FROM before FULL JOIN now ON now.id = before.entry_id
                  LEFT JOIN account_move_line AS entry
                    ON entry.id = COALESCE(now.id, before.entry_id)
                  LEFT JOIN account_move AS move ON move.id = entry.move_id
                 WHERE COALESCE(before.open_amount, 0) <> COALESCE(now.open, 0)
                    OR COALESCE(before.open_company, 0) <> COALESCE(now.open_company, 0)
                    OR before.due_date IS DISTINCT FROM now.due
                    OR before.customer IS DISTINCT FROM now.customer
                 ORDER BY ABS(COALESCE(now.open_company, 0)
                              - COALESCE(before.open_company, 0)) DESC, 1""",
                aged=self._aged_sql(ledger),
                report=self.id,
                frozen=self.frozen_on,
            )
        )
        return self.env.cr.dictfetchall()
