from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.call.common import CallCommon


@tagged("post_install", "-at_install")
class TestCallStatement(CallCommon):
    """A caller asks for a statement."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._posted((1, 100.0))
        cls.call = cls._call(contact_id=cls.contact_a.id, is_identified=True)

    def _ask(self, call):
        action = call.action_statement()
        return call.env[action["res_model"]].browse(action["res_id"])

    def test_one_click_makes_it_and_links_it(self):
        statement = self._ask(self.call)
        self.assertEqual(statement.partner_id, self.partner_a)
        self.assertEqual(statement.closing_company, 115)
        self.assertEqual(statement.run_id.asked_by_id, self.contact_a)
        self.assertEqual(self.call.statement_run_ids, statement.run_id)
        action = self.call.action_view_statements()
        self.assertEqual(statement.search(action["domain"]), statement)

    def test_made_anew_it_stays_linked(self):
        first = self._ask(self.call)
        later = self._call(is_identified=True)
        statement = self._ask(later)
        self.assertFalse(first.exists(), "it had not gone out")
        self.assertEqual(self.call.statement_run_ids, statement.run_id)
        self.assertEqual(later.statement_run_ids, statement.run_id)

    def test_only_to_who_proved_to_be_the_customer(self):
        self.call.is_identified = False
        with self.assertRaisesRegex(UserError, "tick Identity Checked"):
            self.call.action_statement()
        self.call.partner_id = False
        with self.assertRaisesRegex(UserError, "Say first which customer"):
            self.call.action_statement()
        self.assertFalse(self.call.statement_run_ids)

    def test_the_pad_shows_the_last_that_went_out(self):
        statement = self._ask(self.call)
        link = f"/odoo/calls/{self.call.id}/clerk-statements/{statement.id}"
        self.assertNotIn(link, self.call.money_html)
        statement.action_send_request()
        self.call.invalidate_recordset()
        self.assertIn(link, self.call.money_html)
        self.assertIn(link, self.call.with_user(self.auditor).money_html)
        elsewhere = self._calls(self.clerk_b).create({"partner_id": self.partner_a.id})
        self.assertNotIn("clerk-statements", elsewhere.money_html)

    def test_of_others_is_refused(self):
        runs = self._ask(self.call).run_id
        stranger = self._call(partner_id=self.partner_b.id)
        with self.assertRaisesRegex(ValidationError, "is no statement for which"):
            stranger.statement_run_ids = [Command.set(runs.ids)]

    def test_auditors_and_outsiders_ask_for_none(self):
        for user in (self.auditor, self.outsider):
            with self.assertRaises(AccessError):
                self.call.with_user(user).action_statement()
