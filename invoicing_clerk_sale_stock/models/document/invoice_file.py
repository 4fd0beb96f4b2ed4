from odoo import api, models
from odoo.tools import SQL


class ClerkInvoiceFile(models.Model):
    """Documents that are in the file of an invoice by the deliveries of its orders."""

    _inherit = "clerk.invoice.file"

    @api.model
    def _present_parts(self):
        yield from super()._present_parts()
        pairs = SQL(
            """SELECT DISTINCT move.id, shipped.picking_id AS res_id
                 FROM move
                 JOIN account_move_line AS line ON line.move_id = move.id
                 JOIN sale_order_line_invoice_rel AS rel
                   ON rel.invoice_line_id = line.id
                 JOIN stock_move AS shipped
                   ON shipped.sale_line_id = rel.order_line_id
                  AND shipped.state = 'done'"""
        )
        yield self._way_sql(pairs, "stock.picking", "delivery")

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
