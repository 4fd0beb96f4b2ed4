from datetime import timedelta
from unittest import TestCase
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_cron import IrCron
from odoo.addons.invoicing_clerk.tests.audit.common import KilledError
from odoo.addons.invoicing_clerk.tests.postbox import free_port, server_values
from odoo.addons.invoicing_clerk.tests.reminder.common import ReminderCommon
from odoo.addons.invoicing_clerk.tests.statement.hostile_notices import notice
from odoo.addons.invoicing_clerk.tests.statement.test_smtp_session import (
    ScriptedServer,
)
from odoo.addons.invoicing_clerk.tests.statement.test_statement_delivery_damage import (
    DamageCommon,
)


@tagged("post_install", "-at_install")
class TestReminderDoubt(DamageCommon, ReminderCommon):
    """Emails that may have arrived, and mail servers that fail."""

    def _two_recipients(self):
        contacts = self.env["res.partner"].create(
            [
                {"name": name, "email": f"{name}@example.com"}
                for name in ("first", "second")
            ]
        )
        self._prefer(statement_contact_ids=[Command.set(contacts.ids)])
        contacts.parent_id = self.partner_a
        self._overdue()

    def _killed(self, ids, handed_over, is_handing_over):
        """Return a commit of the worker after which it is killed.

        That is while the so many-th email is being handed over, or right after it.
        """
        commit, states = IrCron._commit_progress, []

        def killed(cron, *args, **kwargs):
            seconds = commit(cron, *args, **kwargs)
            notices = cron.env["clerk.reminder.notice"].browse(ids)
            states.append("sending" in notices.mapped("delivery_state"))
            if (sum(states), states[-1]) == (handed_over, is_handing_over):
                raise KilledError
            return seconds

        return killed

    def test_killed_in_the_middle(self):
        """Before the second email, and while nobody knows whether it was sent."""
        for handed_over, is_handing_over in ((1, False), (2, True)):
            with self.subTest(is_handing_over=is_handing_over):
                self.postbox.mails.clear()
                customers = self._customers(3)
                run = self._sending(*customers)
                killed = self._killed(run.notice_ids.ids, handed_over, is_handing_over)
                # Not Odoo's, which rolls back what was committed, too.
                with (
                    patch.object(IrCron, "_commit_progress", killed),
                    TestCase.assertRaises(self, KilledError),
                ):
                    self._deliver()
                self.env.invalidate_all()
                self._deliver()
                self.assertEqual(set(self.postbox.received().values()), {1})
                failed = run.notice_ids.filtered(lambda n: n.delivery_state != "sent")
                self.assertEqual(len(failed), int(is_handing_over))
                again = self._reminders(*customers)
                self.assertEqual(set(again.notice_ids.mapped("reason")), {"early"})
        self.assertIn("may have arrived", self._notice(again, failed.partner_id).remark)
        with self.assertRaisesRegex(UserError, "may have been delivered"):
            run.action_try_failed_again()
        with self.assertRaisesRegex(UserError, "may have been delivered"):
            run.notice_ids.action_try_again()
        failed.action_try_again()
        self._deliver()
        self.assertEqual((failed.delivery_state, failed.doubt_on), ("sent", False))

    def test_one_of_two_recipients_has_it(self):
        self._two_recipients()
        self.postbox.refused.add("second@example.com")
        run = self._sent(self.partner_a)
        self.postbox.refused.clear()
        notice = self._notice(run)
        self.assertEqual(notice.delivery_state, "failed")
        self.assertTrue(notice.doubt_on)
        self.assertEqual(dict(self.postbox.received()), {"first@example.com": 1})
        again = self._reminders(self.partner_a)
        self.assertEqual(self._notice(again).reason, "early")
        self.assertEqual(run.state, "done")

    def test_one_of_two_recipients_gets_it_on_another_day(self):
        self._two_recipients()
        scripted = ScriptedServer()
        self.addCleanup(scripted.stop)
        self.server.smtp_port = scripted.port
        scripted.answers = {"RCPT": {"second@example.com": "451 greylisted"}}
        notice = self._notice(self._sent(self.partner_a)).sudo()
        self.assertEqual(notice.delivery_state, "ready")
        scripted.answers = {}
        notice.date -= timedelta(days=1)
        notice.retry_on = fields.Datetime.now()
        self._deliver()
        self._deliver()
        self.assertEqual(notice.delivery_state, "sent")
        self.assertEqual(scripted.received, ["first@example.com", "second@example.com"])

    def test_damaged_document_that_was_sent(self):
        paid = self._overdue()
        self._overdue(days=20)
        run = self._sent(self.partner_a)
        notice = self._notice(run)
        sent_on = notice.sent_on
        self._break(notice.sudo().document_id)
        self._pay_off(paid)
        notice.with_user(self.supervisor).action_make_again()
        self._deliver()
        self.assertEqual((notice.state, notice.doubt_on), ("excluded", sent_on))
        again = self._notice(self._reminders(self.partner_a))
        self.assertEqual(again.reason, "early")
        with self.assertRaisesRegex(UserError, "not to be sent"):
            notice.with_user(self.supervisor).action_make_again()

    @mute_logger("odoo.addons.mail.models.mail_thread")
    def test_one_of_two_bounces(self):
        domains = self.env["mail.alias.domain"].sudo()
        if not domains.search([], limit=1):
            domains.create({"name": "us.example.com"})
        self._two_recipients()
        run = self._sent(self.partner_a)
        [mail] = self.postbox.mail_to("second@example.com")
        raw = notice(mail["Message-Id"], "second@example.com")
        # sudo: the mail gateway runs as the superuser.
        self.env["mail.thread"].sudo().message_process(False, raw)
        failed = self._notice(run)
        self.assertEqual(failed.delivery_state, "failed")
        self.assertEqual(failed.doubt_on, failed.sent_on)
        again = self._notice(self._reminders(self.partner_a))
        self.assertEqual(again.reason, "early")
        with self.assertRaisesRegex(UserError, "may have"):
            run.action_try_failed_again()

    def test_unreachable_server_of_another_company(self):
        """It does not keep other runs waiting."""
        self.company_a.email = "us@a.example.com"
        self.company_b.email = "us@b.example.com"
        self.env["ir.mail_server"].sudo().create(
            {
                **server_values(self.postbox),
                "smtp_port": free_port(),
                "from_filter": "a.example.com",
            }
        )
        self.server.from_filter = "b.example.com"
        self._overdue()
        waiting = self._sending(self.partner_a)
        self._overdue(company_data=self.company_b_data, partner=self.partner_b)
        run = self._reminders(
            self.partner_b, user=self.clerk_b, company_id=self.company_b.id
        )
        run.action_send()
        self._deliver()
        self.assertEqual(dict(self.postbox.received()), {"b@example.com": 1})
        self.assertEqual((run.state, waiting.state), ("done", "sending"))
        self.assertIn("Next attempt", waiting.error)
