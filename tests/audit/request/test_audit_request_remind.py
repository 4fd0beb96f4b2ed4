from datetime import date

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.audit.request.common import (
    RequestCommon,
)


@tagged("post_install", "-at_install")
class TestAuditRequestRemind(RequestCommon):
    """Owners are reminded before the due date, the contact in billing after it."""

    freeze_time = freeze_time("2026-03-10")

    def _remind(self):
        self.env["clerk.audit.request"].sudo()._cron_remind()

    def _reminded(self, request):
        return request.sudo().activity_ids.mapped("user_id")

    def test_before_and_after_the_due_date(self):
        soon = self._request(date_due="2026-03-12", user_id=self.clerk.id)
        later = self._request(date_due="2026-03-14", user_id=self.clerk.id)
        self._remind()
        self._remind()
        self.assertEqual(soon.sudo().activity_ids.user_id, self.clerk)
        self.assertEqual(len(soon.sudo().activity_ids), 1)
        self.assertEqual(soon.sudo().activity_ids.date_deadline, date(2026, 3, 12))
        self.assertFalse(later.activity_ids)
        with freeze_time("2026-03-13"):
            self._remind()
            self._remind()
        self.assertEqual(self._reminded(soon), self.clerk + self.audit.lead_id)
        self.assertEqual(len(soon.sudo().activity_ids), 2)

    def test_without_owner_the_contact_is_reminded(self):
        request = self._request(date_due="2026-03-01")
        self._remind()
        self.assertEqual(self._reminded(request), self.audit.lead_id)

    def test_delivery_and_new_due_dates_remove_reminders(self):
        request = self._request(date_due="2026-03-11", user_id=self.clerk.id)
        self._remind()
        self._deliver(request)
        self.assertFalse(request.sudo().activity_ids)
        self._remind()
        self.assertFalse(request.sudo().activity_ids)
        request.with_user(self.auditor)._clarify("And?")
        self._remind()
        self.assertEqual(self._reminded(request), self.clerk)
        request.with_user(self.auditor).date_due = "2026-05-01"
        self.assertFalse(request.sudo().activity_ids)

    def test_closed_engagements_are_not_reminded(self):
        request = self._request(date_due="2026-03-01")
        self.audit.action_report()
        self.audit.action_close()
        self._remind()
        self.assertFalse(request.activity_ids)

    def test_no_email_is_sent(self):
        self._request(date_due="2026-03-01", user_id=self.clerk.id)
        mails = self.env["mail.mail"].sudo()
        before = mails.search_count([])
        self._remind()
        self.assertEqual(mails.search_count([]), before)

    def test_queries_do_not_grow_with_reminders(self):
        counts = []
        for number in (2, 20):
            for _each in range(number):
                self._request(date_due="2026-03-11", user_id=self.clerk.id)
            counts.append(self._count_queries(self._remind))
        self._assert_no_more_queries(*counts)

    def test_the_worklist(self):
        late = self._request(date_due="2026-03-01", user_id=self.clerk.id)
        far = self._request(date_due="2026-06-01")
        worklist = self.env.ref("invoicing_clerk.worklist_audit_request").sudo()
        self.assertTrue(worklist._refresh(), worklist.refresh_error)
        listed = worklist.item_ids.filtered(lambda item: item.state == "open")
        self.assertIn(late.id, listed.mapped("res_id"))
        self.assertNotIn(far.id, listed.mapped("res_id"))
        item = listed.filtered(lambda item: item.res_id == late.id)
        self.assertEqual(item.user_id, self.clerk)
        self._deliver(late)
        worklist._refresh()
        self.assertEqual(item.state, "left")
