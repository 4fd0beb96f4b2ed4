from odoo import models
from odoo.tools import SQL


class ClerkBillingCheck(models.Model):
    """DUP: leave out invoices of contracts, whose periods TWICE compares."""

    _inherit = "clerk.billing.check"

    def _find_dup(self, books):
        """Leave out invoices of which each line belongs to a contract line whose
        periods are known.
        """
        return SQL(
            """SELECT * FROM (%s) AS pair
                WHERE EXISTS (
                    SELECT 1 FROM account_move_line AS line
                     WHERE line.move_id = pair.move_id
                       AND line.display_type = 'product'
                       AND NOT EXISTS (
                        SELECT 1 FROM account_move_line AS noted
                         WHERE noted.contract_line_id = line.contract_line_id
                           AND noted.contract_date_start IS NOT NULL))""",
            super()._find_dup(books),
        )
