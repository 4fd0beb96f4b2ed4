from odoo import api, models
from odoo.tools import SQL


class ClerkInvoiceFile(models.Model):
    """Documents that are in the file of an invoice by the deliveries of its orders.

    Each delivery up to the date of the invoice needs one; for invoices before the first
    delivery, each delivery does.
    """

    _inherit = "clerk.invoice.file"

    @api.model
    def _present_parts(self, whole=False):
        yield from super()._present_parts(whole)
        way = self._whole_way_sql if whole else self._way_sql
        yield way(self._deliveries_sql(), "stock.picking", "delivery")

    @api.model
    def _delivered_sql(self, pairs):
        """Leave out orders of several deliveries: each delivery has its document."""
        return SQL(
            """SELECT pair.id, pair.res_id
                 FROM (%s) AS pair
                WHERE (SELECT COUNT(DISTINCT shipped.picking_id)
                         FROM sale_order_line AS line
                         JOIN stock_move AS shipped
                           ON shipped.sale_line_id = line.id
                          AND shipped.state = 'done'
                         JOIN stock_picking AS picking
                           ON picking.id = shipped.picking_id
                         JOIN stock_picking_type AS type
                           ON type.id = picking.picking_type_id
                          AND type.code IN ('outgoing', 'dropship')
                        WHERE line.order_id = pair.res_id) <= 1""",
            super()._delivered_sql(pairs),
        )

    @api.model
    def _deliveries_sql(self):
        """Return invoices and the deliveries that they bill: ``id, res_id``."""
        return SQL(
            """SELECT DISTINCT id, res_id
                 FROM (
                    SELECT move.id, picking.id AS res_id,
                           picking.date_done::date <= move.date AS is_before,
                           BOOL_OR(picking.date_done::date <= move.date)
                                OVER (PARTITION BY move.id) AS has_before
                      FROM move
                      JOIN account_move_line AS line ON line.move_id = move.id
                      JOIN sale_order_line_invoice_rel AS rel
                        ON rel.invoice_line_id = line.id
                      JOIN stock_move AS shipped
                        ON shipped.sale_line_id = rel.order_line_id
                       AND shipped.state = 'done'
                      JOIN stock_picking AS picking ON picking.id = shipped.picking_id
                      JOIN stock_picking_type AS type
                        ON type.id = picking.picking_type_id
                       AND type.code IN ('outgoing', 'dropship')) AS delivery
                WHERE is_before OR NOT has_before"""
        )

    @api.model
    def _moves_of(self, links):
        ids = super()._moves_of(links)
        if pickings := links.get("stock.picking"):
            ids |= self._ids_of(
                SQL(
                    """SELECT line.move_id
                         FROM stock_move AS shipped
                         JOIN sale_order_line_invoice_rel AS rel
                           ON rel.order_line_id = shipped.sale_line_id
                         JOIN account_move_line AS line
                           ON line.id = rel.invoice_line_id
                        WHERE shipped.picking_id = ANY(%s)""",
                    list(pickings),
                )
            )
        return ids
