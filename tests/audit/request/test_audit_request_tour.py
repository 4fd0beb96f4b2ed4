from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.audit.request.common import (
    RequestCommon,
)
from odoo.addons.invoicing_clerk.tests.common import TourCase


@tagged("post_install", "-at_install")
class TestAuditRequestTour(RequestCommon, TourCase):
    """A clerk delivers, an auditor compares, clarifies and accepts, in a browser."""

    def _tour(self, name, user, filters=""):
        user.password = user.login
        self.start_tour(f"/odoo/audit-requests{filters}", name, login=user.login)

    def test_a_request_is_delivered_and_accepted(self):
        self._posted((1, 100.0))
        self._posted((1, 200.0))
        template = self.env.ref("invoicing_clerk.audit_request_template_invoices")
        request = template.with_user(self.auditor)._apply(
            self.audit.with_user(self.auditor)
        )
        self._tour("invoicing_clerk_audit_deliver", self.clerk)
        self.assertRecordValues(
            request,
            [
                {
                    "state": "delivered",
                    "user_id": self.clerk.id,
                    "answer": "The register, as a query.",
                }
            ],
        )
        self._posted((1, 300.0))
        self._tour("invoicing_clerk_audit_accept", self.auditor)
        self.assertEqual(request.state, "queried")
        self.assertEqual(request.comparison_id.added_count, 1)
        self._deliver(request, answer="Number 3 was posted on the last day.")
        self._tour("invoicing_clerk_audit_accept_again", self.auditor)
        self.assertRecordValues(
            request, [{"state": "accepted", "accepted_by_id": self.auditor.id}]
        )
