from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.document.common import DocumentCommon


@tagged("post_install", "-at_install")
class TestInvoiceFile(DocumentCommon):
    """The file of an invoice is complete, or says what is missing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        ref = cls.env.ref
        cls.transport = ref("invoicing_clerk.document_class_transport")
        cls.entry = ref("invoicing_clerk.document_class_entry")
        cls.company_a.partner_id.country_id = ref("base.be")
        cls.partner_a.country_id = ref("base.be")
        cls.goods = cls._sold()
        kinds = cls.env["clerk.invoice.kind"].sudo().with_context(active_test=False)
        cls.kinds = kinds.search([("goods", "!=", "service")])
        cls.kinds.active = True

    @classmethod
    def _sold(cls, **values):
        move = cls._posted(taxes=cls.env["account.tax"], **values)
        cls.product_a.type = "consu"
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE account_move_line SET product_id = %s"
            " WHERE move_id = %s AND display_type = 'product'",
            [cls.product_a.id, move.id],
        )
        cls.env.invalidate_all()
        return move

    def _files(self, moves=None):
        self.env["clerk.invoice.file"].sudo()._refresh()
        files = self.env["clerk.invoice.file"].with_user(self.clerk)
        return files.search([("move_id", "in", (moves or self.goods).ids)])

    def _missing(self, move=None):
        file = self._files(move)
        return self.env["clerk.document.class"].browse(file.missing or [])

    def test_nothing_is_required_until_a_kind_is_in_use(self):
        self.kinds.active = False
        self.assertFalse(self._missing())
        services = self.env.ref("invoicing_clerk.invoice_kind_service")
        services.with_user(self.supervisor).active = True
        self.assertFalse(self._missing())
        self.assertEqual(self._missing(self.invoice).name, "Signed Timesheet")

    def test_kinds_by_goods_and_place(self):
        self.assertEqual(self._missing(), self.delivery)
        self.assertFalse(self._files(self.invoice).kind_id)
        self.partner_a.country_id = self.env.ref("base.fr")
        self.assertEqual(self._missing(), self.transport | self.entry)
        self.partner_a.country_id = self.env.ref("base.us")
        self.assertEqual(self._files().kind_id.name, "Goods, Export")
        tag = self.env.ref("invoicing_clerk.partner_category_public")
        self.partner_a.category_id = tag
        self.assertEqual(self._files().kind_id.name, "Public Body")

    def test_complete_as_soon_as_the_document_is_filed(self):
        self.assertEqual(self._files().missing_count, 1)
        goods = self.goods.with_user(self.clerk)
        self.assertEqual(goods.missing_documents, "Signed Delivery Note")
        incomplete = goods.search([("is_file_incomplete", "=", True)])
        self.assertIn(goods, incomplete)
        document = self._file(
            class_id=self.delivery.id, move_ids=[Command.set(self.goods.ids)]
        )
        files = self.env["clerk.invoice.file"].with_user(self.clerk)
        file = files.search([("move_id", "=", goods.id)])
        self.assertEqual((file.required_count, file.missing_count), (1, 0))
        self.assertFalse(goods.search([("is_file_incomplete", "=", True)]) & goods)
        document.class_id = self.letter
        self.assertEqual(file.missing_count, 1)
        document.class_id = self.delivery
        document.move_ids = False
        self.assertEqual(file.missing_count, 1)

    def test_valid_on_the_date_of_the_invoice(self):
        kind = self._files().kind_id.with_user(self.supervisor)
        kind.class_ids = self.certificate
        links = self.env["clerk.document.link"]._of(self.partner_a)
        document = self._file(
            class_id=self.certificate.id,
            move_ids=[],
            link_ids=[Command.create(each) for each in links],
            valid_to="2026-01-14",
        )
        self.assertEqual(self._missing(), self.certificate)
        document.valid_to = "2026-01-15"
        self.assertFalse(self._missing())
        document.write({"valid_from": "2026-01-16", "valid_to": "2026-12-31"})
        self.assertEqual(self._missing(), self.certificate)

    def test_documents_of_customers_count_by_class(self):
        links = self.env["clerk.document.link"]._of(self.partner_a)
        self._file(
            class_id=self.delivery.id,
            move_ids=[],
            link_ids=[Command.create(each) for each in links],
        )
        self.assertEqual(self._missing(), self.delivery)

    def _work(self):
        with self._job_env() as env:
            env["clerk.invoice.file"]._cron_refresh()

    def test_what_was_written_is_checked(self):
        self._work()
        other = self._sold()
        self.goods.button_draft()
        self._work()
        moves = other + self.goods
        files = self.env["clerk.invoice.file"].with_user(self.clerk)
        self.assertEqual(files.search([("move_id", "in", moves.ids)]).move_id, other)

    def test_requested_in_one_click(self):
        self.goods.invoice_user_id = self.outsider
        kind = self._files().kind_id.with_user(self.supervisor)
        kind.class_ids |= self.certificate
        action = self.goods.with_user(self.clerk).action_request_documents()
        requests = self.env["clerk.document.request"].with_user(self.clerk)
        drafts = requests.search(action["domain"])
        sales = drafts.filtered(lambda each: each.asked_of == "colleague")
        customer = drafts - sales
        self.assertEqual(sales.colleague_id, self.outsider)
        self.assertEqual(sales.item_ids.class_id, self.delivery)
        self.assertEqual(customer.item_ids.class_id, self.certificate)
        self.assertEqual(customer.item_ids.about, self.goods.display_name)
        again = self.goods.with_user(self.clerk).action_request_documents()
        self.assertEqual(requests.search(again["domain"]), drafts)
        drafts.action_send()
        self._receive(sales.item_ids)
        sales.item_ids.action_accept()
        self.assertEqual(self._missing(), self.certificate)

    def test_requested_from_other_records(self):
        error = self._open_error(self.goods)
        action = error.action_request_documents()
        requests = self.env["clerk.document.request"].with_user(self.clerk)
        draft = requests.browse(action["res_id"])
        self.assertEqual(draft.partner_id, self.partner_a)
        self.assertIn(self.goods.name, draft.record_names)
        draft.write({"item_ids": [Command.create({"class_id": self.letter.id})]})
        self.assertEqual(draft.item_ids.about, self.goods.display_name)
        draft.action_send()
        self._receive(draft.item_ids)
        draft.item_ids.action_accept()
        self.assertEqual(error.filed_document_count, 1)
        self.assertEqual(self.goods.with_user(self.clerk).filed_document_count, 1)
        with self.assertRaises(AccessError):
            self.goods.with_user(self.auditor).action_request_documents()
        with self.assertRaises(UserError):
            self.goods.browse().with_user(self.clerk).action_request_documents()

    def test_rights(self):
        file = self._files()
        self.assertFalse(file.with_user(self.clerk_b).search([("id", "=", file.id)]))
        with self.assertRaises(AccessError):
            file.with_user(self.supervisor).missing_count = 0
        with self.assertRaises(AccessError):
            file.with_user(self.outsider).read(["missing_names"])
