import os

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.tests.common import blank_pdf
from odoo.addons.invoicing_clerk.tests.mixin.evidence_common import (
    AGREED,
    EvidenceCommon,
)


@tagged("post_install", "-at_install")
class TestEvidenceServing(EvidenceCommon, HttpCase):
    """Table: ways to a file over HTTP × a file that was changed in the file store.

    It would have caught each route that hands out a file without a check.
    """

    def _files(self):
        """Return kinds of evidence without PDFs that take time to be rendered."""
        return {
            "statement": self._stored_statement(),
            "reply": self._reply(),
            **self._request_evidence(),
            **self._sample_evidence(),
            "pack": self._stored_pack(),
        }

    def _stored_statement(self):
        self._posted((1, 100.0), taxes=self.no_tax)
        statement = self._statement(self._run())
        statement.sudo()._store_documents({statement.sudo(): blank_pdf("Statement")})
        statement.run_id.sudo().state = "done"
        return self._field(statement, "document_id")

    def _reply(self):
        run = self._ask(self._customers(1))
        run.action_release()
        confirmation_sudo = run.confirmation_ids.sudo()
        document = ("ledger.pdf", blank_pdf("Ledger"), "application/pdf")
        confirmation_sudo._propose(AGREED, document)
        confirmation_sudo._sign("Ada", self.signature, "203.0.113.9")
        return self._field(confirmation_sudo.with_env(self.env), "answer_document_id")

    def _stored_pack(self):
        pack = (
            self.env["clerk.audit.pack"]
            .with_user(self.auditor)
            .create({"audit_id": self.audit.id, "name": "Pack"})
        )
        self.env["ir.attachment"].sudo().create(
            {
                "name": "pack.zip",
                "raw": b"PK as it was built",
                "mimetype": "application/zip",
                "res_model": pack._name,
                "res_id": pack.id,
                "res_field": "archive",
            }
        )
        pack.sudo()._seal_evidence("archive")
        pack.sudo().state = "done"
        return self._field(pack, "archive")

    def _routes(self, kind, record, field, file):
        yield f"/web/content/{file.id}"
        yield f"/web/content/{file.id}?download=true"
        yield f"/web/content/ir.attachment/{file.id}/datas"
        yield f"/web/content/ir.attachment/{file.id}/raw"
        yield f"/web/content?model=ir.attachment&id={file.id}&field=raw"
        yield f"/web/content/{file.id}?access_token={file.generate_access_token()[0]}"
        yield f"/web/content/{file.id}/other.txt?mimetype=text/plain"
        yield f"/web/image/{file.id}"
        yield f"/web/image/ir.attachment/{file.id}/raw/10x10"
        if field in record._fields and record._fields[field].type == "binary":
            yield f"/web/content/{record._name}/{record.id}/{field}"
            yield f"/web/image/{record._name}/{record.id}/{field}"
        yield from {
            "statement": [f"/my/statements/{record.id}?report_type=pdf"],
            "pack": [f"/audit/packs/{record.id}/zip"],
            "population": [f"/audit/samples/{record.id}/population"],
        }.get(kind, ())

    def _change(self, file):
        path = file._full_path(file.store_fname)
        with open(path, "rb") as stored:
            before = stored.read()
        forged = b"%PDF-1.4 FORGED " + before
        os.unlink(path)
        with open(path, "wb") as stored:
            stored.write(forged)
        self.addCleanup(self._write, path, before)
        self.env.invalidate_all()
        return forged

    def _write(self, path, content):
        os.unlink(path)
        with open(path, "wb") as stored:
            stored.write(content)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_attachment")
    def test_no_route_hands_out_a_changed_file(self):
        files = self._files()
        self.auditor.group_ids += self.env.ref("base.group_system")
        self.authenticate(self.auditor.login, self.auditor.login)
        served = {}
        for kind, (record, field, file) in files.items():
            for route in self._routes(kind, record, field, file):
                answer = self.url_open(route)
                if answer.status_code == 200 and file.raw in answer.content:
                    served.setdefault(kind, []).append(route)
        self.assertEqual(served.keys(), files.keys())
        self.assertGreater(sum(map(len, served.values())), 12)
        for kind, (record, field, file) in files.items():
            forged = self._change(file)
            for route in self._routes(kind, record, field, file):
                with self.subTest(kind=kind, route=route):
                    answer = self.url_open(route)
                    self.assertNotIn(b"FORGED", answer.content)
                    self.assertNotIn(forged[16:], answer.content)
                    if "/web/content/" in route:
                        self.assertEqual(answer.status_code, 409)
                        self.assertIn("is not the file", answer.text)
                    elif "/web/image/" not in route:
                        self.assertGreaterEqual(answer.status_code, 400)
