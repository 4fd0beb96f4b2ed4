from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.tests.call.common import CallOnInvoiceCommon

STEPS = (
    *("action_billing_error", "action_promise", "action_note"),
    *("action_send_copies", "action_correct_contact"),
)


@tagged("post_install", "-at_install")
class TestCallFollowUp(CallOnInvoiceCommon):
    """Billing errors, promises and activities that follow a call."""

    def test_billing_error(self):
        self.call.outcome_id = self._outcome_of("dispute")
        self.assertTrue(self.call.step_missing)
        with Form(self._wizard(self.call.action_billing_error())) as form:
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
        with Form(self._wizard(self.call.action_billing_error())) as form:
            self.assertEqual(form.partner_id, self.partner_a)
        self.assertEqual(self.call.error_ids, form.record)

    def test_promise(self):
        self.call.outcome_id = self._outcome_of("promise")
        self.assertTrue(self.call.step_missing)
        self.call.move_ids = False
        day = fields.Date.add(fields.Date.today(), days=5)
        with Form(self._wizard(self.call.action_promise())) as form:
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
        with Form(self._wizard(row.action_promise_on_call())) as form:
            self.assertEqual(form.amount, 57.5)
            form.date = fields.Date.add(fields.Date.today(), days=5)
        self.assertEqual(self.call.promise_ids.move_ids, other)
        self.assertEqual(self.call.move_ids, self.invoice + other)

    def test_promise_on_disputed_invoice_is_refused(self):
        self._open_error(self.invoice)
        with self.assertRaisesRegex(UserError, "dispute"):
            self.call.action_promise()

    def test_buttons_in_the_row_of_an_invoice(self):
        other = self._posted((1, 50.0))
        row = other.with_user(self.clerk).with_context(clerk_call_id=self.call.id)
        action = row.action_dispute_on_call()
        self.assertEqual(action["context"]["default_move_ids"], other.ids)
        self.assertEqual(self.call.move_ids, self.invoice + other)
        row.action_pick_for_call()
        self.assertEqual(self.call.move_ids, self.invoice)
        row.action_pick_for_call()
        self.assertEqual(self.call.move_ids, self.invoice + other)

    def test_call_back_is_planned_before_the_call_is_done(self):
        self.call.outcome_id = self._outcome_of("call_back")
        action = self.call.action_done()
        self.assertEqual(action["res_model"], "clerk.call.back")
        self.assertEqual(self.call.state, "in_progress")
        moment = fields.Datetime.now().replace(microsecond=0) + timedelta(days=1)
        wizard = self._wizard(action)
        with self.assertRaisesRegex(UserError, "must be in the future"):
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

    def test_note_is_logged_on_customer_and_call(self):
        wizard = self._wizard(self.call.action_note())
        wizard.create({"note": "Pays on Fridays", "is_alert": True}).action_apply()
        for record in (self.partner_a, self.call):
            self.assertIn("Pays on Fridays", record.message_ids[0].body)
        self.assertIn("Pays on Fridays", self.call.balance_html)

    def test_question_to_a_colleague(self):
        wizard = self._wizard(self.call.action_question()).create(
            {
                "activity_user_id": self.colleague.id,
                "summary": "Was it one or two?",
            }
        )
        wizard.action_schedule_activities()
        self.assertEqual(self.call.activity_ids.user_id, self.colleague)

    def test_dialogs_need_a_customer(self):
        call = self._call(partner_id=False)
        for action in STEPS:
            with self.assertRaisesRegex(UserError, "Select the customer first"):
                getattr(call, action)()

    def test_dialogs_are_of_one_call(self):
        """Would have caught: an error of Python for calls of two customers."""
        calls = self.call | self._call(partner_id=self.partner_b.id)
        for action in STEPS:
            with (
                self.subTest(action),
                self.assertRaisesRegex(UserError, "Select one record"),
            ):
                getattr(calls, action)()
