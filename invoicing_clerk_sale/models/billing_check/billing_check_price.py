from odoo import api, models
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.billing_check.billing_check_source import (
    found_columns,
)
from odoo.addons.invoicing_clerk.models.mixin.facts import Reason, facts

from .order_lines import AGREED, AMENDED, ORDER_LINES, half_digit


class ClerkBillingCheck(models.Model):
    """PRICE and DISC: invoice lines against the terms of their order lines.

    What notes have settled already is not reported. Where somebody has merged lines of
    orders, the average of what was ordered counts.
    """

    _inherit = "clerk.billing.check"

    @api.model
    def _finding_reasons(self):
        return {
            **super()._finding_reasons(),
            "order_price": Reason(
                self.env._("Price of the Order"),
                self.env._(
                    "“%(label)s” is billed at %(price_found)s; the price on "
                    "%(order_name)s is %(price_expected)s."
                ),
                self.env._("%(price_expected)s"),
                self.env._("%(price_found)s"),
            ),
            "order_net": Reason(
                self.env._("Discounted Price of the Order"),
                self.env._(
                    "“%(label)s” is billed at %(price_found)s after discount; "
                    "the price on %(order_name)s is %(price_expected)s."
                ),
                self.env._("%(price_expected)s"),
                self.env._("%(price_found)s"),
            ),
            "order_discount": Reason(
                self.env._("Discount of the Order"),
                self.env._(
                    "“%(label)s” is billed with a discount of %(percent_found)s; "
                    "%(order_name)s grants %(percent_expected)s."
                ),
                self.env._("%(percent_expected)s"),
                self.env._("%(percent_found)s"),
            ),
        }

    # PRICE

    def _find_price(self, books):
        """Find lines with another price than their order has.

        A discount that makes the same net price is no error, and prices that include
        taxes may be others where the taxes are.
        """
        is_net = SQL("discount <> order_discount OR order_count > 1")
        return SQL(
            """WITH agreed AS (%(agreed)s)
            SELECT %(columns)s FROM agreed
             WHERE ABS(price - order_price) * ratio > %(half)s
               AND %(has_effect)s AND %(same_base)s""",
            agreed=self._agreed_sql(books),
            half=half_digit(self.env),
            has_effect=self._has_effect_sql(books),
            same_base=self._other_subtotal_sql(books),
            columns=found_columns(
                SQL("CASE WHEN %s THEN 'order_net' ELSE 'order_price' END", is_net),
                SQL("move_id"),
                self._agreed_facts(
                    price_expected=SQL(
                        "(CASE WHEN %s THEN order_net ELSE order_price END) * ratio",
                        is_net,
                    ),
                    price_found=SQL(
                        "(CASE WHEN %s THEN net ELSE price END) * ratio", is_net
                    ),
                ),
                line=SQL("line_id"),
                amount=SQL("effect"),
            ),
        )

    # DISC

    def _find_disc(self, books):
        """Find lines at the price of their order, but with less discount.

        A discount that was traded for a lower price is none of them.
        """
        return SQL(
            """WITH agreed AS (%(agreed)s)
            SELECT %(columns)s FROM agreed
             WHERE ABS(price - order_price) * ratio <= %(half)s
               AND order_count = 1 AND discount < order_discount AND %(has_effect)s""",
            agreed=self._agreed_sql(books),
            half=half_digit(self.env),
            has_effect=self._has_effect_sql(books),
            columns=found_columns(
                "order_discount",
                SQL("move_id"),
                self._agreed_facts(
                    percent_expected=SQL("order_discount"),
                    percent_found=SQL("discount"),
                ),
                line=SQL("line_id"),
                amount=SQL("effect"),
            ),
        )

    # Terms

    @api.model
    def _agreed_facts(self, **values):
        """Return facts for the sentence, and the terms that a claim asks for."""
        return facts(
            label=SQL("label"),
            order_name=SQL("order_name"),
            price_agreed=SQL("TRIM_SCALE(ROUND(order_price * ratio, 6))"),
            discount_agreed=SQL("order_discount"),
            **{
                name: SQL("TRIM_SCALE(ROUND(%s, 6))", value)
                for name, value in values.items()
            },
        )

    def _agreed_sql(self, books):
        """Return checked lines with the terms of their orders, and what is too much.

        What was credited with the billed price counts no longer, and allowances count.
        """
        return SQL(
            """SELECT billed.*,
                      billed.quantity + COALESCE(amended.quantity, 0) AS remaining,
                      billed.quantity * (net - order_net)
                      + COALESCE(amended.excess, 0) + COALESCE(unlinked.amount, 0)
                          AS effect,
                      move.invoice_currency_rate AS rate
                 FROM (%(terms)s) AS billed
                 JOIN account_move AS move ON move.id = billed.move_id
                 LEFT JOIN (%(amended)s) AS amended
                   ON amended.move_id = billed.move_id
                  AND amended.order_line_id = billed.order_line_id
                 LEFT JOIN (%(unlinked)s) AS unlinked
                   ON unlinked.line_id = billed.line_id""",
            terms=self._terms_sql(books),
            amended=AMENDED,
            unlinked=self._unlinked_sql(books),
        )

    def _terms_sql(self, books):
        """Return one row for each invoice line, with the terms of its order lines."""
        return SQL(
            """SELECT line_id, move_id, MAX(label) AS label, MAX(ratio) AS ratio,
                      MIN(order_line_id) AS order_line_id, COUNT(*) AS order_count,
                      STRING_AGG(DISTINCT order_name, ', ' ORDER BY order_name)
                          AS order_name,
                      MAX(quantity) AS quantity, MAX(price) AS price,
                      MAX(discount) AS discount, MAX(net) AS net,
                      MAX(price_subtotal) AS price_subtotal,
                      SUM(order_subtotal) / NULLIF(SUM(ordered), 0) AS order_subtotal,
                      %(price)s AS order_price, %(net)s AS order_net,
                      CASE WHEN COUNT(*) = 1 THEN MAX(order_discount) ELSE 0 END
                          AS order_discount
                 FROM %(table)s AS line
                WHERE move_id IN %(documents)s
                GROUP BY line_id, move_id
               HAVING BOOL_AND(is_priced AND quantity IS NOT NULL
                               AND order_currency_id = currency_id)
                  AND MIN(ratio) = MAX(ratio)
                  AND (MIN(order_net) = MAX(order_net)
                       OR ABS(MAX(quantity) - SUM(ordered)) < 0.00001)""",
            table=ORDER_LINES,
            documents=books.documents(AGREED),
            price=SQL(
                "CASE WHEN COUNT(*) = 1 THEN MAX(order_price) ELSE %s END",
                _average(SQL("order_net")),
            ),
            net=_average(SQL("order_net")),
        )

    @api.model
    def _unlinked_sql(self, books):
        """Return differences in price that corrections made, by invoice line.

        They have no order line, as they must not count as invoiced there.
        """
        return SQL(
            """SELECT note.corrected_line_id AS line_id,
                      SUM(note.price_subtotal * CASE move.move_type
                          WHEN 'out_refund' THEN -1 ELSE 1 END) AS amount
                 FROM account_move_line AS note
                 JOIN account_move AS move ON move.id = note.move_id
                WHERE note.corrected_part = 'price' AND move.state = 'posted'
                  AND note.company_id = %s
                GROUP BY note.corrected_line_id""",
            books.company.id,
        )

    @api.model
    def _has_effect_sql(self, books):
        return SQL(
            """ABS(ROUND(effect, %s)) / COALESCE(NULLIF(rate, 0)::numeric, 1) > %s""",
            books.currency.decimal_places,
            books.tolerance,
        )

    @api.model
    def _other_subtotal_sql(self, books):
        """Return whether the untaxed amount is not the one that was ordered.

        It may be the same at another price if a fiscal position has replaced taxes that
        the price includes.
        """
        return SQL(
            """(order_subtotal IS NULL
                OR ABS(price_subtotal - order_subtotal * quantity)
                   > 0.005 * (1 + ABS(quantity))
                OR NOT EXISTS (
                SELECT 1 FROM (
                    SELECT account_tax_id FROM account_move_line_account_tax_rel
                     WHERE account_move_line_id = line_id
                    UNION ALL
                    SELECT account_tax_id FROM account_tax_sale_order_line_rel
                     WHERE sale_order_line_id = order_line_id) AS rel
                  JOIN account_tax AS tax ON tax.id = rel.account_tax_id
                 WHERE COALESCE(tax.price_include_override, %s) = 'tax_included'
                 GROUP BY tax.id HAVING COUNT(*) = 1))""",
            books.company.account_price_include,
        )


def _average(column):
    """Return the average of a price over what was ordered, or the only one there is."""
    return SQL(
        """CASE WHEN MIN(%(price)s) = MAX(%(price)s) THEN MAX(%(price)s)
                ELSE SUM(%(price)s * ordered) / NULLIF(SUM(ordered), 0) END""",
        price=column,
    )
