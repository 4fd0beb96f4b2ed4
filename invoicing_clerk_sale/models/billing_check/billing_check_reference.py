from odoo import api, models
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.billing_check.billing_check_source import (
    found_columns,
)
from odoo.addons.invoicing_clerk.models.mixin.facts import Reason, facts

from .order_lines import AGREED, ORDER_LINES

# Formats of e-invoices that need the purchase order or the customer's own reference
# (EN 16931: PEPPOL-EN16931-R003).
FORMATS = ("ubl_bis3", "xrechnung", "nlcius", "ubl_sg", "ubl_a_nz")


class ClerkBillingCheck(models.Model):
    """PO: the purchase order that a customer wants to see on invoices."""

    _inherit = "clerk.billing.check"

    @api.model
    def _finding_reasons(self):
        return {
            **super()._finding_reasons(),
            "po_missing": Reason(
                self.env._("Missing Purchase Order"),
                self.env._("The customer requires a purchase order number."),
                self.env._("%(references)s"),
                self.env._("%(reference)s"),
            ),
            "po_other": Reason(
                self.env._("Different Purchase Order"),
                self.env._(
                    "The purchase order number is %(reference)s; the order says "
                    "%(references)s."
                ),
                self.env._("%(references)s"),
                self.env._("%(reference)s"),
            ),
        }

    def _find_po(self, books):
        """Find invoices without the purchase order number that the customer requires.

        Sales fills in its own order number where there is none.
        """
        return SQL(
            """WITH document AS MATERIALIZED (%(documents)s),
            sold AS (%(orders)s),
            judged AS (
                SELECT document.*, sold.references,
                       CASE WHEN document.plain = ''
                              OR wants_po AND document.plain IN (
                                 sold.plain_name, sold.plain_names) THEN 'po_missing'
                            WHEN sold.is_other THEN 'po_other' END AS reason
                  FROM document
                  LEFT JOIN sold ON sold.move_id = document.id)
            SELECT %(columns)s FROM judged WHERE reason IS NOT NULL""",
            documents=self._requiring_sql(books),
            orders=self._references_sql(),
            columns=found_columns(
                SQL("reason"),
                SQL("id"),
                facts(
                    reference=SQL("COALESCE(reference, '')"),
                    references=SQL("COALESCE(judged.references, '')"),
                ),
            ),
        )

    def _requiring_sql(self, books):
        """Return documents whose customer or format requires a reference."""
        return SQL(
            """SELECT move.id, move.ref AS reference, %(plain)s AS plain,
                      customer.requires_po AS wants_po
                 FROM account_move AS move
                 JOIN res_partner AS customer
                   ON customer.id = move.commercial_partner_id
                WHERE move.id IN %(documents)s
                  AND (customer.requires_po
                       OR %(format)s = ANY(%(formats)s)
                      AND COALESCE(TRIM(customer.ref), '') = '')""",
            plain=_plain(SQL("move.ref")),
            documents=books.documents(AGREED),
            format=books.partner_column("customer", "invoice_edi_format_store"),
            formats=list(FORMATS),
        )

    @api.model
    def _references_sql(self):
        """Return the names and references of the orders of each document.

        A reference is given if it is one of those that stand between commas, or part of
        the text as a word of its own.
        """
        return SQL(
            """SELECT ordered.move_id,
                      MIN(%(name)s) AS plain_name,
                      %(names)s AS plain_names,
                      STRING_AGG(DISTINCT client_order_ref, ', ') AS references,
                      BOOL_OR(COALESCE(client_order_ref, '') <> ''
                          AND NOT %(client)s = ANY(parts)
                          AND NOT LOWER(document.reference) ~ (
                            '(^|[^[:alnum:]])'
                            || REGEXP_REPLACE(LOWER(TRIM(client_order_ref)),
                                '([^[:alnum:]])', '\\\\\\1', 'g')
                            || '($|[^[:alnum:]])')) AS is_other
                 FROM (SELECT DISTINCT line.move_id, line.order_id, line.order_name
                         FROM %(table)s AS line
                         JOIN document ON document.id = line.move_id) AS ordered
                 JOIN document ON document.id = ordered.move_id
                 JOIN sale_order AS ordering ON ordering.id = ordered.order_id
                CROSS JOIN LATERAL (
                    SELECT ARRAY_AGG(%(part)s) AS parts
                      FROM REGEXP_SPLIT_TO_TABLE(
                        COALESCE(document.reference, ''), '[,;]') AS part) AS split
                GROUP BY ordered.move_id""",
            table=ORDER_LINES,
            name=_plain(SQL("order_name")),
            names=_plain(SQL("STRING_AGG(order_name, '' ORDER BY order_name)")),
            client=_plain(SQL("client_order_ref")),
            part=_plain(SQL("part")),
        )


def _plain(text):
    """Return a reference without what people write differently."""
    return SQL(
        "LOWER(REGEXP_REPLACE(COALESCE(%s, ''), '[^[:alnum:]]+', '', 'g'))", text
    )
