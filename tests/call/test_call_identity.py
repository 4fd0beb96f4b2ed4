from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.call.common import CallOnInvoiceCommon


@tagged("post_install", "-at_install")
class TestCallIdentity(CallOnInvoiceCommon):
    """Confidential data goes only to callers whose identity was checked."""

    def _asked(self, action):
        """Return the dialog that asks for the check instead of what was wanted."""
        self.assertEqual(action["res_model"], "clerk.call.identity")
        dialogs = self.env["clerk.call.identity"].with_user(self.clerk)
        return dialogs.with_context(**action["context"]).create({})

    def test_copies_need_the_identity_check(self):
        dialog = self._asked(self.call.action_send_copies())
        self.assertIn(self.partner_a.email, dialog.identity_html)
        self.assertFalse(self.call.is_identified)
        action = dialog.action_confirm()
        self.assertTrue(self.call.is_identified)
        self.assertEqual(action["res_model"], "account.move.send.wizard")
        self.assertEqual(action["context"]["active_ids"], self.invoice.ids)
        action = self.call.action_send_copies()
        self.assertEqual(action["res_model"], "account.move.send.wizard")
        self.assertEqual(action["context"]["active_ids"], self.invoice.ids)
        self.call.move_ids = False
        with self.assertRaisesRegex(UserError, "Select the invoices"):
            self.call.action_send_copies()

    def test_outcomes_need_the_identity_check_if_the_company_requires_it(self):
        self.call.outcome_id = self._outcome_of("copy_sent")
        with self.assertRaisesRegex(UserError, "tick Identity Checked"):
            self.call._finish()
        self._asked(self.call.action_done())
        self.assertEqual(self.call.state, "in_progress")
        self.company_a.clerk_call_identity = False
        self.call.action_done()
        self.assertEqual(self.call.state, "done")

    def test_everything_that_needs_the_check_asks_for_it_in_place(self):
        """And goes on when it is answered. Before, each ended in an error message,
        and the clerk had to find the tick, and the button again."""
        wanted = {
            "action_send_copies": "account.move.send.wizard",
            "action_statement": "clerk.statement",
            "action_correct_contact": "clerk.call.contact",
        }
        self.call.outcome_id = self._outcome_of("copy_sent")
        for name, model in wanted.items():
            with self.subTest(name=name):
                self.call.is_identified = False
                dialog = self._asked(getattr(self.call, name)())
                self.assertEqual(dialog.action_confirm()["res_model"], model)
        self.call.is_identified = False
        invoice = self.invoice.with_user(self.clerk)
        invoice = invoice.with_context(clerk_call_id=self.call.id)
        dialog = self._asked(invoice.action_copy_on_call())
        self.assertEqual(dialog.move_ids, self.invoice)
        self.call.is_identified = False
        self._asked(self.call.action_done()).action_confirm()
        self.assertEqual(self.call.state, "done")

    def test_who_may_confirm(self):
        for user in (self.auditor, self.outsider):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env["clerk.call.identity"].with_user(user).create(
                    {"call_id": self.call.id, "purpose": "done"}
                ).action_confirm()
        self.assertFalse(self.call.is_identified)

    def test_questions_name_the_field_and_not_its_path(self):
        questions = self.env["clerk.call.security.question"].with_user(self.clerk)
        questions = questions.search([])
        self.assertTrue(questions)
        for question in questions:
            self.assertNotEqual(question.path_label, question.path)
            self.assertTrue(question.path_label[0].isupper())
        linked = questions.new({"path": "country_id.name"})
        self.assertEqual(linked.path_label, "Country › Country Name")

    def test_questions_are_shown_with_answers_on_file(self):
        self.partner_a.write({"zip": "90210", "ref": False, "vat": False})
        shown = self.call.identity_html
        self.assertIn("90210", shown)
        self.assertIn(self.partner_a.email, shown)
        self.assertNotIn("VAT", shown, "no question without an answer")
        self.call.direction = "out"
        self.assertFalse(self.call.identity_html)
