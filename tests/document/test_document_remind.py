from datetime import timedelta
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.audit.common import KilledError
from odoo.addons.invoicing_clerk.tests.document.common import DocumentCommon

RECIPIENTS = 120


@tagged("post_install", "-at_install")
class TestDocumentRemind(DocumentCommon):
    """Reminders of many recipients: a run that is stopped goes on where it was."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        customers = cls.env["res.partner"].create(
            [
                {"name": f"Customer {each}", "email": f"c{each}@customer.example.com"}
                for each in range(RECIPIENTS)
            ]
        )
        cls.requests = (
            cls.env["clerk.document.request"]
            .with_user(cls.clerk)
            .create(
                [
                    {
                        "partner_id": customer.id,
                        "item_ids": [Command.create({"class_id": cls.letter.id})],
                    }
                    for customer in customers
                ]
            )
        )
        cls.requests.action_send()
        cls.day = cls.requests[0].date_due

    def _run(self):
        self._remind(self.day)

    def _reminded(self):
        return len(self.requests.item_ids.filtered("reminded_on"))

    def _mails(self):
        mails = self.env["mail.mail"].sudo()
        reminders = [
            ("model", "=", "clerk.document.request"),
            ("subject", "ilike", "reminder"),
        ]
        return mails.search_count(reminders)

    def test_stopped_and_resumed(self):
        requests, remind = type(self.requests), type(self.requests)._remind
        done = []

        def stopped(self, digests, today):
            if done:
                raise KilledError
            done.append(len(self))
            return remind(self, digests, today)

        with patch.object(requests, "_remind", stopped):
            self._run()
        self.assertEqual(self._reminded(), done[0])
        self.assertEqual(self._mails(), done[0])
        self._run()
        self.assertEqual(self._reminded(), RECIPIENTS)
        self.assertEqual(self._mails(), RECIPIENTS)
        self._run()
        self.assertEqual(self._mails(), RECIPIENTS)

    def test_one_failure_does_not_stop_the_others(self):
        failing = self.requests[3]
        make = type(self.requests)._mail_digests

        def broken(self, requests):
            if failing in requests:
                raise ValueError("no template")
            return make(self, requests)

        with patch.object(type(self.requests), "_mail_digests", broken):
            self._run()
        self.assertEqual(self._reminded(), RECIPIENTS - 1)
        self.assertEqual(failing.reminder_error, "no template")
        self.day += timedelta(days=1)
        self._run()
        self.assertEqual(self._reminded(), RECIPIENTS)
        self.assertFalse(failing.reminder_error)

    def _killed_after(self, make, number):
        """Return a method that is killed when it has made the numbered digests."""
        calls = []

        def mailed(requests, digests):
            made = make(requests, digests)
            calls.append(digests)
            if len(calls) == number:
                raise KilledError
            return made

        return mailed

    def test_a_run_that_is_killed_anywhere_goes_on(self):
        """Digests that were made and not committed are made again, others are not."""
        requests = type(self.requests)
        make = requests._mail_digests
        for killed_in in (1, 2, 2):
            mailed = self._killed_after(make, killed_in)
            with patch.object(requests, "_mail_digests", mailed):
                self._run()
            self.assertEqual(self._mails(), self._reminded())
            self.assertLess(self._reminded(), RECIPIENTS)
        self._run()
        self.assertEqual(self._reminded(), RECIPIENTS)
        self.assertEqual(self._mails(), RECIPIENTS)

    def _of_one_recipient(self, number, days=0):
        """Return a request with a number of items, and the queries of its digest."""
        request = self._request(*[self.letter] * number)
        day = request.date_due + timedelta(days=days)
        queries = self._count_queries(
            lambda: request._remind({request: request.item_ids}, day)
        )
        self.assertEqual(len(request.item_ids.filtered("reminded_on")), number)
        return queries

    def test_queries_do_not_grow_with_documents(self):
        for days in (0, 60):
            with self.subTest(days=days):
                self._of_one_recipient(1, days)
                few, many = (self._of_one_recipient(each, days) for each in (2, 40))
                self._assert_no_more_queries(few, many)

    def test_queries_of_notes_do_not_grow_with_recipients(self):
        items, day = self.requests.item_ids, self.day

        def note(some):
            asked, above = some._split_by_target(day)
            self.assertEqual(asked | above, some)
            asked.request_id._reachable()
            some._note_reminder(day)

        few = self._count_queries(note, items[:2])
        self._assert_no_more_queries(few, self._count_queries(note, items[2:]))
