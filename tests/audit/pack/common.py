import io
import json
import zipfile

from odoo.fields import Command

from odoo.addons.invoicing_clerk.rules.audit.pack import audit_pack_verify as verify
from odoo.addons.invoicing_clerk.tests.audit.common import AuditCommon

PDF = b"%PDF-1.4\n% as it was sent\n%%EOF\n"


class AuditPackCommon(AuditCommon):
    """Packs as requested by users and built by the worker."""

    @classmethod
    def _send_out(cls, *moves, content=PDF):
        """Store a PDF for each invoice, as sending does."""
        attachments = cls.env["ir.attachment"].create(
            [
                {
                    "name": f"{move.name}.pdf",
                    "raw": content + move.name.encode(),
                    "res_model": "account.move",
                    "res_id": move.id,
                    "res_field": "invoice_pdf_report_file",
                }
                for move in moves
            ]
        )
        cls.env.invalidate_all()
        return attachments

    def _ask(self, moves=None, user=None, **values):
        """Request a pack, of selected invoices by default."""
        if moves is not None:
            values["move_ids"] = [Command.set(moves.ids)]
        pack = (
            self.env["clerk.audit.pack"]
            .with_user(user or self.auditor)
            .create({"audit_id": self.audit.id, "name": "Large invoices", **values})
        )
        pack.action_request()
        return pack

    def _work(self):
        """Run the worker."""
        self.env.flush_all()
        with self._in_background():
            self.env.ref("invoicing_clerk.ir_cron_audit_pack").method_direct_trigger()

    def _make(self, moves=None, **values):
        pack = self._ask(moves, **values)
        self._work()
        return pack

    def _bytes(self, pack, user=None):
        """Return the ZIP as downloaded."""
        attachment = pack.with_user(user or self.auditor)._log_download()
        return attachment.raw

    def _open(self, pack):
        """Verify the pack, and return its contents: ``{path: bytes}``."""
        self.assertFalse(pack.error)
        content = self._bytes(pack)
        self.assertEqual(verify.check(io.BytesIO(content), pack.root_hash), [])
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def _log(self, *domain):
        """Return the access log, oldest first."""
        access = self.env["clerk.audit.access"].with_user(self.clerk)
        return access.search(domain, order="id")

    def _manifest(self, pack):
        return json.loads(self._open(pack)["manifest.json"])

    def _file(self, files, name):
        """Return the only file of that name in any folder."""
        [content] = [each for path, each in files.items() if path.endswith(f"/{name}")]
        return content
