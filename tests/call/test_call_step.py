from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from odoo.addons.invoicing_clerk.models.mixin.roles import company_supervisors
from odoo.addons.invoicing_clerk.tests.call.common import CallCommon


@tagged("post_install", "-at_install")
class TestCallStep(CallCommon):
    """From the first ring to what comes of it."""

    def _new(self, record=None, user=None):
        source = self.env["clerk.call"] if record is None else record
        action = source.with_user(user or self.clerk).action_new_call()
        return self.env["clerk.call"].with_user(self.clerk).browse(action["res_id"])

    def test_new_call_is_saved_at_once_and_taken_up_when_left_empty(self):
        first = self._new()
        self.assertEqual(first.state, "in_progress")
        self.assertTrue(first.start)
        self.assertEqual(self._new(), first, "nothing was said in it yet")
        first.number = "555 010 0001"
        second = self._new()
        self.assertNotEqual(second, first, "several calls are kept apart")
        self.assertEqual(second.other_call_count, 1)

    def test_several_calls_at_once_are_kept_apart(self):
        invoice, other = self._posted(), self._posted()
        first, second = self._new(self.partner_a), self._new(self.partner_a)
        theirs = self._new(self.partner_a, user=self.colleague)
        for move, call in ((invoice, first), (other, second)):
            move.with_user(self.clerk).with_context(
                clerk_call_id=call.id
            ).action_pick_for_call()
        self.assertEqual((first.move_ids, second.move_ids), (invoice, other))
        self.assertEqual(first.other_call_count, 1)
        action = first.action_view_others()
        domain = safe_eval(action["domain"], {"uid": self.clerk.id})
        self.assertEqual(self._calls().search(domain), second + first)
        self.assertNotIn(theirs, self._calls().search(domain))
        first.disposition_id = self._disposition("resolved")
        first.action_done()
        self.assertEqual(self._calls().search(domain), second)

    def test_new_call_from_a_list(self):
        chosen = self._call()
        action = call_kw(self._calls(), "action_new_call", [chosen.ids], {})
        self.assertNotEqual(action["res_id"], chosen.id)

    def test_from_customer_invoice_case_and_work_item(self):
        invoice = self._posted()
        error = self._open_error(invoice, contact_id=self.contact_a.id)
        call = self._new(self.partner_a)
        self.assertEqual(call.number, self.partner_a.phone)
        self.assertEqual(self._new(self.contact_a).contact_id, self.contact_a)
        self.assertEqual(self._new(invoice).move_ids.ids, invoice.ids)
        call = self._new(error)
        self.assertEqual(call.error_ids, error)
        self.assertEqual(call.contact_id, self.contact_a)
        self.assertEqual(error.call_count, 1)
        self.assertEqual(invoice.with_user(self.clerk).call_count, 2)
        self.assertEqual(self.contact_a.with_user(self.clerk).call_count, 4)
        action = self.contact_a.with_user(self.clerk).action_view_calls()
        self.assertEqual(self._calls().search_count(action["domain"]), 4)

    def test_number_finds_the_customer(self):
        with Form(self._new()) as form:
            form.number = "555-010-0002"
            self.assertEqual(form.partner_id, self.partner_a)
            self.assertEqual(form.contact_id, self.contact_a)

    def test_of_several_the_clerk_chooses(self):
        self.partner_b.phone = self.contact_a.phone
        call = self._new()
        with Form(call) as form:
            form.number = self.contact_a.phone
            self.assertFalse(form.partner_id)
        self.assertEqual(call.caller_ids, self.partner_b + self.contact_a)
        self.contact_a.with_user(self.clerk).with_context(
            clerk_call_id=call.id
        ).action_pick_for_call()
        self.assertEqual(call.partner_id, self.partner_a)
        self.assertEqual(call.contact_id, self.contact_a)
        self.assertFalse(call.caller_ids)

    def test_done_needs_an_outcome(self):
        call = self._call(start=fields.Datetime.now() - timedelta(minutes=3))
        with self.assertRaisesRegex(UserError, "say how it ended"):
            call.action_done()
        call.disposition_id = self._disposition("resolved")
        action = call.action_done_and_new()
        self.assertEqual(call.state, "done")
        self.assertAlmostEqual(call.duration, 3, delta=0.1)
        self.assertNotEqual(action["res_id"], call.id)
        with self.assertRaisesRegex(UserError, "is Done .* cannot become Done"):
            call.action_done()

    def test_typed_duration_outlives_the_end(self):
        call = self._call(disposition_id=self._disposition("resolved").id)
        call.duration = 7
        call.action_done()
        self.assertEqual(call.duration, 7)

    def test_customer_reads_that_there_was_a_call_not_what_was_said(self):
        call = self._finished(
            "resolved", summary="Secret", topic_id=self.topic.id, duration=4
        )
        line = self.partner_a.message_ids[0].body
        self.assertIn("Resolved", line)
        self.assertIn("A single invoice", line)
        self.assertIn(f'data-oe-id="{call.id}"', line)
        self.assertNotIn("Secret", line)

    def test_next_action_becomes_an_activity(self):
        day = fields.Date.add(fields.Date.today(), days=2)
        call = self._finished(
            "resolved",
            next_action="Look for the contract",
            next_date=day,
            next_user_id=self.colleague.id,
        )
        self.assertRecordValues(
            call.activity_ids,
            [
                {
                    "summary": "Look for the contract",
                    "date_deadline": day,
                    "user_id": self.colleague.id,
                }
            ],
        )

    def test_supervisor_is_told(self):
        call = self._finished("escalated")
        people = company_supervisors(self.company_a)
        self.assertIn(call.activity_ids.user_id, people)
        self.assertIn("Escalated", call.activity_ids.summary)

    def test_states_have_one_way(self):
        call = self._finished("resolved")
        with self.assertRaisesRegex(UserError, "cannot become In Progress"):
            call.state = "in_progress"

    def test_discarded_call_leaves_no_trace(self):
        call = self._call()
        call.action_discard()
        self.assertFalse(call.exists())


