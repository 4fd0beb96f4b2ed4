from odoo import api, models
from odoo.tools import SQL


class ClerkInvoiceFile(models.Model):
    """Documents that are in the file of an invoice by its orders."""

    _inherit = "clerk.invoice.file"

    @api.model
    def _present_parts(self, whole=False):
        yield from super()._present_parts(whole)
        pairs = SQL(
            """SELECT DISTINCT move.id, billed.order_id AS res_id
                 FROM move
                 JOIN account_move_line AS line ON line.move_id = move.id
                 JOIN sale_order_line_invoice_rel AS rel
                   ON rel.invoice_line_id = line.id
                 JOIN sale_order_line AS billed ON billed.id = rel.order_line_id"""
        )
        yield self._way_sql(pairs, "sale.order", "order", "contract")
        delivered = self._delivered_sql(pairs) if whole else pairs
        yield self._way_sql(delivered, "sale.order", "delivery")

    @api.model
    def _delivered_sql(self, pairs):
        """Return invoices and orders of which one document proves the delivery."""
        return pairs

    @api.model
    def _moves_of(self, links):
        ids = super()._moves_of(links)
        if orders := links.get("sale.order"):
            ids |= self._ids_of(
                SQL(
                    """SELECT line.move_id
                         FROM sale_order_line AS billed
                         JOIN sale_order_line_invoice_rel AS rel
                           ON rel.order_line_id = billed.id
                         JOIN account_move_line AS line
                           ON line.id = rel.invoice_line_id
                        WHERE billed.order_id = ANY(%s)""",
                    list(orders),
                )
            )
        return ids
