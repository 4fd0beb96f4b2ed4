from odoo import models
from odoo.tools import SQL


class ClerkAuditConfirmation(models.Model):
    """Other evidence for a balance: what came in for it, and what was delivered.

    Money that arrives for an item after the day shows that it was owed on the day.
    """

    _inherit = "clerk.audit.confirmation"

    def _seek_receipts(self):
        """Look again what was received since, for all items of these letters at once.

        The callers made sure who may have it looked for.
        """
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """UPDATE clerk_audit_confirmation_item AS item
                      SET received = COALESCE(found.own, 0),
                          received_company = COALESCE(found.home, 0),
                          received_on = found.first
                     FROM clerk_audit_confirmation_item AS same
                     LEFT JOIN (%s) AS found ON found.id = same.id
                    WHERE same.id = item.id AND item.confirmation_id IN %s
                RETURNING item.id""",
                self._receipts_sql(),
                self._ids or (0,),
            )
        )
        self.item_ids.invalidate_recordset()
        self.item_ids.modified(["received_company"])
        self._seek_deliveries()

    def _receipts_sql(self):
        """Payments after the day that settle items which were open at it.

        What was on the account before and was matched later is no later receipt.
        """
        return SQL(
            """SELECT item.id, SUM(part.debit_amount_currency) AS own,
                      SUM(part.amount) AS home, MIN(money.date) AS first
                 FROM clerk_audit_confirmation_item AS item
                 JOIN clerk_audit_confirmation AS letter
                   ON letter.id = item.confirmation_id
                 JOIN account_partial_reconcile AS part
                   ON part.debit_move_id = item.entry_id
                 JOIN account_move_line AS money ON money.id = part.credit_move_id
                 JOIN account_move AS move ON move.id = money.move_id
                 JOIN account_journal AS journal ON journal.id = money.journal_id
                WHERE letter.id IN %s AND money.date > letter.date
                  AND money.parent_state = 'posted'
                  AND move.move_type = 'entry'
                  AND (move.origin_payment_id IS NOT NULL
                       OR journal.type IN ('bank', 'cash', 'credit'))
                GROUP BY item.id""",
            self._ids or (0,),
        )

    def _seek_deliveries(self):
        """Deliveries of what was billed, where sales and inventory are installed."""
        lines = self.env["account.move.line"]
        if "sale_line_ids" not in lines._fields:
            return
        if "move_ids" not in self.env["sale.order.line"]._fields:
            return
        # sudo: only numbers and days of deliveries of the items' own invoices, for
        # auditors who may read these but have no role in the warehouse.
        for item in self.item_ids.sudo():
            moves = item.move_id.invoice_line_ids.sale_line_ids.move_ids
            done = moves.filtered(
                lambda move: (
                    move.state == "done" and move.location_dest_usage != "internal"
                )
            )
            item.delivered = ", ".join(
                f"{picking.name} ({picking.date_done.date()})"
                for picking in done.picking_id
                if picking.date_done
            )
