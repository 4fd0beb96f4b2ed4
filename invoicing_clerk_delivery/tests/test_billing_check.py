from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.billing_check.corpus import CASES
from odoo.addons.invoicing_clerk_sale.tests.billing_check.corpus import OrderCorpus


@tagged("post_install", "-at_install")
class TestBillingCheckFreight(OrderCorpus):
    """Delivery costs of which it is known what is wrong with them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.freight = cls._new_service(25, taxes_id=[Command.clear()])
        cls.carrier = cls._carrier()
        cls.generous = cls._carrier(free_over=True, amount=500)

    @classmethod
    def _carrier(cls, **values):
        return cls.env["delivery.carrier"].create(
            {"name": "Carrier", "product_id": cls.freight.id, **values}
        )

    def _freighted(self, amount=25, carrier=None, quantity=2, **values):
        """Confirm an order with delivery costs."""
        order = self._order((quantity, 100, ("tax_ids", False)), **values)
        if amount is not None:
            order.set_delivery_line(carrier or self.carrier, amount)
            order.order_line.filtered("is_delivery").tax_ids = False
        return order

    def _freight_line(self, move):
        return move.invoice_line_ids.filtered(
            lambda line: line.product_id == self.freight
        )

    def _typed(self, order, price):
        move = self._billed(order, post=False)
        self._freight_line(move).price_unit = price
        move.action_post()
        return move

    def _by_hand(self, order, **values):
        """Bill an order with a line of delivery costs that no order line has."""
        move = self._billed(order, post=False, **values)
        row = {"product_id": self.freight.id, "price_unit": 30, "tax_ids": False}
        move.invoice_line_ids = [Command.create(row)]
        move.action_post()
        return move

    def wrong_freight_typed_more(self, case):
        return self._typed(self._freighted(), 30 + case)

    def wrong_freight_typed_less(self, case):
        return self._typed(self._freighted(), 20 - case / 10)

    def wrong_freight_line_by_hand_beside_the_order(self, case):
        return self._by_hand(self._freighted())

    def wrong_freight_though_the_incoterm_includes_it(self, case):
        codes = ("CIF", "DAP", "CPT", "DDP")
        return self._by_hand(
            self._freighted(None),
            invoice_incoterm_id=self._incoterm(codes[case % 4]).id,
        )

    def wrong_freight_though_delivery_is_free(self, case):
        return self._billed(self._freighted(25, self.generous, quantity=5 + case))

    def wrong_freight_billed_twice(self, case):
        order = self._freighted()
        self._billed(order)
        move = self._billed_lines(order, order.order_line.filtered("is_delivery"))
        return move

    def _billed_lines(self, order, lines):
        move = self.env["account.move"].create(
            {
                **order._prepare_invoice(),
                "invoice_date": "2026-01-16",
                "invoice_line_ids": [
                    Command.create(line._prepare_invoice_line(quantity=1))
                    for line in lines
                ],
            }
        )
        move.action_post()
        return move

    def _incoterm(self, code):
        return self.env["account.incoterms"].search([("code", "=", code)], limit=1)

    def right_freight_as_ordered(self, case):
        return self._billed(self._freighted(25 + case))

    def right_freight_quoted_by_hand(self, case):
        order = self._freighted()
        order.order_line.filtered("is_delivery").price_unit = 40 + case
        return self._billed(order)

    def right_freight_once_for_partial_deliveries(self, case):
        order = self._freighted(quantity=4)
        first = self._billed(order, post=False)
        first.invoice_line_ids.filtered(lambda line: line.quantity == 4).quantity = 2
        first.action_post()
        return first | self._billed(order)

    def right_freight_credited_difference(self, case):
        move = self._typed(self._freighted(), 30)
        note = move._reverse_moves([{"invoice_date": "2026-01-20"}], cancel=False)
        (note.invoice_line_ids - self._freight_line(note)).unlink()
        self._freight_line(note).price_unit = 5
        note.action_post()
        return move | note

    def right_freight_corrected_difference(self, case):
        move = self._typed(self._freighted(), 30)
        index = list(move.invoice_line_ids).index(self._freight_line(move))
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
        correction.line_ids[index].price_unit = 25
        correction.action_apply()
        return move

    def right_freight_where_the_buyer_bears_it(self, case):
        codes = ("EXW", "FCA", "FAS", "FOB")
        return self._by_hand(
            self._freighted(None),
            invoice_incoterm_id=self._incoterm(codes[case % 4]).id,
        )

    def right_freight_below_the_free_amount(self, case):
        return self._billed(self._freighted(25, self.generous, quantity=4))

    def right_freight_agreed_though_the_incoterm_includes_it(self, case):
        return self._billed(
            self._freighted(), invoice_incoterm_id=self._incoterm("CIF").id
        )

    def right_freight_not_billed_yet(self, case):
        order = self._freighted()
        return self._billed_lines(
            order, order.order_line.filtered(lambda line: not line.is_delivery)
        )

    def right_freight_credited_in_full(self, case):
        move = self._typed(self._freighted(), 30)
        return move | self._credit(move)

    def test_recall_and_precision(self):
        wrong = [self._case("wrong", "FREIGHT", case) for case in range(CASES)]
        right = [self._case("right", "FREIGHT", case) for case in range(CASES)]
        self.assertTrue(all(right))
        self.checks.browse()._run_all(self.company_a)
        self.assertEqual(self.checks.filtered("run_error").mapped("run_error"), [])
        findings = self.findings.search([("check_id.code", "=", "FREIGHT")])
        texts = findings.mapped("explanation")
        self.assertEqual(
            sorted(findings.move_id.ids), sorted(move.id for move in wrong), texts
        )
        self.assertEqual(
            set(findings.mapped("reason")),
            {"freight_amount", "freight_included", "freight_free"},
        )
        for text in texts:
            self.assertNotIn("%(", text)
