from odoo.tools import SQL


class Shipments:
    """Goods that crossed the border to customers, for order lines, as SQL.

    Stock moves say what was shipped and returned. ``qty_delivered`` does not: goods
    that came back without *Update quantities* are still delivered there. It is used
    where there are no moves of the product: services, quantities typed by hand, and
    kits, whose moves have their components.

    :param lines: SQL of the ids of order lines
    :param zone: time zone in which moves have their day
    :param until: last day that counts; all by default
    """

    def __init__(self, lines, zone="UTC", until=None):
        self.lines = lines
        self.zone = zone
        self.until = until

    def moves(self):
        """Return done moves between us or a supplier and the customer.

        ``is_direct`` are those of a supplier: they never are in our stock. Quantities
        are in the unit of the order line, those of the components of
        kits in the reference unit of the component. Goods that customers send back to
        a supplier after a dropship are returns too; goods on the way between warehouses
        or scrapped are neither.
        """
        return SQL(
            """SELECT move.id, move.sale_line_id AS line_id, move.product_id,
                    move.product_id = line.product_id AS is_own,
                    move.quantity::numeric * unit.factor::numeric
                        / CASE WHEN move.product_id = line.product_id
                               THEN order_unit.factor::numeric ELSE 1 END AS quantity,
                    %(target)s AS is_out,
                    move.to_refund IS TRUE AS is_refunded, move.date,
                    'supplier' IN (source.usage, target.usage) AS is_direct,
                    (move.date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS day
               FROM stock_move AS move
               JOIN sale_order_line AS line ON line.id = move.sale_line_id
               JOIN stock_location AS source ON source.id = move.location_id
               JOIN stock_location AS target ON target.id = move.location_dest_id
               JOIN uom_uom AS unit ON unit.id = move.product_uom
               JOIN uom_uom AS order_unit ON order_unit.id = line.product_uom_id
              WHERE move.state = 'done' AND line.id IN %(lines)s
                AND %(source)s <> %(target)s""",
            source=self._is_outside("source"),
            target=self._is_outside("target"),
            zone=self.zone,
            lines=self.lines,
        )

    def _is_outside(self, location):
        """Return whether a place is the customer's, or on the way to a company."""
        alias = SQL.identifier(location)
        return SQL(
            "(%s.usage = 'customer'"
            " OR (%s.usage = 'transit' AND %s.company_id IS NULL))",
            *(alias, alias, alias),
        )

    def totals(self):
        """Return shipped and returned quantities of all these order lines.

        Columns: ``line_id``, ``shipped``, ``returned``, ``has_moves``, and the days
        ``first_shipped``, ``last_shipped`` and ``last_returned``.
        """
        return SQL(
            """SELECT line.id AS line_id,
                    CASE WHEN moved.has_own THEN moved.shipped
                         WHEN moved.has_kit THEN %(kits)s * moved.kit_shipped
                         ELSE line.qty_delivered::numeric END AS shipped,
                    CASE WHEN moved.has_own THEN moved.returned
                         WHEN moved.has_kit THEN %(kits)s * moved.kit_returned
                         ELSE 0 END AS returned,
                    moved.line_id IS NOT NULL AS has_moves,
                    moved.first_shipped, moved.last_shipped, moved.last_returned
               FROM sale_order_line AS line
               LEFT JOIN (%(moved)s) AS moved ON moved.line_id = line.id
              WHERE line.id IN %(lines)s""",
            moved=self._moved(),
            kits=self._kits(),
            lines=self.lines,
        )

    def _moved(self):
        """Return moved quantities of order lines.

        For kits, what was moved is a share of all that was ever shipped of them, by the
        component of which the least was moved.
        """
        return SQL(
            """SELECT part.line_id, BOOL_OR(part.is_own) AS has_own,
                    BOOL_OR(NOT part.is_own AND part.ever > 0) AS has_kit,
                    COALESCE(SUM(part.shipped) FILTER (WHERE is_own), 0) AS shipped,
                    COALESCE(SUM(part.returned) FILTER (WHERE is_own), 0) AS returned,
                    MIN(part.shipped / NULLIF(part.ever, 0)) AS kit_shipped,
                    MIN(part.returned / NULLIF(part.ever, 0)) AS kit_returned,
                    MIN(part.refunded / NULLIF(part.ever, 0)) AS kit_refunded,
                    MIN(part.first_shipped) AS first_shipped,
                    MAX(part.last_shipped) AS last_shipped,
                    MAX(part.last_returned) AS last_returned
               FROM (SELECT line_id, product_id, is_own,
                        COALESCE(SUM(quantity) FILTER (WHERE is_out), 0) AS ever,
                        COALESCE(SUM(quantity) FILTER (WHERE %(out)s), 0) AS shipped,
                        COALESCE(SUM(quantity) FILTER (WHERE %(back)s), 0) AS returned,
                        COALESCE(SUM(quantity) FILTER (
                            WHERE NOT is_out AND is_refunded), 0) AS refunded,
                        MIN(day) FILTER (WHERE %(out)s) AS first_shipped,
                        MAX(day) FILTER (WHERE %(out)s) AS last_shipped,
                        MAX(day) FILTER (WHERE %(back)s) AS last_returned
                       FROM (%(moves)s) AS moved
                      GROUP BY line_id, product_id, is_own) AS part
              GROUP BY part.line_id""",
            out=SQL("is_out AND %s", self._in_time()),
            back=SQL("NOT is_out AND %s", self._in_time()),
            moves=self.moves(),
        )

    def _in_time(self):
        return SQL("day <= %s", self.until) if self.until else SQL("TRUE")

    def _kits(self):
        """Return the number of kits that were ever shipped, as SQL of one value.

        ``qty_delivered`` is less those that came back with *Update quantities*.
        """
        return SQL(
            """CASE WHEN moved.kit_refunded >= 1 THEN line.product_uom_qty::numeric
                    ELSE line.qty_delivered::numeric
                         / (1 - COALESCE(moved.kit_refunded, 0)) END"""
        )
