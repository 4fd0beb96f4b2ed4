from odoo.fields import Command

from .corpus import OrderCorpus


class ComboCases(OrderCorpus):
    """Combos, whose price is spread over what was chosen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.parts = [cls._new_service(price) for price in (60.0, 30.0)]
        combos = cls.env["product.combo"].create(
            [
                {
                    "name": f"Choice {number}",
                    "combo_item_ids": [Command.create({"product_id": part.id})],
                }
                for number, part in enumerate(cls.parts, 1)
            ]
        )
        cls.combo = cls.env["product.product"].create(
            {
                "name": "Menu",
                "type": "combo",
                "list_price": 75.0,
                "combo_ids": [Command.set(combos.ids)],
            }
        )

    def _combo_order(self, quantity=2, **values):
        """Confirm an order of a combo: 50 for the first part and 25 for the other."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self._customer().id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.combo.id,
                            "product_uom_qty": quantity,
                            **values,
                        }
                    )
                ],
            }
        )
        whole = order.order_line
        order.order_line = [
            Command.create(
                {
                    "product_id": item.product_id.id,
                    "product_uom_qty": quantity,
                    "combo_item_id": item.id,
                    "linked_line_id": whole.id,
                    **values,
                }
            )
            for item in self.combo.combo_ids.combo_item_ids
        ]
        order.action_confirm()
        parts = order.order_line - whole
        self.assertEqual(parts.mapped("price_unit"), [50.0, 25.0])
        return order

    def _part_changed(self, change, post=True, **values):
        """Bill a combo, and write on its first part."""
        move = self._billed(self._combo_order(**values), post=False)
        part = move.invoice_line_ids.filtered("product_id")[0]
        part.write(change)
        if post:
            move.action_post()
        return move

    def wrong_price_combo_part(self, case):
        """The part at the price that it has by itself."""
        return self._part_changed({"price_unit": 60})

    def wrong_price_combo_draft(self, case):
        return self._part_changed({"price_unit": 45}, post=False)

    def wrong_disc_combo_part(self, case):
        return self._part_changed({"discount": 0}, discount=10)

    def wrong_disc_combo_less(self, case):
        return self._part_changed({"discount": 5}, discount=10)

    def wrong_disc_combo_draft(self, case):
        return self._part_changed({"discount": 0}, discount=10, post=False)

    def right_price_combo(self, case):
        return self._billed(self._combo_order())

    def right_price_combo_of_a_part(self, case):
        return self._part_changed({"quantity": 1})

    def right_disc_combo(self, case):
        return self._billed(self._combo_order(discount=10))

    def right_disc_combo_in_the_price(self, case):
        return self._part_changed({"discount": 0, "price_unit": 45}, discount=10)

    def right_disc_combo_free_part(self, case):
        """A part that is free of charge on the order, too."""
        return self._billed(self._combo_order(discount=100))
