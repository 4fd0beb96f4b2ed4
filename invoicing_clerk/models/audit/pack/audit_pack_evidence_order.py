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
    """Orders and deliveries behind invoices, where those apps are installed."""

    _inherit = "clerk.audit.pack.evidence"

    @api.model
    def _add_orders(self, evidence):
        if "sale_line_ids" not in evidence.moves.invoice_line_ids._fields:
            return
        # sudo: which orders there are; only those are read that the reader may read.
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
            move: of_move.picking_ids.filtered(lambda picking: picking.state == "done")
            for move, of_move in orders.items()
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
        """What was delivered, which more people may read than may print the slips."""
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
        rows = {move: of_move for move, of_move in rows.items() if of_move}
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

    def _add_documents(self, evidence, report, found, name, role):
        """Render what was found, and look for letters and attachments of it too."""
        moves_of = {}
        for move, records in found.items():
            readable = records.with_env(evidence.moves.env)._filtered_access("read")
            for record in readable:
                evidence.relate(record, move)
                moves_of[record] = moves_of.get(record, move.browse()) | move
            if len(readable) < len(records):
                evidence.lack(
                    move,
                    records._description,
                    self.env._(
                        "who asked for the pack may not read %(count)s of %(all)s",
                        count=len(records) - len(readable),
                        all=len(records),
                    ),
                )
        if moves_of:
            self._add_rendered(evidence, self.env.ref(report), moves_of, name, role)
