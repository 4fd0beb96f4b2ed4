from odoo.fields import Command

from odoo.addons.invoicing_clerk.tests.billing_check.corpus import Corpus

CODES = ("PRICE",)


class OrderCorpus(Corpus):
    """Invoices of orders of which it is known what is wrong with them.

    As in the corpus of the addon, ``wrong_<code>`` makes an invoice with one error and
    ``right_<code>`` one or more that look like it.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("sales_team.group_sale_manager")
        # Positions of the test company that apply by themselves change taxes.
        cls.env["account.fiscal.position"].search([]).auto_apply = False
        cls.service = cls._new_service()
        cls.units, cls.dozens = (
            cls.env.ref(f"uom.product_uom_{name}") for name in ("unit", "dozen")
        )

    @classmethod
    def _new_service(cls, price=100.0, **values):
        return cls.env["product.product"].create(
            {
                "name": "Service",
                "type": "service",
                "invoice_policy": "order",
                "list_price": price,
                "taxes_id": [Command.set(cls.company_data["default_tax_sale"].ids)],
                **values,
            }
        )

    def _order(self, *lines, **values):
        """Confirm an order; a line is ``(quantity, price)``, and other values of it."""
        rows = [
            {
                "product_id": self.service.id,
                "product_uom_qty": quantity,
                "price_unit": price,
                **dict(others),
            }
            for quantity, price, *others in lines or [(10, 100)]
        ]
        partner = values.pop("partner", None) or self._customer()
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [Command.create(row) for row in rows],
                **values,
            }
        )
        order.action_confirm()
        return order

    def _billed(self, order, post=True, change=None, method=None, **values):
        """Invoice orders, as Sales does.

        :param change: what somebody writes on the first line of the draft
        """
        if method:
            wizard = self.env["sale.advance.payment.inv"].create(
                {
                    "sale_order_ids": [Command.set(order.ids)],
                    "advance_payment_method": method,
                    **values,
                }
            )
            move = wizard._create_invoices(order)
        else:
            move = order._create_invoices()
            move.write({"invoice_date": "2026-01-15", **values})
        if change:
            move.invoice_line_ids[0].write(change)
        if post:
            move.action_post()
        return move

    def _credit(self, move, change=None):
        """Credit an invoice, wholly or with other values of its first line."""
        wizard = self.env["account.move.reversal"].create(
            {
                "move_ids": [Command.set(move.ids)],
                "company_id": move.company_id.id,
                "journal_id": move.journal_id.id,
                "date": "2026-01-20",
            }
        )
        wizard.refund_moves()
        note = wizard.new_move_ids
        if change:
            note.invoice_line_ids[0].write(change)
        note.action_post()
        return note

    # PRICE

    def wrong_price(self, case):
        kind = case % 10
        if kind == 0:
            return self._billed(self._order(), change={"price_unit": 110 + case})
        if kind == 1:
            return self._billed(self._order(), change={"price_unit": 99.99})
        if kind == 2:
            return self._billed(self._order(), post=False, change={"price_unit": 90})
        if kind == 3:
            # Another unit, at the price of the former.
            change = {"product_uom_id": self.dozens.id, "price_unit": 110}
            return self._billed(self._order(), change=change)
        if kind == 4:
            discounted = self._order((10, 100, ("discount", 10)))
            return self._billed(discounted, change={"price_unit": 95, "discount": 5})
        if kind == 5:
            move = self._billed(self._order(), change={"price_unit": 110})
            # Settled in part.
            self._credit(move, {"price_unit": 5})
            return move
        if kind == 6:
            typed = self._order((3, 80))
            return self._billed(typed, change={"price_unit": 100})
        if kind == 7:
            move = self._billed(self._order(), change={"price_unit": 110})
            self._credit(move, {"quantity": 4})
            return move
        if kind == 8:
            orders = self._order((10, 100), partner=self._customer())
            orders |= self._order((10, 90), partner=orders.partner_id)
            return self._merged(orders, 98)
        return self._billed(self._order(), change={"price_unit": 90.5, "quantity": 7})

    def right_price(self, case):
        kind = case % 14
        if kind == 0:
            return self._billed(self._order())
        if kind == 1:
            change = {"product_uom_id": self.dozens.id, "price_unit": 1200}
            return self._billed(self._order(), change=change)
        if kind == 2:
            discounted = self._order((10, 100, ("discount", 10)))
            return self._billed(discounted, change={"price_unit": 90, "discount": 0})
        if kind == 3:
            return self._billed(self._order((10, 77 + case)))
        if kind == 4:
            move = self._billed(self._order(), change={"price_unit": 110})
            return move | self._credit(move, {"price_unit": 10})
        if kind == 5:
            move = self._billed(self._order(), change={"price_unit": 110})
            return move | self._credit(move)
        if kind == 6:
            order = self._order()
            deposit = self._billed(order, method="fixed", fixed_amount=300)
            return deposit | self._billed(order, method="delivered")
        if kind == 7:
            order = self._order()
            wizard = self.env["sale.order.discount"].create(
                {
                    "sale_order_id": order.id,
                    "discount_type": "so_discount",
                    "discount_percentage": 0.1,
                }
            )
            wizard.action_apply_discount()
            move = self._billed(order, post=False)
            move.invoice_line_ids[-1].price_unit -= 0.01
            move.action_post()
            return move
        if kind == 8:
            return self._exported()
        if kind == 9:
            orders = self._order((10, 100), partner=self._customer())
            orders |= self._order((10, 90), partner=orders.partner_id)
            return self._merged(orders, 95)
        if kind == 10:
            # A third of a dozen.
            order = self._order((1, 100, ("product_uom_id", self.dozens.id)))
            change = {"product_uom_id": self.units.id, "quantity": 12}
            return self._billed(order, change={**change, "price_unit": 8.33})
        if kind == 11:
            order = self._order((10, 100))
            order.order_line.is_expense = True
            return self._billed(order, change={"price_unit": 93})
        if kind == 12:
            move = self._billed(self._order(), change={"price_unit": 110})
            return move | self._corrected(move, {"price_unit": 100})
        move = self._billed(self._order(), change={"price_unit": 90})
        return move | self._debited(move, 10)

    def _merged(self, orders, price):
        """Invoice the lines of several orders on one, as a tidy clerk may."""
        move = self._billed(orders[0], post=False)
        line = move.invoice_line_ids
        line.write(
            {
                "sale_line_ids": [Command.set(orders.order_line.ids)],
                "quantity": sum(orders.order_line.mapped("product_uom_qty")),
                "price_unit": price,
            }
        )
        move.action_post()
        return move

    def _exported(self):
        """Bill a price that includes taxes abroad, where there are none."""
        included = self.tax.copy(
            {
                "name": f"Included {self._number()}",
                "amount": 25,
                "price_include_override": "tax_included",
            }
        )
        exempt = self.tax.copy({"name": f"Export {self._number()}", "amount": 0})
        order = self._order((10, 125, ("tax_ids", [Command.set(included.ids)])))
        change = {"price_unit": 100, "tax_ids": [Command.set(exempt.ids)]}
        return self._billed(order, change=change)

    def _corrected(self, move, terms):
        """Correct the first line of an invoice with a billing error."""
        error = self._open_error(move, user=self.supervisor)
        correction = error.env["clerk.correction"].create(
            {
                "error_id": error.id,
                "move_id": move.id,
                "remedy_id": self.env["clerk.remedy"]
                .sudo()
                .search([("code", "=", "correct_lines")])
                .id,
            }
        )
        correction.line_ids[0].write(terms)
        correction.action_apply()
        return correction.document_ids.with_env(self.env)

    def _debited(self, move, price):
        """Bill the difference in price by a debit note with the lines of the invoice."""
        wizard = self.env["account.debit.note"].create(
            {"move_ids": [Command.set(move.ids)], "copy_lines": True}
        )
        note = self.env["account.move"].browse(wizard.create_debit()["res_id"])
        note.invoice_line_ids[0].price_unit = price
        note.action_post()
        return note
