from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.base.models.ir_cron import IrCron
from odoo.addons.base.models.ir_mail_server import IrMail_Server
from odoo.addons.invoicing_clerk.models.statement import statement_run_print
from odoo.addons.invoicing_clerk.tests.postbox import (
    Postbox,
    server_values,
)
from odoo.addons.invoicing_clerk.tests.statement.document_common import (
    StatementDocumentCommon,
    pages_of,
)


class StatementSendCommon(StatementDocumentCommon):
    """A real mail server on loopback receives what customers would."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.postbox = Postbox().start()
        cls.addClassCleanup(lambda: cls.postbox.stop())
        cls.server = cls.env["ir.mail_server"].sudo().create(server_values(cls.postbox))
        # Odoo holds mail back while tests run; here it is what is tested.
        cls.startClassPatcher(
            patch.object(IrMail_Server, "_disable_send", lambda self: False)
        )

    def setUp(self):
        super().setUp()
        self.postbox.mails.clear()
        self.postbox.refused.clear()

    @classmethod
    def _customers(cls, number):
        """Return customers who owe 101, 102, …, from a single entry for speed."""
        customers = cls.env["res.partner"].create(
            [
                {"name": f"Customer {at}", "email": f"c{at}@customer.example.com"}
                for at in range(1, number + 1)
            ]
        )
        receivable = cls.company_data["default_account_receivable"]
        lines = [
            {
                "partner_id": customer.id,
                "account_id": receivable.id,
                "debit": 100.0 + at,
                "date_maturity": "2026-01-20",
            }
            for at, customer in enumerate(customers, 1)
        ]
        lines.append(
            {
                "account_id": cls.company_data["default_account_revenue"].id,
                "credit": sum(line["debit"] for line in lines),
            }
        )
        entry = cls.env["account.move"].create(
            {
                "journal_id": cls.company_data["default_journal_misc"].id,
                "date": "2026-01-15",
                "line_ids": [Command.create(line) for line in lines],
            }
        )
        entry.action_post()
        return customers

    def _sending(self, customers, **values):
        """A run that is being sent, as a clerk does it."""
        run = self._run(
            include="chosen", partner_ids=[Command.set(customers.ids)], **values
        )
        run.action_review()
        run.action_send()
        return run

    def _work(self, *, documents=True):
        """Run the workers."""
        with self._job_env() as env:
            if documents:
                env["clerk.statement"]._cron_make_documents()
            env["clerk.statement.run"]._cron_send()

    def _sent(self, customers, **values):
        run = self._sending(customers, **values)
        self._work()
        return run

    def _states(self, run):
        return [each.delivery_state for each in run.statement_ids.sorted("id")]


# Emails of customers as entered, and the addresses to which their statements go.
ADDRESSES = (
    ("ann01@customer.example", ["ann01@customer.example"]),
    ("ANN02@Customer.Example", ["ann02@customer.example"]),
    ("Ann <ann03@customer.example>", ["ann03@customer.example"]),
    ('"Doe, Ann" <ann04@customer.example>', ["ann04@customer.example"]),
    ("mailto:ann05@customer.example", ["ann05@customer.example"]),
    (" ann06@customer.example ", ["ann06@customer.example"]),
    ("a07@c.example, b07@c.example", ["a07@c.example", "b07@c.example"]),
    ("a08@c.example; b08@c.example", ["a08@c.example", "b08@c.example"]),
    ("a09@c.example b09@c.example", ["a09@c.example", "b09@c.example"]),
    ("a10@c.example / b10@c.example", ["a10@c.example", "b10@c.example"]),
    ("ann11@xn--mller-kva.example", ["ann11@xn--mller-kva.example"]),
    ("ann12@customer.example, n/a", ["ann12@customer.example"]),
    ("o'neil+bills@customer.example", ["o'neil+bills@customer.example"]),
    *(
        (text, [])
        for text in (
            "n/a",
            "-",
            "none",
            "unknown@",
            "@customer.example",
            "ann@customer",
            "ann@müller.example",
            "änn@customer.example",
            "ann bob@customer.example",
            "ann@customer .example",
            "ann@customer,example",
            "ann@customer..example",
            "ann..bob@customer.example",
            ".ann@customer.example",
            "ann@-customer.example",
            "ann@customer.example.",
            "www.customer.example",
            "by post",
            "ann@@c.example",
            "ann@customer.example, bob@",
            "ann@127.0.0.1",
            "(ann@customer.example",
        )
    ),
)


@tagged("post_install", "-at_install")
class TestStatementMails(StatementSendCommon):
    def test_two_hundred_customers_get_their_own_statement_once(self):
        customers = self._customers(200)
        run = self._sent(customers)
        self.assertEqual(set(self._states(run)), {"sent"})
        self.assertEqual(run.state, "done")
        self.assertEqual((run.sent_count, run.progress), (200, 100))
        self._work()
        self.assertEqual(
            self.postbox.received(), dict.fromkeys(customers.mapped("email"), 1)
        )
        for at, customer in enumerate(customers, 1):
            [mail] = self.postbox.mail_to(customer.email)
            [attachment] = mail.iter_attachments()
            text = " ".join(pages_of(attachment.get_content()))
            self.assertIn(f"{customer.name} ", f"{text} ")
            self.assertIn(f"{100 + at}.00", text)

    def test_mail_has_the_balance_and_a_link(self):
        [customer] = self._customers(1)
        run = self._sent(customer)
        [mail] = self.postbox.mail_to(customer.email)
        statement = run.statement_ids
        text = mail.get_body(("html",)).get_content()
        self.assertIn(statement.name, mail["Subject"])
        self.assertIn("101.00", text)
        self.assertIn(f"/my/statements/{statement.id}", text)
        self.assertIn(statement.access_token, text)

    def test_contacts_for_statements_get_it(self):
        [customer] = self._customers(1)
        clerk = self.env["res.partner"].create(
            {"name": "Payables", "parent_id": customer.id, "email": "ap@c.example.com"}
        )
        customer.statement_contact_ids = clerk
        self._sent(customer)
        self.assertEqual(dict(self.postbox.received()), {"ap@c.example.com": 1})

    def test_held_statements_are_not_sent(self):
        customers = self._customers(2)
        run = self._run(include="chosen", partner_ids=[Command.set(customers.ids)])
        self._statement(run, customers[0]).action_hold()
        run.action_review()
        run.action_send()
        self._work()
        self.assertEqual(list(self.postbox.received()), [customers[1].email])
        self.assertFalse(self._statement(run, customers[0]).delivery_state)
        self.assertEqual(run.state, "done")

    def test_addresses_as_people_enter_them(self):
        """Addresses without mail are an exception when the run is computed, and nothing
        else is; emails go to exactly the addresses entered.

        Before, 15 of these failed only when they were sent, and three went to somebody
        else: a@b.example from “a@b,example”, bob@ from “ann bob@”.
        """
        customers = self._customers(len(ADDRESSES))
        for customer, (text, _addresses) in zip(customers, ADDRESSES, strict=True):
            customer.email = text
        run = self._run(include="chosen", partner_ids=[Command.set(customers.ids)])
        expected = []
        for customer, (text, addresses) in zip(customers, ADDRESSES, strict=True):
            with self.subTest(address=text):
                codes = (self._statement(run, customer).exception_codes or "").split()
                self.assertEqual("no_address" not in codes, bool(addresses))
                is_bad = bool(text.strip()) and not addresses
                self.assertEqual("bad_address" in codes, is_bad)
            expected += addresses
        run.action_review()
        run.action_send()
        self._work()
        self.assertEqual(sorted(self.postbox.received()), sorted(expected))
        for customer, (text, addresses) in zip(customers, ADDRESSES, strict=True):
            with self.subTest(address=text):
                statement = self._statement(run, customer)
                state = "sent" if addresses else "failed"
                self.assertEqual(statement.delivery_state, state)

    def test_no_address_fails_alone_and_goes_out_later(self):
        customers = self._customers(3)
        customers[1].email = False
        run = self._sent(customers)
        self.assertEqual(self._states(run), ["sent", "failed", "sent"])
        failed = self._statement(run, customers[1])
        self.assertIn("no email address", failed.delivery_error)
        self.assertEqual((run.state, run.failed_count), ("done", 1))
        customers[1].email = "later@customer.example.com"
        failed.with_user(self.clerk).action_try_again()
        self.assertEqual(run.state, "sending")
        self._work()
        self.assertEqual((failed.delivery_state, run.state), ("sent", "done"))
        self.assertEqual(set(self.postbox.received().values()), {1})

    def test_refused_address(self):
        customers = self._customers(3)
        self.postbox.refused.add(customers[1].email)
        run = self._sent(customers)
        self.assertEqual(self._states(run), ["sent", "failed", "sent"])
        error = self._statement(run, customers[1]).delivery_error
        self.assertIn("No such user here", error)

    def test_archived_customer(self):
        customers = self._customers(2)
        run = self._sending(customers)
        customers[0].active = False
        self._work()
        self.assertEqual(self._states(run), ["failed", "sent"])
        error = self._statement(run, customers[0]).delivery_error
        self.assertIn("is archived", error)

    def test_template_deleted(self):
        customers = self._customers(2)
        run = self._sending(customers)
        template = run.mail_template_id.sudo()
        copy = template.copy()
        template.unlink()
        self._work()
        self.assertEqual(self._states(run), ["failed", "failed"])
        self.assertIn("no template", run.statement_ids[0].delivery_error)
        run.mail_template_id = copy
        run.action_try_failed_again()
        self._work()
        self.assertEqual(self._states(run), ["sent", "sent"])

    def test_email_that_cannot_be_created_fails_alone(self):
        customers = self._customers(3)
        customers.color = 1
        run = self._sending(customers)
        run.mail_template_id.sudo().subject = "{{ 1 / object.partner_id.color }}"
        customers[1].color = 0
        self._work()
        self.assertEqual(self._states(run), ["sent", "failed", "sent"])
        error = self._statement(run, customers[1]).delivery_error
        self.assertIn("could not be created", error)

    def test_mail_server_down(self):
        customers = self._customers(2)
        run = self._sending(customers)
        self.server.smtp_port = 1
        self._work()
        self.assertEqual(self._states(run), ["ready", "ready"])
        self.assertEqual(run.state, "sending")
        self.assertIn("cannot be reached", run.error)
        self.server.smtp_port = self.postbox.port
        self._work()
        self.assertEqual(self._states(run), ["sent", "sent"])
        self.assertFalse(run.error)
        self.assertEqual(set(self.postbox.received().values()), {1})

    def test_interrupted_email_is_left_to_a_clerk(self):
        customers = self._customers(2)
        run = self._sending(customers)
        self._work(documents=True)
        self.postbox.mails.clear()
        statement = run.statement_ids[0]
        # As left by a worker that was interrupted while the mail server had the email.
        statement.sudo().delivery_state = "sending"
        run.sudo().state = "sending"
        self._work()
        self.assertEqual(statement.delivery_state, "failed")
        self.assertIn("may have arrived", statement.delivery_error)
        self.assertFalse(self.postbox.mails)
        statement.with_user(self.clerk).action_try_again()
        self._work()
        self.assertEqual(len(self.postbox.mails), 1)

    def test_limit_per_minute(self):
        customers = self._customers(5)
        self.company_a.clerk_statement_mails_per_minute = 2
        begin = datetime(2026, 2, 2, 9, 0)
        with freeze_time(begin):
            run = self._sent(customers)
            self.assertEqual(self._states(run).count("sent"), 2)
            self._work()
            self.assertEqual(len(self.postbox.mails), 2)
            self.assertEqual(run.time_left, "about 2 min left")
        worker = self.env.ref("invoicing_clerk.ir_cron_statement_send")
        calls = self.env["ir.cron.trigger"].sudo().search([("cron_id", "=", worker.id)])
        self.assertIn(begin + timedelta(minutes=1), calls.mapped("call_at"))
        for minutes, sent in ((2, 4), (4, 5)):
            with freeze_time(begin + timedelta(minutes=minutes)):
                self._work()
            self.assertEqual(len(self.postbox.mails), sent)
        self.assertEqual(run.state, "done")

    def test_bounced_email(self):
        [customer] = self._customers(1)
        alias = self.env["mail.alias.domain"].sudo().search([], limit=1) or (
            self.env["mail.alias.domain"].sudo().create({"name": "us.example.com"})
        )
        run = self._sent(customer)
        statement = run.statement_ids
        [mail] = self.postbox.mail_to(customer.email)
        bounce = f"""From: MAILER-DAEMON@customer.example.com
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

