from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.call.common import CallCommon


@tagged("post_install", "-at_install")
class TestCallStatement(CallCommon):
    """A caller requests a statement."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._posted((1, 100.0))
        cls.call = cls._call(contact_id=cls.contact_a.id, is_identified=True)

    def _request(self, call):
        action = call.action_statement()
        return call.env[action["res_model"]].browse(action["res_id"])

    def test_statement_is_created_and_linked(self):
        statement = self._request(self.call)
        self.assertEqual(statement.partner_id, self.partner_a)
        self.assertEqual(statement.closing_company, 115)
        self.assertEqual(statement.run_id.requested_by_id, self.contact_a)
        self.assertEqual(self.call.statement_run_ids, statement.run_id)
        action = self.call.action_view_statements()
        self.assertEqual(statement.search(action["domain"]), statement)

    def test_replaced_statement_stays_linked(self):
        first = self._request(self.call)
        later = self._call(is_identified=True)
        statement = self._request(later)
        self.assertFalse(first.exists(), "it was not sent yet")
        self.assertEqual(self.call.statement_run_ids, statement.run_id)
        self.assertEqual(later.statement_run_ids, statement.run_id)

    def test_statement_needs_the_identity_check(self):
        self.call.is_identified = False
        dialog = self.call.action_statement()
        self.assertEqual(dialog["res_model"], "clerk.call.identity")
        self.call.partner_id = False
        with self.assertRaisesRegex(UserError, "Select the customer first"):
            self.call.action_statement()
        self.assertFalse(self.call.statement_run_ids)

    def test_the_pad_shows_the_latest_sent_statement(self):
        statement = self._request(self.call)
        link = f"/odoo/calls/{self.call.id}/clerk-statements/{statement.id}"
        self.assertNotIn(link, self.call.balance_html)
        statement.action_send_request()
        self.call.invalidate_recordset()
        self.assertIn(link, self.call.balance_html)
        self.assertIn(link, self.call.with_user(self.auditor).balance_html)
        elsewhere = self._calls(self.clerk_b).create({"partner_id": self.partner_a.id})
        self.assertNotIn("clerk-statements", elsewhere.balance_html)

    def test_statement_of_another_customer_is_refused(self):
        runs = self._request(self.call).run_id
        stranger = self._call(partner_id=self.partner_b.id)
        with self.assertRaisesRegex(ValidationError, "is not a statement that"):
            stranger._inside().statement_run_ids = [Command.set(runs.ids)]

    def test_auditors_and_outsiders_are_refused(self):
        for user in (self.auditor, self.outsider):
            with self.assertRaises(AccessError):
                self.call.with_user(user).action_statement()
