"""Terms that orders set for customer documents, as SQL that several checks share.

**How to use**

Each run of the checks builds the table ``ORDER_LINES`` once, before the first check
(see `billing_check.ClerkBillingCheck._prepare_run`). Checks join it with the documents
that they may report::

    SQL(
        "SELECT … FROM %s AS line WHERE line.is_priced AND line.move_id IN %s",
        ORDER_LINES,
        books.documents(AGREED),
    )

**The table** has one row for each pair of an invoice line and an order line. It has the
checked documents, and all other posted documents with the same order lines, credit
notes too; of drafts, only those that are checked.

=========================  =============================================================
``line_id, move_id``        the invoice line and its document
``move_type, move_state``  of the document; ``currency_id`` and ``company_id`` too
``amended_id``             the document that a credit or debit note amends
``is_amendment``           whether it is such a note
``order_line_id``          the order line; of its order ``order_id``, ``order_name``
                           and ``order_company_id``
``order_count``            the order lines that the invoice line has: several where
                           somebody has merged lines
``quantity``               billed, in the unit of the order; negative on credit notes.
                           NULL where the units cannot be converted
``price, discount, net``   billed for one unit of the order; ``net`` less the discount
``ratio``                  units of the order in one unit of the invoice line
``ordered``                ordered quantity
``order_price, …``         ``order_discount, order_net, order_currency_id``: as ordered
``corrects``               what a line of a note changes: ``quantity`` or ``price``
``billed_quantity``        what it adds to the billed quantity: ``quantity``, or 0 where
                           it only changes the price
``is_priced``              off for down payments, rewards, discounts on the whole order,
                           re-invoiced expenses and delivery costs, whose price no
                           order line agrees
=========================  =============================================================

**Quantity or price.** Lines of corrections store what they correct. Of all other notes,
a line that gives back the price that was billed is about quantity, and any other is an
allowance: a credit of 10 × 5 on 10 × 100 returns nothing. ``NET_BILLED`` adds up both
by order line, ``AMENDED`` by document and order line.

Neither ``qty_invoiced`` nor ``invoice_status`` is read: core counts price credits, and
draft credit notes, as returned goods.
"""

from odoo.tools import SQL

ORDER_LINES = SQL.identifier("clerk_billed_order_line")

# Documents that bill: neither notes about others, nor what was credited wholly.
BILLING = [
    ("move_type", "in", ("out_invoice", "out_receipt")),
    ("debit_origin_id", "=", False),
    ("payment_state", "!=", "reversed"),
]
# Those whose terms the order decides: not what a correction has billed again.
AGREED = [*BILLING, ("correction_role", "not in", ("rebill", "debit"))]


def net_billed(rows):
    """Return what is billed of each order line: quantity, and allowances.

    Allowances are in the currency of the documents. Checked drafts count as if they
    were posted.

    :param rows: SQL of the table, or of rows like its own
    """
    return SQL(
        """SELECT order_line_id, SUM(billed_quantity) AS quantity,
                  SUM(CASE WHEN corrects = 'price' THEN quantity * net ELSE 0 END)
                      AS allowance,
                  BOOL_OR(order_count > 1 OR quantity IS NULL) AS is_unclear,
                  MAX(move_id) FILTER (WHERE NOT is_amendment AND billed_quantity > 0)
                      AS last_move_id
             FROM %s AS row GROUP BY order_line_id""",
        rows,
    )


NET_BILLED = net_billed(ORDER_LINES)

# What posted notes change of each document and order line: the quantity, and how much
# more or less they bill than was ordered.
AMENDED = SQL(
    """SELECT amended_id AS move_id, order_line_id, SUM(billed_quantity) AS quantity,
              SUM(CASE WHEN corrects = 'price' THEN quantity * net
                       ELSE quantity * (net - order_net) END) AS excess
         FROM %s
        WHERE amended_id IS NOT NULL AND move_state = 'posted'
        GROUP BY amended_id, order_line_id""",
    ORDER_LINES,
)


def build_order_lines(env, company, moves=None):
    """Build the table for a run of the checks; it lasts until the transaction ends.

    :param moves: the documents to check; all posted ones of the company by default
    """
    env.cr.execute(SQL("DROP TABLE IF EXISTS %s", ORDER_LINES))
    rows = order_lines_sql(env, _scope_sql(company, moves))
    env.cr.execute(
        SQL("CREATE TEMPORARY TABLE %s ON COMMIT DROP AS %s", ORDER_LINES, rows)
    )
    env.cr.execute(SQL("ANALYZE %s", ORDER_LINES))


def order_lines_sql(env, scope):
    """Return the rows of the table.

    :param scope: condition on ``move``, the documents, and ``sold``, the order lines
    """
    return SQL(
        """WITH line AS MATERIALIZED (%(lines)s),
        original AS (
            SELECT move_id, order_line_id, MIN(net) AS lowest, MAX(net) AS highest
              FROM line GROUP BY move_id, order_line_id),
        judged AS (
            SELECT line.*,
                   CASE WHEN NOT is_amendment THEN NULL
                        WHEN corrected_part IS NOT NULL THEN corrected_part
                        WHEN LEAST(
                            ABS(net - COALESCE(original.lowest, order_net)),
                            ABS(net - COALESCE(original.highest, order_net)))
                            <= %(half)s THEN 'quantity'
                        ELSE 'price' END AS corrects
              FROM line
              LEFT JOIN original ON original.move_id = line.amended_id
               AND original.order_line_id = line.order_line_id)
        SELECT judged.*,
               CASE WHEN corrects = 'price' THEN 0 ELSE quantity END
                   AS billed_quantity
          FROM judged""",
        lines=_lines_sql(env, scope),
        half=half_digit(env),
    )


