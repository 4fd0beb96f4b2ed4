"""SQL of the certificates of an invoice, and of the tax that they are about."""

from odoo.tools import SQL

from ...rules.exemption import exemption as rules

# The company ``owner`` and its parents.
LINEAGE = SQL("STRING_TO_ARRAY(TRIM('/' FROM owner.parent_path), '/')::int[]")


def certificate_sql(today):
    """Return the accepted certificates that cover ``move``, the best first.

    Certificates of a company cover its branches. See `rules.exemption.covers`.

    :param today: the day of drafts without a date
    """
    day = SQL("COALESCE(move.invoice_date, %s::date)", today)
    return SQL(
        """SELECT certificate.id
             FROM clerk_exemption AS certificate
             JOIN res_partner AS place
               ON place.id = COALESCE(move.partner_shipping_id, move.partner_id)
             JOIN res_company AS owner ON owner.id = move.company_id
             JOIN res_partner AS home ON home.id = owner.partner_id
            WHERE certificate.state = 'accepted'
              AND certificate.company_id = ANY(%(lineage)s)
              AND certificate.partner_id = move.commercial_partner_id
              AND certificate.country_id = COALESCE(place.country_id, home.country_id)
              AND %(day)s BETWEEN certificate.valid_from
                  AND COALESCE(certificate.valid_to, 'infinity')
              AND certificate.received_on <= %(day)s + %(late)s
              AND (COALESCE(certificate.purchase, '') = ''
                   OR certificate.purchase IN (move.name, move.ref))
              AND (NOT EXISTS (SELECT 1 FROM clerk_exemption_state_rel AS rel
                                WHERE rel.exemption_id = certificate.id)
                   OR EXISTS (SELECT 1 FROM clerk_exemption_state_rel AS rel
                               WHERE rel.exemption_id = certificate.id
                                 AND rel.state_id = place.state_id))
            ORDER BY COALESCE(certificate.purchase, '') = '',
                  certificate.valid_from DESC, certificate.id DESC""",
        lineage=LINEAGE,
        day=day,
        late=rules.LATE_DAYS,
    )


def stake_sql():
    """Return the tax that ``move`` would have at the usual rates, in its currency.

    ``base`` is the amount without tax, less the credit notes of the invoice.
    ``amount`` is the tax on it, less the tax that its lines have. It is NULL if it is
    unknown, because the usual tax of a line is not a percentage.
    """
    return SQL(
        """SELECT SUM(line.price) AS base,
                CASE WHEN BOOL_AND(line.rate IS NOT NULL) THEN GREATEST(0, ROUND(
                    SUM(line.price * line.rate) / MIN(line.rounding))
                    * MIN(line.rounding)) END AS amount
             FROM (%s) AS line
            WHERE line.rate > 0 OR line.rate IS NULL AND line.untaxed""",
        _lines_sql(),
    )


def _lines_sql():
    """Return lines of ``move`` and its credit notes, and the rate that each lacks."""
    return SQL(
        """SELECT document.sign * item.price_subtotal AS price, currency.rounding,
                CASE WHEN usual.rate IS NOT NULL AND charged.rate IS NOT NULL
                     THEN GREATEST(0, usual.rate - charged.rate) / 100 END AS rate,
                charged.untaxed
             FROM (SELECT move.id, 1 AS sign
                    UNION ALL
                   SELECT refund.id, -1 FROM account_move AS refund
                    WHERE refund.reversed_entry_id = move.id
                      AND refund.state = 'posted'
                      AND refund.currency_id = move.currency_id) AS document
             JOIN account_move_line AS item
               ON item.move_id = document.id AND item.display_type = 'product'
             JOIN res_currency AS currency ON currency.id = move.currency_id
             JOIN res_company AS owner ON owner.id = move.company_id
            CROSS JOIN LATERAL (%(usual)s) AS usual
            CROSS JOIN LATERAL (%(charged)s) AS charged""",
        usual=_rate_sql(_usual_sql(), is_known_if_none=False),
        charged=_rate_sql(
            SQL(
                """SELECT ARRAY_AGG(rel.account_tax_id)
                     FROM account_move_line_account_tax_rel AS rel
                    WHERE rel.account_move_line_id = item.id"""
            ),
            is_known_if_none=True,
        ),
    )


def _usual_sql():
    """Return the taxes of the product of ``item``; by default, those of the company.

    Of several companies, those of the nearest one: see ``_filter_taxes_by_company``.
    """
    return SQL(
        """SELECT COALESCE(
            (SELECT ARRAY_AGG(tax.id)
               FROM product_product AS product
               JOIN product_taxes_rel AS rel ON rel.prod_id = product.product_tmpl_id
               JOIN account_tax AS tax ON tax.id = rel.tax_id AND tax.active
               JOIN res_company AS nearest ON nearest.id = tax.company_id
              WHERE product.id = item.product_id AND nearest.id = ANY(%(lineage)s)
              GROUP BY nearest.id ORDER BY LENGTH(nearest.parent_path) DESC LIMIT 1),
            (SELECT ARRAY[tax.id]
               FROM res_company AS nearest
               JOIN account_tax AS tax
                 ON tax.id = nearest.account_sale_tax_id AND tax.active
              WHERE nearest.id = ANY(%(lineage)s)
              ORDER BY LENGTH(nearest.parent_path) DESC LIMIT 1))""",
        lineage=LINEAGE,
    )


def _rate_sql(taxes, is_known_if_none):
    """Return the rate of taxes together, and whether they tax nothing.

    The rate is NULL if it is unknown: of fixed amounts, prices with tax included in a
    division, formulas, and taxes on taxes. Fixed amounts are fees, not a sales tax.

    :param taxes: SQL of an array of ids, or NULL
    :param is_known_if_none: whether the rate is 0 without taxes
    """
    return SQL(
        """SELECT CASE WHEN COALESCE(
                    BOOL_AND(tax.amount_type = 'percent') AND (COUNT(*) = 1
                        OR NOT BOOL_OR(COALESCE(tax.include_base_amount, FALSE))), %s)
                  THEN COALESCE(SUM(tax.amount), 0)::numeric END AS rate,
                COALESCE(NOT BOOL_OR(tax.amount_type = 'code' OR tax.amount <> 0
                    AND tax.amount_type <> 'fixed'), TRUE) AS untaxed
             FROM account_tax AS given
             LEFT JOIN account_tax_filiation_rel AS part
               ON part.parent_tax = given.id AND given.amount_type = 'group'
             JOIN account_tax AS tax ON tax.id = COALESCE(part.child_tax, given.id)
            WHERE given.id = ANY(%s) AND (tax.active OR part.child_tax IS NULL)""",
        is_known_if_none,
        SQL("(%s)::int[]", taxes),
    )
