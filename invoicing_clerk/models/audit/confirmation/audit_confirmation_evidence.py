from odoo import models
from odoo.tools import SQL

from ...mixin.matching import counted_sql


class ClerkAuditConfirmation(models.Model):
    """Alternative evidence for a balance: subsequent receipts and deliveries.

    A payment for an item after the confirmation date shows that it was owed before.
    """

    _inherit = "clerk.audit.confirmation"

    def _find_receipts(self):
        """Update the subsequent receipts of all items of these requests at once.

        Callers check the access rights.
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
        self._find_deliveries()

    def _receipts_sql(self):
        """Select payments after the confirmation date that settle items open at it.

        Payments on account from before that date are not subsequent receipts, even if
        they were reconciled later.
        """
        return SQL(
            """SELECT item.id, SUM(part.debit_amount_currency) AS own,
                      SUM(part.amount) AS home, MIN(money.date) AS first
                 FROM clerk_audit_confirmation_item AS item
                 JOIN clerk_audit_confirmation AS confirmation
                   ON confirmation.id = item.confirmation_id
                 JOIN %s AS part
                   ON part.debit_move_id = item.entry_id
                 JOIN account_move_line AS money ON money.id = part.credit_move_id
                 JOIN account_move AS move ON move.id = money.move_id
                 JOIN account_journal AS journal ON journal.id = money.journal_id
                WHERE confirmation.id IN %s AND money.date > confirmation.date
                  AND move.move_type = 'entry'
                  AND (move.origin_payment_id IS NOT NULL
                       OR journal.type IN ('bank', 'cash', 'credit'))
                GROUP BY item.id""",
            counted_sql(),
            self._ids or (0,),
        )

    def _find_deliveries(self):
        """Update the deliveries of items, where sales and inventory are installed."""
        lines = self.env["account.move.line"]
        if "sale_line_ids" not in lines._fields:
            return
        if "move_ids" not in self.env["sale.order.line"]._fields:
            return
        # sudo: only numbers and dates of deliveries of the items' own invoices, for
        # auditors who may read these but have no rights in inventory.
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
