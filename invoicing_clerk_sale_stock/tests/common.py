from odoo.fields import Command

from odoo.addons.invoicing_clerk_sale.tests.billing_check.corpus import OrderCorpus


class StockCorpus(OrderCorpus):
    """Orders that are delivered, returned, billed and credited as users do it."""

    modules = (*OrderCorpus.modules, "invoicing_clerk_sale_stock")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("stock.group_stock_manager")
        cls.company_a.partner_id.tz = "America/New_York"
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company_a.id)], limit=1
        )

    def _goods(self, policy="delivery", **values):
        return self._product(taxes=self.no_tax, invoice_policy=policy, **values)

    def _sold(self, *quantities, policy="delivery", price=100, **values):
        """Confirm an order of new goods; ``values`` are those of its lines."""
        rows = [
            (
                *(quantity, price),
                ("product_id", self._goods(policy).id),
                ("tax_ids", False),
                *values.items(),
            )
            for quantity in quantities or [10]
        ]
        order = self._order(*rows)
        order.date_order = "2026-01-05"
        return order

    def _ship(self, order, *quantities, day="2026-01-10"):
        """Ship the open picking of an order, all of it or these quantities by line."""
        picking = order.picking_ids.filtered(
            lambda each: each.state not in ("done", "cancel")
        )
        moves = picking.move_ids
        return self._done(moves, quantities or moves.mapped("product_uom_qty"), day)

    def _done(self, moves, quantities, day):
        for move, quantity in zip(moves, quantities, strict=True):
            move.quantity = quantity
            move.picked = bool(quantity)
        moves._action_done()
        done = moves.filtered(lambda each: each.state == "done")
        done.date = f"{day} 15:00:00"
        done.picking_id.date_done = f"{day} 15:00:00"
        return done.picking_id

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

    def _move(self, line, source, target, quantity, product=None, **values):
        """Move goods for an order line directly, as other apps do."""
        product = product or line.product_id
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom": product.uom_id.id,
                "product_uom_qty": quantity,
                "sale_line_id": line.id,
                "location_id": self._place(source).id,
                "location_dest_id": self._place(target).id,
                **values,
            }
        )
        move._action_confirm()
        self._done(move, [quantity], values.get("date", "2026-01-10"))
        return move

    def _place(self, usage):
        companies = (False, self.company_a.id)
        return self.env["stock.location"].search(
            [("usage", "=", usage), ("company_id", "in", companies)], limit=1
        )

    def _dropshipped(self, quantity):
        """Deliver an order from the supplier to the customer."""
        order = self._sold(quantity)
        order.picking_ids.action_cancel()
        self._move(order.order_line, "supplier", "customer", quantity)
        return order

    def _kits(self, number):
        """Deliver an order of kits, of which only the components are moved."""
        order = self._sold(number)
        order.picking_ids.move_ids.unlink()
        for quantity, product in (2 * number, self._goods()), (number, self._goods()):
            self._move(order.order_line, "internal", "customer", quantity, product)
        order.order_line.qty_delivered = number
        return order

    def _bill(self, order, *quantities, day="2026-01-15", post=True, **values):
        """Invoice what core says, or typed quantities of the lines; 0 leaves out."""
        if not quantities:
            move = order._create_invoices()
        else:
            rows = zip(order.order_line, quantities, strict=True)
            move = self.env["account.move"].create(
                {
                    **order._prepare_invoice(),
                    "invoice_line_ids": [
                        Command.create(line._prepare_invoice_line(quantity=quantity))
                        for line, quantity in rows
                        if quantity
                    ],
                }
            )
        move.write({"invoice_date": day, **values})
        if post:
            move.action_post()
        return move
