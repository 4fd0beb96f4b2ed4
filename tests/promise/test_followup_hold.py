from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.hooks import _release_followup
from odoo.addons.invoicing_clerk.rules.promise.followup import Hold
from odoo.addons.invoicing_clerk.tests.promise.common import PromiseCommon

# What happens to an invoice, each with the flag afterwards.
SEQUENCES = {
    "dispute": [("dispute", True), ("close", False)],
    "promise kept": [("promise", True), ("pay", False)],
    "promise broken": [("old_promise", True), ("judge", False)],
    "promise withdrawn": [("promise", True), ("withdraw", False)],
    "a person sets it before": [("set", True), ("dispute", True), ("close", True)],
    "a person sets it meanwhile": [
        *(("dispute", True), ("clear", False), ("set", True), ("close", True)),
    ],
    "a person confirms it meanwhile": [
        *(("dispute", True), ("set", True), ("close", True)),
    ],
    "a person clears it meanwhile": [
        *(("dispute", True), ("clear", False), ("close", False), ("dispute", True)),
    ],
    "a person sets it afterwards": [
        *(("dispute", True), ("close", False), ("set", True), ("clear", False)),
    ],
    "promise, then dispute": [
        *(("promise", True), ("dispute", True), ("withdraw", True), ("close", False)),
    ],
    "paid meanwhile": [("dispute", True), ("pay", True), ("close", False)],
    "a person clears it before a draft": [
        *(("dispute", True), ("clear", False), ("draft", False), ("post", False)),
    ],
    "reset to draft": [("dispute", True), ("draft", False), ("post", True)],
}


@tagged("post_install", "-at_install")
class TestFollowupHold(PromiseCommon):
    """Disputed and promised invoices are excluded from follow-up, until they are not.

    Would have caught: a customer who disputes an invoice gets a reminder for it, or
    never gets one again.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_a.clerk_hold_followup = True
        cls.holds = cls.env["clerk.followup.hold"].sudo()

    def test_sequences(self):
        for name, steps in SEQUENCES.items():
            self.invoice = self._untaxed()
            for step, flag in steps:
                getattr(self, f"_step_{step}")()
                self.holds._update()
                with self.subTest(sequence=name, step=step):
                    item = self._instalments(self.invoice)
                    self.assertEqual(item.no_followup, flag)
                    self.assertEqual(self.invoice.no_followup, flag)

    def _step_dispute(self):
        self.error = self._open_error(self.invoice, {"claimed_quantity": 0})

    def _step_close(self):
        self.error._take_step("reject", resolution="As agreed.")

    def _step_promise(self):
        self.promise = self._promise(self.invoice)

    def _step_old_promise(self):
        self.promise = self._old_promise(self.invoice)

    def _step_judge(self):
        self._judge(self.promise)

    def _step_withdraw(self):
        self.promise._withdraw("A mistake.")

    def _step_pay(self):
        self._pay(self.invoice, payment_date=self.today)
        self.env["clerk.promise"].sudo().search([])._judge()

    def _step_set(self):
        self.invoice.no_followup = True

    def _step_clear(self):
        self.invoice.no_followup = False

    def _step_draft(self):
        self.invoice.button_draft()

    def _step_post(self):
        self.invoice.action_post()

    def test_the_database_takes_the_steps_of_the_rule(self):
        disputed, free = self._untaxed(), self._untaxed()
        self._open_error(disputed, {"claimed_quantity": 0})
        for state in (None, "held", "left"):
            for flag in (False, True):
                for invoice in disputed, free:
                    item = self._instalments(invoice)
                    self._set_up(item, state, flag)
                    self.holds._update()
                    hold = self.holds.search([("move_line_id", "=", item.id)])
                    wanted = Hold(state, flag).updated(invoice == disputed)
                    with self.subTest(state=state, flag=flag, invoice=invoice.name):
                        found = Hold(hold.state or None, item.no_followup)
                        self.assertEqual(found, wanted)

    def _set_up(self, item, state, flag):
        self.holds.search([("move_line_id", "=", item.id)]).unlink()
        item.no_followup = flag
        if state:
            values = {"move_line_id": item.id, "company_id": item.company_id.id}
            self.holds.create({**values, "state": state})

    def test_setting_of_the_company(self):
        invoice = self._untaxed()
        self._open_error(invoice, {"claimed_quantity": 0})
        other = self._posted(company_data=self.company_b_data)
        self._open_error(other, user=self.clerk_b)
        self.holds._update()
        self.assertTrue(invoice.no_followup)
        self.assertFalse(other.no_followup)
        self.company_a.clerk_hold_followup = False
        self.holds._update()
        self.assertFalse(invoice.no_followup)
        self.assertFalse(self.holds.search([]))

    def test_a_decision_outlasts_the_setting(self):
        self.invoice = self._untaxed()
        self._step_dispute()
        self.holds._update()
        self._step_clear()
        for is_on in (False, True):
            self.company_a.clerk_hold_followup = is_on
            self.holds._update()
            self.assertFalse(self.invoice.no_followup)

    def test_credit_notes_are_not_held(self):
        note = self._untaxed(move_type="out_refund")
        self._open_error(note, {"claimed_quantity": 0})
        self.holds._update()
        self.assertFalse(note.no_followup)
        self.assertFalse(self.holds.search([]))

    def test_uninstallation_clears_what_was_set(self):
        held, left, own = (self._untaxed() for _number in range(3))
        for invoice in held, left:
            self._open_error(invoice, {"claimed_quantity": 0})
        own.no_followup = True
        self.holds._update()
        left.no_followup = True
        _release_followup(self.env)
        self.assertFalse(held.no_followup)
        self.assertTrue(left.no_followup)
        self.assertTrue(own.no_followup)

    def test_many_cost_what_few_do(self):
        self._promise(self._untaxed())
        few = self._count_queries(self.holds._update)
        for _number in range(3):
            self._promise(self._untaxed())
        many = self._count_queries(self.holds._update)
        self._assert_no_more_queries(few, many)
        self.assertEqual(len(self.holds.search([])), 4)

    def test_scheduled_action(self):
        invoice = self._untaxed()
        self._promise(invoice)
        cron = self.env.ref("invoicing_clerk.ir_cron_hold_followup").sudo()
        self.env.flush_all()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertTrue(invoice.no_followup)

    def test_nobody_writes_notes(self):
        self._promise(self._untaxed())
        self.holds._update()
        hold = self.holds.search([]).with_user(self.supervisor)
        with self.assertRaises(AccessError):
            hold.write({"state": "left"})
        with self.assertRaises(AccessError):
            hold.unlink()
        self.assertFalse(hold.with_user(self.clerk_b).search([]))