@tagged("post_install", "-at_install")
class TestCallFollowUp(CallCommon):
    """What one click makes of a call."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._posted((2, 100.0))
        cls.call = cls._call(
            contact_id=cls.contact_a.id,
            move_ids=[Command.set(cls.invoice.ids)],
            summary="Only one came.",
        )

    def _of_dialog(self, action):
        model = self.env[action["res_model"]].with_user(self.clerk)
        return model.with_context(**action["context"])

    def test_billing_error(self):
        self.call.disposition_id = self._disposition("dispute")
        self.assertTrue(self.call.step_missing)
        with Form(self._of_dialog(self.call.action_billing_error())) as form:
            form.reason_id = self.env.ref("invoicing_clerk.reason_qty")
        error = form.record
        self.assertEqual(self.call.error_ids, error)
        self.assertFalse(self.call.step_missing)
        self.assertRecordValues(
            error,
            [
                {
                    "move_ids": self.invoice.ids,
                    "partner_id": self.partner_a.id,
                    "contact_id": self.contact_a.id,
                    "origin": "call",
                    "description": "Only one came.",
                }
            ],
        )
        self.assertEqual(len(error.line_ids), 1)

    def test_billing_error_before_the_invoice_is_known(self):
        self.call.move_ids = False
        with Form(self._of_dialog(self.call.action_billing_error())) as form:
            self.assertEqual(form.partner_id, self.partner_a)
        self.assertEqual(self.call.error_ids, form.record)

    def test_promise(self):
        self.call.disposition_id = self._disposition("promise")
        self.assertTrue(self.call.step_missing)
        self.call.move_ids = False
        day = fields.Date.add(fields.Date.today(), days=5)
        with Form(self._of_dialog(self.call.action_promise())) as form:
            form.date = day
        self.assertFalse(self.call.step_missing)
        self.assertRecordValues(
            self.call.promise_ids,
            [
                {
                    "move_ids": self.invoice.ids,
                    "amount": 230.0,
                    "date": day,
                    "contact_id": self.contact_a.id,
                    "source": "call",
                    "note": "Only one came.",
                }
            ],
        )
        self.assertIn("230.00", self.call.history_html)
        promise = self.call.promise_ids
        self.assertEqual(promise.call_count, 1)
        action = promise.action_new_call()
        following = self._calls().browse(action["res_id"])
        self.assertEqual(following.promise_ids, promise)

    def test_promise_of_the_chosen_invoice(self):
        other = self._posted((1, 50.0))
        row = other.with_user(self.clerk).with_context(clerk_call_id=self.call.id)
        with Form(self._of_dialog(row.action_promise_on_call())) as form:
            self.assertEqual(form.amount, 57.5)
            form.date = fields.Date.add(fields.Date.today(), days=5)
        self.assertEqual(self.call.promise_ids.move_ids, other)
        self.assertEqual(self.call.move_ids, self.invoice + other)

    def test_promise_on_what_is_in_dispute_is_refused(self):
        self._open_error(self.invoice)
        with self.assertRaisesRegex(UserError, "dispute"):
            self.call.action_promise()

    def test_row_of_an_invoice(self):
        other = self._posted((1, 50.0))
        row = other.with_user(self.clerk).with_context(clerk_call_id=self.call.id)
        action = row.action_dispute_on_call()
        self.assertEqual(action["context"]["default_move_ids"], other.ids)
        self.assertEqual(self.call.move_ids, self.invoice + other)
        row.action_pick_for_call()
        self.assertEqual(self.call.move_ids, self.invoice)
        row.action_pick_for_call()
        self.assertEqual(self.call.move_ids, self.invoice + other)

    def test_copies_only_to_who_proved_to_be_the_customer(self):
        with self.assertRaisesRegex(UserError, "tick Identity Checked"):
            self.call.action_send_copies()
        self.call.is_identified = True
        action = self.call.action_send_copies()
        self.assertEqual(action["res_model"], "account.move.send.wizard")
        self.assertEqual(action["context"]["active_ids"], self.invoice.ids)
        self.call.move_ids = False
        with self.assertRaisesRegex(UserError, "Pick the invoices"):
            self.call.action_send_copies()

    def test_identity_is_asked_where_the_company_wants_it(self):
        self.call.disposition_id = self._disposition("copy_sent")
        with self.assertRaisesRegex(UserError, "tick Identity Checked"):
            self.call.action_done()
        self.company_a.clerk_call_identity = False
        self.call.action_done()
        self.assertEqual(self.call.state, "done")

    def test_questions_show_what_is_on_file(self):
        self.partner_a.write({"zip": "90210", "ref": False, "vat": False})
        shown = self.call.identity_html
        self.assertIn("90210", shown)
        self.assertIn(self.partner_a.email, shown)
        self.assertNotIn("VAT", shown, "nothing is asked that has no answer")
        self.call.direction = "out"
        self.assertFalse(self.call.identity_html)

    def test_contact_data_before_and_after(self):
        self.call.is_identified = True
        wizard = self._of_dialog(self.call.action_correct_contact())
        with Form(wizard) as form:
            self.assertEqual(form.email, self.contact_a.email)
            form.email = "new@partner-a.example.com"
            self.assertIn("ada@partner-a.example.com", form.changes_html)
        form.record.action_apply()
        self.assertEqual(self.contact_a.email, "new@partner-a.example.com")
        for record in (self.contact_a, self.call):
            body = record.message_ids[0].body
            self.assertIn("ada@partner-a.example.com", body)
            self.assertIn("new@partner-a.example.com", body)
        with self.assertRaisesRegex(UserError, "Nothing is different"):
            form.record.action_apply()

    def test_contact_of_somebody_else_is_refused(self):
        self.call.is_identified = True
        wizard = self._of_dialog(self.call.action_correct_contact()).create(
            {"partner_id": self.partner_b.id, "phone": "+1 555 666 7777"}
        )
        with self.assertRaisesRegex(UserError, "does not belong to"):
            wizard.action_apply()

    def test_call_back_is_planned_before_the_call_is_done(self):
        self.call.disposition_id = self._disposition("call_back")
        action = self.call.action_done()
        self.assertEqual(action["res_model"], "clerk.call.back")
        self.assertEqual(self.call.state, "in_progress")
        moment = fields.Datetime.now().replace(microsecond=0) + timedelta(days=1)
        wizard = self._of_dialog(action)
        with self.assertRaisesRegex(UserError, "time to come"):
            wizard.create({"planned_on": fields.Datetime.now()}).action_apply()
        wizard.create({"planned_on": moment, "about": "The contract"}).action_apply()
        self.assertEqual(self.call.state, "done")
        self.assertRecordValues(
            self.call.following_ids,
            [
                {
                    "state": "planned",
                    "direction": "out",
                    "planned_on": moment,
                    "contact_id": self.contact_a.id,
                    "move_ids": self.invoice.ids,
                    "user_id": self.clerk.id,
                }
            ],
        )
        self.assertEqual(self.call.following_ids.activity_ids.summary, "The contract")

    def test_note_stays_with_the_customer(self):
        wizard = self._of_dialog(self.call.action_note())
        wizard.create({"note": "Pays on Fridays", "is_alert": True}).action_apply()
        for record in (self.partner_a, self.call):
            self.assertIn("Pays on Fridays", record.message_ids[0].body)
        self.assertIn("Pays on Fridays", self.call.money_html)

    def test_question_to_a_colleague(self):
        wizard = self._of_dialog(self.call.action_question()).create(
            {
                "activity_user_id": self.colleague.id,
                "summary": "Was it one or two?",
            }
        )
        wizard.action_schedule_activities()
        self.assertEqual(self.call.activity_ids.user_id, self.colleague)

    def test_without_customer_nothing_can_be_opened(self):
        call = self._call(partner_id=False)
        for action in (
            "action_billing_error",
            "action_promise",
            "action_note",
            "action_send_copies",
            "action_correct_contact",
        ):
            with self.assertRaisesRegex(UserError, "Say first which customer"):
                getattr(call, action)()
