import base64

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.audit.pack.common import AuditPackCommon
from odoo.addons.invoicing_clerk.tests.common import blank_pdf


@tagged("post_install", "-at_install")
class TestAuditPackFiled(AuditPackCommon):
    """Packs contain the documents in the files of invoices, and name missing ones."""

    def test_filed_and_missing_documents(self):
        invoice = self._posted((1, 100.0))
        self._send_out(invoice)
        delivery = self.env.ref("invoicing_clerk.document_class_delivery")
        purchase = self.env.ref("invoicing_clerk.document_class_order")
        kind = self.env.ref("invoicing_clerk.invoice_kind_domestic").sudo()
        kind.write(
            {
                "active": True,
                "goods": False,
                "place": False,
                "class_ids": [Command.set((delivery + purchase).ids)],
            }
        )
        content = blank_pdf("Delivery note")
        document = (
            self.env["clerk.document"]
            .with_user(self.clerk)
            .create(
                {
                    "class_id": delivery.id,
                    "file": base64.b64encode(content),
                    "original_name": "scan.pdf",
                    "move_ids": [Command.set(invoice.ids)],
                }
            )
        )
        pack = self._make(invoice)
        files = self._open(pack)
        self.assertIn(content, files.values())
        missing = [each["what"] for each in pack.item_ids.missing]
        self.assertIn(purchase.name, missing)
        self.assertNotIn(delivery.name, missing)
        # What is in a pack is not disposed of.
        self.assertIn("evidence pack", document._protections()[document.id])

    def test_documents_by_the_customer_are_kept_with_the_pack(self):
        """Documents in the file of an invoice by its customer are kept as well."""
        invoice = self._posted((1, 100.0))
        self._send_out(invoice)
        links = self.env["clerk.document.link"]
        document = (
            self.env["clerk.document"]
            .with_user(self.clerk)
            .create(
                {
                    "class_id": self.env.ref(
                        "invoicing_clerk.document_class_certificate"
                    ).id,
                    "date": "2010-01-01",
                    "valid_to": "2030-12-31",
                    "file": base64.b64encode(blank_pdf("Certificate")),
                    "link_ids": [
                        Command.create(each)
                        for each in links._of(invoice.commercial_partner_id)
                    ],
                }
            )
        )
        self.assertNotIn("pack", document._protections().get(document.id, ""))
        self._make(invoice)
        self.assertIn("evidence pack", document._protections()[document.id])
