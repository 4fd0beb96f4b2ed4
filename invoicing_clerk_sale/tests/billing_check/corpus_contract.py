from odoo.fields import Command

from .corpus import OrderCorpus

OLD, NEW = "2026-05-10 12:00:00", "2026-06-10 12:00:00"


class ContractCases(OrderCorpus):
    """Prices of price lists that change in time, and orders that missed it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._price_list(
            {"fixed_price": 80, "date_end": "2026-05-31 23:59:59"},
            {"fixed_price": 90, "date_start": "2026-06-01 00:00:00"},
        )
        cls.tiers = cls._price_list(
            {"fixed_price": 85, "min_quantity": 10, "date_end": "2026-05-31 23:59:59"},
            {"fixed_price": 95},
        )

    @classmethod
    def _price_list(cls, *items):
        return cls.env["product.pricelist"].create(
            {
                "name": "Contract",
                "item_ids": [
                    Command.create(
                        {"applied_on": "3_global", "compute_price": "fixed", **item}
                    )
                    for item in items
                ],
            }
        )

    def _quoted(
        self,
        day,
        ordered_on=NEW,
        quantity=10,
        pricelist=None,
        switched_to=None,
        **line,
    ):
        """Quote at the price of a day, and confirm the order on another one."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self._customer().id,
                "pricelist_id": (pricelist or self.contract).id,
                "date_order": day,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.service.id,
                            "product_uom_qty": quantity,
                            **line,
                        }
                    )
                ],
            }
        )
        if switched_to:
            order.pricelist_id = switched_to
        order.action_confirm()
        order.date_order = ordered_on
        return order

    def wrong_contract_ended(self, case):
        return self._billed(self._quoted(OLD))

    def wrong_contract_ahead_of_time(self, case):
        return self._billed(self._quoted(NEW, ordered_on=OLD))

    def wrong_contract_draft(self, case):
        return self._billed(self._quoted(OLD), post=False)

    def wrong_contract_of_a_tier(self, case):
        return self._billed(self._quoted(OLD, pricelist=self.tiers))

    def wrong_contract_list_not_applied(self, case):
        """The price list was chosen, and prices were not updated."""
        order = self._quoted(
            NEW, pricelist=self._price_list(), switched_to=self.contract
        )
        return self._billed(order)

    def wrong_contract_in_dozens(self, case):
        order = self._quoted(OLD, product_uom_id=self.dozens.id)
        return self._billed(order)

    def wrong_contract_returned_in_part(self, case):
        move = self._billed(self._quoted(OLD))
        self._credit(move, {"quantity": 4})
        return move

    def right_contract_as_listed(self, case):
        return self._billed(self._quoted(NEW))

    def right_contract_of_its_day(self, case):
        return self._billed(self._quoted(OLD, ordered_on="2026-05-31 23:59:59"))

    def right_contract_typed(self, case):
        order = self._quoted(NEW)
        order.order_line.price_unit = 80
        return self._billed(order)

    def right_contract_imported(self, case):
        """An order from elsewhere, with the price that was agreed there."""
        return self._billed(self._quoted(NEW, price_unit=83.5))

    def right_contract_below_the_tier(self, case):
        return self._billed(self._quoted(OLD, quantity=9, pricelist=self.tiers))

    def right_contract_list_edited_later(self, case):
        contract = self._price_list({"fixed_price": 70})
        order = self._quoted(NEW, pricelist=contract)
        move = self._billed(order)
        contract.item_ids.fixed_price = 75
        return move

    def right_contract_listed_later(self, case):
        contract = self._price_list()
        order = self._quoted(NEW, pricelist=contract)
        move = self._billed(order)
        self._made_before(order, move)
        contract.item_ids = [
            Command.create({"compute_price": "fixed", "fixed_price": 75})
        ]
        return move

    def right_contract_product_changed(self, case):
        product = self._new_service()
        contract = self._price_list(
            {"compute_price": "percentage", "percent_price": 10}
        )
        order = self._quoted(NEW, pricelist=contract, product_id=product.id)
        product.list_price = 200
        return self._billed(order)

    def right_contract_settled(self, case):
        move = self._billed(self._quoted(NEW, ordered_on=OLD))
        return move | self._credit(move, {"price_unit": 10})

    def right_contract_without_items(self, case):
        return self._billed(self._quoted(NEW, pricelist=self._price_list()))
