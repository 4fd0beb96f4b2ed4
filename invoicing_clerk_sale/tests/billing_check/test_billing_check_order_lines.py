from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from ...models.billing_check.order_lines import (
    NET_BILLED,
    build_order_lines,
)
from .corpus import OrderCorpus


@tagged("post_install", "-at_install")
class TestBillingCheckOrderLines(OrderCorpus):
    """Quantities and allowances that are billed of an order line of 10 × 100.

    Would have caught: core counts a credit of 10 × 5 as ten returned pieces.
    """

    def _net(self, order, moves=None):
        self.env.flush_all()
        build_order_lines(self.env, self.company_a, moves)
        rows = self.env.execute_query(
            SQL(
                "SELECT order_line_id, quantity, allowance FROM (%s) AS net", NET_BILLED
            )
        )
        found = {row[0]: tuple(map(float, row[1:])) for row in rows}
        return found.get(order.order_line[0].id, (0, 0))

    def _bill(self, **values):
        order = self._order()
        return order, self._billed(order, **values)

    def _notes(self):
        """Return what is done to an invoice, and what remains billed of the order."""
        return {
            "nothing": (lambda move: None, (10, 0)),
            "all returned": (self._credit, (0, 0)),
            "some returned": (lambda move: self._credit(move, {"quantity": 4}), (6, 0)),
            "allowance": (
                lambda move: self._credit(move, {"price_unit": 5}),
                (10, -50),
            ),
            "allowance on some": (
                lambda move: self._credit(move, {"price_unit": 5, "quantity": 3}),
                (10, -15),
            ),
            "allowance by discount": (
                lambda move: self._credit(move, {"discount": 95}),
                (10, -50),
            ),
            "debit note": (lambda move: self._debited(move, 3), (10, 30)),
            "quantity corrected": (
                lambda move: self._corrected(move, {"quantity": 8}),
                (8, 0),
            ),
            "price corrected": (
                lambda move: self._corrected(move, {"price_unit": 95}),
                (10, 0),
            ),
            "discount corrected": (
                lambda move: self._corrected(move, {"discount": 5}),
                (10, 0),
            ),
            "both corrected": (
                lambda move: self._corrected(move, {"quantity": 7, "price_unit": 95}),
                (7, 0),
            ),
        }

    def test_what_remains_billed(self):
        for name, (amend, expected) in self._notes().items():
            with self.subTest(name):
                order, move = self._bill()
                amend(move)
                self.assertEqual(self._net(order), expected)
                self.assertEqual(self._net(order, move), expected)

    def test_drafts_count_where_they_are_checked(self):
        order, move = self._bill(post=False)
        self.assertEqual(self._net(order), (0, 0))
        self.assertEqual(self._net(order, move), (10, 0))

    def test_units_are_those_of_the_order(self):
        for unit, quantity, expected in (("dozens", 2, 24), ("units", 7, 7)):
            change = {"quantity": quantity, "product_uom_id": getattr(self, unit).id}
            order, _move = self._bill(change=change)
            self.assertEqual(self._net(order), (expected, 0))

    def test_corrections_store_what_a_line_corrects(self):
        """Would have caught: only the price told what a line of a note was about."""
        changes = {
            "quantity": {"quantity": 8},
            "price": {"price_unit": 95},
        }
        for part, terms in changes.items():
            _order, move = self._bill()
            note = self._corrected(move, terms)
            lines = note.invoice_line_ids
            self.assertEqual(set(lines.mapped("corrected_part")), {part})
            self.assertFalse(note.copy().invoice_line_ids.filtered("corrected_part"))

    def test_merged_lines_are_unclear(self):
        order = self._order()
        other = self._order(partner=order.partner_id)
        move = self._billed(order, post=False)
        move.invoice_line_ids.sale_line_ids = [
            Command.set((order | other).order_line.ids)
        ]
        move.action_post()
        self.env.flush_all()
        build_order_lines(self.env, self.company_a)
        rows = self.env.execute_query(
            SQL("SELECT order_line_id, is_unclear FROM (%s) AS net", NET_BILLED)
        )
        lines = (order | other).order_line.ids
        self.assertEqual(
            {row for row in rows if row[0] in lines},
            {(lines[0], True), (lines[1], True)},
        )
