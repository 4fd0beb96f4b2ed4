from odoo.fields import Command

from .corpus import OrderCorpus


class DiscountCases(OrderCorpus):
    """Discounts of invoice lines and order lines, by hand or by a price list."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        everyone = cls.env.ref("base.group_user").sudo()
        everyone._apply_group(cls.env.ref("sale.group_discount_per_so_line"))
        cls.quantity_tiers = cls.env["product.pricelist"].create(
            {
                "name": "Quantity Discounts",
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "3_global",
                            "compute_price": "percentage",
                            "percent_price": percent,
                            "min_quantity": quantity,
                        }
                    )
                    for quantity, percent in ((5, 5), (20, 10), (100, 15))
                ],
            }
        )

    def _discounted(self, **values):
        order = self._order((10, 100, ("discount", 10)))
        return self._billed(order, **values)

    def wrong_disc_none(self, case):
        return self._discounted(change={"discount": 0})

    def wrong_disc_less(self, case):
        return self._discounted(change={"discount": 9.5})

    def wrong_disc_draft(self, case):
        return self._discounted(change={"discount": 0}, post=False)

    def wrong_disc_of_another_unit(self, case):
        order = self._order((24, 100, ("discount", 10)))
        return self._billed(order, change={**self._two_dozens(1200), "discount": 0})

    def wrong_disc_credited_in_part(self, case):
        move = self._discounted(change={"discount": 0})
        self._credit(move, {"price_unit": 5, "discount": 0})
        return move

    def right_disc_as_ordered(self, case):
        return self._discounted()

    def right_disc_in_the_price(self, case):
        return self._discounted(change={"discount": 0, "price_unit": 90})

    def right_disc_more(self, case):
        return self._discounted(change={"discount": 15})

    def right_disc_settled(self, case):
        move = self._discounted(change={"discount": 0})
        return move | self._credit(move, {"price_unit": 10, "discount": 0})

    def right_disc_corrected(self, case):
        move = self._discounted(change={"discount": 0})
        return move | self._corrected(move, {"discount": 10})

    def right_disc_of_nothing(self, case):
        return self._discounted(change={"discount": 0, "quantity": 0})

    def right_disc_typed_on_the_order(self, case):
        order = self._order()
        order.order_line.discount = 3
        return self._billed(order)

    # Tiers

    def _of_tier(self, quantity, discount, **values):
        """Confirm an order that has the discount of a tier."""
        line = {"product_id": self.service.id, "product_uom_qty": quantity, **values}
        order = self.env["sale.order"].create(
            {
                "partner_id": self._customer().id,
                "pricelist_id": self.quantity_tiers.id,
                "order_line": [Command.create(line)],
            }
        )
        self.assertEqual(order.order_line.discount, discount)
        order.action_confirm()
        return order

    def wrong_disc_tier_none(self, case):
        return self._billed(self._of_tier(24, 10), change={"discount": 0})

    def wrong_disc_tier_of_fewer(self, case):
        return self._billed(self._of_tier(100, 15), change={"discount": 10})

    def wrong_disc_tier_of_the_part(self, case):
        """A part is billed at the tier of its own quantity."""
        return self._billed(
            self._of_tier(24, 10), change={"quantity": 6, "discount": 5}
        )

    def wrong_disc_tier_below_the_first(self, case):
        return self._billed(
            self._of_tier(20, 10), change={"quantity": 4, "discount": 0}
        )

    def wrong_disc_tier_in_dozens(self, case):
        """Two dozens are taken for two units."""
        terms = {**self._two_dozens(1200), "discount": 0}
        return self._billed(self._of_tier(24, 10), change=terms)

    def wrong_disc_tier_draft(self, case):
        return self._billed(self._of_tier(24, 10), post=False, change={"discount": 5})

    def wrong_disc_tier_of_the_second_part(self, case):
        order = self._of_tier(24, 10)
        self._billed(order, change={"quantity": 14})
        return self._billed(order, change={"discount": 5}, invoice_date="2026-03-15")

    def right_disc_tier_as_listed(self, case):
        return self._billed(self._of_tier(24, 10))

    def right_disc_tier_of_the_order_on_a_part(self, case):
        return self._billed(self._of_tier(24, 10), change={"quantity": 4})

    def right_disc_tier_in_parts(self, case):
        order = self._of_tier(24, 10)
        first = self._billed(order, change={"quantity": 14})
        return first | self._billed(order, invoice_date="2026-03-15")

    def right_disc_tier_in_dozens(self, case):
        terms = {**self._two_dozens(1200), "discount": 10}
        return self._billed(self._of_tier(24, 10), change=terms)

    def right_disc_tier_in_the_price(self, case):
        return self._billed(
            self._of_tier(24, 10), change={"discount": 0, "price_unit": 90}
        )

    def right_disc_tier_below_the_first(self, case):
        return self._billed(self._of_tier(4, 0))

    def right_disc_tier_of_two_lines(self, case):
        """Each line has the tier of its own quantity."""
        order = self._of_tier(6, 5)
        order.order_line = [
            Command.create({"product_id": self.service.id, "product_uom_qty": 24})
        ]
        self.assertEqual(order.order_line.mapped("discount"), [5.0, 10.0])
        return self._billed(order)
