from datetime import datetime, time, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.models.mixin.pdf_document import open_pdf
from odoo.addons.invoicing_clerk.tests.reminder.common import ReminderCommon


@tagged("post_install", "-at_install")
class TestReminderSend(ReminderCommon):
    """Reminders on their way: what changed since, levels, stops and interruptions."""

    def test_email(self):
        invoice = self._overdue(1234.5, ref="PO-7")
        run = self._sent(self.partner_a)
        notice = self._notice(run)
        self.assertEqual((notice.delivery_state, run.state), ("sent", "done"))
        [mail] = self.postbox.mail_to("a@example.com")
        body = mail.get_body(("html",)).get_content()
        for words in (invoice.name, "PO-7", "1,234.50", "partner_a", self.clerk.name):
            self.assertIn(words, body)
        self.assertIn("I hope all is well", body)
        self.assertEqual(open_pdf(self.env, notice.sudo().document_id.raw).numPages, 1)

    def test_next_level_after_the_wait(self):
        self._overdue(days=25)
        first = self._sent(self.partner_a)
        run = self._reminders(self.partner_a)
        self.assertEqual(self._notice(run).reason, "early")
        self._age(first, 10)
        run.action_compute()
        self.assertEqual(self._notice(run).level_id, self.levels[1])
        self._prefer(reminder_interval=30)
        run.action_compute()
        self.assertEqual(self._notice(run).reason, "early")

    def test_interval_is_that_of_the_customer(self):
        """A reminder about another item counts, although that one was paid."""
        paid = self._overdue()
        self._sent(self.partner_a)
        self._pay_off(paid)
        self._overdue(days=90)
        self.assertEqual(self._notice(self._reminders(self.partner_a)).reason, "early")

    def test_new_items_in_a_further_reminder(self):
        old = self._overdue(days=25)
        self._age(self._sent(self.partner_a), 10)
        new, recent = self._overdue(50.0, days=6), self._overdue(20.0, days=1)
        self.postbox.mails.clear()
        notice = self._notice(self._sent(self.partner_a))
        self.assertEqual(notice.level_id, self.levels[1])
        self.assertEqual(
            self._lines(notice),
            {
                old.name: (100.0, False),
                new.name: (50.0, False),
                recent.name: (0.0, "recent"),
            },
        )
        [mail] = self.postbox.mail_to("a@example.com")
        body = mail.get_body(("html",)).get_content()
        before, after = body.split("Also due")
        self.assertIn(old.name, before)
        self.assertIn(new.name, after)

    def test_new_items_begin_with_the_first_level(self):
        invoice = self._overdue(days=25)
        self._age(self._sent(self.partner_a), 30)
        self._pay_off(invoice)
        self._overdue(days=90)
        notice = self._notice(self._reminders(self.partner_a))
        self.assertEqual(notice.level_id, self.levels[0])

    def test_two_runs_do_not_send_twice(self):
        self._overdue()
        first, second = (self._reminders(self.partner_a) for _run in range(2))
        first.action_send()
        second.action_send()
        self._deliver()
        self.assertEqual(dict(self.postbox.received()), {"a@example.com": 1})

    def test_what_happens_before_sending_takes_the_customer_out(self):
        def pay(invoice):
            self._entry(
                -invoice.amount_total,
                fields.Date.to_string(self.today),
                partner=invoice.partner_id,
            )

        def dispute(invoice):
            self._open_error(invoice, {"claimed_quantity": 0})

        def promise(invoice):
            self.env["clerk.promise"].with_user(self.clerk).create(
                {"move_ids": invoice.ids, "date": self.today + timedelta(days=7)}
            )

        def hold(invoice):
            invoice.partner_id.sudo().clerk_legal_hold = True

        acts = (pay, dispute, promise, hold, lambda invoice: invoice.button_draft())
        customers = self.env["res.partner"].create(
            [
                {"name": f"Changed {at}", "email": f"changed{at}@example.com"}
                for at in range(len(acts))
            ]
        )
        invoices = [self._overdue(partner=customer) for customer in customers]
        stays = self._overdue(partner=self.partner_b)
        run = self._sending(*customers, self.partner_b)
        for act, invoice in zip(acts, invoices, strict=True):
            act(invoice)
        self._deliver()
        self.assertEqual(dict(self.postbox.received()), {"b@example.com": 1})
        self.assertEqual(run.state, "done")
        self.assertEqual(self._notice(run, stays.partner_id).state, "ready")
        for customer in customers:
            notice = self._notice(run, customer)
            self.assertEqual((notice.state, notice.reason), ("excluded", "changed"))
            self.assertTrue(notice.reason_details)
        self.assertIn("Covered", self._notice(run, customers[0]).remark)

    def test_payment_between_pdf_and_email(self):
        invoice = self._overdue()
        run = self._sending(self.partner_a)
        with self._job_env() as env:
            env["clerk.reminder.notice"]._cron_make_documents()
        self.assertEqual(self._notice(run).delivery_state, "ready")
        self._pay_off(invoice)
        self._deliver()
        self.assertFalse(self.postbox.mails)
        self.assertIn("no longer open", self._notice(run).remark)

    def test_one_day_for_clerk_and_worker(self):
        """In Auckland the next day has begun when the server's has not ended."""
        self.clerk.tz = "Pacific/Auckland"
        tomorrow = self.today + timedelta(days=1)
        invoice, other = self._overdue(), self._overdue(days=4, partner=self.partner_b)
        with freeze_time(datetime.combine(self.today, time(20))):
            run = self._sending(self.partner_a, self.partner_b)
            self.assertEqual((run.date, run.released_count), (tomorrow, 2))
            self._pay_off(invoice, day=tomorrow)
            self._deliver()
        self.assertEqual(dict(self.postbox.received()), {"b@example.com": 1})
        self.assertEqual(self._notice(run).reason, "changed")
        self.assertEqual(self._notice(run, other.partner_id).days_overdue, 5)

    def test_payment_in_process_before_sending(self):
        """A payment method without outstanding account makes no journal entry."""
        invoice = self._overdue()
        run = self._sending(self.partner_a)
        payment = self._in_process(invoice)
        self.assertFalse(payment.move_id)
        self.assertEqual(invoice.amount_residual, 100.0)
        self._deliver()
        self.assertFalse(self.postbox.mails)
        self.assertIn("Payment in Process", self._notice(run).remark)
        payment.action_validate()
        notice = self._notice(self._reminders(self.partner_a))
        self.assertEqual(self._lines(notice), {invoice.name: (0.0, "paying")})

    # Abandoned and outdated runs

    def test_cancel_remaining(self):
        self._overdue()
        first, second = (self._reminders(self.partner_a) for _run in range(2))
        first.action_send()
        with self.assertRaisesRegex(UserError, "Stop it first"):
            first.action_abandon()
        first.action_stop()
        second.action_compute()
        notice = self._notice(second)
        self.assertEqual(notice.reason, "underway")
        self.assertIn(self._notice(first).name, notice.reason_details)
        first.action_abandon()
        self.assertEqual((first.state, first.is_stopped), ("done", False))
        self.assertEqual(self._notice(first).reason, "unsent")
        self.assertIn(self.clerk.name, self._notice(first).remark)
        second.action_compute()
        second.action_send()
        self._deliver()
        self.assertEqual(dict(self.postbox.received()), {"a@example.com": 1})

    def test_run_of_another_day(self):
        self._overdue()
        run = self._reminders(self.partner_a)
        run.sudo()._inside().date = self.today - timedelta(days=1)
        with self.assertRaisesRegex(UserError, "Compute it again"):
            run.action_send()
        run.action_compute()
        run.action_send()
        self.assertEqual(run.state, "sending")

    def test_reminder_of_another_day_gets_a_new_date(self):
        self._overdue()
        run = self._sending(self.partner_a)
        with self._job_env() as env:
            env["clerk.reminder.notice"]._cron_make_documents()
        notice = self._notice(run)
        old = notice.sudo().document_id
        notice.sudo().write({"date": self.today - timedelta(days=2), "days_overdue": 8})
        # Attempts of an email are none of its PDF.
        notice.sudo().delivery_tries = 3
        self._deliver()
        self._deliver()
        self.assertEqual((notice.date, notice.days_overdue), (self.today, 10))
        self.assertEqual(notice.delivery_state, "sent")
        self.assertNotEqual(notice.sudo().document_id, old)
        self.assertEqual(dict(self.postbox.received()), {"a@example.com": 1})

    def test_printed_on_another_day(self):
        self.levels[0].delivery_way = "print"
        self._overdue()
        run = self._sent(self.partner_a)
        notice = self._notice(run)
        old = notice.sudo().document_id
        notice.sudo().date -= timedelta(days=2)
        action = run.action_print()
        self.assertIn("a few minutes", action["params"]["message"])
        self._deliver()
        self.assertTrue(run.action_print()["url"])
        self.assertEqual((notice.date, notice.delivery_state), (self.today, "printed"))
        self.assertNotEqual(notice.sudo().document_id, old)

    def test_retry_when_the_next_level_is_due(self):
        self._overdue(days=25)
        self.postbox.refused.add("a@example.com")
        failed = self._sent(self.partner_a)
        self.postbox.refused.clear()
        self._age(self._sent(self.partner_a), 10)
        self.postbox.mails.clear()
        failed.action_try_failed_again()
        self._deliver()
        self.assertFalse(self.postbox.mails)
        self.assertIn(self.levels[1].name, self._notice(failed).remark)

    def test_texts_are_those_of_the_preview(self):
        self._overdue()
        run = self._sending(self.partner_a)
        self.levels[0].text = "Pay at once!"
        self._deliver()
        [mail] = self.postbox.mail_to("a@example.com")
        body = mail.get_body(("html",)).get_content()
        self.assertIn("I hope all is well", body)
        self.assertNotIn("Pay at once", body)
        self.assertEqual(run.state, "done")

    def test_error_of_the_mail_server_is_cleared(self):
        self._overdue()
        run = self._sending(self.partner_a)
        port, self.server.smtp_port = self.server.smtp_port, 9
        self._deliver()
        self.assertIn("Next attempt", run.error)
        self.server.smtp_port = port
        self._deliver()
        self.assertEqual((run.state, run.error), ("done", False))

    def test_stop_and_resume(self):
        customers = self._customers(3)
        run = self._sending(*customers)
        run.action_stop()
        self._deliver()
        self.assertFalse(self.postbox.mails)
        self.assertEqual((run.state, run.waiting_count), ("sending", 3))
        run.action_resume()
        self._deliver()
        self.assertEqual(set(self.postbox.received().values()), {1})
        self.assertEqual(run.state, "done")

    def test_refused_half_way(self):
        customers = self._customers(3)
        self.postbox.refused.add(customers[1].email)
        run = self._sent(*customers)
        failed = self._notice(run, customers[1])
        self.assertEqual(failed.delivery_state, "failed")
        self.assertTrue(failed.remark)
        self.assertEqual((run.failed_count, run.state), (1, "done"))
        self.postbox.refused.clear()
        run.action_try_failed_again()
        self._deliver()
        received = self.postbox.received()
        self.assertEqual({received[each.email] for each in customers}, {1})

    def test_customer_without_address(self):
        customer = self.env["res.partner"].create({"name": "No Mail"})
        self._overdue(partner=customer)
        notice = self._notice(self._sent(customer), customer)
        self.assertEqual(notice.delivery_state, "failed")
        self.assertIn("No Mail", notice.remark)

    def test_print(self):
        self.levels[0].delivery_way = "print"
        invoice = self._overdue()
        self._overdue(partner=self.partner_b)
        run = self._sent(self.partner_a, self.partner_b)
        self.assertEqual(run.print_count, 2)
        self._pay_off(invoice)
        action = run.action_print()
        self.assertTrue(action["url"])
        self.assertEqual(self._notice(run).state, "excluded")
        self.assertEqual(self._notice(run, self.partner_b).delivery_state, "printed")
        self.assertEqual(run.state, "done")

    def test_print_when_all_have_paid(self):
        self.levels[0].delivery_way = "print"
        invoice = self._overdue()
        run = self._sent(self.partner_a)
        self._pay_off(invoice)
        action = run.action_print()
        self.assertIn("no longer open", action["params"]["message"])
        self.assertEqual((run.print_count, run.state), (0, "done"))
        with self.assertRaisesRegex(UserError, "not available"):
            run.action_print()

    def test_print_waits_while_stopped(self):
        self.levels[0].delivery_way = "print"
        self._overdue()
        run = self._sent(self.partner_a)
        run.action_stop()
        with self.assertRaisesRegex(UserError, "Resume it first"):
            run.action_print()
        self.assertEqual(run.print_count, 1)

    def test_words_are_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.partner_a.lang = "fr_FR"
        self.levels[0].with_context(lang="fr_FR").text = "Bonjour de la part de tous."
        self._overdue()
        self._sent(self.partner_a)
        [mail] = self.postbox.mail_to("a@example.com")
        self.assertIn("Bonjour", mail.get_body(("html",)).get_content())

    def test_reply_reaches_the_clerk(self):
        self._overdue()
        notice = self._notice(self._sent(self.partner_a))
        self.assertIn(self.clerk.partner_id, notice.message_partner_ids)
        [mail] = self.postbox.mail_to("a@example.com")
        raw = (
            f"From: a@example.com\nTo: {mail['Reply-To']}\nSubject: Re: reminder\n"
            f"Message-Id: <reply@example.com>\nIn-Reply-To: {mail['Message-Id']}\n\n"
            "We paid yesterday."
        )
        # sudo: the mail gateway runs as the superuser.
        self.env["mail.thread"].sudo().message_process(False, raw)
        reply = notice.message_ids.filtered(lambda each: "yesterday" in each.body)
        self.assertIn(self.clerk.partner_id, reply.notified_partner_ids)

    # Merges

    def _merge(self, source, target):
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo().create({})
        wizard._merge((source | target).ids, target)

    def test_customer_merged_before_sending(self):
        source, target = self._customers(2)
        run = self._reminders(source, target)
        self._merge(source, target)
        self.assertEqual(run.state, "draft")
        self.assertIn("merged", run.error)

    def test_failed_reminders_of_merged_customers(self):
        source, target = self._customers(2)
        self.postbox.refused |= {source.email, target.email}
        run = self._sent(source, target)
        self.postbox.refused.clear()
        self._merge(source, target)
        self.assertEqual(set(run.notice_ids.mapped("state")), {"excluded"})
        with self.assertRaisesRegex(UserError, "no failed reminders"):
            run.action_try_failed_again()

    def test_customer_merged_while_sending(self):
        source, target = self._customers(2)
        run = self._sending(source, target)
        self._merge(source, target)
        self._deliver()
        self.assertFalse(self.postbox.mails)
        self.assertEqual(set(run.notice_ids.mapped("state")), {"excluded"})
        self.assertIn("merged", run.notice_ids[0].remark)
