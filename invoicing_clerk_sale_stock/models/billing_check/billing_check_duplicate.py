from odoo import models
from odoo.tools import SQL

from odoo.addons.invoicing_clerk_sale.models.billing_check.order_lines import (
    ORDER_LINES,
    half_digit,
)

from .order_balance import BALANCES


class ClerkBillingCheck(models.Model):
    """DUP: leave out equal invoices of an order that has more to bill.

    Equal partial deliveries give equal invoices. One is a duplicate only if the others
    already bill all that was delivered or, by order, ordered.
    """

    _inherit = "clerk.billing.check"

    def _find_dup(self, books):
        """Leave out invoices that billed something which no other invoice bills."""
        return SQL(
            """SELECT * FROM (%(pairs)s) AS pair
                WHERE NOT EXISTS (
                    SELECT 1 FROM %(lines)s AS bill
                      JOIN %(balances)s AS line
                        ON line.order_line_id = bill.order_line_id
                     WHERE bill.move_id = pair.move_id AND NOT bill.is_amendment
                       AND line.billed - bill.billed_quantity + %(half)s
                           < CASE WHEN line.by_delivery THEN line.shipped
                                  ELSE GREATEST(line.ordered, line.shipped) END)""",
            pairs=super()._find_dup(books),
            lines=ORDER_LINES,
            balances=BALANCES,
            half=half_digit(self.env, "Product Unit"),
        )
