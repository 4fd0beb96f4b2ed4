from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.tests.statement.hostile_notices import (
    notice,
    notices,
)
from odoo.addons.invoicing_clerk.tests.statement.test_statement_run_send import (
    StatementSendCommon,
)


@tagged("post_install", "-at_install")
class TestStatementBounce(StatementSendCommon):
    """Delivery notices, real and forged, about a statement that was sent.

    Before, each of the notices in the table made it *Failed*.
    """

    def setUp(self):
        super().setUp()
        domains = self.env["mail.alias.domain"].sudo()
        if not domains.search([], limit=1):
            domains.create({"name": "us.example.com"})
        self.customer = self._customers(1)
        self.run = self._sent(self.customer)
        self.statement = self.run.statement_ids

    def _message_id(self):
        return self.postbox.mail_to(self.customer.email)[-1]["Message-Id"]

    @mute_logger("odoo.addons.mail.models.mail_thread")
    def _receive(self, raw):
        self.env["mail.thread"].sudo().message_process(False, raw)

    def test_permanent_failure_of_the_email_at_hand(self):
        self._receive(notice(self._message_id(), self.customer.email.upper()))
        self.assertEqual(self.statement.delivery_state, "failed")
        self.assertIn("bounced", self.statement.delivery_error)

    def test_second_recipient_of_a_notice(self):
        """Core reads the first recipient of a notice only."""
        other = "Final-Recipient: rfc822; a@b.example.com\nAction: delivered\n"
        report = (
            "Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
            f"{other}Status: 2.0.0\n\nFinal-Recipient: rfc822; {self.customer.email}\n"
            "Action: failed\nStatus: 5.1.1\n\n"
        )
        self._receive(notice(self._message_id(), self.customer.email, report=report))
        self.assertEqual(self.statement.delivery_state, "failed")

    def test_all_others_are_noted_only(self):
        earlier = self._message_id()
        self._receive(notice(earlier, self.customer.email))
        self.statement.with_user(self.clerk).action_try_again()
        self._work()
        self.assertNotEqual(earlier, self._message_id())
        sent = self.statement.read(["delivery_state", "sent_on", "delivery_error"])
        table = notices(self._message_id(), self.customer.email, earlier)
        self.assertGreater(len(table), 30)
        for name, raw in table.items():
            with self.subTest(name):
                self._receive_quietly(raw)
                self.assertEqual(
                    self.statement.read(
                        ["delivery_state", "sent_on", "delivery_error"]
                    ),
                    sent,
                )
        bodies = self.statement.sudo().message_ids.mapped("body")
        self.assertTrue(any("does not change the delivery" in body for body in bodies))

    def _receive_quietly(self, raw):
        try:
            with self.env.cr.savepoint():
                self._receive(raw)
        except ValueError:
            # Core refuses emails for which it knows no record.
            return

    def test_states_in_which_nothing_can_bounce(self):
        raw = notice(self._message_id(), self.customer.email)
        for at, state in enumerate(
            ("pending", "ready", "to_print", "posting", "published", "printed")
        ):
            with self.subTest(state):
                self.statement.sudo().delivery_state = state
                self._receive(raw.replace("<notice-", f"<notice-{at}-"))
                self.assertEqual(self.statement.delivery_state, state)
