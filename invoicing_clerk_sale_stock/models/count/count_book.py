from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.invoicing_clerk_sale.models.billing_check.order_lines import (
    half_digit,
)


class ClerkCount(models.Model):
    """Quantities and documents of Inventory, as of the time of a count."""

    _inherit = "clerk.count"

    def _compare(self):
        """Write what Inventory says about the goods, and return the last documents.

        :return: values of the count
        """
        self.line_ids._note_lots()
        self.env.flush_all()
        # Of the goods of this count only, and the caller may enter it.
        rows = {row[0]: row[1:] for row in self.env.execute_query(self._books_sql())}
        lines = self.line_ids._inside()
        costs = self._costs()
        for line in lines:
            quantity, last_in, last_out, following = rows[line.id]
            line.write(
                {
                    "book_quantity": float(quantity),
                    "unit_cost": costs[line.product_id.id],
                    "last_in": last_in,
                    "last_out": last_out,
                    "next_move": following,
                }
            )
        return {
            "last_receipt": self._last_document("last_in"),
            "last_delivery": self._last_document("last_out"),
        }

    def _missing_rows(self):
        """Return goods on hand at the time of the count that have no row, or nothing.

        All goods of the selected locations, or the selected products everywhere. What
        was moved in or out since the list was made is on hand at that time as well.
        """
        places = self.location_ids
        products = self.product_ids | self._found_products()
        if not (places or products):
            return ""
        self.env.flush_all()
        # sudo: says of goods in the scope of the count that they are there, as the list
        # does, and not how many.
        scope = (
            self.env["stock.location"]
            .sudo()
            ._search(
                Domain("usage", "=", "internal")
                & Domain("company_id", "=", self.company_id.id)
                & (Domain("id", "child_of", places.ids) if places else Domain.TRUE)
            )
        )
        rows = self.env.execute_query(self._missing_sql(scope.subselect(), products))
        return ", ".join(self._place_text(*row) for row in rows)

    def _place_text(self, product_id, location_id, lot_name):
        product = self.env["product.product"].browse(product_id)
        return self.env._(
            "%(product)s in %(location)s",
            product=" ".join(filter(None, (product.display_name, lot_name))),
            location=self.env["stock.location"].browse(location_id).display_name,
        )

    def _missing_sql(self, scope, products):
        """Return the first goods on hand that have no row.

        :param scope: SQL of the ids of locations
        :param products: only these, if there are any
        """
        sides = (("location_id", 1), ("location_dest_id", -1))
        later = SQL(" UNION ALL ").join(
            SQL(
                """SELECT moved.product_id, moved.%(side)s, moved.lot_id,
                        %(sign)s * moved.quantity_product_uom
                     FROM stock_move_line AS moved
                     JOIN stock_move AS move ON move.id = moved.move_id
                    WHERE moved.state = 'done' AND moved.owner_id IS NULL
                      AND move.date > %(counted_on)s AND moved.%(side)s IN %(scope)s""",
                side=SQL.identifier(side),
                sign=sign,
                counted_on=self.counted_on,
                scope=scope,
            )
            for side, sign in sides
        )
        return SQL(
            """SELECT goods.product_id, goods.location_id, lot.name
                 FROM (SELECT product_id, location_id, lot_id, quantity
                         FROM stock_quant
                        WHERE owner_id IS NULL AND location_id IN %(scope)s
                        UNION ALL %(later)s) AS goods
                 JOIN product_product AS product ON product.id = goods.product_id
                 JOIN product_template AS template
                   ON template.id = product.product_tmpl_id AND template.is_storable
                 LEFT JOIN stock_lot AS lot ON lot.id = goods.lot_id
                WHERE %(chosen)s AND NOT EXISTS (
                    SELECT 1 FROM clerk_count_line AS line
                     WHERE line.count_id = %(count)s
                       AND line.product_id = goods.product_id
                       AND line.location_id = goods.location_id
                       AND COALESCE(line.lot_name, '') = COALESCE(lot.name, ''))
                GROUP BY goods.product_id, goods.location_id, lot.name
               HAVING ABS(SUM(goods.quantity)) > %(half)s
                ORDER BY goods.location_id, goods.product_id, lot.name LIMIT 5""",
            scope=scope,
            later=later,
            chosen=(
                SQL("goods.product_id = ANY(%s)", products.ids)
                if products
                else SQL("TRUE")
            ),
            count=self.id,
            half=half_digit(self.env, "Product Unit"),
        )

    def _costs(self):
        # sudo: costs of the counted products, which all users may read, in the company
        # of the count.
        products = self.line_ids.product_id.sudo().with_company(self.company_id)
        return {product.id: product.standard_price for product in products}

    def _last_document(self, name):
        """Return the last one of the documents of the goods, by its time."""
        texts = self.line_ids.filtered(name).mapped(name)
        return max(texts, key=lambda text: text.rsplit(" · ", 1)[-1], default=False)

    def _books_sql(self):
        """Return quantity and documents of each row.

        Movements after the count are taken off what is there now: the quantity is that
        of the time of the count, whenever it is entered. A lot that Inventory does not
        know is not there.
        """
        before = SQL("move.date <= %s", self.counted_on)
        return SQL(
            """SELECT line.id,
                    CASE WHEN line.lot_name IS NOT NULL AND line.lot_id IS NULL THEN 0
                         ELSE COALESCE(present.quantity, 0)
                            - COALESCE(later.quantity, 0) END,
                     last_in.document, last_out.document, following.document
               FROM clerk_count_line AS line
               LEFT JOIN LATERAL (%(present)s) AS present ON TRUE
               LEFT JOIN LATERAL (%(later)s) AS later ON TRUE
               LEFT JOIN LATERAL (%(last_in)s) AS last_in ON TRUE
               LEFT JOIN LATERAL (%(last_out)s) AS last_out ON TRUE
               LEFT JOIN LATERAL (%(following)s) AS following ON TRUE
              WHERE line.count_id = %(count)s""",
            count=self.id,
            present=SQL(
                """SELECT SUM(quant.quantity)::numeric AS quantity
                     FROM stock_quant AS quant
                    WHERE quant.product_id = line.product_id
                      AND quant.location_id = line.location_id
                      AND quant.owner_id IS NULL
                      AND quant.lot_id IS NOT DISTINCT FROM line.lot_id"""
            ),
            later=SQL(
                """SELECT SUM(moved.quantity_product_uom::numeric
                        * CASE WHEN moved.location_dest_id = line.location_id
                               THEN 1 ELSE -1 END) AS quantity
                     FROM stock_move_line AS moved
                     JOIN stock_move AS move ON move.id = moved.move_id
                    WHERE %s AND NOT (%s)""",
                self._moved_sql(),
                before,
            ),
            last_in=self._document_sql("location_dest_id", before, "DESC"),
            last_out=self._document_sql("location_id", before, "DESC"),
            following=self._document_sql(None, SQL("NOT (%s)", before), "ASC"),
        )

    def _moved_sql(self, side=None):
        """Return the condition that ``moved`` moves the goods of ``line``.

        :param side: the location that is that of the goods; either one by default
        """
        sides = {
            name: SQL("moved.%s = line.location_id", SQL.identifier(name))
            for name in ("location_id", "location_dest_id")
        }
        return SQL(
            """moved.state = 'done' AND moved.owner_id IS NULL
               AND moved.product_id = line.product_id
               AND moved.location_id <> moved.location_dest_id AND (%s)
               AND moved.lot_id IS NOT DISTINCT FROM line.lot_id""",
            sides.get(side) or SQL(" OR ").join(sides.values()),
        )

    def _document_sql(self, side, when, order):
        return SQL(
            """SELECT CONCAT_WS(' · ', NULLIF(move.reference, ''),
                    TO_CHAR(move.date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s,
                        'YYYY-MM-DD HH24:MI')) AS document
                 FROM stock_move_line AS moved
                 JOIN stock_move AS move ON move.id = moved.move_id
                WHERE %(moved)s AND %(when)s
                ORDER BY move.date %(order)s, moved.id %(order)s LIMIT 1""",
            zone=self.company_id.partner_id.tz or "UTC",
            moved=self._moved_sql(side),
            when=when,
            order=SQL(order),
        )
