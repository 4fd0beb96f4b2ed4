from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from odoo.addons.base.models.ir_cron import IrCron
from odoo.addons.invoicing_clerk.models.mixin.pdf_document import open_pdf
from odoo.addons.invoicing_clerk.tests.reminder.common import ReminderCommon


class KilledError(BaseException):
    """The server ends here."""


@tagged("post_install", "-at_install")
class TestReminderSend(ReminderCommon):
    """Reminders on their way: what changed since, levels, stops and interruptions."""

    def _sending(self, *customers, **values):
        run = self._reminders(*customers, **values)
        run.action_send()
        return run

    def _sent(self, *customers, **values):
        run = self._sending(*customers, **values)
        self._deliver()
        return run

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

    def test_new_items_begin_with_the_first_level(self):
        invoice = self._overdue(days=25)
        self._age(self._sent(self.partner_a), 30)
        payment = self._entry(
            -100.0, fields.Date.to_string(self.today), partner=self.partner_a
        )
        (self._receivable_lines(invoice) | payment).reconcile()
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
        payment = self._entry(
            -100.0, fields.Date.to_string(self.today), partner=self.partner_a
        )
        (self._receivable_lines(invoice) | payment).reconcile()
        self._deliver()
        self.assertFalse(self.postbox.mails)
        self.assertIn("no longer open", self._notice(run).remark)

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

    def test_killed_in_the_middle(self):
        """Before the second email is handed over, and right after it was sent."""
        commit = IrCron._commit_progress
        for at in (6, 7):
            with self.subTest(at=at):
                self.postbox.mails.clear()
                customers = self._customers(3)
                run = self._sending(*customers)
                calls = []

                def killed(self, *args, at=at, calls=calls, **kwargs):
                    seconds = commit(self, *args, **kwargs)
                    calls.append(args)
                    if len(calls) == at:
                        raise KilledError
                    return seconds

                with (
                    patch.object(IrCron, "_commit_progress", killed),
                    self.assertRaises(KilledError),
                ):
                    self._deliver()
                self.env.invalidate_all()
                self._deliver()
                self.assertEqual(set(self.postbox.received().values()), {1})
                states = set(run.notice_ids.mapped("delivery_state"))
                self.assertLessEqual(states, {"sent", "failed"})

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
        payment = self._entry(
            -100.0, fields.Date.to_string(self.today), partner=self.partner_a
        )
        (self._receivable_lines(invoice) | payment).reconcile()
        action = run.action_print()
        self.assertTrue(action["url"])
        self.assertEqual(self._notice(run).state, "excluded")
        self.assertEqual(self._notice(run, self.partner_b).delivery_state, "printed")
        self.assertEqual(run.state, "done")

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
        reply = notice.sudo().message_post(
            body="We paid yesterday.",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            email_from="a@example.com",
        )
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

    def test_customer_merged_while_sending(self):
        source, target = self._customers(2)
        run = self._sending(source, target)
        self._merge(source, target)
        self._deliver()
        self.assertFalse(self.postbox.mails)
        self.assertEqual(set(run.notice_ids.mapped("state")), {"excluded"})
        self.assertIn("merged", run.notice_ids[0].remark)
