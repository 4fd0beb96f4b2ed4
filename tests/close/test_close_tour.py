from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.close.common import CloseCommon
from odoo.addons.invoicing_clerk.tests.common import TourCase


@tagged("post_install", "-at_install")
class TestCloseTour(CloseCommon, TourCase):
    """A clerk prepares a month in a browser, and a supervisor reviews it."""

    def _tour(self, user, name):
        user.password = user.login
        self.start_tour(
            "/odoo/close-lists", f"invoicing_clerk_close_{name}", login=user.login
        )
        self.env.invalidate_all()

    def test_prepared_and_reviewed(self):
        self._tour(self.clerk, "prepare")
        close = self.closes.search([])
        states = close.task_ids.grouped("state")
        self.assertEqual(len(states["prepared"]), 5)
        self.assertEqual(states["blocked"].figure, "statement")
        self._tour(self.supervisor, "review")
        self.assertEqual(self._task(close, "draft").reviewed_by_id, self.supervisor)
