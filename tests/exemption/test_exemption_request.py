from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import blank_pdf

from .common import ExemptionCommon


@tagged("post_install", "-at_install")
class TestExemptionRequest(ExemptionCommon):
    """Customers are asked for certificates, and what they send is filed."""

    def test_asked_for_and_filed(self):
        exemption = self._filed(document=False, valid_to=False)
        action = exemption.action_request()
        request = self.env["clerk.document.request"].with_user(self.clerk)
        request = request.browse(action["res_id"])
        self.assertEqual(request.partner_id, self.partner_a)
        with self.assertRaisesRegex(UserError, "It is asked for by DR/"):
            exemption.action_request()
        request.action_send()
        item = request.item_ids
        upload = item.sudo()._receive(
            "certificate.pdf", blank_pdf(), {"ip": "192.0.2.7"}
        )
        upload.with_user(self.clerk).action_download()
        item.valid_to = "2027-12-31"
        item.action_accept()
        self.assertEqual(exemption.document_name, "certificate.pdf")
        self.assertEqual(str(exemption.valid_to), "2027-12-31")
        self.assertEqual(exemption.request_count, 1)
        document = item.document_ids
        self.assertEqual(document.partner_id, self.partner_a)
        self.assertEqual(
            set(document.link_ids.mapped("res_model")),
            {"clerk.exemption", "res.partner"},
        )
        exemption.action_submit()
        self.assertEqual(exemption.state, "submitted")
        exemption.with_user(self.supervisor).action_accept()
        move = self._exempt_invoice("2027-03-15")
        document.with_user(self.supervisor).class_id = self.env.ref(
            "invoicing_clerk.document_class_letter"
        )
        entries = self.env["clerk.invoice.file"]._entries_of(document)
        self.assertIn((document.id, move.id), entries)

    def test_all_that_is_linked_to_documents_has_a_customer(self):
        subjects = self.env["clerk.document.link"]._linkable() - {"res.partner"}
        for name in subjects:
            self.assertTrue(hasattr(self.env[name], "_document_partner"), name)

    def test_another_file_does_not_replace_it(self):
        exemption = self._filed()
        with self.assertRaisesRegex(UserError, "is there already"):
            exemption.action_request()
