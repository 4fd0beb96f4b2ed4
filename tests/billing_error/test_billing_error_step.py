from itertools import product
from unittest.mock import patch

from odoo.exceptions import LockError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.rules.billing_error import billing_error as rules
from odoo.addons.invoicing_clerk.tests.common import ClerkCommon

VALUES = {
    "waiting": {"waiting_for_id": 1, "waiting_reason": "The signed delivery note"},
    "rejected": {"resolution": "The price is the agreed one."},
    "resolved": {"resolution": "Corrected on the phone."},
}


@tagged("post_install", "-at_install")
class TestBillingErrorStep(ClerkCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._posted((1, 100.0))
        cls.error = cls._open_error(cls.invoice)

    def _put(self, state):
        """Put the case in a state without taking steps."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE clerk_billing_error SET state = %s WHERE id = %s",
            (state, self.error.id),
        )
        self.error.invalidate_recordset()

    def _values(self, state):
        values = dict(VALUES.get(state, {}))
        if "waiting_for_id" in values:
            values["waiting_for_id"] = self.contact_a.id
        return values

    def test_every_step_from_every_state(self):
        life = rules.LIFECYCLE
        for state, step in product(life.keys, life.steps):
            with self.subTest(state=state, step=step):
                self._put(state)
                values = self._values(life.target(step))
                if life.allows(step, state):
                    self.error._take_step(step, **values)
                    self.assertEqual(self.error.state, life.target(step))
                else:
                    with self.assertRaises(UserError):
                        self.error._take_step(step, **values)
                    self.assertEqual(self.error.state, state)

    def test_every_state_written_in_every_state(self):
        life = rules.LIFECYCLE
        for state, new_state in product(life.keys, life.keys):
            with self.subTest(state=state, new_state=new_state):
                self._put(state)
                values = {"state": new_state, **self._values(new_state)}
                if new_state in (state, *life.next_states(state)):
                    self.error.write(values)
                    self.assertEqual(self.error.state, new_state)
                else:
                    with self.assertRaises(UserError):
                        self.error.write(values)
                    self.assertEqual(self.error.state, state)

    def test_each_state_is_open_or_closed(self):
        self.assertEqual(
            {*rules.OPEN_STATES, *rules.CLOSED_STATES}, set(rules.LIFECYCLE.keys)
        )

    def test_buttons_read_the_same_table(self):
        for state in rules.LIFECYCLE.keys:
            self._put(state)
            self.assertEqual(
                self.error.allowed_actions, rules.LIFECYCLE.steps_from(state), state
            )

    def test_refusal_lists_the_possible_states(self):
        self._put("rejected")
        with self.assertRaisesRegex(
            UserError,
            r"BE/.* is Rejected: this action is not available\..*Investigating",
        ):
            self.error._take_step("wait", **self._values("waiting"))

    def test_state_written_directly_passes_the_same_guard(self):
        self._put("cancelled")
        with self.assertRaisesRegex(
            UserError, "is Cancelled: this action is not available"
        ):
            self.error.write({"state": "proposed"})

    def test_case_starts_as_new(self):
        with self.assertRaisesRegex(UserError, "has the status New"):
            self._open_error(self.invoice, state="resolved")

    def test_second_press_is_refused(self):
        self.error.action_investigate()
        with self.assertRaisesRegex(
            UserError, "is Investigating: this action is not available"
        ):
            self.error.action_investigate()

    def test_locked_case_is_refused(self):
        locked = LockError("locked")
        with (
            patch.object(type(self.error), "lock_for_update", side_effect=locked),
            self.assertRaisesRegex(UserError, f"working on {self.error.name}"),
        ):
            self.error.action_investigate()

    def test_waiting_needs_a_person_and_a_reason(self):
        with self.assertRaisesRegex(UserError, "whom you are waiting for"):
            self.error._take_step("wait")

    def test_wait_dialog_sets_person_and_reminder(self):
        self.env["clerk.billing.error.wait"].with_user(self.clerk).create(
            {
                "error_ids": [(6, 0, self.error.ids)],
                "waiting_for_id": self.contact_a.id,
                "waiting_reason": "Signed delivery note",
                "remind_on": "2030-01-01",
            }
        ).action_apply()
        self.assertRecordValues(
            self.error,
            [
                {
                    "state": "waiting",
                    "waiting_for_id": self.contact_a.id,
                    "waiting_reason": "Signed delivery note",
                }
            ],
        )
        self.assertEqual(self.error.activity_ids.user_id, self.clerk)
        self.error.action_investigate()
        self.assertFalse(self.error.waiting_for_id or self.error.waiting_reason)

    def test_reopening_is_counted_and_gives_new_time(self):
        self.error._take_step("resolve")
        self.error.deadline = "2020-01-01"
        closed = self.error.date_closed
        self.assertTrue(closed)
        self.error.action_investigate()
        self.assertRecordValues(
            self.error,
            [
                {
                    "state": "investigating",
                    "reopened_count": 1,
                    "date_closed": False,
                    "is_late": False,
                }
            ],
        )

    def test_rejection_is_logged_but_not_emailed_by_default(self):
        action = self.error.action_reject()
        self._close(action, "The price is the agreed one.")
        self.assertEqual(self.error.state, "rejected")
        message = self.error.message_ids[0]
        self.assertIn("The price is the agreed one.", message.body)
        self.assertFalse(message.partner_ids)

    def test_rejection_is_emailed_on_request(self):
        self.error.contact_id = self.contact_a
        with mute_logger("odoo.addons.mail.models.mail_mail"):
            self._close(self.error.action_reject(), "Not owed", send_mail=True)
        self.assertEqual(self.error.message_ids[0].partner_ids, self.contact_a)

    def test_email_without_an_address_is_refused(self):
        self.contact_a.email = False
        self.error.contact_id = self.contact_a
        with self.assertRaisesRegex(UserError, "no email address"):
            self._close(self.error.action_reject(), "Not owed", send_mail=True)

    def test_rejection_needs_an_explanation(self):
        with self.assertRaisesRegex(UserError, "Enter an explanation"):
            self._close(self.error.action_reject(), "  ")
        with self.assertRaisesRegex(UserError, "reason for rejecting"):
            self.error._take_step("reject")

    def test_resolving_an_open_claim_needs_an_explanation(self):
        self.error.line_ids.claimed_price_unit = 60.0
        with self.assertRaisesRegex(UserError, r"46\.00 of .*46\.00 disputed is still"):
            self.error._take_step("resolve")
        action = self.error.action_resolve()
        self._close(action, "We met half way on the phone.")
        self.assertEqual(self.error.state, "resolved")

    def test_resolving_what_is_settled_is_one_click(self):
        self.assertIs(self.error.action_resolve(), True)
        self.assertEqual(self.error.state, "resolved")

    def test_days_to_resolve(self):
        self.error.sudo().date_opened = "2026-01-01 12:00:00"
        self.error._take_step("resolve")
        self.error.sudo().date_closed = "2026-01-04 00:00:00"
        self.assertAlmostEqual(self.error.days_to_resolve, 2.5)

    def _close(self, action, explanation, **values):
        self.env[action["res_model"]].with_user(self.clerk).with_context(
            **action["context"]
        ).create({"resolution": explanation, **values}).action_apply()
