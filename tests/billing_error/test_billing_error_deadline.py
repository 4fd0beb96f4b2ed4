from odoo.tests import freeze_time, tagged

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon


@tagged("post_install", "-at_install")
class TestBillingErrorDeadline(ClerkCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.error = cls._open_error(cls._posted((1, 100.0)))
        cls.error.deadline = "2026-03-10"
        # Admin and OdooBot supervise every company: only ours shall be counted.
        cls.second = cls._new_user("supervisor_a2", "invoicing_clerk.group_supervisor")

    def _escalate(self):
        cron = self.env.ref("invoicing_clerk.ir_cron_escalate").sudo()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.error.invalidate_recordset()

    def _late(self, wanted=True):
        return (
            self.env["clerk.billing.error"]
            .with_user(self.clerk)
            .search([("is_late", "=", wanted), ("id", "=", self.error.id)])
        )

    def test_late_from_the_day_after(self):
        with freeze_time("2026-03-10"):
            self.assertFalse(self.error.is_late)
            self.assertFalse(self._late())
            self.assertTrue(self._late(False))
        self.error.invalidate_recordset(["is_late"])
        with freeze_time("2026-03-11"):
            self.assertTrue(self.error.is_late)
            self.assertTrue(self._late())
            self.assertFalse(self._late(False))

    def test_closed_is_never_late(self):
        self.error._take_step("resolve")
        with freeze_time("2026-03-11"):
            self.error.invalidate_recordset(["is_late"])
            self.assertFalse(self.error.is_late)
            self.assertFalse(self._late())

    def test_supervisor_is_notified_once(self):
        with freeze_time("2026-03-11"):
            self._escalate()
            self._escalate()
        activity = self.error.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertIn(activity.user_id, self.supervisor + self.second)
        self.assertIn("2026-03-10", activity.note)
        notes = self.error.message_ids.filtered(lambda note: "Late:" in note.body)
        self.assertEqual(len(notes), 1)
        self.assertIn(self.clerk.name, notes.body)

    def test_cases_in_time_or_closed_are_not_escalated(self):
        closed = self._open_error(self.error.move_ids, deadline="2026-03-01")
        closed._take_step("cancel")
        with freeze_time("2026-03-10"):
            self._escalate()
        self.assertFalse((self.error + closed).activity_ids)

    def test_new_deadline_can_be_missed_anew(self):
        with freeze_time("2026-03-11"):
            self._escalate()
        self.error.deadline = "2026-03-20"
        with freeze_time("2026-03-15"):
            self._escalate()
        self.assertEqual(len(self.error.activity_ids), 1)
        with freeze_time("2026-03-21"):
            self._escalate()
        self.assertEqual(len(self.error.activity_ids), 2)

    def test_supervisors_share_the_late_cases(self):
        errors = self.error
        for _number in range(3):
            errors |= self._open_error(errors[0].move_ids, deadline="2026-03-01")
        with freeze_time("2026-03-11"):
            self._escalate()
        errors.invalidate_recordset()
        self.assertEqual(errors.activity_ids.user_id, self.supervisor + self.second)

    def test_company_without_supervisor_still_gets_the_note(self):
        invoice = self._posted((1, 10.0), company_data=self.company_b_data)
        error = self._open_error(invoice, user=self.clerk_b, deadline="2026-03-01")
        with freeze_time("2026-03-11"):
            self._escalate()
        error.invalidate_recordset()
        self.assertIn("Late:", error.message_ids[0].body)