def half_digit(env, usage="Product Price"):
    """Return how far numbers may differ that are equal as they are shown.

    :param usage: the name of the decimal accuracy
    """
    return 0.5 * 10 ** -env["decimal.precision"].precision_get(usage)


def _lines_sql(env, scope):
    return SQL(
        """SELECT line.id AS line_id, line.move_id, line.name AS label,
                  move.move_type, move.state AS move_state, move.company_id,
                  move.currency_id,
                  COALESCE(move.reversed_entry_id, move.debit_origin_id,
                      move.corrected_move_id) AS amended_id,
                  move.move_type = 'out_refund' OR move.debit_origin_id IS NOT NULL
                      AS is_amendment,
                  line.corrected_part, line.price_subtotal,
                  sold.id AS order_line_id, sold.order_id,
                  ordering.name AS order_name, ordering.company_id AS order_company_id,
                  COUNT(*) OVER (PARTITION BY line.id) AS order_count,
                  line.quantity * unit.ratio
                      * CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END
                      AS quantity,
                  line.price_unit::numeric / unit.ratio AS price,
                  COALESCE(line.discount, 0) AS discount,
                  line.price_unit::numeric / unit.ratio
                      * (1 - COALESCE(line.discount, 0) / 100) AS net,
                  unit.ratio, sold.product_uom_qty AS ordered,
                  sold.price_unit::numeric AS order_price,
                  COALESCE(sold.discount, 0) AS order_discount,
                  sold.price_unit::numeric * (1 - COALESCE(sold.discount, 0) / 100)
                      AS order_net,
                  sold.price_subtotal AS order_subtotal,
                  sold.currency_id AS order_currency_id,
                  %(is_priced)s AS is_priced
             FROM account_move AS move
             JOIN account_move_line AS line ON line.move_id = move.id
              AND line.display_type = 'product'
             JOIN sale_order_line_invoice_rel AS rel ON rel.invoice_line_id = line.id
             JOIN sale_order_line AS sold ON sold.id = rel.order_line_id
              AND sold.display_type IS NULL
             JOIN sale_order AS ordering ON ordering.id = sold.order_id
             LEFT JOIN uom_uom AS line_unit ON line_unit.id = line.product_uom_id
             LEFT JOIN uom_uom AS order_unit ON order_unit.id = sold.product_uom_id
            CROSS JOIN LATERAL (SELECT %(ratio)s AS ratio) AS unit
            WHERE move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
              AND %(scope)s""",
        is_priced=SQL("NOT (%s)", SQL(" OR ").join(_unpriced(env))),
        ratio=_ratio_sql(),
        scope=scope,
    )


def _ratio_sql():
    """Return the units of the order in one of the invoice line.

    NULL where both have nothing in common, as hours and pieces.
    """
    return SQL(
        """CASE WHEN line_unit.id IS NULL OR order_unit.id IS NULL
                  OR line_unit.id = order_unit.id THEN 1
                WHEN SPLIT_PART(line_unit.parent_path, '/', 1)
                   = SPLIT_PART(order_unit.parent_path, '/', 1)
                THEN line_unit.factor::numeric / NULLIF(order_unit.factor::numeric, 0)
           END"""
    )


def _scope_sql(company, moves):
    if moves is None:
        return SQL(
            "move.state = 'posted' AND %s IN (move.company_id, ordering.company_id)",
            company.id,
        )
    return SQL(
        """(move.state = 'posted' OR move.id = ANY(%(moves)s))
           AND sold.id IN (
            SELECT linked.order_line_id
              FROM account_move_line AS checked
              JOIN sale_order_line_invoice_rel AS linked
                ON linked.invoice_line_id = checked.id
             WHERE checked.move_id = ANY(%(moves)s))""",
        moves=moves.ids,
    )


def _unpriced(env):
    """Return the conditions on lines whose price no order line agrees."""
    yield SQL("line.is_downpayment IS TRUE")
    yield _is_computed(SQL("line"), "down_payment", "global_discount")
    yield from side_conditions(env, SQL("sold"))


def side_conditions(env, sold):
    """Return the conditions on order lines that bill nothing by themselves.

    Down payments, re-invoiced expenses, discounts on the whole order, rewards, and
    delivery costs, which FREIGHT compares with the order and the carrier.

    :param sold: alias of the order lines, as SQL
    """
    fields = env["sale.order.line"]._fields
    yield SQL("%s.is_downpayment IS TRUE OR %s.is_expense IS TRUE", sold, sold)
    yield _is_computed(sold, "down_payment", "global_discount")
    yield SQL(
        """%s.product_id IN (SELECT sale_discount_product_id FROM res_company
            WHERE sale_discount_product_id IS NOT NULL)""",
        sold,
    )
    if "reward_id" in fields:
        yield SQL("%s.reward_id IS NOT NULL", sold)
    if "is_delivery" in fields:
        yield SQL("%s.is_delivery IS TRUE", sold)


def _is_computed(alias, *kinds):
    """Return whether core computed a line from the whole order."""
    return SQL(
        "COALESCE(%s.extra_tax_data->>'computation_key', '') LIKE ANY(%s)",
        alias,
        [f"{kind},%" for kind in kinds],
    )
