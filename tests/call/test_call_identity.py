from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.call.common import CallOnInvoiceCommon


@tagged("post_install", "-at_install")
class TestCallIdentity(CallOnInvoiceCommon):
    """Confidential data goes only to callers whose identity was checked."""

    def test_copies_need_the_identity_check(self):
        with self.assertRaisesRegex(UserError, "tick Identity Checked"):
            self.call.action_send_copies()
        self.call.is_identified = True
        action = self.call.action_send_copies()
        self.assertEqual(action["res_model"], "account.move.send.wizard")
        self.assertEqual(action["context"]["active_ids"], self.invoice.ids)
        self.call.move_ids = False
        with self.assertRaisesRegex(UserError, "Select the invoices"):
            self.call.action_send_copies()

    def test_outcomes_need_the_identity_check_if_the_company_requires_it(self):
        self.call.outcome_id = self._outcome_of("copy_sent")
        with self.assertRaisesRegex(UserError, "tick Identity Checked"):
            self.call.action_done()
        self.company_a.clerk_call_identity = False
        self.call.action_done()
        self.assertEqual(self.call.state, "done")

    def test_questions_are_shown_with_answers_on_file(self):
        self.partner_a.write({"zip": "90210", "ref": False, "vat": False})
        shown = self.call.identity_html
        self.assertIn("90210", shown)
        self.assertIn(self.partner_a.email, shown)
        self.assertNotIn("VAT", shown, "no question without an answer")
        self.call.direction = "out"
        self.assertFalse(self.call.identity_html)
