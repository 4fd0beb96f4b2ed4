import io

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.http import Request
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.tests.audit.pack.common import (
    AuditPackCommon,
)


@tagged("post_install", "-at_install")
class TestAuditPackSource(AuditPackCommon):
    """Sources of the invoices of a pack."""

    def _found(self, **values):
        return self._ask(**values).item_ids.move_id

    def test_selected_invoices_are_sorted_by_date(self):
        late = self._posted(invoice_date="2026-03-01")
        early = self._posted(invoice_date="2026-02-01")
        pack = self._ask(late | early)
        self.assertEqual(pack.item_ids.mapped("move_id.id"), [early.id, late.id])
        self.assertEqual(pack.item_ids.mapped("sequence"), [1, 2])

    def test_invoices_of_customers_in_the_period(self):
        of_a = self._posted() | self._posted(move_type="out_refund")
        self._posted(partner=self.partner_b)
        self._posted(invoice_date="2025-12-31")
        draft = of_a[0].copy({"invoice_date": "2026-02-02"})
        found = self._found(
            source="customers", partner_ids=[Command.set(self.contact_a.ids)]
        )
        self.assertEqual(found, of_a)
        self.assertEqual(draft.state, "draft")

    def test_branches_are_included(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company_a.id}
        )
        self.auditor.company_ids |= branch
        own, of_branch = self._posted(), self._posted()
        self.env.flush_all()
        for records in (of_branch, of_branch.line_ids):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET company_id = %s WHERE id IN %s",
                    SQL.identifier(records._table),
                    branch.id,
                    records._ids,
                )
            )
        self.env.invalidate_all()
        for values in (
            {"move_ids": [Command.set((own | of_branch).ids)]},
            {
                "source": "customers",
                "partner_ids": [Command.set(self.partner_a.ids)],
            },
        ):
            packs = self.env["clerk.audit.pack"].with_user(self.auditor)
            pack = packs.create({"audit_id": self.audit.id, "name": "All", **values})
            self.env.flush_all()
            self.env.invalidate_all()
            pack.with_context(allowed_company_ids=self.company_a.ids).action_request()
            self.assertEqual(pack.item_ids.move_id, own | of_branch)

    def test_the_form_fills_in_the_period(self):
        invoice = self._posted()
        form = Form(self.env["clerk.audit.pack"].with_user(self.auditor))
        form.name = "All of partner A"
        form.audit_id = self.audit.with_user(self.auditor)
        form.source = "customers"
        form.partner_ids.add(self.partner_a.with_user(self.auditor))
        pack = form.save()
        self.assertEqual(pack.date_to, self.audit.date_to)
        pack.action_request()
        self.assertEqual(pack.item_ids.move_id, invoice)
        self.assertEqual(self.audit.pack_count, 1)

    def test_a_query_of_documents_or_of_entries(self):
        small, large = self._posted((1, 10.0)), self._posted((1, 5000.0))
        domain = "[('move_type', '=', 'out_invoice'), ('amount_total', '>', 1000)]"
        query = self._query(domain=domain)
        self.assertEqual(self._found(source="query", query_id=query.id), large)
        entries = self._query(
            model="account.move.line",
            domain=f"[('move_id', '=', {small.id})]",
            columns="name",
            amount_path="balance",
        )
        self.assertEqual(self._found(source="query", query_id=entries.id), small)

    def test_manifest_has_the_query(self):
        self._send_out(self._posted((1, 5000.0)))
        query = self._query()
        pack = self._make(source="query", query_id=query.id)
        kept = self._manifest(pack)["query"]
        self.assertEqual(kept["domain"], query.domain)
        self.assertEqual(kept["model"], "account.move")

    def _answered(self, **answer):
        requests = self.env["clerk.audit.request"].with_user(self.auditor)
        request = requests.create({"audit_id": self.audit.id, "name": "Invoices"})
        request.with_user(self.clerk).write(answer)
        request.with_user(self.clerk).action_deliver()
        return request

    def test_delivered_request(self):
        delivered = self._posted()
        request = self._answered(query_id=self._query().id)
        self._posted()
        pack = self._make(source="request", request_id=request.id)
        self.assertEqual(pack.item_ids.move_id, delivered)
        kept = self._manifest(pack)["query"]
        self.assertEqual(kept["sha256"], request.snapshot_id.digest)
        self.assertEqual((kept["request"], kept["model"]), ("Invoices", "account.move"))
        self.assertIn("Invoices", pack._source_text())

    def test_a_request_before_it_is_delivered(self):
        invoice = self._posted()
        requests = self.env["clerk.audit.request"].with_user(self.auditor)
        request = requests.create({"audit_id": self.audit.id, "name": "Invoices"})
        request.with_user(self.clerk).query_id = self._query()
        found = self._found(source="request", request_id=request.id)
        self.assertEqual(found, invoice)

    def test_request_without_invoices(self):
        request = self._answered(answer="There are none.")
        with self.assertRaisesRegex(UserError, "has no query"):
            self._ask(source="request", request_id=request.id)

    def test_a_request_of_another_engagement(self):
        elsewhere = self._audit(name="Other")
        requests = self.env["clerk.audit.request"].with_user(self.auditor)
        request = requests.create({"audit_id": elsewhere.id, "name": "Invoices"})
        with self.assertRaisesRegex(ValidationError, "another engagement"):
            self._ask(source="request", request_id=request.id)

    def test_invalid_selections(self):
        draft = self._posted().copy()
        partners = self._query(
            model="res.partner", domain="[]", columns="name", amount_path=False
        )
        nobody = self.env["res.partner"].create({"name": "Nobody"})
        for words, values in (
            ("not posted", {"moves": draft}),
            ("no posted invoices", {"moves": self.env["account.move"]}),
            (
                "no posted invoices",
                {"source": "customers", "partner_ids": [Command.set(nobody.ids)]},
            ),
            ("invoices or journal items", {"source": "query", "query_id": partners.id}),
        ):
            with self.assertRaisesRegex(UserError, words):
                self._ask(**values)

    def test_queries_do_not_grow_with_the_invoices(self):
        """A batch of ten has as many queries as a batch of two."""
        counts = []
        for number in (2, 10):
            moves = self.env["account.move"].union(
                *(self._posted() for _each in range(number))
            )
            self._send_out(*moves)
            self._pay(moves)
            pack = self._ask(moves)
            evidence = self.env["clerk.audit.pack.evidence"]
            read = pack.with_user(self.auditor).env["account.move"].browse(moves.ids)
            counts.append(self._count_queries(evidence._gather, read))
        self._assert_no_more_queries(*counts, margin=2)


