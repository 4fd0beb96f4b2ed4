from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import TourCase
from odoo.addons.invoicing_clerk.tests.worklist.common import (
    WorklistCommon,
    WorkloadCommon,
)

DESK = "/odoo/desk"


@tagged("post_install", "-at_install")
class TestWorklistTour(WorklistCommon, TourCase):
    """A clerk works from the desk, in a browser."""

    # The first page waits for its assets, for long on a busy machine.
    def test_three_items_from_the_desk(self):
        for color, partner in enumerate(self._partners(4)):
            partner.color = color
        worklist = self._customers_list(
            {"kind": "measure", "measure_path": "color", "weight": 10},
            instructions="Call them",
        )
        worklist._refresh()
        self.clerk.password = "clerk_a"
        self.start_tour(DESK, "invoicing_clerk_worklist_day", login="clerk_a")
        items = worklist.item_ids.sorted("score", reverse=True)
        self.assertRecordValues(
            items,
            [{"state": "done", "done_by_id": self.clerk.id}] * 3
            + [{"state": "open", "done_by_id": False}],
        )

    def _unsent(self, *amounts):
        (self.partner_a | self.partner_b).invoice_sending_method = "email"
        moves = self.env["account.move"].union(
            *(
                self._posted((1, amount), taxes=self.env["account.tax"])
                for amount in amounts
            )
        )
        worklist = self._worklist(
            [("id", "in", moves.ids), ("is_move_sent", "=", False)],
            {"kind": "measure", "measure_path": "amount_total", "weight": 1},
            model="account.move",
            amount_path="amount_total",
        )
        worklist._refresh()
        return moves, worklist

    def test_send_and_go_on(self):
        """Send, Send, Next: three clicks; before there was a bar, it took six."""
        moves, worklist = self._unsent(300, 200, 100)
        self.clerk.password = "clerk_a"
        self.start_tour(DESK, "invoicing_clerk_send_and_go_on", login="clerk_a")
        self.assertEqual(moves.mapped("is_move_sent"), [True, False, False])
        items = worklist.item_ids.sorted("score", reverse=True)
        self.assertEqual(items.mapped("state"), ["left", "in_progress", "open"])

    def test_answer_and_go_on(self):
        """Answer, Next: two clicks."""
        worklist = self.env.ref("invoicing_clerk.worklist_question").sudo()
        worklist.active = True
        for partner in self._partners(2):
            partner.with_user(self.supervisor).activity_schedule(
                "invoicing_clerk.mail_activity_type_question", summary="Which order?"
            )
        worklist._refresh()
        self.clerk.password = "clerk_a"
        self.start_tour(DESK, "invoicing_clerk_answer_and_go_on", login="clerk_a")
        items = self.items.search([("worklist_id", "=", worklist.id)])
        self.assertEqual(
            sorted(items.filtered("user_id").mapped("state")), ["done", "in_progress"]
        )

    def test_bulk(self):
        moves, worklist = self._unsent(300, 200, 100)
        self.partner_b.email = False
        nobody = self._posted((1, 50.0), partner=self.partner_b)
        worklist.domain = str(
            [("id", "in", [*moves[:2].ids, nobody.id]), ("is_move_sent", "=", False)]
        )
        worklist._refresh()
        self.clerk.password = "clerk_a"
        self.start_tour(DESK, "invoicing_clerk_bulk_send", login="clerk_a")
        self.assertTrue(all(moves[:2].mapped("is_move_sent")))
        self.assertFalse(nobody.is_move_sent)


@tagged("post_install", "-at_install")
class TestWorkloadTour(WorkloadCommon, TourCase):
    """A supervisor shares the items of an absent clerk, in a browser."""

    def test_load_of_an_absent_clerk(self):
        self._away(self.clerk, days=3)
        self.supervisor.password = "supervisor_a"
        self.start_tour(DESK, "invoicing_clerk_workload_share", login="supervisor_a")
        self.assertEqual(
            self._counts(self.clerk, self.colleague, self.supervisor), [0, 8, 4]
        )
        self.assertEqual(self.supervisor.sudo().clerk_capacity, 50)
