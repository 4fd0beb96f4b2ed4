from odoo import api, models

from .audit_pack_evidence_text import label, utc

DELIVERY_COLUMNS = [
    "Delivery",
    "Status",
    "Done (UTC)",
    "Order",
    "Product",
    "Quantity",
    "Unit",
]


class ClerkAuditPackEvidence(models.AbstractModel):
    """Sales orders and deliveries of invoices, where those apps are installed."""

    _inherit = "clerk.audit.pack.evidence"

    @api.model
    def _add_orders(self, evidence):
        if "sale_line_ids" not in evidence.moves.invoice_line_ids._fields:
            return
        # sudo: finds the orders; only those that the user may read are included.
        orders = {
            move: move.sudo().invoice_line_ids.sale_line_ids.order_id
            for move in evidence.moves
        }
        self._add_documents(
            evidence, "sale.action_report_saleorder", orders, "order {}.pdf", "order"
        )
        if "picking_ids" in self.env["sale.order"]._fields:
            self._add_deliveries(evidence, orders)

    def _add_deliveries(self, evidence, orders):
        deliveries = {
            move: sales.picking_ids.filtered(lambda picking: picking.state == "done")
            for move, sales in orders.items()
        }
        self._add_delivered(evidence, deliveries)
        self._add_documents(
            evidence,
            "stock.action_report_delivery",
            deliveries,
            "delivery {}.pdf",
            "delivery",
        )

    def _add_delivered(self, evidence, deliveries):
        """Add the goods delivered, which more users may read than delivery slips."""
        if not self.env["stock.move"].has_access("read"):
            return
        rows = {
            move: [
                self._delivery_row(picking, line)
                for picking in pickings.with_env(self.env)._filtered_access("read")
                for line in picking.move_ids
            ]
            for move, pickings in deliveries.items()
        }
        rows = {move: move_rows for move, move_rows in rows.items() if move_rows}
        evidence.table("deliveries.csv", "deliveries", DELIVERY_COLUMNS, rows)

    def _delivery_row(self, picking, line):
        return [
            picking.name,
            label(picking, "state"),
            utc(picking.date_done),
            picking.origin,
            line.product_id.display_name,
            line.quantity,
            line.product_uom.name,
        ]

    def _add_documents(self, evidence, report, documents, name, role):
        """Render these records, and include their messages and attachments."""
        moves_of = {}
        for move, records in documents.items():
            readable = records.with_env(evidence.moves.env)._filtered_access("read")
            for record in readable:
                evidence.relate(record, move)
                moves_of[record] = moves_of.get(record, move.browse()) | move
            if len(readable) < len(records):
                evidence.lack(
                    move,
                    records._description,
                    self.env._(
                        "the user who requested the pack does not have access to "
                        "%(count)s of %(all)s",
                        count=len(records) - len(readable),
                        all=len(records),
                    ),
                )
        if moves_of:
            self._add_rendered(evidence, self.env.ref(report), moves_of, name, role)
