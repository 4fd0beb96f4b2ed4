import base64
from datetime import timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.rules.worklist.work_item import OPEN_STATES
from odoo.addons.invoicing_clerk.tests.common import blank_pdf

from ..common import ContractCommon


@tagged("post_install", "-at_install")
class TestContractDocument(ContractCommon):
    """Documents are filed with contracts, and asked for again before they expire."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.signed = cls.env.ref("invoicing_clerk.document_class_contract")
        kind = cls.env.ref("invoicing_clerk.invoice_kind_domestic").sudo()
        # Whichever countries the companies of the tests have.
        kind.write({"active": True, "goods": False, "place": False, "sequence": -1})
        kind.class_ids = [Command.set(cls.signed.ids)]
        cls.contract = cls._contract(company_id=cls.company_a.id)

    def _file(self, title, contract=None, days=None, **values):
        """File a document by the button of the contract."""
        contract = (contract or self.contract).with_user(self.clerk)
        documents = self.env["clerk.document"].with_user(self.clerk)
        return documents.with_context(
            **contract.action_view_documents()["context"]
        ).create(
            {
                "class_id": self.signed.id,
                "file": base64.b64encode(blank_pdf(title)),
                "original_name": "scan.pdf",
                "valid_to": days is not None and self.today + timedelta(days),
                **values,
            }
        )

    def _missing(self, move):
        files = self.env["clerk.invoice.file"].with_user(self.clerk)
        files.sudo()._refresh(move.ids)
        file = files.search([("move_id", "=", move.id)])
        return self.env["clerk.document.class"].browse(file.missing or [])

    def _expiring(self, *contracts):
        """Return those of the contracts that are in the worklist."""
        worklist = self.env.ref("invoicing_clerk_contract.worklist_contract_document")
        self.env.flush_all()
        worklist.sudo()._refresh()
        items = self.env["clerk.work.item"].sudo()
        found = items.search(
            [
                ("worklist_id", "=", worklist.id),
                ("state", "in", OPEN_STATES),
            ]
        )
        wanted = self.contract.concat(*contracts).ids
        return self.contract.browse([i for i in found.mapped("res_id") if i in wanted])

    def test_filed_by_the_button_of_the_contract(self):
        document = self._file("Contract")
        self.assertEqual(document.link_ids.res_model, "contract.contract")
        self.assertEqual(document.link_ids.res_id, self.contract.id)
        self.assertEqual(document.partner_id, self.partner_a)
        contract = self.contract.with_user(self.auditor)
        self.assertEqual(contract.filed_document_count, 1)
        action = contract.action_view_documents()
        self.assertEqual(action["domain"], [("id", "in", document.ids)])

    def test_invoices_of_the_contract_have_it_in_their_files(self):
        move = self._bill(self.contract, times=1)
        other = self._bill(self._contract(company_id=self.company_a.id), times=1)
        self.assertEqual(self._missing(move), self.signed)
        document = self._file("Contract")
        files = self.env["clerk.invoice.file"].with_user(self.clerk)
        file = files.search([("move_id", "=", move.id)])
        # At once, before the scheduled action.
        self.assertEqual(file.missing_count, 0)
        self.assertFalse(self._missing(move))
        self.assertEqual(self._missing(other), self.signed)
        found = move.with_user(self.clerk)._filed_documents()
        self.assertEqual(found[move.id], document)

    def test_expired_documents_do_not_count(self):
        move = self._bill(self.contract, times=1)
        move_date = (move.invoice_date - self.today).days
        document = self._file("Contract", days=move_date - 1)
        self.assertEqual(self._missing(move), self.signed)
        document.valid_to = move.invoice_date
        self.assertFalse(self._missing(move))

    def test_other_classes_are_not_found_on_the_contract(self):
        move = self._bill(self.contract, times=1)
        letter = self.env.ref("invoicing_clerk.document_class_letter")
        kind = self.env.ref("invoicing_clerk.invoice_kind_domestic").sudo()
        kind.class_ids = [Command.set(letter.ids)]
        self._file("Letter", class_id=letter.id)
        self.assertEqual(self._missing(move), letter)

    def test_documents_keep_their_retention_by_invoices(self):
        document = self._file("Contract", date="2020-01-15")
        before = document.kept_until
        self._bill(self.contract, times=1)
        document.invalidate_recordset()
        entries = self.env["clerk.invoice.file"]._last_entries(document.sudo())
        self.assertTrue(entries[document.id].year > before.year - 10)

    def test_asked_for_again_before_it_expires(self):
        self._file("Contract", days=61)
        self.assertFalse(self._expiring())
        self._file("Insurance", days=59, class_id=self._insurance().id)
        self.assertEqual(self._expiring(), self.contract)
        contract = self.contract.with_user(self.clerk)
        self.assertEqual(contract.clerk_expiring_class_ids, self._insurance())
        self.assertEqual(
            contract.clerk_documents_until, self.today + timedelta(days=59)
        )
        request = self._requested(contract)
        self.assertEqual(request.item_ids.class_id, self._insurance())
        self.assertEqual(request.partner_id, self.partner_a)
        self.assertIn(contract.display_name, request.record_names)
        # Not twice.
        self.assertEqual(self._requested(contract), request)
        self._file("Renewed", days=400, class_id=self._insurance().id)
        contract.invalidate_recordset()
        self.assertFalse(contract.clerk_expiring_class_ids)
        self.assertFalse(self._expiring())

    def _insurance(self):
        classes = self.env["clerk.document.class"].sudo()
        return classes.search([("code", "=", "INSUR")]) or classes.create(
            {
                "name": "Proof of Insurance",
                "code": "INSUR",
                "place": "contract",
                "asked_of": "customer",
                "expires": True,
            }
        )

    def _requested(self, contract):
        action = contract.action_request_documents()
        return (
            self.env["clerk.document.request"]
            .with_user(self.clerk)
            .browse(action["res_id"])
        )

    def test_the_colleague_who_is_responsible_is_asked(self):
        self._file("Contract", days=-1)
        request = self._requested(self.contract.with_user(self.clerk))
        self.assertEqual(request.asked_of, "colleague")
        self.assertEqual(request.colleague_id, self.clerk)
        self.assertEqual(request.item_ids.class_id, self.signed)

    def test_one_without_end_never_expires(self):
        self._file("Amendment", days=10)
        self._file("Contract")
        self.assertFalse(self._expiring())
        contract = self.contract.with_user(self.clerk)
        self.assertFalse(contract.clerk_documents_until)

    def test_contracts_that_are_over_are_not_in_the_worklist(self):
        over = self._contract(
            {"date_end": self._in_months(-1, -1)}, company_id=self.company_a.id
        )
        self._file("Contract that is over", over, days=5)
        self._file("Contract", days=5)
        self.assertEqual(self._expiring(over), self.contract)
        self.contract.active = False
        self.assertFalse(self._expiring(over))

    def test_documents_of_another_company_are_refused(self):
        document = self._file("Contract")
        other = self._contract(company_id=self.company_a.id)
        # sudo: a contract of a company that the clerk does not see.
        other.sudo().company_id = self.company_b
        links = document.link_ids._of(other)
        for user, error in ((self.clerk, AccessError), (None, ValidationError)):
            records = self.env["clerk.document.link"]
            records = records.with_user(user) if user else records.sudo()
            with self.subTest(user=user), self._refused(error):
                records.create([{"document_id": document.id, **links[0]}])

    def test_who_reads_them(self):
        self._file("Contract", days=5)
        contract = self.contract.with_user(self.auditor)
        self.assertEqual(contract.clerk_expiring_class_ids, self.signed)
        with self._refused(AccessError):
            contract.action_request_documents()
        for user in (self.outsider, self.clerk_b):
            with self.subTest(user=user.login), self._refused(AccessError):
                self.contract.with_user(user).action_view_documents()
        readable = self.contract.with_user(self.outsider).fields_get()
        self.assertNotIn("clerk_documents_until", readable)

    def test_queries_do_not_grow_with_the_contracts(self):
        few = self.contract
        many = few.concat(
            *(self._contract(company_id=self.company_a.id) for _each in range(5))
        )
        for number, contract in enumerate(many):
            self._file(f"Contract {number}", contract, days=5)
        # Rights are cached.
        few.with_user(self.clerk).mapped("clerk_documents_until")
        for contracts in (few, many):
            self.env.flush_all()
            self.env.invalidate_all()
            contracts = contracts.with_user(self.clerk)
            contracts.fetch(["name"])
            with self.assertQueryCount(1):
                contracts.mapped("clerk_documents_until")
