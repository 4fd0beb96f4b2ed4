"""Ordered, shipped, returned and billed quantities of order lines, as SQL.

Each run of the checks builds the table ``BALANCES`` once, with one row for each order
line that bills by itself: neither sections, down payments, discounts on the whole
order, rewards nor re-invoiced expenses. Quantities are in the unit of the order line.

===========================  ===========================================================
``order_line_id, order_id``  the line; ``order_name, label`` and its company too
``ordered``                  ordered quantity
``shipped, returned``        see `shipment.Shipments`; with the days ``first_shipped``,
                             ``last_shipped`` and ``last_returned``
``billed``                   billed by posted and by checked documents, less credits
``draft``                    the same of other drafts
``is_unclear``               somebody has merged order lines on one invoice line, or the
                             units cannot be converted
``price``                    untaxed amount of one unit, in the currency of the order
``by_delivery, is_goods``    what the product says
===========================  ===========================================================
"""

from odoo.tools import SQL

from odoo.addons.invoicing_clerk_sale.models.billing_check.order_lines import (
    NET_BILLED,
    ORDER_LINES,
    half_digit,
    side_conditions,
)

from .shipment import Shipments

BALANCES = SQL.identifier("clerk_order_balance")


def build_balances(env, company, moves=None):
    """Build the table for a run of the checks; it lasts until the transaction ends.

    :param moves: only order lines of these documents; all of the company by default
    """
    lines = _billed_lines() if moves is not None else _company_lines(company)
    env.cr.execute(SQL("DROP TABLE IF EXISTS %s", BALANCES))
    env.cr.execute(
        SQL(
            "CREATE TEMPORARY TABLE %s ON COMMIT DROP AS %s",
            BALANCES,
            balances_sql(
                env,
                lines,
                billed=NET_BILLED,
                drafts=drafts_sql(env, lines, checked=ORDER_LINES),
                zone=company.partner_id.tz or "UTC",
            ),
        )
    )
    env.cr.execute(SQL("ANALYZE %s", BALANCES))


def _billed_lines():
    return SQL("(SELECT order_line_id FROM %s)", ORDER_LINES)


def _company_lines(company):
    """Return all confirmed order lines of a company, and all that it has billed."""
    return SQL(
        """(SELECT id FROM sale_order_line WHERE company_id = %s AND state = 'sale'
            UNION SELECT order_line_id FROM %s)""",
        company.id,
        ORDER_LINES,
    )


def balances_sql(env, lines, billed, drafts, zone, until=None):
    """Return the rows of the table.

    :param lines: SQL of the ids of order lines
    :param billed: SQL like ``NET_BILLED``
    :param drafts: SQL from ``drafts_sql``
    :param zone: time zone in which shipments have their day
    :param until: last day of shipments; all by default
    """
    return SQL(
        """SELECT line.id AS order_line_id, line.order_id, ordering.name AS order_name,
                  line.name AS label, line.company_id, line.currency_id, line.state,
                  ordering.date_order,
                  ordering.currency_rate, line.product_id, line.product_uom_id,
                  line.product_uom_qty::numeric AS ordered,
                  moved.shipped, moved.returned, moved.has_moves,
                  moved.first_shipped, moved.last_shipped, moved.last_returned,
                  COALESCE(billed.quantity, 0) AS billed,
                  COALESCE(billed.allowance, 0) AS allowance,
                  COALESCE(billed.is_unclear, FALSE) AS is_unclear,
                  COALESCE(draft.quantity, 0) AS draft,
                  COALESCE(line.price_subtotal / NULLIF(line.product_uom_qty, 0),
                      line.price_unit * (1 - COALESCE(line.discount, 0) / 100))::numeric
                      AS price,
                  template.invoice_policy = 'delivery' AS by_delivery,
                  template.type = 'consu' AS is_goods
             FROM sale_order_line AS line
             JOIN sale_order AS ordering ON ordering.id = line.order_id
             JOIN product_product AS product ON product.id = line.product_id
             JOIN product_template AS template ON template.id = product.product_tmpl_id
             JOIN (%(moved)s) AS moved ON moved.line_id = line.id
             LEFT JOIN (%(billed)s) AS billed ON billed.order_line_id = line.id
             LEFT JOIN (%(draft)s) AS draft ON draft.order_line_id = line.id
            WHERE line.display_type IS NULL AND template.type <> 'combo'
              AND NOT (%(apart)s)""",
        moved=Shipments(lines, zone, until).totals(),
        billed=billed,
        draft=drafts,
        apart=SQL(" OR ").join(side_conditions(env, SQL("line"))),
    )


def drafts_sql(env, lines, checked=None, where=None):
    """Return the quantity of order lines in drafts; credits of prices have none.

    :param checked: the table of checked invoice lines, which do not count
    :param where: condition on ``move``, the draft, and ``sold``, the order line
    """
    return SQL(
        """SELECT rel.order_line_id,
                  SUM(line.quantity * line_unit.factor::numeric
                      / NULLIF(order_unit.factor::numeric, 0)
                      * CASE WHEN move.move_type <> 'out_refund' THEN 1
                             WHEN ABS(%(difference)s) <= %(half)s THEN -1
                             ELSE 0 END) AS quantity
             FROM sale_order_line_invoice_rel AS rel
             JOIN account_move_line AS line ON line.id = rel.invoice_line_id
              AND line.display_type = 'product'
             JOIN account_move AS move ON move.id = line.move_id
             JOIN sale_order_line AS sold ON sold.id = rel.order_line_id
             JOIN uom_uom AS order_unit ON order_unit.id = sold.product_uom_id
             JOIN uom_uom AS line_unit
               ON line_unit.id = COALESCE(line.product_uom_id, sold.product_uom_id)
            WHERE move.state = 'draft' AND rel.order_line_id IN %(lines)s
              AND %(counted)s AND %(where)s
            GROUP BY rel.order_line_id""",
        lines=lines,
        difference=SQL(
            """line.price_unit * (1 - COALESCE(line.discount, 0) / 100)
               * order_unit.factor::numeric / NULLIF(line_unit.factor::numeric, 0)
               - sold.price_unit * (1 - COALESCE(sold.discount, 0) / 100)"""
        ),
        half=half_digit(env),
        counted=_uncounted_sql(checked) if checked else SQL("TRUE"),
        where=where or SQL("TRUE"),
    )


def _uncounted_sql(checked):
    return SQL(
        "NOT EXISTS (SELECT 1 FROM %s AS checked WHERE checked.line_id = line.id)",
        checked,
    )
