from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.audit.confirmation.common import (
    ConfirmationCommon,
)
from odoo.addons.invoicing_clerk.tests.statement.document_common import (
    pages_of,
)


@tagged("post_install", "-at_install")
class TestConfirmationSending(ConfirmationCommon):
    """Release and sending, over a real mail server."""

    def test_every_customer_gets_one_request(self):
        customers = self._customers(4)
        run = self._asked(customers)
        self.assertEqual(set(run.confirmation_ids.mapped("state")), {"sent"})
        self.assertEqual(set(run.confirmation_ids.mapped("delivery_state")), {"sent"})
        self._deliver()
        self.assertEqual(
            self.postbox.received(), dict.fromkeys(customers.mapped("email"), 1)
        )
        self.assertEqual(run.released_by_id, self.auditor)
        confirmation = self._confirmation(run, customers[0])
        [mail] = self.postbox.mail_to(customers[0].email)
        [attachment] = mail.iter_attachments()
        text = " ".join(pages_of(attachment.get_content()))
        for words in (
            "101.00",
            customers[0].name,
            confirmation.name,
            self.auditor.email,
        ):
            self.assertIn(words, text)
        # The name is on the line above: the address is printed without it.
        self.assertNotIn(f"<{self.auditor.email}>", text)
        self.assertIn(self.auditor.email, mail["Reply-To"])
        body = mail.get_body(("html",)).get_content()
        self.assertIn("According to our records:", body)
        self.assertIn(f"/my/confirmations/{confirmation.id}", body)
        self.assertIn(confirmation.sudo().access_token, body)

    def test_blank_form_has_no_balance(self):
        customers = self._customers(1)
        self._asked(customers, type="blank")
        [mail] = self.postbox.mail_to(customers.email)
        [attachment] = mail.iter_attachments()
        pages = " ".join(pages_of(attachment.get_content()))
        body = mail.get_body(("html",)).get_content()
        for text in (pages, body):
            self.assertNotIn("101.00", text)
            self.assertNotIn("According to our records:", text)

    def test_users_cannot_read_the_link(self):
        """With the link, anyone could reply in the customer's name."""
        run = self._asked(self._customers(1))
        confirmation = run.confirmation_ids
        token = confirmation.sudo().access_token
        self.assertTrue(token)
        documents = confirmation.document_id.sudo()
        self.assertNotIn(token, " ".join(pages_of(documents.raw)))
        for message in confirmation.sudo().message_ids:
            self.assertNotIn(token, message.body or "")
        for user in (self.clerk, self.supervisor, self.auditor):
            seen = confirmation.with_user(user)
            with self.assertRaises(AccessError):
                seen.read(["access_token"])
            with self.assertRaises(AccessError):
                seen.search([("access_token", "=", token)])
            with self.assertRaises(AccessError):
                seen.get_portal_url()
            share = self.env["portal.share"].with_user(user)
            with self.assertRaises(AccessError):
                share.with_context(
                    active_model=confirmation._name, active_id=confirmation.id
                ).default_get(["share_link"])

    def test_missing_address_fails_alone_and_is_sent_later(self):
        customers = self._customers(2)
        customers[0].email = False
        run = self._asked(customers)
        failed = self._confirmation(run, customers[0])
        self.assertEqual(failed.delivery_state, "failed")
        self.assertIn("no email address", failed.delivery_error)
        customers[0].email = "later@customer.example.com"
        for user in (self.clerk, self.supervisor):
            with self.assertRaises(AccessError):
                failed.with_user(user).action_try_again()
        failed.with_user(self.auditor).action_try_again()
        self._deliver()
        self.assertEqual(failed.delivery_state, "sent")
        self.assertEqual(failed.contact_email, "later@customer.example.com")
        self.assertEqual(set(self.postbox.received().values()), {1})

    def test_the_link_goes_to_the_address_that_the_auditor_released(self):
        """A clerk entered an own address before a reminder, and got the link."""
        customers = self._customers(4)
        run = self._ask(customers)
        run.action_release()
        own = "clerk@elsewhere.example.com"
        diverted = self._confirmation(run, customers[0])
        customers[0].with_user(self.clerk).email = own
        customers[1].with_user(self.clerk).email = f"{customers[1].email}, {own}"
        customers[2].with_user(self.clerk).email = f'"A" <{customers[2].email}>'
        self._deliver()
        states = dict(
            zip(run.confirmation_ids.partner_id, run.confirmation_ids, strict=True)
        )
        self.assertEqual(
            [states[each].delivery_state for each in customers],
            ["failed", "failed", "sent", "sent"],
        )
        self.assertIn(f"to {own}. Verify", diverted.delivery_error)
        customers[3].with_user(self.clerk).email = own
        states[customers[3]].with_user(self.auditor).action_remind()
        self._deliver()
        self.assertEqual(states[customers[3]].delivery_state, "failed")
        self.assertNotIn(own, self.postbox.received())
        diverted.with_user(self.auditor).action_try_again()
        self._deliver()
        self.assertEqual(diverted.contact_email, own, "the auditor sees where it goes")
        self.assertIn(own, self.postbox.received())

    def test_addressee_chosen_by_the_auditor(self):
        [customer] = self._customers(1)
        contact = self.env["res.partner"].create(
            {"name": "Bea", "parent_id": customer.id, "email": "bea@c.example.com"}
        )
        run = self._ask(customer)
        run.confirmation_ids.contact_id = contact
        run.action_release()
        self._deliver()
        self.assertEqual(dict(self.postbox.received()), {"bea@c.example.com": 1})
        self.assertEqual(run.confirmation_ids.contact_email, "bea@c.example.com")

    def test_mail_server_down(self):
        run = self._ask(self._customers(2))
        run.action_release()
        self.server.smtp_port = 1
        self._deliver()
        self.assertEqual(set(run.confirmation_ids.mapped("delivery_state")), {"ready"})
        self.assertIn("cannot be reached", run.confirmation_ids[0].delivery_error)
        self.server.smtp_port = self.postbox.port
        self._deliver()
        self.assertEqual(set(run.confirmation_ids.mapped("delivery_state")), {"sent"})
        self.assertFalse(run.confirmation_ids[0].delivery_error)
        self.assertEqual(set(self.postbox.received().values()), {1})

    def test_bounce_after_the_closing_is_noted_only(self):
        [customer] = self._customers(1)
        confirmation = self._asked(customer).confirmation_ids
        alias = self.env["mail.alias.domain"].sudo().search([], limit=1) or (
            self.env["mail.alias.domain"].sudo().create({"name": "us.example.com"})
        )
        [mail] = self.postbox.mail_to(customer.email)
        self.audit.action_close()
        self.env["mail.thread"].sudo().message_process(
            False, self._bounce(mail, customer.email, alias)
        )
        self.assertEqual(confirmation.delivery_state, "sent")
        bodies = confirmation.sudo().message_ids.mapped("body")
        self.assertTrue(any("does not change the delivery" in body for body in bodies))

    def test_bounce_after_the_reply_is_noted_only(self):
        [customer] = self._customers(1)
        confirmation = self._asked(customer).confirmation_ids
        alias = self.env["mail.alias.domain"].sudo().search([], limit=1) or (
            self.env["mail.alias.domain"].sudo().create({"name": "us.example.com"})
        )
        [mail] = self.postbox.mail_to(customer.email)
        self._answer(confirmation)
        self.env["mail.thread"].sudo().message_process(
            False, self._bounce(mail, customer.email, alias)
        )
        self.assertEqual(
            (confirmation.state, confirmation.delivery_state), ("agreed", "sent")
        )

    def _bounce(self, mail, address, alias):
        return f"""From: MAILER-DAEMON@customer.example.com
To: {alias.bounce_email}
Subject: Undelivered Mail Returned to Sender
Message-Id: <bounce@customer.example.com>
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

No such mailbox.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.customer.example.com

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Message-Id: {mail["Message-Id"]}
To: {address}

--b--
"""

    def test_closed_before_sending(self):
        customer = self._customers(1)
        run = self._ask(customer)
        run.action_release()
        self.audit.action_close()
        self._deliver()
        self.assertNotIn(customer.email, self.postbox.received())
        self.assertIn("is closed", run.confirmation_ids.delivery_error)

    def test_printed_requests_are_one_pdf(self):
        customers = self._customers(3)
        customers.statement_delivery = "print"
        run = self._asked(customers)
        self.assertEqual(run.print_count, 3)
        self.assertFalse(self.postbox.mails)
        with self.assertRaises(AccessError):
            run.with_user(self.clerk).action_print()
        url = run.action_print()["url"]
        bundle = self.env["ir.attachment"].browse(int(url.rsplit("/", 1)[1]))
        text = " ".join(pages_of(bundle.with_user(self.auditor).raw))
        for confirmation in run.confirmation_ids:
            self.assertIn(confirmation.name, text)
        self.assertEqual(
            set(run.confirmation_ids.mapped("delivery_state")), {"printed"}
        )
        with self.assertRaisesRegex(UserError, "no requests to print"):
            run.action_print()

    def test_portal_delivery_sends_a_link_only(self):
        customers = self._customers(2)
        customers.statement_delivery = "portal"
        customers[1].email = False
        run = self._asked(customers)
        states = run.confirmation_ids.mapped("delivery_state")
        self.assertEqual(set(states), {"sent", "published"})
        [mail] = self.postbox.mail_to(customers[0].email)
        self.assertFalse(list(mail.iter_attachments()))

    def test_reminders_and_then_no_reply(self):
        customers = self._customers(2)
        run = self._asked(customers, reminder_days=10, reminder_most=2)
        self._answer(self._confirmation(run, customers[1]))
        confirmation = self._confirmation(run, customers[0])
        self.postbox.mails.clear()
        begin = fields.Date.context_today(confirmation)
        for days, count, state in (
            (9, 0, "sent"),
            (10, 1, "sent"),
            (11, 1, "sent"),
            (20, 2, "sent"),
            (30, 2, "no_reply"),
            (50, 2, "no_reply"),
        ):
            with freeze_time(begin + timedelta(days=days)):
                self._as_worker("_cron_remind")
                self._deliver()
            self.assertEqual(
                (confirmation.reminder_count, confirmation.state), (count, state)
            )
        self.assertEqual(dict(self.postbox.received()), {customers[0].email: 2})
        [mail, _second] = self.postbox.mail_to(customers[0].email)
        self.assertIn("Reminder", mail["Subject"])

    def test_no_reminders_if_disabled_or_closed(self):
        run = self._asked(self._customers(1), reminder_days=0)
        confirmation = run.confirmation_ids
        self.assertFalse(confirmation.remind_on)
        other = self._asked(self.partner_a, reminder_days=1).confirmation_ids
        self.audit.action_close()
        with freeze_time(fields.Date.today() + timedelta(days=90)):
            self._as_worker("_cron_remind")
        self.assertEqual((confirmation + other).mapped("reminder_count"), [0, 0])
        self.assertEqual(set((confirmation + other).mapped("state")), {"sent"})

    def test_remind_now(self):
        customers = self._customers(2)
        customers[0].email = False
        run = self._asked(customers)
        confirmation = self._confirmation(run, customers[1])
        confirmation.action_remind()
        self._deliver()
        self.assertEqual(confirmation.reminder_count, 1)
        self.assertEqual(self.postbox.received()[customers[1].email], 2)
        with self.assertRaisesRegex(UserError, "has not been sent"):
            self._confirmation(run, customers[0]).action_remind()
        with self.assertRaises(AccessError):
            confirmation.with_user(self.clerk).action_remind()

    def test_queries_do_not_grow_with_the_release(self):
        self._assert_no_more_queries(self._queries(5), self._queries(40))

    def _queries(self, number):
        run = self._ask(self._customers(number))
        return self._count_queries(run.action_release)
