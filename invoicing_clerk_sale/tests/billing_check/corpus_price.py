from .corpus import OrderCorpus


class PriceCases(OrderCorpus):
    """Prices of invoice lines and order lines."""

    def wrong_price_typed(self, case):
        return self._billed(self._order(), change={"price_unit": 110 + case})

    def wrong_price_by_a_cent(self, case):
        return self._billed(self._order(), change={"price_unit": 99.99})

    def wrong_price_draft(self, case):
        return self._billed(self._order(), post=False, change={"price_unit": 90})

    def wrong_price_of_another_unit(self, case):
        """A dozen at the price of a few."""
        return self._billed(self._order((24, 100)), change=self._two_dozens(110))

    def wrong_price_and_discount(self, case):
        order = self._order((10, 100, ("discount", 10)))
        return self._billed(order, change={"price_unit": 95, "discount": 5})

    def wrong_price_credited_in_part(self, case):
        move = self._billed(self._order(), change={"price_unit": 110})
        self._credit(move, {"price_unit": 5})
        return move

    def wrong_price_returned_in_part(self, case):
        move = self._billed(self._order(), change={"price_unit": 110})
        self._credit(move, {"quantity": 4})
        return move

    def wrong_price_of_the_product(self, case):
        """The sales price instead of the one that was agreed and typed by hand."""
        return self._billed(self._order((3, 80)), change={"price_unit": 100})

    def wrong_price_of_merged_lines(self, case):
        return self._merged(self._two_orders(), 98)

    def wrong_price_of_a_part(self, case):
        return self._billed(self._order(), change={"price_unit": 90.5, "quantity": 7})

    def right_price_as_ordered(self, case):
        return self._billed(self._order())

    def right_price_of_another_unit(self, case):
        return self._billed(self._order((24, 100)), change=self._two_dozens(1200))

    def right_price_rounded_in_another_unit(self, case):
        order = self._order((1, 100, ("product_uom_id", self.dozens.id)))
        units = {"product_uom_id": self.units.id, "quantity": 12}
        return self._billed(order, change={**units, "price_unit": 8.33})

    def right_price_against_discount(self, case):
        order = self._order((10, 100, ("discount", 10)))
        return self._billed(order, change={"price_unit": 90, "discount": 0})

    def right_price_agreed_by_hand(self, case):
        return self._billed(self._order((10, 77 + case)))

    def right_price_after_a_price_credit(self, case):
        move = self._billed(self._order(), change={"price_unit": 110})
        return move | self._credit(move, {"price_unit": 10})

    def right_price_after_a_full_credit(self, case):
        move = self._billed(self._order(), change={"price_unit": 110})
        return move | self._credit(move)

    def right_price_after_a_correction(self, case):
        move = self._billed(self._order(), change={"price_unit": 110})
        return move | self._corrected(move, {"price_unit": 100})

    def right_price_after_a_debit_note(self, case):
        move = self._billed(self._order(), change={"price_unit": 90})
        return move | self._debited(move, 10)

    def right_price_less_a_deposit(self, case):
        order = self._order()
        deposit = self._billed(order, method="fixed", fixed_amount=300)
        return deposit | self._billed(order, method="delivered")

    def right_price_less_a_discount_on_the_order(self, case):
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

    def right_price_without_included_taxes(self, case):
        return self._exported()

    def right_price_of_merged_lines(self, case):
        return self._merged(self._two_orders(), 95)

    def right_price_of_expenses(self, case):
        order = self._order()
        order.order_line.is_expense = True
        return self._billed(order, change={"price_unit": 93})

    def _two_orders(self):
        order = self._order((10, 100))
        return order | self._order((10, 90), partner=order.partner_id)
