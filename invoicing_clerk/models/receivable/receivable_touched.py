from odoo import api, models
from odoo.tools import SQL

# To compute the balances of more customers one by one is no less work than all.
MOST_TOUCHED = 5000
# What all balances depend on: companies, their accounts, currencies and usual limits.
COMMON = frozenset({"res_company", "account_account", "res_currency", "ir_default"})
# Rows that leave no trace when they are deleted.
SILENT = frozenset(
    {
        *("clerk_billing_error", "clerk_billing_error_line"),
        *("clerk_promise", "clerk_promise_line"),
    }
)


class ClerkReceivable(models.Model):
    """Refresh of the balances of customers for whom something was written.

    Entries, reconciliations, cases, promises and contacts carry the moment of their
    last change. Of entries that left a customer, a departure is noted.
    """

    _inherit = "clerk.receivable"

    _written = models.Index("(write_date)")

    @api.model
    def _refresh_touched(self, delta):
        """Bring balances up to date with what was written; return whether it was done.

        It is not if something was written on which all balances may depend.
        """
        if delta.changed & COMMON or delta.deleted & SILENT:
            return False
        # Received money is no longer promised.
        self.env["clerk.promise"]._before_refresh()
        customers = self._touched_customers(delta.since)
        if len(customers) > MOST_TOUCHED:
            return False
        if customers:
            self._update_from_ledger(customers)
        return True

    @api.model
    def _touched_customers(self, since):
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT partner.commercial_partner_id
                     FROM (%(partners)s) AS touched (id)
                     JOIN res_partner AS partner ON partner.id = touched.id
                    UNION
                   SELECT partner_id FROM clerk_receivable_departure
                    WHERE write_date >= %(since)s
                    LIMIT %(most)s""",
                partners=self._touched_partners_sql(since),
                since=since,
                most=MOST_TOUCHED + 1,
            )
        )
        return [id_ for [id_] in rows]

    @api.model
    def _touched_partners_sql(self, since):
        return SQL(
            """
            WITH written AS MATERIALIZED (
                SELECT id, partner_id, parent_state FROM account_move_line
                WHERE write_date >= %(since)s
            )
            SELECT partner_id FROM written
            UNION
            SELECT other.partner_id FROM written
            JOIN account_partial_reconcile part ON part.credit_move_id = written.id
            JOIN account_move_line other ON other.id = part.debit_move_id
            WHERE written.parent_state <> 'posted'
            UNION
            SELECT other.partner_id FROM written
            JOIN account_partial_reconcile part ON part.debit_move_id = written.id
            JOIN account_move_line other ON other.id = part.credit_move_id
            WHERE written.parent_state <> 'posted'
            UNION
            SELECT item.partner_id FROM account_partial_reconcile part
            JOIN account_move_line item
            ON item.id IN (part.debit_move_id, part.credit_move_id)
            WHERE part.write_date >= %(since)s
            UNION
            SELECT id FROM res_partner WHERE write_date >= %(since)s
            UNION
            SELECT partner_id FROM clerk_promise WHERE write_date >= %(since)s
            UNION
            SELECT promise.partner_id FROM clerk_promise_line line
            JOIN clerk_promise promise ON promise.id = line.promise_id
            WHERE line.write_date >= %(since)s
            UNION
            SELECT move.partner_id FROM clerk_billing_error error
            JOIN clerk_billing_error_line line ON line.error_id = error.id
            JOIN account_move move ON move.id = line.move_id
            WHERE error.write_date >= %(since)s OR line.write_date >= %(since)s
            """,
            since=since,
        )
