from odoo.fields import Command

from .corpus import OrderCorpus


class LoyaltyCases(OrderCorpus):
    """Orders with rewards of programs, where the app for them is installed."""

    def _kinds(self, start):
        names = super()._kinds(start)
        if "loyalty.program" in self.env:
            return names
        return [name for name in names if "_loyalty_" not in name]

    def _rewarded(self, discount=0, **reward):
        """Confirm an order of ten at 100, with the reward of a promotion."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self._customer().id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.service.id,
                            "product_uom_qty": 10,
                            "price_unit": 100,
                            "discount": discount,
                        }
                    )
                ],
            }
        )
        program = self.env["loyalty.program"].create(
            {
                "name": f"Program {self._number()}",
                "program_type": "promotion",
                "trigger": "auto",
                "applies_on": "current",
                "rule_ids": [Command.create({"minimum_qty": 5})],
                "reward_ids": [
                    Command.create(
                        {"reward_type": "discount", "discount": 10, **reward}
                    )
                ],
            }
        )
        order._update_programs_and_rewards()
        coupon = order.coupon_point_ids.coupon_id.filtered(
            lambda card: card.program_id == program
        )
        order._apply_program_reward(program.reward_ids, coupon)
        # Of the next orders.
        program.active = False
        self.assertTrue(order.order_line.filtered("reward_id"))
        order.action_confirm()
        return order

    def _free_product(self):
        return {"reward_type": "product", "reward_product_id": self.service.id}

    def wrong_price_loyalty_typed(self, case):
        return self._billed(self._rewarded(), change={"price_unit": 110})

    def wrong_price_loyalty_draft(self, case):
        return self._billed(self._rewarded(), change={"price_unit": 95}, post=False)

    def wrong_price_loyalty_beside_a_free_product(self, case):
        order = self._rewarded(**self._free_product())
        return self._billed(order, change={"price_unit": 105})

    def wrong_disc_loyalty_none(self, case):
        return self._billed(self._rewarded(discount=10), change={"discount": 0})

    def wrong_disc_loyalty_less(self, case):
        return self._billed(self._rewarded(discount=10), change={"discount": 5})

    def right_price_loyalty_free_product(self, case):
        return self._billed(self._rewarded(**self._free_product()))

    def right_price_loyalty_in_parts(self, case):
        return self._billed(self._rewarded(), change={"quantity": 6})

    def right_disc_loyalty_of_the_order(self, case):
        return self._billed(self._rewarded())

    def right_disc_loyalty_of_the_product(self, case):
        return self._billed(
            self._rewarded(
                discount_applicability="specific",
                discount_product_ids=[Command.set(self.service.ids)],
            )
        )

    def right_disc_loyalty_beside_a_discount(self, case):
        return self._billed(self._rewarded(discount=10))

    def right_disc_loyalty_rounded(self, case):
        """A cent more of the reward."""
        move = self._billed(self._rewarded(), post=False)
        move.invoice_line_ids[-1].price_unit -= 0.01
        move.action_post()
        return move
