"""Orders with deliveries and invoices, as many as a busy company has.

The ORM makes one customer with ten orders, their deliveries and invoices; SQL copies
them. Every table keeps its ids and adds the same number for each copy, so that a copy
refers to its own rows.
"""

from odoo.fields import Command
from odoo.tools import SQL

ORDERS, LINES = 10, 5
# Ids of copies are as far apart; more than any row of the first family has.
STRIDE = 100_000
# Columns that name rows of the family, besides the id.
TABLES = {
    "res_partner": ("commercial_partner_id",),
    "sale_order": ("partner_id", "partner_invoice_id", "partner_shipping_id"),
    "sale_order_line": ("order_id", "order_partner_id"),
    "stock_picking": ("partner_id", "sale_id"),
    "stock_move": ("picking_id", "sale_line_id", "partner_id"),
    "account_move": ("partner_id", "commercial_partner_id", "partner_shipping_id"),
    "account_move_line": ("move_id", "partner_id"),
    "sale_order_line_invoice_rel": ("order_line_id", "invoice_line_id"),
    "account_move_line_account_tax_rel": ("account_move_line_id",),
    "account_tax_sale_order_line_rel": ("sale_order_line_id",),
}
# Texts that are unique.
NAMES = {"stock_picking": ("name",), "account_move": ("name",)}


def family(env):
    """Make the orders of one customer; return the ids of rows by table."""
    tax = env["account.tax"].search(
        [("type_tax_use", "=", "sale"), ("company_id", "=", env.company.id)], limit=1
    )
    products = env["product.product"].create(
        [
            {
                "name": f"Part {number}",
                "type": "consu",
                "invoice_policy": "delivery",
                "list_price": 10 + number,
                "taxes_id": [Command.set(tax.ids)],
            }
            for number in range(LINES)
        ]
    )
    partner = env["res.partner"].create(
        {
            "name": "Customer",
            "is_company": True,
            "street": "Elm Street 1",
            "zip": "9000",
            "city": "Ghent",
            "country_id": env.ref("base.be").id,
        }
    )
    orders = env["sale.order"]
    for number in range(ORDERS):
        orders += _order(env, partner, products, number)
    pickings, moves = orders.picking_ids, orders.invoice_ids
    env.flush_all()
    return {
        "res_partner": partner.ids,
        "sale_order": orders.ids,
        "sale_order_line": orders.order_line.ids,
        "stock_picking": pickings.ids,
        "stock_move": pickings.move_ids.ids,
        "account_move": moves.ids,
        "account_move_line": moves.line_ids.ids,
        "sale_order_line_invoice_rel": orders.order_line.ids,
        "account_move_line_account_tax_rel": moves.line_ids.ids,
        "account_tax_sale_order_line_rel": orders.order_line.ids,
    }


def _order(env, partner, products, number):
    order = env["sale.order"].create(
        {
            "partner_id": partner.id,
            "order_line": [
                Command.create({"product_id": each.id, "product_uom_qty": 1 + number})
                for each in products
            ],
        }
    )
    order.action_confirm()
    for move in order.picking_ids.move_ids:
        move.write({"quantity": move.product_uom_qty, "picked": True})
    order.picking_ids.move_ids._action_done()
    order._create_invoices().action_post()
    return order


def copy(env, rows, first, last):
    """Copy the family, from copy number ``first`` up to ``last``."""
    highest = max(max(ids) for ids in rows.values())
    if highest >= STRIDE:
        raise ValueError(f"Row {highest} of the family is beyond the stride.")
    for table, keys in TABLES.items():
        env.cr.execute(_copy_sql(env, table, keys, rows[table], first, last))
    for table in TABLES:
        if not table.endswith("_rel"):
            env.cr.execute(
                SQL(
                    "SELECT SETVAL(PG_GET_SERIAL_SEQUENCE(%s, 'id'), MAX(id)) FROM %s",
                    table,
                    SQL.identifier(table),
                )
            )
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    env.invalidate_all()
    env.cr.commit()


def _copy_sql(env, table, keys, ids, first, last):
    env.cr.execute(
        SQL(
            """SELECT column_name FROM information_schema.columns
                WHERE table_name = %s AND table_schema = 'public'
                  AND is_generated = 'NEVER'""",
            table,
        )
    )
    columns = [column for [column] in env.cr.fetchall()]
    main = keys[0] if table.endswith("_rel") else "id"
    return SQL(
        """INSERT INTO %(table)s (%(columns)s) SELECT %(values)s
             FROM %(table)s AS row, GENERATE_SERIES(%(first)s, %(last)s) AS copy
            WHERE row.%(main)s = ANY(%(ids)s)""",
        table=SQL.identifier(table),
        columns=SQL(", ").join(map(SQL.identifier, columns)),
        values=SQL(", ").join(_value(table, column, keys) for column in columns),
        first=first,
        last=last,
        main=SQL.identifier(main),
        ids=list(ids),
    )


def _value(table, column, keys):
    name = SQL.identifier("row", column)
    if column == "id" or column in keys:
        return SQL("%s + copy * %s", name, STRIDE)
    if column in NAMES.get(table, ()):
        return SQL("%s || '/' || copy", name)
    if table == "account_move" and column == "sequence_number":
        return SQL("%s + copy * %s", name, ORDERS)
    return name
