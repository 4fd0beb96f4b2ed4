import base64

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import blank_pdf

from ..common import StockCorpus


@tagged("post_install", "-at_install")
class TestInvoiceFileOrder(StockCorpus):
    """Documents of orders and deliveries are in the files of invoices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        ref = cls.env.ref
        cls.delivery = ref("invoicing_clerk.document_class_delivery")
        cls.purchase = ref("invoicing_clerk.document_class_order")
        kind = ref("invoicing_clerk.invoice_kind_domestic").sudo()
        # Whichever countries the companies of the tests have.
        kind.write({"active": True, "goods": "goods", "place": False})
        kind.class_ids = [Command.set((cls.delivery + cls.purchase).ids)]

    def _file(self, document_class, record, title):
        links = self.env["clerk.document.link"]._of(record)
        return (
            self.env["clerk.document"]
            .with_user(self.clerk)
            .create(
                {
                    "class_id": document_class.id,
                    "company_id": self.company_a.id,
                    "file": base64.b64encode(blank_pdf(title)),
                    "original_name": "scan.pdf",
                    "link_ids": [Command.create(each) for each in links],
                }
            )
        )

    def _missing(self, move):
        files = self.env["clerk.invoice.file"].with_user(self.clerk)
        file = files.search([("move_id", "=", move.id)])
        return self.env["clerk.document.class"].browse(file.missing or [])

    def test_complete_by_order_and_delivery(self):
        order = self._sold(10)
        picking = self._ship(order)
        move = self._billed(order)
        self.env["clerk.invoice.file"].sudo()._refresh(move.ids)
        self.assertEqual(self._missing(move), self.delivery + self.purchase)
        self._file(self.purchase, order, "Order")
        self.assertEqual(self._missing(move), self.delivery)
        document = self._file(self.delivery, picking, "Delivery")
        self.assertFalse(self._missing(move))
        document.class_id = self.purchase
        self.assertEqual(self._missing(move), self.delivery)

    def test_expenses_charged_on(self):
        self.env.ref("invoicing_clerk_sale.invoice_kind_expense").sudo().active = True
        order = self._sold(10)
        self._ship(order)
        move = self._billed(order)
        self.env["clerk.invoice.file"].sudo()._refresh(move.ids)
        self.assertEqual(self._missing(move), self.delivery + self.purchase)
        order.order_line.is_expense = True
        self.env["clerk.invoice.file"].sudo()._refresh(move.ids)
        receipt = self.env.ref("invoicing_clerk.document_class_receipt")
        self.assertEqual(self._missing(move), receipt)

    def test_each_delivery_needs_its_document(self):
        """One signed note of two deliveries completes the first invoice only."""
        order = self._sold(10)
        first = self._ship(order, 5, day="2026-01-10")
        early = self._billed(order, invoice_date="2026-01-12")
        second = self._ship(order, 5, day="2026-01-20")
        late = self._billed(order, invoice_date="2026-01-22")
        self._file(self.purchase, order, "Order")
        self._file(self.delivery, first, "First")
        self.assertFalse(self._missing(early))
        self.assertEqual(self._missing(late), self.delivery)
        self._file(self.delivery, second, "Second")
        self.assertFalse(self._missing(late))
        self._return(second)
        self.env["clerk.invoice.file"].sudo()._refresh(late.ids)
        self.assertFalse(self._missing(late))

    def test_one_note_of_the_order_does_not_prove_two_deliveries(self):
        order = self._sold(10)
        self._ship(order, 5, day="2026-01-10")
        early = self._billed(order, invoice_date="2026-01-12")
        self._file(self.purchase, order, "Order")
        self._file(self.delivery, order, "Note")
        self.assertFalse(self._missing(early))
        self._ship(order, 5, day="2026-01-20")
        late = self._billed(order, invoice_date="2026-01-22")
        self.env["clerk.invoice.file"].sudo()._refresh(late.ids)
        self.assertEqual(self._missing(late), self.delivery)

    def test_an_order_has_documents_of_its_own(self):
        order = self._sold(10)
        action = order.with_user(self.clerk).action_request_documents()
        requests = self.env["clerk.document.request"].with_user(self.clerk)
        draft = requests.browse(action["res_id"])
        self.assertIn(order.name, draft.record_names)
