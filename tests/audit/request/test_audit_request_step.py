from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.rules.audit.request import audit_request
from odoo.addons.invoicing_clerk.tests.audit.request.common import (
    RequestCommon,
)
from odoo.addons.invoicing_clerk.tests.common import blank_pdf


@tagged("post_install", "-at_install")
class TestAuditRequestStep(RequestCommon):
    """Billing takes and delivers, auditors clarify and accept, and nobody else."""

    def test_lifecycle_of_a_request(self):
        request = self._request()
        request.with_user(self.clerk).action_take()
        self.assertEqual((request.state, request.user_id), ("work", self.clerk))
        self._deliver(request)
        self.assertEqual(
            (request.state, request.delivered_by_id), ("delivered", self.clerk)
        )
        request.with_user(self.auditor)._clarify("Which of them are disputed?")
        self.assertEqual(request.clarification, "Which of them are disputed?")
        self._deliver(request, answer="Numbers 3 and 4.")
        self.assertFalse(request.clarification)
        request.with_user(self.auditor).action_accept()
        self.assertEqual(
            (request.state, request.accepted_by_id), ("accepted", self.auditor)
        )

    def test_documents_for_a_request_are_filed_and_attached(self):
        request = self._request().with_user(self.clerk)
        action = request.action_request_documents()
        draft = self.env[action["res_model"]].with_user(self.clerk)
        draft = draft.browse(action["res_id"])
        letter = self.env.ref("invoicing_clerk.document_class_letter")
        draft.write(
            {
                "colleague_id": self.outsider.id,
                "item_ids": [Command.create({"class_id": letter.id})],
            }
        )
        draft.action_send()
        item = draft.item_ids
        self.assertFalse(item.about)
        upload = item.sudo()._receive("a.pdf", blank_pdf(), {})
        upload.with_user(self.clerk).action_download()
        item.action_accept()
        document = item.document_ids
        self.assertFalse(document.partner_id)
        self.assertIn(document.name, request._documents().mapped("name"))
        document.date = "2020-01-01"
        self.assertIn("audit", document._protections()[document.id])

    def test_each_step_belongs_to_one_side(self):
        """All pairs of states, for both sides: the lifecycle of the rules holds in the
        model, whatever is written how."""
        states = [state for state, _label in audit_request.STATES]
        for before in states:
            for after in states:
                if before == after:
                    continue
                step = audit_request.LIFECYCLE.between(before, after)
                side = step and audit_request.LIFECYCLE.steps[step].role
                for user, own in ((self.clerk, "clerk"), (self.auditor, "auditor")):
                    with self.subTest(before=before, after=after, user=user.login):
                        request = self._request(answer="Yes.")
                        request.sudo()._write({"state": before})
                        request.invalidate_recordset()
                        write = request.with_user(user).write
                        values = {"state": after}
                        if user == self.auditor and after == "queried":
                            values["clarification"] = "Why?"
                        if side == own:
                            write(values)
                            self.assertEqual(request.state, after)
                        else:
                            refusal = UserError if side is None else AccessError
                            with self.assertRaises(refusal):
                                write(values)

    def test_each_side_writes_its_own_fields(self):
        request = self._request()
        for field, value in (("name", "Less"), ("date_due", "2027-01-01")):
            with self.assertRaisesRegex(AccessError, "not allowed to change"):
                request.with_user(self.clerk).write({field: value})
            request.with_user(self.auditor).write({field: value})
        for field, value in (("answer", "No."), ("user_id", self.colleague.id)):
            with self.assertRaisesRegex(AccessError, "not allowed to change"):
                request.with_user(self.auditor).write({field: value})
            request.with_user(self.clerk).write({field: value})
        for user in (self.clerk, self.auditor, self.supervisor):
            for field in ("delivered_on", "snapshot_id", "reminded", "number"):
                with self.subTest(field=field), self.assertRaises(AccessError):
                    request.with_user(user).write({field: False})
        with self.assertRaisesRegex(AccessError, "not allowed to change"):
            request.with_user(self.supervisor).write({"name": "Less", "answer": "Yes."})

    def test_supervisors_stand_in_for_missing_auditors(self):
        request = self._request()
        own_request = request.with_user(self.supervisor)
        self._deliver(request)
        self.assertEqual(
            (own_request.user_sides, own_request.allowed_actions), (["clerk"], ["take"])
        )
        with self.assertRaisesRegex(AccessError, "Only the auditors"):
            own_request.action_accept()
        self.audit.auditor_ids = False
        self.assertEqual(own_request.user_sides, ["auditor", "clerk"])
        self.assertEqual(request.with_user(self.clerk).user_sides, ["clerk"])
        own_request.write({"name": "Both"})
        own_request.action_accept()
        self.assertEqual(request.state, "accepted")

    def test_answers_belong_to_the_same_engagement(self):
        request = self._request()
        other = self._query(user=self.supervisor, audit_id=self._audit().id)
        with self.assertRaisesRegex(ValidationError, "belongs to another engagement"):
            request.with_user(self.clerk).query_id = other
        request.with_user(self.clerk).query_id = self._query()

    def test_owners_are_clerks(self):
        request = self._request()
        for user in (self.outsider, self.auditor):
            with self.assertRaisesRegex(ValidationError, "is not a clerk|no access to"):
                request.with_user(self.clerk).user_id = user

    def test_members_who_lost_the_role_do_not_stop_a_delivery(self):
        self.audit.auditor_ids += self.other_auditor
        self.other_auditor.group_ids -= self.env.ref("invoicing_clerk.group_auditor")
        request = self._request()
        self._deliver(request)
        notified = request.message_ids[0].sudo().notified_partner_ids
        self.assertEqual(notified, self.auditor.partner_id)

    def test_only_auditors_and_supervisors_create(self):
        self._request(user=self.supervisor)
        for user in (self.clerk, self.outsider, self.other_auditor, self.clerk_b):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._request(user=user)
        with self.assertRaisesRegex(AccessError, "not allowed to change"):
            self._request(delivered_by_id=self.clerk.id)
        with self.assertRaisesRegex(UserError, "has the status Open"):
            self._request(state="accepted")

    def test_read_access(self):
        request = self._request()
        for user in (self.clerk, self.supervisor, self.auditor):
            self.assertTrue(request.with_user(user).has_access("read"))
        for user in (self.other_auditor, self.outsider, self.clerk_b):
            self.assertFalse(request.with_user(user).has_access("read"), user.login)

    def test_empty_answers_are_not_delivered(self):
        request = self._request()
        with self.assertRaisesRegex(UserError, "Enter an answer"):
            self._deliver(request, answer="  ")
        self._attach(request)
        self._deliver(request, answer=False)
        self.assertEqual(request.state, "delivered")
        self.assertIn("SHA-256", request.message_ids[0].body)

    def test_delivered_documents_are_not_deleted(self):
        request = self._request()
        document, wrong = self._attach(request), self._attach(request, name="wrong.pdf")
        wrong.unlink()
        self._deliver(request, answer=False)
        request.sudo().delivered_on = fields.Datetime.add(
            document.create_date, seconds=1
        )
        for user in (self.clerk, self.auditor, self.supervisor):
            with self.assertRaisesRegex(UserError, "ageing.pdf.* was delivered"):
                document.with_user(user).unlink()
        with self.assertRaisesRegex(UserError, "was delivered"):
            document.sudo().unlink()

    def test_clarifications_need_a_text(self):
        request = self._request()
        self._deliver(request)
        with self.assertRaisesRegex(UserError, "needs to be clarified"):
            request.with_user(self.auditor)._clarify(" ")

    def test_nobody_accepts_what_they_delivered(self):
        request = self._request()
        self._deliver(request, user=self.supervisor)
        self.audit.auditor_ids = False
        self.assertNotIn("accept", request.with_user(self.supervisor).allowed_actions)
        with self.assertRaisesRegex(UserError, "somebody else must accept"):
            request.with_user(self.supervisor).action_accept()
        self.audit.auditor_ids = self.auditor
        request.with_user(self.auditor).action_accept()

    def test_steps_are_not_repeated(self):
        """Writing the current state again does not change who took the step."""
        request = self._request()
        self._deliver(request)
        request.with_user(self.auditor).write({"state": "delivered"})
        self.assertEqual(request.delivered_by_id, self.clerk)
        request.with_user(self.auditor).action_accept()
        request.with_user(self.clerk).write({"state": "accepted"})
        self.assertEqual(request.accepted_by_id, self.auditor)

    def test_defaults_do_not_forge_states(self):
        request = self._request()
        requests = request.with_context(
            default_state="accepted", default_delivered_by_id=self.clerk.id
        )
        created = requests.create({"audit_id": self.audit.id, "name": "Born so"})
        self.assertEqual(created.state, "open")
        self.assertFalse(created.delivered_by_id)

    def test_delivered_answers_are_read_only(self):
        request = self._request()
        self._deliver(request)
        with self.assertRaisesRegex(UserError, "Withdraw it"):
            request.with_user(self.clerk).answer = "Other."
        request.with_user(self.clerk).action_take_back()
        self._deliver(request, answer="Other.")
        request.with_user(self.auditor).action_accept()
        with self.assertRaisesRegex(UserError, "new request"):
            request.with_user(self.auditor).name = "More"
        with self.assertRaisesRegex(
            UserError, "is Accepted: this action is not available"
        ):
            request.with_user(self.clerk).action_take_back()

    def test_started_requests_are_not_deleted(self):
        request, other = self._request(), self._request()
        request.with_user(self.clerk).action_take()
        with self.assertRaisesRegex(UserError, "has been worked on"):
            request.with_user(self.auditor).unlink()
        other.with_user(self.auditor).unlink()
        self.assertEqual(self._request().number, 3, "a number is used only once")

    def test_closed_engagements_are_read_only(self):
        request = self._request()
        self.audit.action_report()
        self.audit.action_close()
        for user in (self.clerk, self.supervisor):
            with self.assertRaisesRegex(UserError, "is closed"):
                request.with_user(user).action_take()
        with self.assertRaisesRegex(UserError, "is closed"):
            request.with_user(self.auditor).name = "More"
        with self.assertRaisesRegex(UserError, "is closed"):
            self._request()

    def test_numbers_per_engagement(self):
        other = self._audit(name="Interim")
        first, second = self._request(), self._request()
        other_request = self._request(user=self.auditor, audit_id=other.id)
        self.assertEqual((first.number, second.number, other_request.number), (1, 2, 1))
        imported = self._request(number=40)
        self.assertEqual((imported.number, self._request().number), (40, 41))

    def test_the_form_of_a_new_request(self):
        requests = self.env["clerk.audit.request"].with_user(self.auditor)
        with Form(requests.with_context(default_audit_id=self.audit.id)) as form:
            form.name = "Bank statements"
            form.area = "receipts"
        self.assertEqual(form.record.number, 1)
        with Form(form.record.with_user(self.clerk)) as form:
            form.answer = "Attached."
        self.assertEqual(form.record.answer, "Attached.")

    def test_queries_of_lists_do_not_grow(self):
        listed = (
            "number",
            "name",
            "state",
            "change_state",
            "document_count",
            "user_id",
        )
        counts = []
        for number in (2, 20):
            for _each in range(number):
                self._request(user_id=self.clerk.id)
            requests = self.env["clerk.audit.request"].with_user(self.auditor)
            specification = {name: {} for name in listed}
            specification["allowed_actions"] = {}
            counts.append(
                self._count_queries(requests.web_search_read, [], specification)
            )
        self._assert_no_more_queries(*counts)

    def test_queries_of_engagements_do_not_grow(self):
        counted = {"request_count": {}, "request_late_count": {}, "finding_count": {}}
        counts = []
        for number in (2, 20):
            for _each in range(number):
                self._request(audit_id=self._audit().id)
            audits = self.env["clerk.audit"].with_user(self.auditor)
            counts.append(self._count_queries(audits.web_search_read, [], counted))
        self._assert_no_more_queries(*counts)

    def test_queries_of_steps_do_not_grow(self):
        counts = []
        for number in (2, 20):
            requests = self._request()
            for _each in range(number - 1):
                requests += self._request()
            clerks = requests.with_user(self.clerk)
            counts.append(self._count_queries(clerks.action_take))
        self._assert_no_more_queries(*counts)
