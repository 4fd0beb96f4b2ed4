from datetime import timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.models.statement.statement_source import (
    StatementLedger,
)
from odoo.addons.invoicing_clerk.tests.reminder.common import ReminderCommon


@tagged("post_install", "-at_install")
class TestReminderRun(ReminderCommon):
    """Whom a run reminds of what, and what it leaves out and names."""

    def test_first_level_comes_first(self):
        old = self._overdue(days=90)
        self._overdue(50.0, days=2)
        notice = self._notice(self._reminders(self.partner_a))
        self.assertEqual(notice.level_id, self.levels[0])
        self.assertEqual((notice.state, notice.amount_company), ("ready", 150.0))
        self.assertEqual(notice.days_overdue, 90)
        self.assertIn(old.name, self._lines(notice))

    def test_not_overdue(self):
        self._overdue(days=0)
        self._overdue(days=-10)
        self.assertFalse(self._notice(self._reminders(self.partner_a)))
        self._overdue(days=2)
        notice = self._notice(self._reminders(self.partner_a))
        self.assertEqual((notice.state, notice.reason), ("excluded", "early"))

    def test_what_is_left_out_is_named(self):
        free, disputed, promised, blocked, silent = (
            self._overdue(amount) for amount in (100.0, 40.0, 30.0, 20.0, 10.0)
        )
        self._open_error(disputed, {"claimed_quantity": 0.5})
        self.env["clerk.promise"].with_user(self.clerk).create(
            {
                "move_ids": promised.ids,
                "amount": 5.0,
                "date": self.today + timedelta(days=7),
            }
        )
        blocked.action_toggle_block_payment()
        silent.no_followup = True
        notice = self._notice(self._reminders(self.partner_a))
        self.assertEqual(
            self._lines(notice),
            {
                free.name: (100.0, False),
                disputed.name: (0.0, "disputed"),
                promised.name: (0.0, "promised"),
                blocked.name: (0.0, "blocked"),
                silent.name: (0.0, "no_followup"),
            },
        )
        self.assertEqual(notice.amount_company, 100.0)

    def test_unapplied_payments_cover_the_oldest(self):
        old, new = self._overdue(100.0, 30), self._overdue(50.0, 10)
        self._entry(-120.0, fields.Date.to_string(self.today), partner=self.partner_a)
        notice = self._notice(self._reminders(self.partner_a))
        self.assertEqual(
            self._lines(notice),
            {old.name: (0.0, "covered"), new.name: (30.0, False)},
        )

    def _paid(self, invoice, amount=None, **values):
        """Register a payment without entry, and mark it as paid."""
        payment = self._in_process(invoice, amount)
        payment.write(values)
        payment.action_validate()
        self.assertFalse(payment.move_id)
        return payment

    def test_paid_after_a_credit_note(self):
        """Such an invoice is partially paid, until the bank's entry is reconciled."""
        invoice = self._overdue()
        self._pay_off(invoice, amount=30.0)
        payment = self._paid(invoice, 70.0)
        self.assertEqual(invoice.payment_state, "partial")
        notice = self._notice(self._reminders(self.partner_a))
        self.assertEqual(self._lines(notice), {invoice.name: (0.0, "paying")})
        self.assertIn(payment.name, notice.reason_details)

    def test_paid_by_another_customer(self):
        invoice = self._overdue()
        payment = self._in_process(invoice)
        payment.partner_id = self.partner_b
        notice = self._notice(self._reminders(self.partner_a))
        self.assertEqual(self._lines(notice), {invoice.name: (0.0, "paying")})
        notice = self._notice(self._reminders())
        self.assertEqual(notice.reason, "items")

    def test_overpayment_in_process(self):
        invoice, other = self._overdue(), self._overdue(60.0)
        payment = self._in_process(invoice, 150.0)
        notice = self._notice(self._reminders(self.partner_a))
        self.assertEqual(
            self._lines(notice),
            {invoice.name: (0.0, "paying"), other.name: (10.0, False)},
        )
        payment.partner_type = "supplier"
        notice = self._notice(self._reminders(self.partner_a))
        self.assertEqual(notice.amount_company, 160.0)

    def test_amounts_of_two_currencies(self):
        self._overdue(100.0, currency=self.foreign_currency)
        self._overdue(30.0)
        notice = self._notice(self._reminders(self.partner_a))
        self.assertEqual(notice.amount_company, 80.0)
        self.assertEqual(
            dict(notice._amounts_due()),
            {self.foreign_currency: 100.0, self.currency_a: 30.0},
        )

    def test_customers_who_are_left_out(self):
        self._overdue(100.0)
        cases = {
            "legal": {"clerk_legal_hold": True},
            "stopped": {"clerk_legal_hold": False, "reminder_stop": "personal"},
            "": {"reminder_stop_until": self.today - timedelta(days=1)},
        }
        for reason, values in cases.items():
            with self.subTest(reason=reason):
                self._prefer(**values)
                notice = self._notice(self._reminders(self.partner_a))
                self.assertEqual(notice.reason or "", reason)
        run = self._reminders(self.partner_a, minimum=100.01)
        self.assertEqual(self._notice(run).reason, "minimum")
        self.assertEqual((run.released_count, run.excluded_count), (0, 1))
        with self.assertRaisesRegex(UserError, "no reminder to send"):
            run.action_send()

    def test_credit_in_another_currency_is_held(self):
        """The clerk decides, and the reminder names the credit."""
        self._overdue(100.0)
        day = fields.Date.to_string(self.today)
        self._entry(-80.0, day, partner=self.partner_a, currency=self.foreign_currency)
        notice = self._notice(self._reminders(self.partner_a))
        self.assertEqual((notice.state, notice.amount_company), ("ready", 100.0))
        self.assertIn("80.00", notice.unapplied)
        self._entry(-120.0, day, partner=self.partner_a, currency=self.foreign_currency)
        run = self._reminders(self.partner_a)
        notice = self._notice(run)
        self.assertEqual((notice.state, notice.reason), ("held", "credit"))
        self.assertIn("200.00", notice.unapplied)
        notice.action_release()
        run.action_send()
        self.assertFalse(notice.sudo()._leave_out_changed())

    def test_letter_with_the_post_service_counts(self):
        self._overdue()
        first, second = (self._reminders(self.partner_a) for _run in range(2))
        self._notice(second).sudo().delivery_state = "posting"
        first.action_compute()
        self.assertEqual(self._notice(first).reason, "underway")

    def test_reminder_that_a_clerk_wrote(self):
        self._overdue()
        subtype = "invoicing_clerk.mail_message_subtype_reminder"
        self.partner_a.message_post(body="Please pay.", subtype_xmlid=subtype)
        notice = self._notice(self._reminders(self.partner_a))
        self.assertEqual(notice.reason, "early")
        self.assertIn("A clerk wrote", notice.reason_details)
        # Another company does not learn of it.
        message = self.partner_a.message_ids.filtered("subtype_id")[:1].sudo()
        message.record_company_id = self.company_b
        self.assertEqual(self._notice(self._reminders(self.partner_a)).state, "ready")

    def test_clerk_does_not_write_to_stopped_customers(self):
        items = self._receivable_lines(
            self._overdue() | self._overdue(partner=self.partner_b)
        ).with_user(self.clerk)
        self._prefer(clerk_legal_hold=True)
        action = items.action_items_reminder()
        dialog = self.env["clerk.reminder"].with_user(self.clerk)
        dialog = dialog.browse(action["res_id"])
        self.assertIn("partner_a is on legal hold", dialog.unreachable_text)
        self.assertIn("Customers: 1.", dialog.summary)
        self._prefer(clerk_legal_hold=False, reminder_stop="personal")
        with self.assertRaisesRegex(UserError, "partner_a are stopped"):
            items[:1].action_items_reminder()

    def test_preview_has_numbers_and_amounts(self):
        self._overdue(100.0)
        self._overdue(40.0, partner=self.partner_b)
        run = self._reminders(self.partner_a, self.partner_b)
        self.assertEqual((run.released_count, run.amount), (2, 140.0))
        self.assertEqual(len(run.preview.splitlines()), 1)
        self.assertIn("2 customers", run.preview)
        self.assertIn("140.00", run.preview)
        self._notice(run, self.partner_b).action_hold()
        self.assertEqual((run.released_count, run.held_count), (1, 1))
        self.assertIn("1 customer,", run.preview)
        self._prefer(statement_delivery="print")
        run.action_compute()
        self.assertIn("Printed", run.preview)

    def test_changed_selection_is_computed_again(self):
        self._overdue()
        run = self._reminders(self.partner_a)
        run.minimum = 10.0
        self.assertEqual((run.state, run.released_count), ("draft", 0))

    def test_deleted_customers_do_not_select_all(self):
        customer = self.env["res.partner"].create({"name": "Gone"})
        self._overdue()
        run = self.env["clerk.reminder.run"].with_user(self.clerk)
        run = run.create({"partner_ids": customer.ids})
        customer.unlink()
        run.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "no longer exist"):
            run.action_compute()
        with self.assertRaisesRegex(UserError, "no longer exist"):
            run.copy()

    def test_links_lead_to_invoices_only(self):
        invoice = self._overdue()
        entry = self._entry(
            50.0,
            fields.Date.to_string(self.today - timedelta(days=9)),
            journal="misc",
            partner=self.partner_a,
        )
        lines = self._notice(self._reminders(self.partner_a)).line_ids
        with patch.object(
            type(self.env["clerk.reminder.notice"]),
            "_takes_online_payments",
            lambda notice: True,
        ):
            links = {line.name: line.notice_id._pay_link(line) for line in lines}
        self.assertIn("/my/invoices/", links[invoice.name])
        self.assertIsNone(links[entry.move_id.name])

    def test_levels_of_a_company(self):
        self._overdue()
        own = self.levels[0].copy({"company_id": self.company_b.id, "sequence": 1})
        notice = self._notice(self._reminders(self.partner_a))
        self.assertNotEqual(notice.level_id, own)
        own.write({"company_id": self.company_a.id, "sequence": 99})
        notice = self._notice(self._reminders(self.partner_a))
        self.assertEqual(notice.level_id, own)
        (self.levels | own).active = False
        with self.assertRaisesRegex(UserError, "has no reminder levels"):
            self._reminders(self.partner_a)

    # Bad input

    def test_level_without_text(self):
        level = self.levels[0].with_user(self.supervisor)
        for values in ({"text": " \n "}, {"subject": " "}):
            with (
                self.subTest(values),
                self.assertRaisesRegex(ValidationError, "has no text"),
            ):
                level.write(values)
        for values in ({"days": 0}, {"wait_days": -1}):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                level.write(values)
                level.flush_recordset()

    def test_preferences_of_a_customer(self):
        customer = self.partner_a.with_user(self.clerk)
        with self.assertRaisesRegex(ValidationError, "cannot be negative"):
            customer.reminder_interval = -1
        with self.assertRaisesRegex(ValidationError, "select the reason"):
            customer.reminder_stop_until = self.today

    def test_clerk_who_signs(self):
        with self.assertRaisesRegex(ValidationError, "not an invoicing clerk"):
            self._reminders(self.partner_a, user_id=self.auditor.id)
        run = self._reminders(self.partner_a)
        with self.assertRaisesRegex(ValidationError, "has no access to"):
            run.sudo().company_id = self.company_b

    def test_branch_that_the_clerk_cannot_read(self):
        """Elevated rights alone do not suffice to read it."""
        run = self._reminders(self.partner_a)
        self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company_a.id}
        )
        with self.assertRaisesRegex(UserError, "includes Branch"):
            StatementLedger(run.sudo())

    # Rights

    def test_roles(self):
        self._overdue()
        run = self._reminders(self.partner_a)
        notice = self._notice(run)
        self.assertTrue(notice.with_user(self.auditor).read(["amount_company"]))
        for user in (self.auditor, self.outsider, self.clerk_b):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    run.with_user(user).action_send()
                with self.assertRaises(AccessError):
                    notice.with_user(user).action_hold()
        with self.assertRaises(AccessError):
            notice.line_ids.with_user(self.clerk_b).read(["amount"])
        with self.assertRaises(AccessError):
            self.levels[0].with_user(self.clerk).text = "Pay!"
        for record, values in (
            (run, {"state": "sending"}),
            (run, {"is_stopped": True}),
            (notice, {"amount_company": 1.0}),
            (notice, {"state": "ready"}),
            (notice, {"level_id": self.levels[2].id}),
            (notice.line_ids, {"amount": 1.0}),
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                record.with_user(self.supervisor).write(values)

    def test_query_count_does_not_grow(self):
        # The first fills the caches.
        _first, few, many = map(self._cost_of_run, (1, 1, 15))
        self._assert_no_more_queries(few, many)

    def _cost_of_run(self, number):
        run = self._reminders(*self._customers(number))
        cost = self._count_queries(run.action_compute, times=2)
        self.assertEqual(run.released_count, number)
        return cost
