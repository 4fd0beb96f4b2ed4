from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .corpus import OrderCorpus


@tagged("post_install", "-at_install")
class TestBillingAcceptance(OrderCorpus):
    """Findings about an order that are accepted until a day."""

    def _found(self, move):
        findings = self.env["clerk.billing.finding"].with_user(self.clerk)
        return findings.search(
            [("move_id", "=", move.id), ("check_id.code", "=", "PRICE")]
        )

    def _accept(self, finding):
        dialog = self.env["clerk.billing.finding.accept"].with_user(self.supervisor)
        dialog = dialog.create(
            {
                "finding_ids": finding.ids,
                "scope": "order_id",
                "reason": "Agreed by phone",
                "until": self.today + timedelta(30),
            }
        )
        dialog.action_accept()
        return finding.acceptance_id

    def test_for_an_order(self):
        order = self._order()
        moves = [
            self._billed(each, change={"price_unit": 110})
            for each in (order, self._order())
        ]
        self.checks.browse()._run_all(self.company_a)
        acceptance = self._accept(self._found(moves[0]))
        self.assertEqual(acceptance.order_id.id, order.id)
        self.assertIn(order.name, acceptance.display_name)
        self.assertEqual(self._found(moves[0]).state, "accepted")
        self.assertEqual(self._found(moves[1]).state, "open")

    def test_a_document_without_an_order(self):
        move = self._invoice(-5, 3, post=False)
        self.checks._check_moves(move)
        finding = self.env["clerk.billing.finding"].with_user(self.clerk)
        finding = finding.search([("move_id", "=", move.id)])[:1]
        with self.assertRaisesRegex(UserError, "has no Order"):
            self._accept(finding)
