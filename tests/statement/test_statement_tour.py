from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import TourCase
from odoo.addons.invoicing_clerk.tests.statement.test_statement_run_send import (
    StatementSendCommon,
)


@tagged("post_install", "-at_install")
class TestStatementTour(StatementSendCommon, TourCase):
    """The monthly run in the browser: compute, review, send."""

    def test_monthly_run(self):
        customers = self._customers(3)
        customers[0].email = False
        self.clerk.password = "clerk_a"
        # The clerk is told of the new password.
        self.postbox.mails.clear()
        self.start_tour(
            "/odoo/statement-runs", "invoicing_clerk_statement_run", login="clerk_a"
        )
        runs = self.env["clerk.statement.run"].with_user(self.clerk)
        run = runs.search([("create_uid", "=", self.clerk.id)])
        self.assertEqual((run.state, run.is_proved), ("sending", True))
        self.assertEqual(self._statement(run, customers[0]).state, "held")
        self._work()
        self.assertEqual(
            self.postbox.received(), dict.fromkeys(customers[1:].mapped("email"), 1)
        )
        self.start_tour(
            f"/odoo/statement-runs/{run.id}",
            "invoicing_clerk_statement_done",
            login="clerk_a",
        )
