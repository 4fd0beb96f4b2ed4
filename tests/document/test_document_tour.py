from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import TourCase
from odoo.addons.invoicing_clerk.tests.document.common import DocumentCommon


@tagged("post_install", "-at_install")
class TestDocumentTour(DocumentCommon, TourCase):
    """An invoice whose file lacks two documents, until it is complete, in a browser."""

    def test_from_the_request_to_the_complete_file(self):
        kind = self.env.ref("invoicing_clerk.invoice_kind_domestic").sudo()
        kind.write({"active": True, "goods": False, "place": False})
        kind.class_ids = [Command.set((self.delivery + self.certificate).ids)]
        self.invoice.invoice_user_id = self.outsider
        self.clerk.password = "clerk_a"
        self.start_tour(
            f"/odoo/action-account.action_move_out_invoice_type/{self.invoice.id}",
            "invoicing_clerk_document_request",
            login="clerk_a",
        )
        requests = self.env["clerk.document.request"].with_user(self.clerk).search([])
        sales = requests.filtered(lambda each: each.asked_of == "colleague")
        customer = requests - sales
        self.assertEqual(set(requests.mapped("state")), {"open"})
        self._receive(sales.item_ids, "Delivery note")
        token = customer.sudo()._upload_token()
        path = f"/document-request/{customer.id}/{token}"
        self.start_tour(path, "invoicing_clerk_document_upload")
        self.env.invalidate_all()
        customer.item_ids.valid_to = "2030-12-31"
        customer.with_user(self.clerk).item_ids.upload_ids.action_download()
        self.start_tour(
            "/odoo/requested-documents",
            "invoicing_clerk_document_accept",
            login="clerk_a",
        )
        self.env.invalidate_all()
        self.assertEqual(set(requests.mapped("state")), {"done"})
        self.assertFalse(self.invoice.with_user(self.clerk).missing_documents)
        files = self.env["clerk.invoice.file"].with_user(self.clerk)
        file = files.search([("move_id", "=", self.invoice.id)])
        self.assertEqual((file.required_count, file.missing_count), (2, 0))
