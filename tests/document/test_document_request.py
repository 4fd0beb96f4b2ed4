import base64
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.models.document.document_request_remind import (
    BEFORE_ALL,
)
from odoo.addons.invoicing_clerk.models.mixin.roles import company_supervisors
from odoo.addons.invoicing_clerk.tests.common import blank_pdf
from odoo.addons.invoicing_clerk.tests.document.common import DocumentCommon


@tagged("post_install", "-at_install")
class TestDocumentRequest(DocumentCommon):
    """Documents from the request to the file."""

    def _refused(self, sentence, action, error=UserError):
        with self.assertRaisesRegex(error, sentence), self.env.cr.savepoint():
            action()

    def _mails(self, request):
        return (
            self.env["mail.mail"]
            .sudo()
            .search([("model", "=", request._name), ("res_id", "in", request.ids)])
        )

    # Ask

    def test_form(self):
        requests = self.env["clerk.document.request"].with_user(self.clerk)
        with Form(requests) as form:
            form.partner_id = self.contact_a
            with form.item_ids.new() as item:
                item.class_id = self.letter
                item.about = "your letter of May"
        request = form.record
        self.assertEqual(request.partner_id, self.partner_a)
        self.assertEqual(request.contact_id, self.contact_a)
        self.assertIn("DR/", request.name)
        request.action_send()
        self.assertEqual(request.item_ids.state, "asked")
        mail = self._mails(request)
        self.assertEqual(mail.recipient_ids, self.contact_a)
        self.assertIn("your letter of May", mail.body_html)
        self.assertIn(request.upload_url, mail.body_html)

    def test_what_the_recipient_needs_is_asked_for_first(self):
        request = self._request(send=False)
        self.partner_a.email = False
        self._refused("Partner A.* has no email|has no email", request.action_send)
        self.partner_a.email = "a@partner-a.example.com"
        request.item_ids.unlink()
        self._refused("Add the documents", request.action_send)
        self.outsider.sudo().active = False
        self._refused(
            "no longer a user|Select another",
            lambda: self._of_colleague(self.delivery),
            (UserError, ValidationError),
        )

    def test_sent_requests_are_not_changed(self):
        request = self._request()
        self._refused(
            "only drafts can be changed",
            lambda: request.write({"partner_id": self.partner_b.id}),
        )
        self._refused(
            "Requested: this action", lambda: request.item_ids.write({"about": "x"})
        )
        self._refused("Requested: this action", request.item_ids.unlink)
        self._refused("kept on record", request.unlink)
        self._refused(
            "not allowed to change",
            lambda: request.item_ids.write({"state": "filed"}),
            AccessError,
        )

    # Receive and check

    def test_accepted_is_filed_under_its_name(self):
        request = self._request(self.letter, self.delivery)
        item = request.item_ids[0]
        upload = self._receive(item)
        self.assertEqual(item.state, "received")
        self.assertEqual(upload.state, "quarantine")
        self.assertTrue(upload.attachment_id.name.startswith("upload-"))
        self.assertEqual(upload.attachment_id.mimetype, "application/x-quarantine")
        item.document_date = "2026-02-03"
        item.action_accept()
        document = item.document_ids
        number = self.invoice.name.replace("/", "-")
        self.assertEqual(
            document.name, f"2026-02-03 LETTER {number} {self.partner_a.name}.pdf"
        )
        self.assertEqual(document.original_name, "scan.pdf")
        self.assertEqual(document.move_ids, self.invoice)
        self.assertEqual(document.partner_id, self.partner_a)
        self.assertIn("192.0.2.7", document.source)
        self.assertEqual((item.state, upload.state), ("filed", "accepted"))
        self.assertFalse(upload.attachment_id)
        self.assertEqual(str(document.kept_until), "2032-12-31")
        self.assertEqual(request.state, "open")
        request.item_ids[1].action_waive("Delivered by the customer's own truck")
        self.assertEqual(request.state, "done")

    def test_only_what_was_opened_is_accepted(self):
        """A file that arrives after the clerk has looked is not filed unseen."""
        item = self._request().item_ids
        self._receive(item)
        second = self._receive(item, "Second", name="second.pdf", opened=False)
        self._refused("“second.pdf” has not been opened", item.action_accept)
        self.assertEqual(item.state, "received")
        second.with_user(self.auditor).action_download()
        self._refused("has not been opened", item.action_accept)
        second.with_user(self.colleague).action_download()
        item.action_accept()
        self.assertEqual(len(item.document_ids), 2)

    def test_wrong_is_asked_for_again(self):
        request = self._request()
        item = request.item_ids
        first = self._receive(item)
        self._refused("Enter a reason", lambda: item.action_refuse(" "))
        item.action_refuse("The second page is missing")
        self.assertEqual((item.state, first.state), ("wrong", "refused"))
        self._receive(item)
        self._refused("already sent this file", lambda: self._receive(item))
        item.action_accept()
        self.assertEqual(request.state, "done")
        self._refused("Accepted and Filed: this", lambda: self._receive(item, "Late"))

    def test_two_clerks_check_at_once(self):
        item = self._request().item_ids
        self._receive(item)
        item.with_user(self.colleague).action_accept()
        self._refused("Accepted and Filed: this action", item.action_accept)
        self.assertEqual(len(item.document_ids), 1)

    def test_one_file_is_filed_once(self):
        filed = self._file("Same")
        item = self._request(records=self.partner_a).item_ids
        self._receive(item, "Same")
        item.action_accept()
        self.assertEqual(item.document_ids, filed)
        self.assertEqual(
            set(filed.link_ids.mapped("res_model")), {"account.move", "res.partner"}
        )
        self._refused("is filed already: ", lambda: self._file("Same"))
        other = self._request(self.delivery).item_ids
        self._receive(other, "Same")
        self._refused("filed already as .*not as Signed Del", other.action_accept)
        self.assertEqual(other.state, "received")

    def test_certificates_need_an_end(self):
        item = self._request(self.certificate).item_ids
        self._receive(item)
        self._refused("Enter the date until which", item.action_accept)
        item.valid_to = "2027-12-31"
        item.action_accept()
        self.assertEqual(str(item.document_ids.valid_to), "2027-12-31")
        again = self._request(self.certificate).item_ids
        self._receive(again)
        again.valid_to = "2030-12-31"
        self._refused("2027-12-31 there, and 2030-12-31 here", again.action_accept)
        item.document_ids.valid_to = "2030-12-31"
        again.action_accept()
        self.assertEqual(again.document_ids, item.document_ids)

    def test_records_are_deleted_meanwhile(self):
        draft = self.invoice.copy()
        item = self._request(records=draft).item_ids
        about = item.about
        draft.sudo().unlink()
        self.env.invalidate_all()
        self.assertIn("Deleted record", item.link_ids.name)
        self.assertEqual(item.about, about)
        self._receive(item)
        item.action_accept()
        self.assertEqual(item.document_ids.partner_id, self.partner_a)

    def test_full_disk_loses_nothing(self):
        item = self._request().item_ids
        attachments = type(self.env["ir.attachment"])

        def full(files, content, checksum):
            """Write half of a file, as on a full disk."""
            _name, path = files._get_path(content, checksum)
            with open(path, "wb") as file:
                file.write(content[: len(content) // 2])
            raise OSError("full")

        with patch.object(attachments, "_file_write", full):
            self._refused("could not be stored", lambda: self._receive(item))
        self.assertEqual(item.state, "asked")
        self._receive(item)
        self.assertEqual(item.state, "received")

    def test_cancelled_takes_nothing(self):
        request = self._request()
        upload = self._receive(request.item_ids)
        request.action_cancel("Found in the archive")
        self.assertEqual(request.item_ids.state, "cancelled")
        self.assertEqual(upload.state, "refused")
        self._refused("Cancelled: this", lambda: self._receive(request.item_ids))

    # Colleagues

    def test_a_colleague_answers_from_the_activity(self):
        request = self._of_colleague(self.delivery)
        activity = request.activity_ids
        self.assertEqual(activity.user_id, self.outsider)
        mine = self.env["clerk.document.request"].with_user(self.outsider)
        self.assertEqual(mine.search([]), request)
        form = Form(request.with_user(self.outsider))
        self.assertEqual(form.open_count, 1)
        for mail in self._mails(request):
            self.assertNotIn("No login", mail.body_html)
        item = request.with_user(self.outsider).item_ids
        action = item.action_send_file()
        dialog = self.env[action["res_model"]].with_user(self.outsider)
        dialog = dialog.with_context(**action["context"])
        dialog.create(
            {"file": base64.b64encode(blank_pdf()), "file_name": "cmr.pdf"}
        ).action_send()
        self.assertEqual(item.state, "received")
        self.assertEqual(item.sudo().upload_ids.user_id, self.outsider)
        self.assertFalse(request.activity_ids)
        self._refused("Only clerks|not allowed|access", item.action_accept, AccessError)
        with self.assertRaises(AccessError):
            item.upload_ids.read(["name"])

    def test_others_have_no_access(self):
        request = self._request()
        item = request.item_ids
        for user in (self.outsider, self.clerk_b):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    item.with_user(user).read(["about"])
                with self.assertRaises(AccessError):
                    request.with_user(user).action_send()
                with self.assertRaises(AccessError):
                    item.with_user(user).action_send_file()
        reader = item.with_user(self.auditor)
        self._receive(item)
        self.assertTrue(reader.upload_ids.name)
        with self.assertRaises(AccessError):
            reader.action_accept()

    def test_records_of_others_are_not_linked(self):
        other = self._posted(company_data=self.company_b_data, partner=self.partner_b)
        self._refused(
            "do not have access|Access|not allowed",
            lambda: self._request(records=other),
            AccessError,
        )
        links = self.env["clerk.document.link"].with_user(self.clerk)
        item = self._request(send=False).item_ids
        self._refused(
            "cannot be linked to",
            lambda: links.create(
                {"item_id": item.id, "res_model": "res.users", "res_id": self.env.uid}
            ),
        )

    # Reminders

    def test_one_digest_a_day_until_receipt(self):
        today = fields.Date.context_today(self.env.user)
        first, second = self._request(), self._request(self.delivery)
        due = first.date_due
        self._remind(today)
        self.assertEqual(len(self._mails(first + second)), 2)
        self._remind(due)
        self.assertEqual(len(self._mails(first + second)), 3)
        digest = self._mails(first + second).sorted("id")[-1]
        self.assertIn(first.name, digest.body_html)
        self.assertIn(second.name, digest.body_html)
        self.assertEqual(first.item_ids.state, "reminded")
        self._remind(due)
        self.assertEqual(len(self._mails(first + second)), 3)
        self._receive(second.item_ids)
        self._remind(due + timedelta(days=6))
        digest = self._mails(first + second).sorted("id")[-1]
        self.assertEqual(len(self._mails(first + second)), 4)
        self.assertNotIn(second.name, digest.body_html)
        self._remind(due + timedelta(days=30))
        above = first.activity_ids.user_id
        self.assertTrue(above.has_group("invoicing_clerk.group_supervisor"))
        self.assertEqual(len(self._mails(first + second)), 4)

    def test_owner_hears_of_a_colleague_who_left(self):
        request = self._of_colleague(self.delivery)
        self.outsider.sudo().active = False
        self._remind(request.date_due)
        owner = request.activity_ids.filtered(lambda each: each.user_id == self.clerk)
        self.assertIn("no longer a user", owner.summary)
        request.colleague_id = self.colleague
        asked = request.activity_ids.filtered(
            lambda each: each.user_id == self.colleague
        )
        self.assertEqual(asked.date_deadline, request.date_due)
        mail = self._mails(request).sorted("id")[-1]
        self.assertEqual(mail.recipient_ids, self.colleague.partner_id)
        self._refused(
            "Select the colleague", lambda: request.write({"colleague_id": False})
        )
        request.action_cancel()
        self._refused(
            "Cancelled: this action",
            lambda: request.write({"colleague_id": self.clerk.id}),
        )

    def test_owners_are_not_their_own_supervisors(self):
        request = self._request()
        supervisors = company_supervisors(request.company_id)
        another = supervisors[0].sudo().copy({"login": "another_supervisor"})
        for owner in supervisors | another:
            request.sudo().user_id = owner
            request._escalate(fields.Date.today())
            self.assertNotEqual(request.sudo().activity_ids.user_id, owner)
            request.sudo().activity_ids.unlink()

    def test_another_contact_gets_a_link_of_its_own(self):
        request = self._request()
        former = request.sudo()._upload_token()
        request.contact_id = self.contact_a
        self.assertFalse(request.sudo()._is_token(former))
        mail = self._mails(request).sorted("id")[-1]
        self.assertEqual(mail.recipient_ids, self.contact_a)

    def test_another_contact_gets_no_dead_link(self):
        request = self._request()
        request.sudo()._inside().link_until = "2020-01-01"
        request.contact_id = self.contact_a
        self.assertFalse(request.problem)
        self.assertEqual(len(self._mails(request)), 2)
        request.action_revoke()
        request.contact_id = False
        self.assertEqual(len(self._mails(request)), 2)
        self.assertIn("no valid link", request.problem)

    def test_no_reminders_with_a_dead_link(self):
        request = self._request()
        request.action_revoke()
        self.assertIn("no valid link", request.problem)
        self._refused("no valid link", request.action_remind)
        self._remind(request.date_due)
        self.assertEqual(len(self._mails(request)), 1)
        self.assertIn("no valid link", request.activity_ids.summary)

    def test_reminders_and_link_follow_the_due_date(self):
        request = self._request()
        self._remind(request.date_due)
        self.assertEqual(request.item_ids.reminded_stage, 0)
        later = request.date_due + timedelta(days=70)
        request.date_due = later
        self.assertGreater(request.link_until, later)
        self._remind(later)
        self.assertEqual(len(self._mails(request)), 3)

    def test_refusals_are_in_the_next_digest(self):
        request = self._request()
        self._receive(request.item_ids)
        request.item_ids.action_refuse("Not signed")
        tomorrow = fields.Date.context_today(request) + timedelta(days=1)
        self._remind(tomorrow)
        self.assertIn("Not signed", self._mails(request).sorted("id")[-1].body_html)
        self.assertEqual(request.item_ids.state, "reminded")

    def test_remind_now(self):
        request = self._request()
        request.action_remind()
        self.assertEqual(len(self._mails(request)), 2)
        self._refused("has had a reminder today", request.action_remind)

    # Holidays

    def _close(self, day):
        """Let the company have a public holiday."""
        self.company_a.resource_calendar_id.sudo().global_leave_ids = [
            Command.create(
                {
                    "name": "Holiday",
                    "date_from": f"{day} 00:00:00",
                    "date_to": f"{day} 23:59:59",
                }
            )
        ]

    def _stage(self, due, day):
        """Return the last reminder that is due on a day, in days."""
        item = self._request(date_due=due, send=False).item_ids
        return item._stages(fields.Date.to_date(day))[item]

    def test_a_reminder_after_a_holiday_waits(self):
        monday, thursday, friday = "2027-03-01", "2027-03-04", "2027-03-05"
        self.assertEqual(self._stage(monday, thursday), 3)
        self._close("2027-03-02")
        self.assertEqual(self._stage(monday, thursday), 0)
        self.assertEqual(self._stage(monday, friday), 3)

    def test_a_reminder_before_a_holiday_comes_earlier(self):
        monday, friday = "2027-03-01", "2027-03-05"
        self.assertEqual(self._stage(friday, monday), BEFORE_ALL)
        self._close("2027-03-04")
        self.assertEqual(self._stage(friday, monday), -3)

    def test_the_due_date_is_a_working_day(self):
        with freeze_time("2027-03-01 12:00:00"):
            requests = self.env["clerk.document.request"].with_user(self.clerk)
            usual = requests.default_get(["date_due"])["date_due"]
            self.assertEqual(str(usual), "2027-03-08")
            self._close("2027-03-02")
            later = requests.default_get(["date_due"])["date_due"]
            self.assertEqual(str(later), "2027-03-09")


@tagged("post_install", "-at_install")
class TestDocument(DocumentCommon):
    """Filed documents: evidence, names, holds."""

    def test_filed_files_stay(self):
        document = self._file()
        with self.assertRaises(AccessError):
            document.file = False
        with self.assertRaises(UserError), self.env.cr.savepoint():
            document.sudo().unlink()
        document.class_id = self.delivery
        self.assertIn(" POD ", document.name)
        twin = self._file("Twin", class_id=self.delivery.id)
        self.assertIn("(2).pdf", twin.name)

    def test_legal_hold(self):
        document = self._file()
        with self.assertRaises(AccessError):
            document.action_hold("Lawsuit")
        above = document.with_user(self.supervisor)
        above.action_hold("Lawsuit")
        self.assertTrue(document.is_on_hold)
        self.assertEqual(above.allowed_actions, ["release"])
        above.action_release()
        self.assertFalse(document.is_on_hold)

    def _filed_earlier(self, document, day="2026-01-31"):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE clerk_document SET create_date = %s WHERE id = %s",
            [day, document.id],
        )
        document.invalidate_recordset()

    def test_clerks_do_not_shorten_the_retention_period(self):
        links = self.env["clerk.document.link"]._of(self.partner_a)
        document = self._file(
            class_id=self.certificate.id,
            date="2014-01-01",
            valid_to="2027-12-31",
            move_ids=[],
            link_ids=[Command.create(each) for each in links],
        )
        self.assertEqual(str(document.kept_until), "2037-12-31")
        self.assertIn("2037-12-31", document._retention_obstacle())
        for day, values in (
            ("2026-01-31", {"valid_to": "2014-12-31"}),
            ("2014-01-31", {"valid_to": "2014-12-31"}),
            ("2026-01-31", {"class_id": self.letter.id}),
        ):
            self._filed_earlier(document, day)
            with (
                self.subTest(day=day, values=values),
                self.assertRaisesRegex(UserError, "Only supervisors"),
                self.cr.savepoint(),
            ):
                document.write(values)
        document.with_user(self.supervisor).valid_to = "2014-12-31"
        self.assertEqual(str(document.kept_until), "2024-12-31")
        self.company_a.sudo().write(
            {"fiscalyear_last_month": "3", "fiscalyear_last_day": 31}
        )
        self.assertEqual(str(document.kept_until), "2025-03-31")

    def test_clerks_remove_no_record_that_keeps_a_document(self):
        old = self._file(date="2014-01-01")
        self.assertIn("2032-12-31", old._retention_obstacle())
        self._filed_earlier(old)
        with self.assertRaisesRegex(UserError, "Only supervisors"), self.cr.savepoint():
            old.move_ids = False
        recent = self._file("Recent")
        self.company_a.sudo().restrictive_audit_trail = True
        with self.assertRaisesRegex(UserError, "audit trail"), self.cr.savepoint():
            recent.link_ids.unlink()
        recent.with_user(self.supervisor).link_ids.unlink()
        self.assertFalse(recent.link_ids)

    def test_clerks_do_not_end_a_protection(self):
        """By another class or validity, no invoice of the customer is reached."""
        self.company_a.sudo().restrictive_audit_trail = True
        links = self.env["clerk.document.link"]._of(self.partner_a)
        document = self._file(
            class_id=self.certificate.id,
            valid_to="2036-12-31",
            move_ids=[],
            link_ids=[Command.create(each) for each in links],
        )
        self.assertIn("audit trail", document._retention_obstacle())
        for values in (
            {"class_id": self.delivery.id},
            {"valid_from": "2036-12-31"},
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(UserError, "only supervisors"),
                self.cr.savepoint(),
            ):
                document.write(values)
        document.note = "Checked"
        document.with_user(self.supervisor).class_id = self.delivery

    def test_disputed_invoices_keep_their_documents(self):
        error = self._open_error(self.invoice)
        links = self.env["clerk.document.link"]._of(error)
        document = self._file(
            date="2014-01-01",
            move_ids=[],
            link_ids=[Command.create(each) for each in links],
        )
        self.assertIn("2032-12-31", document._retention_obstacle())

    def test_one_document_of_several_invoices(self):
        document, other = self._file(), self._posted()
        document.move_ids += other
        self.assertEqual(len(document.link_ids), 2)
        document.move_ids -= self.invoice
        self.assertEqual(document.link_ids.name, other.display_name)
        with self.assertRaises(AccessError):
            document.with_user(self.auditor).move_ids += self.invoice

    def test_found_by_its_text(self):
        document = self._file()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ir_attachment SET index_content = 'kestrel'"
            " WHERE res_model = 'clerk.document' AND res_id = %s",
            document.ids,
        )
        found = document.search([("content", "ilike", "KESTREL")])
        self.assertEqual(found, document)
        theirs = document.with_user(self.clerk_b)
        self.assertFalse(theirs.search([("content", "ilike", "kestrel")]))
