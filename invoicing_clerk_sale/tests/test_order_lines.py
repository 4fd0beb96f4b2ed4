from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk_sale.tests.common import SaleCommon


@tagged("post_install", "-at_install")
class TestOrderLines(SaleCommon):
    """Invoice lines keep their order lines where a quantity changes, and only there."""

    def test_a_change_of_quantity_counts_on_the_order(self):
        order = self._order((10, 20.0))
        move = self._invoiced(order)
        self._corrected(move, lines={0: {"quantity": 8}})
        self.assertEqual(order.order_line.qty_invoiced, 8)

    def test_a_change_of_price_or_discount_does_not(self):
        for change in ({"price_unit": 15}, {"discount": 10}, {"price_unit": 25}):
            order = self._order((10, 20.0))
            move = self._invoiced(order)
            self._corrected(move, lines={0: change})
            self.assertEqual(order.order_line.qty_invoiced, 10)

    def test_of_lines_alike_the_order_line_tells(self):
        order = self._order((10, 20.0), (10, 20.0))
        move = self._invoiced(order)
        second = move.invoice_line_ids.sorted("id")[1]
        wizard = self.env["account.move.reversal"].create(
            {
                "move_ids": [Command.set(move.ids)],
                "company_id": move.company_id.id,
                "journal_id": move.journal_id.id,
            }
        )
        wizard.refund_moves()
        note = wizard.new_move_ids
        note.invoice_line_ids.filtered(
            lambda line: line.sale_line_ids != second.sale_line_ids
        ).unlink()
        note.action_post()
        correction = self._correction(move)
        self.assertEqual(
            correction.line_ids.mapped("billed_quantity"),
            [0 if line == second else 10 for line in correction.line_ids.move_line_id],
        )
