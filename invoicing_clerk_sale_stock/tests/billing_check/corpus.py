from ..common import StockCorpus


class DeliveryCases(StockCorpus):
    """Cases of QTY, NOTDELIV and RETURN."""

    # QTY

    def wrong_qty_typed(self, case):
        order = self._sold(10)
        self._ship(order, 8)
        return self._bill(order, 10 - case % 2)

    def wrong_qty_billed_again_in_part(self, case):
        order = self._sold(10)
        self._ship(order)
        self._bill(order)
        return self._bill(order, 3, day="2026-01-18")

    def wrong_qty_more_than_ordered(self, case):
        return self._bill(self._sold(10, policy="order"), 12 + case)

    def wrong_qty_in_another_unit(self, case):
        order = self._sold(2, product_uom_id=self.dozens.id)
        self._ship(order, 18)
        return self._bill(order, 2)

    def wrong_qty_of_the_second_delivery(self, case):
        order = self._sold(10)
        self._ship(order, 4)
        self._bill(order, 4)
        self._ship(order, 3, day="2026-01-16")
        return self._bill(order, 4, day="2026-01-17")

    def wrong_qty_only_the_price_was_credited(self, case):
        order = self._sold(10)
        self._ship(order, 8)
        move = self._bill(order, 10)
        self._credit(move, {"price_unit": 5})
        return move

    def wrong_qty_dropshipped(self, case):
        return self._bill(self._dropshipped(5), 6)

    def wrong_qty_kits(self, case):
        return self._bill(self._kits(4), 5)

    def right_qty_price_credit(self, case):
        order = self._sold(10)
        self._ship(order)
        move = self._bill(order)
        return move | self._credit(move, {"price_unit": 5})

    def right_qty_credited(self, case):
        order = self._sold(10)
        self._ship(order, 8)
        move = self._bill(order, 10)
        return move | self._credit(move, {"quantity": 2})

    def right_qty_shipped_beyond_the_order(self, case):
        order = self._sold(10, policy=("delivery", "order")[case % 2])
        self._ship(order, 11)
        return self._bill(order, 11)

    def right_qty_equal_partial_deliveries(self, case):
        order = self._sold(10)
        self._ship(order, 5)
        first = self._bill(order)
        self._ship(order, day="2026-01-20")
        return first | self._bill(order, day="2026-01-22")

    def right_qty_in_another_unit(self, case):
        order = self._sold(2, product_uom_id=self.dozens.id)
        self._ship(order)
        move = self._bill(order, post=False)
        move.invoice_line_ids.write(
            {"product_uom_id": self.units.id, "quantity": 24, "price_unit": 100 / 12}
        )
        move.action_post()
        return move

    def right_qty_rounded_in_another_unit(self, case):
        order = self._sold(1, product_uom_id=self.dozens.id)
        self._ship(order, 10)
        return self._bill(order)

    def right_qty_dropshipped(self, case):
        return self._bill(self._dropshipped(5))

    def right_qty_kits(self, case):
        return self._bill(self._kits(4), 4)

    def right_qty_billed_by_order_before_delivery(self, case):
        order = self._sold(10, policy="order")
        if case % 2:
            self._ship(order, 4)
        return self._bill(order)

    def right_qty_down_payment(self, case):
        return self._billed(self._sold(10), method="percentage", amount=30, post=True)

    def right_qty_service(self, case):
        service = self._goods(type="service")
        order = self._order((5, 100, ("product_id", service.id), ("tax_ids", False)))
        order.order_line.qty_delivered = 3
        return self._bill(order, 3)

    def right_qty_billed_again_after_a_full_credit(self, case):
        order = self._sold(10)
        self._ship(order)
        move = self._bill(order)
        return move | self._credit(move) | self._bill(order, day="2026-01-25")

    # NOTDELIV

    def wrong_notdeliv_typed(self, case):
        return self._bill(self._sold(10), 10 - case % 3)

    def wrong_notdeliv_picking_cancelled(self, case):
        order = self._sold(10)
        order.picking_ids.action_cancel()
        return self._bill(order, 10)

    def wrong_notdeliv_one_line_of_two(self, case):
        order = self._sold(10, 7)
        self._ship(order, 10, 0)
        return self._bill(order, 10, 7)

    def wrong_notdeliv_in_another_unit(self, case):
        return self._bill(self._sold(2, product_uom_id=self.dozens.id), 2)

    def wrong_notdeliv_credited_in_part(self, case):
        move = self._bill(self._sold(10), 10)
        self._credit(move, {"quantity": 4})
        return move

    def wrong_notdeliv_only_the_price_was_credited(self, case):
        move = self._bill(self._sold(10), 10)
        self._credit(move, {"price_unit": 30})
        return move

    def right_notdeliv_billed_by_order(self, case):
        return self._bill(self._sold(10, policy="order"))

    def right_notdeliv_down_payment(self, case):
        return self._billed(self._sold(10), method="fixed", fixed_amount=90)

    def right_notdeliv_service(self, case):
        service = self._goods("order", type="service")
        return self._bill(
            self._order((5, 100, ("product_id", service.id), ("tax_ids", False)))
        )

    def right_notdeliv_credited(self, case):
        move = self._bill(self._sold(10), 10)
        return move | self._credit(move)

    def right_notdeliv_credited_quantity(self, case):
        move = self._bill(self._sold(10, 3), 10, 3)
        for line in move.invoice_line_ids:
            self._credit_line(move, line)
        return move

    def right_notdeliv_just_billed(self, case):
        return self._bill(self._sold(10), 10, day=self.today)

    def right_notdeliv_dropshipped(self, case):
        return self._bill(self._dropshipped(3))

    def right_notdeliv_kits(self, case):
        return self._bill(self._kits(2), 2)

    def _credit_line(self, move, kept):
        note = move._reverse_moves([{"invoice_date": "2026-01-20"}], cancel=False)
        note.invoice_line_ids.filtered(
            lambda line: line.sale_line_ids != kept.sale_line_ids
        ).unlink()
        note.action_post()
        return note

    # RETURN

    def _returned(self, quantity=3, policy="delivery", **values):
        """Bill an order of which goods come back; return invoice and return."""
        order = self._sold(10, policy=policy)
        shipped = self._ship(order)
        move = self._bill(order)
        return move, self._return(shipped, quantity, **values)

    def wrong_return_goods(self, case):
        return self._returned(1 + case % 9)[0]

    def wrong_return_without_update_of_quantities(self, case):
        return self._returned(to_refund=False)[0]

    def wrong_return_all(self, case):
        return self._returned(10)[0]

    def wrong_return_billed_by_order(self, case):
        return self._returned(policy="order", to_refund=bool(case % 2))[0]

    def wrong_return_credited_in_part(self, case):
        move, _back = self._returned()
        self._credit(move, {"quantity": 1})
        return move

    def wrong_return_replaced_in_part(self, case):
        move, back = self._returned(to_refund=False)
        self._return(back, 1, day="2026-01-22", to_refund=False)
        return move

    def wrong_return_only_the_price_was_credited(self, case):
        move, _back = self._returned()
        self._credit(move, {"price_unit": 30})
        return move

    def wrong_return_dropshipped(self, case):
        order = self._dropshipped(5)
        move = self._bill(order)
        self._move(order.order_line, "customer", "supplier", 2)
        return move

    def wrong_return_kits(self, case):
        order = self._kits(4)
        move = self._bill(order, 4)
        for component in order.order_line.move_ids.filtered(
            lambda each: each.state == "done"
        ):
            self._move(
                *(order.order_line, "customer", "internal", component.quantity / 4),
                product=component.product_id,
                to_refund=False,
            )
        order.order_line.qty_delivered = 4
        return move

    def right_return_credited(self, case):
        move, _back = self._returned(to_refund=bool(case % 2))
        return move | self._credit(move, {"quantity": 3})

    def right_return_replaced(self, case):
        move, back = self._returned(to_refund=False)
        self._return(back, day="2026-01-22", to_refund=False)
        return move

    def right_return_credit_note_in_draft(self, case):
        move, _back = self._returned()
        note = move._reverse_moves([{"invoice_date": "2026-01-20"}], cancel=False)
        note.invoice_line_ids.quantity = 3
        return move

    def right_return_just_come_back(self, case):
        return self._returned(day=self.today)[0]

    def right_return_not_billed(self, case):
        order = self._sold(10)
        self._return(self._ship(order), 3)
        return self._bill(order)

    def right_return_not_billed_without_update(self, case):
        order = self._sold(10)
        self._return(self._ship(order), 3, to_refund=False)
        return self._bill(order, 7)

    def right_return_credited_in_full(self, case):
        move, _back = self._returned(10)
        return move | self._credit(move)

    def right_return_by_a_correction(self, case):
        move, _back = self._returned()
        self._corrected(move, {"quantity": 7})
        return move


