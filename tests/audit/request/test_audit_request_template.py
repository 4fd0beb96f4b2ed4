from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.audit.request.common import (
    RequestCommon,
)


@tagged("post_install", "-at_install")
class TestAuditRequestTemplate(RequestCommon):
    """Standard requests are added together, each of them once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.audit.write({"field_start": "2027-02-01", "field_end": "2027-02-12"})
        cls.templates = (
            cls.env["clerk.audit.request.template"].with_user(cls.supervisor).search([])
        )

    def _apply(self, user, templates=None):
        dialog = (
            self.env["clerk.audit.request.apply"]
            .with_user(user)
            .create({"audit_id": self.audit.id})
        )
        if templates is not None:
            dialog.template_ids = templates
        dialog.action_apply()
        return self.audit.request_ids

    @freeze_time("2026-11-02")
    def test_the_whole_list(self):
        self._posted((1, 100.0))
        requests = self._apply(self.auditor)
        self.assertEqual(requests.template_id, self.templates)
        self.assertGreater(len(requests), 20)
        self.assertEqual(requests.mapped("number"), list(range(1, len(requests) + 1)))
        ageing = requests.filtered(lambda each: each.name.startswith("Receivables age"))
        self.assertEqual(ageing.date_due, date(2027, 1, 27))
        self.assertEqual(ageing.query_id.population, "open")
        for request in requests.filtered("query_id"):
            self._deliver(request, answer="See the query.")
            self.assertTrue(request.snapshot_id.digest)
        self.assertEqual(
            requests.filtered("snapshot_id"), requests.filtered("query_id")
        )

    def test_each_once(self):
        some = self.templates[:3]
        self.assertEqual(self._apply(self.auditor, some).template_id, some)
        dialog = self.env["clerk.audit.request.apply"].with_user(self.supervisor)
        left = dialog.create({"audit_id": self.audit.id}).template_ids
        self.assertEqual(left, self.templates - some)
        self.assertEqual(len(self._apply(self.supervisor, self.templates[:4])), 4)

    def test_no_request_is_overdue_when_it_is_made(self):
        """Whatever the dates of the engagement, all of them passed included.

        Before, requests of an engagement that was opened after its fieldwork began
        were overdue at once, and their owners were reminded of them.
        """
        for today in ("2026-11-02", "2027-02-05", "2028-06-01"):
            with self.subTest(today=today), freeze_time(today):
                self.audit.request_ids.unlink()
                for request in self._apply(self.auditor):
                    self.assertGreaterEqual(str(request.date_due), today)
                self.assertFalse(self.audit.request_late_count)

    @freeze_time("2026-11-02")
    def test_end_of_period_is_the_default_date(self):
        self.audit.write({"field_start": False, "field_end": False})
        template = self.env.ref("invoicing_clerk.audit_request_template_ageing")
        request = template.with_user(self.auditor)._apply(
            self.audit.with_user(self.auditor)
        )
        self.assertEqual(request.date_due, date(2026, 12, 26))

    def test_who_may(self):
        for user in (self.clerk, self.other_auditor, self.outsider):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.templates[:1].with_user(user)._apply(self.audit.with_user(user))
        with self.assertRaises(AccessError):
            self.templates[:1].with_user(self.auditor).name = "Mine"
        self.templates[:1].with_user(self.supervisor).name = "Ours"

    def test_one_query_each(self):
        template = self.env.ref("invoicing_clerk.audit_request_template_ageing")
        with self.assertRaisesRegex(ValidationError, "select either"):
            template.with_user(self.supervisor).model_id = self.env["ir.model"]._get_id(
                "account.move"
            )
