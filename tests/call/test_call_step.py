from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from odoo.addons.invoicing_clerk.models.mixin.roles import company_supervisors
from odoo.addons.invoicing_clerk.tests.call.common import CallCommon


@tagged("post_install", "-at_install")
class TestCallStep(CallCommon):
    """The lifecycle of a call, from its beginning to the outcome."""

    def _new(self, record=None, user=None):
        source = self.env["clerk.call"] if record is None else record
        action = source.with_user(user or self.clerk).action_new_call()
        return self.env["clerk.call"].with_user(self.clerk).browse(action["res_id"])

    def test_new_call_is_saved_at_once_and_reused_while_empty(self):
        first = self._new()
        self.assertEqual(first.state, "in_progress")
        self.assertTrue(first.start)
        self.assertEqual(self._new(), first, "it is still empty")
        first.number = "555 010 0001"
        second = self._new()
        self.assertNotEqual(second, first, "several calls are kept apart")
        self.assertEqual(second.other_call_count, 1)

    def test_several_calls_at_once_are_kept_apart(self):
        invoice, other = self._posted(), self._posted()
        first, second = self._new(self.partner_a), self._new(self.partner_a)
        of_colleague = self._new(self.partner_a, user=self.colleague)
        for move, call in ((invoice, first), (other, second)):
            move.with_user(self.clerk).with_context(
                clerk_call_id=call.id
            ).action_pick_for_call()
        self.assertEqual((first.move_ids, second.move_ids), (invoice, other))
        self.assertEqual(first.other_call_count, 1)
        action = first.action_view_others()
        domain = safe_eval(action["domain"], {"uid": self.clerk.id})
        self.assertEqual(self._calls().search(domain), second + first)
        self.assertNotIn(of_colleague, self._calls().search(domain))
        first.outcome_id = self._outcome_of("resolved")
        first.action_done()
        self.assertEqual(self._calls().search(domain), second)

    def test_new_call_from_a_list(self):
        chosen = self._call()
        action = call_kw(self._calls(), "action_new_call", [chosen.ids], {})
        self.assertNotEqual(action["res_id"], chosen.id)

    def test_new_call_from_customer_invoice_and_billing_error(self):
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

    def test_the_clerk_chooses_among_several_callers(self):
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
        with self.assertRaisesRegex(UserError, "select the outcome"):
            call.action_done()
        call.outcome_id = self._outcome_of("resolved")
        action = call.action_done_and_new()
        self.assertEqual(call.state, "done")
        self.assertAlmostEqual(call.duration, 3, delta=0.1)
        self.assertEqual(
            (action["res_model"], action["target"]), ("clerk.call.new", "main")
        )
        with self.assertRaisesRegex(
            UserError,
            "is Done: this action is not available. It is assigned to clerk_a",
        ):
            call.action_done()

    def test_typed_duration_outlives_the_end(self):
        call = self._call(outcome_id=self._outcome_of("resolved").id)
        call.duration = 7
        call.action_done()
        self.assertEqual(call.duration, 7)

    def test_chatter_of_the_customer_does_not_show_what_was_said(self):
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

    def test_supervisor_is_notified(self):
        call = self._finished("escalated")
        people = company_supervisors(self.company_a)
        self.assertIn(call.activity_ids.user_id, people)
        self.assertIn("Escalated", call.activity_ids.summary)

    def test_done_is_final(self):
        call = self._finished("resolved")
        with self.assertRaisesRegex(UserError, "is Done: this action is not available"):
            call.state = "in_progress"

    def test_available_actions(self):
        call = self._call()
        self.assertEqual(call.allowed_actions, ["finish"])
        call.planned_on = fields.Datetime.now()
        self.assertEqual(call.allowed_actions, ["put_back", "finish"])
        call.action_put_back()
        self.assertEqual(call.allowed_actions, ["start", "drop"])
        self.assertFalse(call.with_user(self.auditor).allowed_actions)

    def test_deleted_call(self):
        call = self._call()
        call.action_discard()
        self.assertFalse(call.exists())