class BillingCases(StockCorpus):
    """Cases of PERIOD and UNBILLED."""

    # PERIOD

    def wrong_period_billed_before_delivery(self, case):
        order = self._sold(10)
        move = self._bill(order, 10)
        self._ship(order, day=("2026-02-03", "2026-01-19")[case % 2])
        return move

    def wrong_period_billed_in_a_later_month(self, case):
        order = self._sold(10)
        self._ship(order)
        return self._bill(order, day=f"2026-0{2 + case % 3}-27")

    def wrong_period_date_of_the_first_delivery(self, case):
        order = self._sold(10)
        self._ship(order, 4)
        self._bill(order)
        self._ship(order, day="2026-02-10")
        return self._bill(order, day="2026-02-12")

    def wrong_period_second_delivery_billed_early(self, case):
        order = self._sold(10)
        self._ship(order, 4)
        self._bill(order)
        move = self._bill(order, 6, day="2026-01-20")
        self._ship(order, day="2026-01-28")
        return move

    def wrong_period_typed_delivery_date(self, case):
        order = self._sold(10)
        self._ship(order)
        return self._bill(order, delivery_date="2025-12-30")

    def right_period_same_month(self, case):
        order = self._sold(10)
        self._ship(order)
        return self._bill(order, day="2026-01-31")

    def right_period_collective_invoice(self, case):
        order = self._sold(10, 5)
        self._ship(order, 10, 0, day="2026-01-07")
        self._ship(order, day="2026-01-29")
        return self._bill(order, day="2026-02-03")

    def right_period_by_order(self, case):
        order = self._sold(10, policy="order")
        move = self._bill(order)
        self._ship(order, day="2026-03-02")
        return move

    def right_period_down_payment(self, case):
        order = self._sold(10)
        move = self._billed(order, method="percentage", amount=30)
        self._ship(order, day="2026-03-02")
        return move | self._bill(order, day="2026-03-04")

    def right_period_equal_partial_deliveries(self, case):
        order = self._sold(10)
        self._ship(order, 5)
        first = self._bill(order)
        self._ship(order, day="2026-01-20")
        return first | self._bill(order, day="2026-01-20")

    def right_period_evening_in_the_zone_of_the_company(self, case):
        order = self._sold(10)
        self._ship(order, day="2026-01-31").move_ids.date = "2026-02-01 03:00:00"
        return self._bill(order, day="2026-01-31")

    def right_period_credited_and_billed_again(self, case):
        order = self._sold(10)
        early = self._bill(order, 10)
        self._ship(order, day="2026-02-03")
        self._credit(early)
        return early | self._bill(order, 10, day="2026-02-05")

    # UNBILLED

    def wrong_unbilled_nothing(self, case):
        order = self._sold(10, policy=("delivery", "order")[case % 2])
        self._ship(order)
        return order

    def wrong_unbilled_part(self, case):
        order = self._sold(10)
        self._ship(order, 4)
        self._bill(order)
        self._ship(order, day="2026-01-20")
        return order

    def wrong_unbilled_typed_less(self, case):
        order = self._sold(10)
        self._ship(order)
        self._bill(order, 4)
        return order

    def wrong_unbilled_credited_wholly(self, case):
        order = self._sold(10)
        self._ship(order)
        self._credit(self._bill(order))
        return order

    def wrong_unbilled_beside_a_price_credit(self, case):
        order = self._sold(10)
        self._ship(order)
        self._credit(self._bill(order, 4), {"price_unit": 5})
        return order

    def wrong_unbilled_draft_of_a_part(self, case):
        order = self._sold(10)
        self._ship(order)
        self._bill(order, 4, post=False)
        return order

    def wrong_unbilled_dropshipped(self, case):
        return self._dropshipped(5)

    def wrong_unbilled_kits(self, case):
        return self._kits(4)

    def wrong_unbilled_service(self, case):
        service = self._goods(type="service")
        order = self._order((5, 100, ("product_id", service.id), ("tax_ids", False)))
        order.order_line.qty_delivered = 3
        order.date_order = "2026-01-05"
        return order

    def wrong_unbilled_replaced(self, case):
        order = self._sold(10)
        back = self._return(self._ship(order), 3, to_refund=False)
        self._return(back, day="2026-01-22", to_refund=False)
        return order

    def right_unbilled_price_credit(self, case):
        order = self._sold(10)
        self._ship(order)
        self._credit(self._bill(order), {"price_unit": 5})
        return order

    def right_unbilled_draft(self, case):
        order = self._sold(10)
        self._ship(order)
        self._bill(order, post=False)
        return order

    def right_unbilled_free(self, case):
        order = self._sold(10, price=(0, 100)[case % 2], discount=100 * (case % 2))
        self._ship(order)
        return order

    def right_unbilled_returned(self, case):
        order = self._sold(10)
        self._return(self._ship(order), to_refund=bool(case % 2))
        return order

    def right_unbilled_just_delivered(self, case):
        order = self._sold(10)
        self._ship(order, day=self.today)
        return order

    def right_unbilled_beyond_the_order(self, case):
        order = self._sold(10, policy="order")
        self._ship(order, 11)
        self._bill(order, 10)
        return order

    def right_unbilled_rest_cancelled(self, case):
        order = self._sold(10)
        self._ship(order, 4)
        self._bill(order)
        order.picking_ids.filtered(lambda each: each.state != "done").action_cancel()
        return order

    def right_unbilled_not_delivered(self, case):
        return self._sold(10)

    def right_unbilled_in_another_unit(self, case):
        order = self._sold(1, product_uom_id=self.dozens.id)
        self._ship(order, 10)
        self._bill(order)
        return order

    def right_unbilled_corrected(self, case):
        order = self._sold(10)
        self._ship(order)
        self._corrected(self._bill(order), {"price_unit": 90})
        return order