@tagged("post_install", "-at_install")
class TestAuditPackVerifyPage(AuditPackCommon, HttpCase):
    """A pack is downloaded and verified in the browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._posted()
        cls._send_out(cls.invoice)

    def _verified(self, pack, content, name="copy.zip"):
        page = self.url_open(f"/audit/packs/{pack.id}/verify").text
        self.assertIn("Verify a copy", page)
        token = Request.csrf_token(self)
        return self.url_open(
            f"/audit/packs/{pack.id}/verified",
            data={"csrf_token": token},
            files={"copy": (name, io.BytesIO(content), "application/zip")},
        ).text

    def test_download_and_verification(self):
        pack = self._make(self.invoice)
        self.auditor.password = "auditor_a_password"
        self.authenticate(self.auditor.login, "auditor_a_password")
        answer = self.url_open(f"/audit/packs/{pack.id}/zip")
        self.assertIn("Large invoices.zip", answer.headers["Content-Disposition"])
        content = answer.content
        self.assertIn("o_clerk_sound", self._verified(pack, content))
        changed = bytearray(content)
        changed[content.index(b"as it was sent")] ^= 1
        page = self._verified(pack, bytes(changed), "<b>.zip")
        self.assertIn("o_clerk_changed", page)
        self.assertIn("invoice.pdf: its content was changed", page)
        self.assertIn("&lt;b&gt;.zip", page)
        self.assertIn("not an evidence pack", self._verified(pack, b"Hello"))
        self.assertEqual(
            self._log(("pack_id", "=", pack.id)).mapped("action"),
            ["request", "download", "verify", "verify", "verify"],
        )

    def test_outsiders_have_no_access(self):
        pack = self._make(self.invoice)
        for user in (self.other_auditor, self.outsider):
            user.password = f"{user.login}_password"
            self.authenticate(user.login, f"{user.login}_password")
            for page in ("zip", "verify"):
                answer = self.url_open(f"/audit/packs/{pack.id}/{page}")
                self.assertEqual(answer.status_code, 403, (user.login, page))
