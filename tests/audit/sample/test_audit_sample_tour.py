from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.audit.sample.common import (
    AuditSampleCommon,
)
from odoo.addons.invoicing_clerk.tests.common import TourCase


@tagged("post_install", "-at_install")
class TestAuditSampleTour(AuditSampleCommon, TourCase):
    """An auditor draws a monetary unit sample, records and evaluates it."""

    def test_draw_record_evaluate(self):
        self.auditor.password = "auditor_a"
        self.start_tour(
            "/odoo/audits", "invoicing_clerk_audit_sample", login="auditor_a"
        )
        sample = self.audit.with_user(self.auditor).sample_ids
        self.assertRecordValues(
            sample,
            [
                {
                    "state": "evaluated",
                    "size": 10,
                    "over_projected": 100,
                    "over_upper": 1597.87,
                    "is_accepted": False,
                    "drawn_by_id": self.auditor.id,
                }
            ],
        )
        self.assertEqual(sample.recorded_count, sample.item_count)
