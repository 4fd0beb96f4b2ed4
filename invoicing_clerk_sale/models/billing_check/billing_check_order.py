from odoo import api, models
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.billing_check.billing_check_source import (
    found_columns,
)
from odoo.addons.invoicing_clerk.models.mixin.facts import Reason, facts

from .order_lines import AGREED, ORDER_LINES


class ClerkBillingCheck(models.Model):
    """ENTITY, PARTNER, CURR and TERMS: the head of an invoice against its orders.

    What corrections have billed again was decided by people and is not reported.
    """

    _inherit = "clerk.billing.check"

    @api.model
    def _finding_reasons(self):
        return {
            **super()._finding_reasons(),
            "order_company": Reason(
                self.env._("Company of the Order"),
                self.env._(
                    "%(order_name)s is an order of %(partner_expected)s, but the "
                    "document was issued by %(partner_found)s."
                ),
                self.env._("%(partner_expected)s"),
                self.env._("%(partner_found)s"),
            ),
            "order_partner": Reason(
                self.env._("Customer of the Order"),
                self.env._(
                    "%(order_name)s is to be billed to %(partner_expected)s, not to "
                    "%(partner_found)s."
                ),
                self.env._("%(partner_expected)s"),
                self.env._("%(partner_found)s"),
            ),
            "order_currency": Reason(
                self.env._("Currency of the Order"),
                self.env._(
                    "%(order_name)s is in %(currency_expected)s, but the document is "
                    "in %(currency_found)s."
                ),
                self.env._("%(currency_expected)s"),
                self.env._("%(currency_found)s"),
            ),
            "pricelist_currency": Reason(
                self.env._("Currency of the Price List"),
                self.env._(
                    "The price list of the customer is in %(currency_expected)s, but "
                    "the document is in %(currency_found)s."
                ),
                self.env._("%(currency_expected)s"),
                self.env._("%(currency_found)s"),
            ),
            "order_terms": Reason(
                self.env._("Payment Terms of the Order"),
                self.env._(
                    "The payment terms of %(order_name)s are %(term_expected)s, but "
                    "the document has %(term_found)s."
                ),
                self.env._("%(term_expected)s"),
                self.env._("%(term_found)s"),
            ),
        }

    def _orders_sql(self, books, documents=()):
        """Return the orders of checked documents, one row for each pair."""
        return SQL(
            """SELECT DISTINCT move_id, order_id, order_name FROM %s AS line
                WHERE move_id IN %s""",
            ORDER_LINES,
            books.documents([*AGREED, *documents]),
        )

    # ENTITY

    def _find_entity(self, books):
        """Find documents of another company than their order.

        Branches bill orders of their parent, and parents those of branches. Documents
        between companies of ours are left out.
        """
        return SQL(
            """SELECT %(columns)s FROM (%(orders)s) AS sold
                 JOIN sale_order AS ordering ON ordering.id = sold.order_id
                 JOIN account_move AS move ON move.id = sold.move_id
                 JOIN res_company AS wanted ON wanted.id = ordering.company_id
                 JOIN res_company AS issuing ON issuing.id = move.company_id
                WHERE NOT STARTS_WITH(wanted.parent_path, issuing.parent_path)
                  AND NOT STARTS_WITH(issuing.parent_path, wanted.parent_path)
                  AND NOT EXISTS (
                    SELECT 1 FROM res_company AS ours
                      JOIN res_partner AS self ON self.id = ours.partner_id
                     WHERE self.commercial_partner_id = move.commercial_partner_id)""",
            orders=self._orders_sql(books),
            columns=found_columns(
                "order_company",
                SQL("move.id"),
                facts(
                    order_name=SQL("sold.order_name"),
                    partner_expected=SQL("wanted.partner_id"),
                    partner_found=SQL("issuing.partner_id"),
                ),
            ),
        )

    # PARTNER

    def _find_partner(self, books):
        """Find invoices to another customer than their order says.

        An order whose customer was changed afterwards said the right one at the time.
        """
        return SQL(
            """SELECT %(columns)s FROM (%(orders)s) AS sold
                 JOIN sale_order AS ordering ON ordering.id = sold.order_id
                 JOIN account_move AS move ON move.id = sold.move_id
                 JOIN res_partner AS wanted ON wanted.id = ordering.partner_invoice_id
                WHERE wanted.commercial_partner_id <> move.commercial_partner_id
                  AND NOT %(changed)s""",
            orders=self._orders_sql(books),
            changed=self._was_sql(
                ["partner_id", "partner_invoice_id"],
                SQL(
                    """(SELECT former.commercial_partner_id FROM res_partner AS former
                         WHERE former.id = value.old_value_integer)
                       = move.commercial_partner_id"""
                ),
            ),
            columns=found_columns(
                "order_partner",
                SQL("move.id"),
                facts(
                    order_name=SQL("sold.order_name"),
                    partner_expected=SQL("wanted.id"),
                    partner_found=SQL("move.partner_id"),
                ),
            ),
        )

    @api.model
    def _was_sql(self, names, was_right):
        """Return whether the order had what the document has, before it was changed.

        :param names: fields of orders that are tracked
        :param was_right: SQL condition on the former ``value``
        """
        order_fields = [
            self.env["ir.model.fields"]._get("sale.order", name).id for name in names
        ]
        return SQL(
            """EXISTS (
                SELECT 1 FROM mail_message AS message
                  JOIN mail_tracking_value AS value
                    ON value.mail_message_id = message.id
                 WHERE message.model = 'sale.order' AND message.res_id = ordering.id
                   AND value.field_id = ANY(%s)
                   AND value.create_date >= move.create_date
                   AND %s)""",
            order_fields,
            was_right,
        )

    # CURR

    def _find_curr(self, books):
        """Find documents in another currency than their order or price list.

        Prices that were converted at the rate are meant to be in another currency.
        Customers count as they were when the document was made.
        """
        return SQL(
            "%s UNION ALL %s",
            self._order_currency_sql(books),
            self._pricelist_currency_sql(books),
        )

    def _order_currency_sql(self, books):
        """Return documents whose prices are those of the order in another currency."""
        return SQL(
            """SELECT %(columns)s
                 FROM (SELECT line.move_id, MIN(line.order_name) AS order_name,
                              MIN(line.order_currency_id) AS currency_id,
                              BOOL_AND(ABS(factor - 1) > %(most)s
                                  AND ABS(net - order_net * factor)
                                      <= ABS(order_net * factor) * %(most)s)
                                  AS is_converted
                         FROM %(table)s AS line
                         JOIN account_move AS move ON move.id = line.move_id
                         JOIN sale_order AS ordering ON ordering.id = line.order_id
                        CROSS JOIN LATERAL (SELECT move.invoice_currency_rate::numeric
                                  / NULLIF(ordering.currency_rate, 0)::numeric
                                  AS factor) AS rate
                        WHERE line.move_id IN %(documents)s
                          AND line.order_currency_id <> line.currency_id
                        GROUP BY line.move_id) AS sold
                 JOIN account_move AS move ON move.id = sold.move_id
                WHERE is_converted IS NOT TRUE""",
            table=ORDER_LINES,
            documents=books.documents(AGREED),
            most=books.tolerance / 100,
            columns=found_columns(
                "order_currency",
                SQL("move.id"),
                facts(
                    order_name=SQL("sold.order_name"),
                    currency_expected=SQL("sold.currency_id"),
                    currency_found=SQL("move.currency_id"),
                ),
            ),
        )

    def _pricelist_currency_sql(self, books):
        """Return documents without an order to customers with a price list."""
        return SQL(
            """SELECT %(columns)s
                 FROM account_move AS move
                 JOIN res_partner AS partner ON partner.id = move.commercial_partner_id
                 JOIN product_pricelist AS pricelist ON pricelist.id = %(pricelist)s
                WHERE move.id IN %(documents)s AND pricelist.active
                  AND pricelist.currency_id <> move.currency_id
                  AND NOT EXISTS (SELECT 1 FROM %(table)s AS line
                                   WHERE line.move_id = move.id)
                  AND (partner.write_date <= move.create_date OR %(known)s)""",
            table=ORDER_LINES,
            documents=books.documents(AGREED),
            pricelist=books.partner_column(
                "partner", "specific_property_product_pricelist"
            ),
            known=books.known(SQL("move.id")),
            columns=found_columns(
                "pricelist_currency",
                SQL("move.id"),
                facts(
                    currency_expected=SQL("pricelist.currency_id"),
                    currency_found=SQL("move.currency_id"),
                ),
            ),
        )

    # TERMS

    def _find_terms(self, books):
        """Find invoices with other payment terms than their orders.

        Of several orders, each may decide. Down payments are often due at once.
        """
        return SQL(
            """(%(of_customers)s) UNION ALL
               SELECT %(columns)s
                 FROM (SELECT sold.move_id, MIN(sold.order_name) AS order_name,
                              ARRAY_AGG(ordering.payment_term_id) AS terms
                         FROM (%(orders)s) AS sold
                         JOIN sale_order AS ordering ON ordering.id = sold.order_id
                        GROUP BY sold.move_id) AS sold
                 JOIN account_move AS move ON move.id = sold.move_id
                WHERE ARRAY_POSITION(terms, NULL) IS NULL
                  AND (move.invoice_payment_term_id = ANY(terms)) IS NOT TRUE
                  AND NOT (move.payment_state IN ('paid', 'in_payment')
                           AND move.invoice_date_due <= move.invoice_date)
                  AND EXISTS (SELECT 1 FROM account_move_line AS line
                               WHERE line.move_id = move.id
                                 AND line.display_type = 'product'
                                 AND line.is_downpayment IS NOT TRUE)
                  AND NOT %(changed)s""",
            of_customers=super()._find_terms(books),
            orders=self._orders_sql(books, [("move_type", "=", "out_invoice")]),
            changed=self._terms_changed_sql(),
            columns=found_columns(
                "order_terms",
                SQL("move.id"),
                facts(
                    order_name=SQL("sold.order_name"),
                    term_expected=SQL("terms[1]"),
                    term_found=SQL("move.invoice_payment_term_id"),
                ),
            ),
        )

    @api.model
    def _terms_changed_sql(self):
        return SQL(
            """EXISTS (SELECT 1 FROM %(table)s AS line
                         JOIN sale_order AS ordering ON ordering.id = line.order_id
                        WHERE line.move_id = move.id AND %(was)s)""",
            table=ORDER_LINES,
            was=self._was_sql(
                ["payment_term_id"],
                SQL(
                    """COALESCE(value.old_value_integer, 0)
                       = COALESCE(move.invoice_payment_term_id, 0)"""
                ),
            ),
        )

    def _customer_decides_sql(self):
        """Return that terms of orders count, and those of customers elsewhere.

        An order without payment terms has agreed to none of its own: nothing is due at
        once because of that.
        """
        return SQL(
            """NOT EXISTS (SELECT 1 FROM %s AS line
                             JOIN sale_order AS ordering ON ordering.id = line.order_id
                            WHERE line.move_id = move.id
                              AND (ordering.payment_term_id IS NOT NULL
                                   OR move.invoice_payment_term_id IS NULL))""",
            ORDER_LINES,
        )
