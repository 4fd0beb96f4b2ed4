from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.audit.request.common import (
    RequestCommon,
)


@tagged("post_install", "-at_install")
class TestAuditComment(RequestCommon):
    """Only users who can read a record are notified of audit comments."""

    def test_both_sides_comment(self):
        request = self._request()
        for user in (self.clerk, self.auditor, self.supervisor):
            request.with_user(user).message_post(body="A word", message_type="comment")
        self.assertEqual(len(request.message_ids.filtered("body")), 3)

    def test_outsiders_cannot_comment(self):
        request = self._request()
        for user in (self.other_auditor, self.outsider, self.clerk_b):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                request.with_user(user).message_post(body="A word")

    def test_outsiders_cannot_be_notified(self):
        request = self._request()
        outsiders = (
            self.partner_a,
            self.other_auditor.partner_id,
            self.outsider.partner_id,
            self.clerk_b.partner_id,
        )
        for partner in outsiders:
            for user in (self.auditor, self.clerk):
                posting = request.with_user(user)
                with self.assertRaisesRegex(UserError, "cannot be notified"):
                    posting.message_post(body="x", partner_ids=partner.ids)
                with self.assertRaisesRegex(UserError, "cannot be notified"):
                    posting.message_notify(body="x", partner_ids=partner.ids)
                with self.assertRaisesRegex(UserError, "cannot be notified"):
                    posting.message_subscribe(partner.ids)
        with self.assertRaisesRegex(UserError, "cannot be notified"):
            request.with_user(self.auditor).message_post(
                body="x", outgoing_email_to="press@example.com"
            )

    def test_followers_without_access_are_skipped(self):
        request = self._request()
        request.sudo()._message_subscribe(self.partner_a.ids)
        request.sudo()._message_subscribe(self.other_auditor.partner_id.ids)
        message = request.with_user(self.auditor).message_post(
            body="A word",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.clerk.partner_id.ids,
        )
        self.assertEqual(message.sudo().notified_partner_ids, self.clerk.partner_id)

    def test_both_sides_are_notified_of_steps(self):
        request = self._request()
        self._deliver(request)
        notified = request.message_ids[0].sudo()
        self.assertIn(self.auditor.partner_id, notified.notified_partner_ids)
        request.with_user(self.auditor)._clarify("And then?")
        notified = request.message_ids.filtered(lambda each: "And then" in each.body)
        self.assertEqual(
            notified.sudo().notified_partner_ids, self.supervisor.partner_id
        )
