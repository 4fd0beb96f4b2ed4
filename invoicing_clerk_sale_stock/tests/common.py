from odoo.fields import Command

from odoo.addons.invoicing_clerk.tests.billing_check.corpus import Corpus


class StockCorpus(Corpus):
    """Orders that are delivered, returned, billed and credited as users do it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("sales_team.group_sale_manager")
        cls.env.user.group_ids += cls.env.ref("stock.group_stock_manager")
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company_a.id)], limit=1
        )
        cls.dozen = cls.env.ref("uom.product_uom_dozen")

    def _goods(self, policy="delivery", **values):
        return self._product(taxes=self.no_tax, invoice_policy=policy, **values)

    def _order(self, *lines, partner=None, confirm=True, **values):
        """Make an order; a line is a quantity of new goods, or values of the line."""
        partner = partner or self._customer()
        rows = [
            line
            if isinstance(line, dict)
            else {"product_id": self._goods().id, "product_uom_qty": line}
            for line in lines or [10]
        ]
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "date_order": "2026-01-05",
                "order_line": [
                    Command.create({"price_unit": 100, "tax_ids": False, **row})
                    for row in rows
                ],
                **values,
            }
        )
        if confirm:
            order.action_confirm()
        return order

    def _ship(self, order, *quantities, day="2026-01-10"):
        """Ship open pickings of an order, all of it or these quantities by line."""
        picking = order.picking_ids.filtered(
            lambda each: each.state not in ("done", "cancel")
        )
        moves = picking.move_ids
        return self._done(moves, quantities or moves.mapped("product_uom_qty"), day)

    def _done(self, moves, quantities, day):
        for move, quantity in zip(moves, quantities, strict=True):
            move.quantity = quantity
            move.picked = bool(quantity)
        moves.picking_id._action_done()
        moves.filtered(lambda each: each.state == "done").date = f"{day} 12:00:00"
        return moves.picking_id

    def _return(self, picking, *quantities, day="2026-01-20", to_refund=True):
        """Receive goods back, all of a delivery or these quantities by line."""
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        lines = wizard.product_return_moves
        shipped = [line.move_id.quantity for line in lines]
        for line, quantity in zip(lines, quantities or shipped, strict=True):
            line.write({"quantity": quantity, "to_refund": to_refund})
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        return self._done(back.move_ids, back.move_ids.mapped("product_uom_qty"), day)

    def _bill(self, order, day="2026-01-15", post=True, **quantities):
        """Invoice what core says is to be invoiced, or ``quantity`` of each line."""
        for line in order.order_line if "quantity" in quantities else ():
            line.qty_to_invoice = quantities["quantity"]
        invoice = order._create_invoices()
        invoice.invoice_date = day
        if post:
            invoice.action_post()
        return invoice
