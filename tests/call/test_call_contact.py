from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.tests.call.common import CallOnInvoiceCommon


@tagged("post_install", "-at_install")
class TestCallContact(CallOnInvoiceCommon):
    """Contact data is corrected during a call."""

    def test_old_and_new_values_are_shown_and_logged(self):
        self.call.is_identified = True
        wizard = self._wizard(self.call.action_correct_contact())
        with Form(wizard) as form:
            self.assertEqual(form.email, self.contact_a.email)
            form.email = "new@partner-a.example.com"
            self.assertIn("ada@partner-a.example.com", form.changes_html)
        form.record.action_apply()
        self.assertEqual(self.contact_a.email, "new@partner-a.example.com")
        for record in (self.contact_a, self.call):
            body = record.message_ids[0].body
            self.assertIn("ada@partner-a.example.com", body)
            self.assertIn("new@partner-a.example.com", body)
        with self.assertRaisesRegex(UserError, "No contact data was changed"):
            form.record.action_apply()

    def test_contact_of_another_customer_is_refused(self):
        self.call.is_identified = True
        wizard = self._wizard(self.call.action_correct_contact()).create(
            {"partner_id": self.partner_b.id, "phone": "+1 555 666 7777"}
        )
        with self.assertRaisesRegex(UserError, "does not belong to"):
            wizard.action_apply()
