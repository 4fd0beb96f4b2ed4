from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import TourCase
from odoo.addons.invoicing_clerk.tests.worklist.common import (
    WorklistCommon,
    WorkloadCommon,
)

DESK = "/odoo/action-invoicing_clerk.clerk_worklist_action_desk"


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
