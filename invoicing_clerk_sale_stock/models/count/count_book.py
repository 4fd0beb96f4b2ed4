from odoo import models
from odoo.tools import SQL


class ClerkCount(models.Model):
    """Quantities and documents of Inventory, as of the time of a count."""

    _inherit = "clerk.count"

    def _compare(self):
        """Write what Inventory says about the goods, and return the last documents.

        :return: values of the count
        """
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
            """moved.state = 'done' AND moved.product_id = line.product_id
               AND moved.location_id <> moved.location_dest_id AND (%s)
               AND moved.lot_id IS NOT DISTINCT FROM line.lot_id""",
            sides.get(side) or SQL(" OR ").join(sides.values()),
        )

    def _document_sql(self, side, when, order):
        return SQL(
            """SELECT move.reference || ' · '
                    || TO_CHAR(move.date, 'YYYY-MM-DD HH24:MI') AS document
                 FROM stock_move_line AS moved
                 JOIN stock_move AS move ON move.id = moved.move_id
                WHERE %(moved)s AND %(when)s
                ORDER BY move.date %(order)s, moved.id %(order)s LIMIT 1""",
            moved=self._moved_sql(side),
            when=when,
            order=SQL(order),
        )
