from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# Balances are refreshed as a whole once a day.
KEPT = timedelta(days=3)


class ClerkReceivableDeparture(models.Model):
    """Note that entries left the balance of a customer.

    A posted entry that is reset to draft may be deleted, or posted again for another
    customer, before balances are refreshed. Then no row of the ledger leads to the
    customer whose balance has changed.
    """

    _name = "clerk.receivable.departure"
    _description = "Entries That Left a Customer Balance"
    _inherit = ["clerk.guarded"]
    _guards_all = True
    _order = "id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )

    _written = models.Index("(write_date)")

    @api.model
    def _note(self, condition):
        """Note the customers of posted receivable items, as the database has them.

        :param condition: SQL on ``line``, a journal item, and ``partner``, its contact
        """
        # A contact that was just created has its customer in memory only.
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        self.env.execute_query(
            SQL(
                """INSERT INTO clerk_receivable_departure
                          (partner_id, create_uid, write_uid, create_date, write_date)
                   SELECT DISTINCT partner.commercial_partner_id, %(uid)s, %(uid)s,
                          %(now)s, %(now)s
                     FROM account_move_line AS line
                     JOIN account_account AS account ON account.id = line.account_id
                      AND account.account_type = 'asset_receivable'
                     JOIN res_partner AS partner ON partner.id = line.partner_id
                    WHERE line.parent_state = 'posted' AND %(condition)s
                RETURNING 1""",
                uid=self.env.uid,
                now=self.env.cr.now(),
                condition=condition,
            )
        )

    @api.autovacuum
    def _gc_departures(self):
        earliest = fields.Datetime.now() - KEPT
        # sudo: nobody may delete notes; these are of no use any more.
        self.sudo().search([("write_date", "<", earliest)]).unlink()