Final-Recipient: rfc822; {customer.email}
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Message-Id: {mail["Message-Id"]}
To: {customer.email}

--b--
"""
        self.env["mail.thread"].sudo().message_process(False, bounce)
        self.assertEqual(statement.delivery_state, "failed")
        self.assertIn(f"{customer.email} bounced", statement.delivery_error)
        self.assertEqual(run.failed_count, 1)


@tagged("post_install", "-at_install")
class TestStatementWays(StatementSendCommon):
    """Delivery methods, access rights and figures."""

    def test_portal_with_and_without_an_email(self):
        customers = self._customers(2)
        customers.statement_delivery = "portal"
        customers[1].email = False
        run = self._sent(customers)
        self.assertEqual(self._states(run), ["sent", "published"])
        [mail] = self.postbox.mail_to(customers[0].email)
        self.assertFalse(list(mail.iter_attachments()))
        self.assertEqual(run.state, "done")

    def test_printed_pdf_is_sorted_by_postcode(self):
        customers = self._customers(3)
        customers.statement_delivery = "print"
        for customer, code in zip(customers, ("30", "10", "20"), strict=True):
            customer.write({"zip": code, "city": "Town", "street": f"Street {code}"})
        run = self._sent(customers)
        self.assertEqual(set(self._states(run)), {"to_print"})
        self.assertEqual((run.state, run.print_count), ("sending", 3))
        url = run.with_user(self.clerk).action_print()["url"]
        bundle = self.env["ir.attachment"].browse(int(url.rsplit("/", 1)[1]))
        pages = pages_of(bundle.raw)
        self.assertEqual(len(pages), 1 + 2 * 3)
        order = [customers[1], customers[2], customers[0]]
        for at, customer in enumerate(order):
            self.assertIn(f"Street {customer.zip}", pages[0])
            self.assertIn(f"{at + 1} / 3", pages[1 + 2 * at])
            self.assertIn(customer.name, pages[1 + 2 * at])
            statement = self._statement(run, customer)
            self.assertIn(statement.name, pages[2 + 2 * at])
        self.assertEqual(set(self._states(run)), {"printed"})
        self.assertEqual(run.state, "done")
        with self.assertRaisesRegex(UserError, "no statements to print"):
            run.with_user(self.clerk).action_print()

    def test_stacks_follow_each_other_in_postal_order(self):
        """Table: addresses × stacks of two. Only those of the stack are read again.

        Would have caught: all waiting statements were read and sorted for each stack.
        """
        self.startPatcher(patch.object(statement_run_print, "STACK", 2))
        customers = self._customers(5)
        customers.statement_delivery = "print"
        codes = ("30", False, "10", "20", "10")
        for customer, code in zip(customers, codes, strict=True):
            customer.zip = code
        run = self._sent(customers)
        waiting = run.statement_ids
        whole = waiting.sorted(run._postal_order)
        stacks = []
        for size in (2, 2, 1):
            stack = run._next_stack()
            self.assertEqual(len(stack), size)
            self.assertEqual(stack, stack.sorted(run._postal_order))
            stack.sudo().delivery_state = "printed"
            self.env.flush_all()
            self.env.invalidate_all()
            stacks += stack
        self.assertEqual(stacks, [*whole])
        self.assertFalse(run._next_stack())

    def test_later_statements_are_printed_after_those_that_wait(self):
        self.startPatcher(patch.object(statement_run_print, "STACK", 2))
        customers = self._customers(3)
        customers.statement_delivery = "print"
        for customer, code in zip(customers, ("30", "20", "10"), strict=True):
            customer.zip = code
        run = self._sent(customers)
        late = self._statement(run, customers[2])
        late.sudo().delivery_state = "failed"
        run._rank_waiting()
        late.sudo().delivery_state = "to_print"
        first = run._next_stack()
        self.assertEqual(
            first.partner_id.mapped("zip"), ["20", "30"], "ranked before the late one"
        )
        first.sudo().delivery_state = "printed"
        self.assertEqual(run._next_stack(), late)

    def test_access_rights(self):
        run = self._run(
            include="chosen", partner_ids=[Command.set(self._customers(1).ids)]
        )
        run.action_review()
        for user in (self.auditor, self.outsider, self.clerk_b):
            for step in (
                *("action_send", "action_ask_to_send", "action_stop"),
                *("action_print", "action_try_failed_again"),
            ):
                with self.assertRaises(AccessError):
                    getattr(run.with_user(user), step)()
            with self.assertRaises(AccessError):
                run.statement_ids.with_user(user).action_try_again()
        run.with_user(self.supervisor).action_send()
        self.assertEqual(run.state, "sending")

    def test_question_before_sending(self):
        """It says how many, by which method, how much, and how many are not reviewed.

        Before, the question named nothing of it.
        """
        customers = self._customers(4)
        customers[1].statement_delivery = "portal"
        run = self._run(include="chosen", partner_ids=customers.ids)
        self._statement(run, customers[2]).action_hold()
        customers[3].email = False
        run.action_compute()
        self._statement(run, customers[2]).action_hold()
        run.action_review()
        action = run.with_user(self.clerk).action_ask_to_send()
        dialog = (
            self.env[action["res_model"]]
            .with_user(self.clerk)
            .with_context(**action["context"])
            .create({})
        )
        summary = run._sending_summary()
        self.assertEqual(summary["total"], {"count": 3, "balance": 307})
        self.assertEqual(
            [
                (each["label"], each["count"], each["balance"])
                for each in summary["ways"]
            ],
            [("By Email", 2, 205), ("In the Portal", 1, 102)],
        )
        self.assertEqual((summary["held"], summary["flagged"]), (1, 1))
        self.assertEqual(dialog.flagged_count, 1)
        for text in ("In the Portal", "205.00", "102.00", "307.00", "1 held"):
            self.assertIn(text, " ".join(str(dialog.summary_html).split()))
        dialog.action_send()
        self.assertEqual(run.state, "sending")

    def test_only_failed_ones_can_be_retried(self):
        run = self._sending(self._customers(1))
        with self.assertRaisesRegex(UserError, "did not fail"):
            run.statement_ids.action_try_again()

    def test_stopped_runs_send_nothing_until_they_go_on(self):
        customers = self._customers(3)
        run = self._sending(customers)
        run.with_user(self.clerk).action_stop()
        self._work()
        self.assertEqual(set(self._states(run)), {"pending"})
        run.invalidate_recordset()
        self.assertEqual(run.state, "sending")
        with self.assertRaisesRegex(UserError, "already been stopped"):
            run.action_stop()
        run.with_user(self.clerk).action_resume()
        self._work()
        self.assertEqual(
            self.postbox.received(), dict.fromkeys(customers.mapped("email"), 1)
        )
        self.assertRecordValues(run, [{"state": "done", "is_stopped": False}])

    def test_run_that_is_stopped_while_its_emails_are_sent(self):
        """At most the email in progress is finished; each is sent once in the end.

        Before, a run that was sent by mistake could not be stopped at all.
        """
        customers = self._customers(6)
        run = self._sending(customers)
        with self._job_env() as env:
            env["clerk.statement"]._cron_make_documents()
        commit_progress, clerk = IrCron._commit_progress, self.clerk

        def stop_at_the_third(cron, processed=0, **values):
            left = commit_progress(cron, processed, **values)
            stopped = cron.env["clerk.statement.run"].browse(run.id)
            if stopped.sent_count == 3 and not stopped.is_stopped:
                stopped.with_user(clerk).action_stop()
            return left

        with patch.object(IrCron, "_commit_progress", stop_at_the_third):
            self._work(documents=False)
        self.assertEqual(sum(self.postbox.received().values()), 3)
        self._work()
        self.assertEqual(sum(self.postbox.received().values()), 3)
        run.invalidate_recordset()
        self.assertEqual((run.sent_count, run.waiting_count), (3, 3))
        run.action_resume()
        self._work()
        self.assertEqual(
            self.postbox.received(), dict.fromkeys(customers.mapped("email"), 1)
        )
        self.assertEqual(run.state, "done")

    def test_nothing_to_send(self):
        run = self._run(
            include="chosen", partner_ids=[Command.set(self._customers(1).ids)]
        )
        run.statement_ids.action_hold()
        run.action_review()
        with self.assertRaisesRegex(UserError, "no statement to send"):
            run.action_send()
        self.assertEqual(run.state, "reviewed")

    def test_payments_since(self):
        self.partner_a.email = "a@customer.example.com"
        move = self._posted((1, 100.0), taxes=self.no_tax)
        run = self._sent(self.partner_a)
        self.assertEqual(run.paid_since, 0)
        self._pay(move, amount=40.0, payment_date="2026-02-10")
        run.invalidate_recordset()
        self.assertEqual(run.paid_since, 40)

    def test_document_that_crashed_the_server_is_not_retried(self):
        customers = self._customers(2)
        run = self._sending(customers)
        statement = run.statement_ids.sudo().sorted("id")[0]
        worker = self.env.ref("invoicing_clerk.ir_cron_statement_documents")
        statement.write({"delivery_tries": 3, "worker_id": worker.id})
        self._work()
        self.assertEqual(self._states(run), ["failed", "sent"])
        self.assertIn("server crashed 3 times", statement.delivery_error)

    def test_work_of_an_interrupted_worker_is_resumed(self):
        run = self._sending(self._customers(1))
        worker = self.env.ref("invoicing_clerk.ir_cron_statement_documents")
        run.statement_ids.sudo().write({"delivery_tries": 1, "worker_id": worker.id})
        self._work()
        self.assertEqual(self._states(run), ["sent"])

    def test_old_runs_keep_totals_and_seals(self):
        run = self._sent(self._customers(1))
        statement = run.statement_ids
        seal, document = statement.content_hash, statement.document_id
        self.company_a.clerk_statement_keep_months = 12
        with freeze_time("2027-01-30"):
            self._reduce()
        self.assertTrue(statement.line_ids)
        with freeze_time("2027-03-01"):
            self._reduce()
        self.assertFalse(statement.line_ids)
        self.assertFalse(document.exists())
        self.assertEqual(statement.content_hash, seal)
        self.assertEqual(statement.balance_ids.closing, 101)
        for step in ("action_compare", "action_preview", "action_xlsx"):
            with self.assertRaisesRegex(UserError, "were deleted"):
                getattr(statement.with_user(self.clerk), step)()

    def _reduce(self):
        with self._job_env() as env:
            env["clerk.statement.run"]._cron_reduce()

    def test_queueing_costs_the_same_for_many(self):
        """Would have caught: a message on each statement that the run is sent."""
        self._assert_no_more_queries(self._queries(5), self._queries(45))

    def _queries(self, number):
        run = self._run(
            include="chosen", partner_ids=[Command.set(self._customers(number).ids)]
        )
        run.action_review()
        # Tests run without tracking, people do not.
        tracked = run.with_context(tracking_disable=False, mail_notrack=False)

        def send():
            tracked.action_send()
            self.env.cr.flush()

        return self._count_queries(send)
