from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.audit.test.common import (
    AuditTestCommon,
)
from odoo.addons.invoicing_clerk.tests.common import TourCase


@tagged("post_install", "-at_install")
class TestAuditTestTour(AuditTestCommon, TourCase):
    """An auditor runs the tests of an engagement, in a browser."""

    # The first page waits for assets, which takes long on a busy machine.
    def test_an_auditor_runs_tests_and_resolves_exceptions(self):
        self._invoice(7501)
        self._invoice(100)
        again = self._invoice(100)
        self.auditor.password = "auditor_a"
        for name in (
            "invoicing_clerk_audit_tests_queue",
            "invoicing_clerk_audit_tests",
        ):
            self.start_tour("/odoo/audits", name, login="auditor_a")
            self._work()
        runs = {run.code: run for run in self.audit.run_ids if run.is_current}
        self.assertEqual(runs["LIMIT"].exception_ids.state, "cleared")
        self.assertEqual(runs["LIMIT"].exception_ids.clear_reason, "Contract seen")
        self.assertEqual(runs["DUP"].exception_ids.move_id, again)
        self.assertEqual(runs["DUP"].exception_ids.state, "finding")
        self.assertEqual(runs["LIMIT"].previous_id.exception_ids.state, "cleared")
