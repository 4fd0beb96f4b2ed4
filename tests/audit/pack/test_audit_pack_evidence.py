import csv
import hashlib
import io
import os
from pathlib import Path

from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.audit.pack.common import (
    PDF,
    AuditPackCommon,
)


@tagged("post_install", "-at_install")
class TestAuditPackEvidence(AuditPackCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._posted((1, 100.0))
        cls.stored = cls._send_out(cls.invoice)

    def _rows(self, files, name):
        text = self._file(files, name).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))

    # The whole

    def test_pack_is_built_and_verified(self):
        other = self._posted((2, 50.0))
        pack = self._make(self.invoice | other)
        self.assertEqual((pack.state, pack.error, pack.progress), ("done", False, 100))
        files = self._open(pack)
        self.assertEqual(
            list(files)[:4], ["manifest.json", "verify.py", "index.html", "index.csv"]
        )
        self.assertEqual(
            self._file(files, "invoice.pdf"), PDF + self.invoice.name.encode()
        )
        self.assertTrue(
            self._file(files, "invoice rendered for the pack.pdf").startswith(b"%PDF")
        )
        self.assertFalse(pack.missing_count)
        section = self.audit.with_user(self.auditor)._pack_section()
        self.assertEqual(section.rows, [[f"{pack.name} {pack.root_hash}", 2, 0]])

    def test_manifest_has_user_selection_and_totals(self):
        note = self._posted((1, 30.0), move_type="out_refund")
        pack = self._make(self.invoice | note)
        manifest = self._manifest(pack)
        self.assertEqual(manifest["user"]["login"], self.auditor.login)
        documents = manifest["query"]["documents"]
        self.assertEqual(set(documents), {self.invoice.name, note.name})
        self.assertEqual(manifest["engagement"]["name"], self.audit.name)
        self.assertEqual(manifest["counts"]["items"], 2)
        self.assertEqual(manifest["counts"]["files"], len(manifest["files"]))
        total = self.currency_a.round(self.invoice.amount_total_signed)
        self.assertEqual(
            manifest["control_totals"]["out_invoice"],
            {"count": 1, "total": f"{total:.2f}", "open": f"{total:.2f}"},
        )
        self.assertEqual(manifest["root_hash"], pack.root_hash)
        roles = {(file["role"], file.get("origin")) for file in manifest["files"]}
        self.assertIn(("invoice", "stored"), roles)
        self.assertIn(("invoice", "rendered"), roles)
        self.assertIn(("cover", "rendered"), roles)

    def test_each_folder_has_its_own_cover_sheet(self):
        moves = self.invoice | self._posted() | self._posted()
        self._send_out(*(moves - self.invoice))
        files = self._open(self._make(moves))
        covers = [each for path, each in files.items() if path.endswith("cover.pdf")]
        self.assertEqual(len(covers), 3)
        for cover in covers:
            self.assertTrue(cover.startswith(b"%PDF"))
        self.assertEqual(len(set(covers)), 3)

    # What goes in

    def test_entries_and_payments(self):
        self._pay(self.invoice)
        files = self._open(self._make(self.invoice))
        entries = self._rows(files, "journal_entries.csv")
        self.assertEqual(len({row["Entry"] for row in entries}), 2)
        debit = sum(float(row["Debit"]) for row in entries)
        self.assertAlmostEqual(debit, sum(float(row["Credit"]) for row in entries))
        [payment] = self._rows(files, "payments.csv")
        self.assertEqual(payment["Amount"], f"{self.invoice.amount_total:.2f}")
        self.assertEqual(payment["Type"], "Payment")

    def test_correspondence_changes_and_attachments(self):
        self.invoice.message_post(
            body="We dispute this, =SUM(1)",
            subject="=cmd",
            message_type="email",
            author_id=self.contact_a.id,
            attachments=[("../../letter.pdf", b"letter"), ("NUL", b"nothing")],
        )
        self.invoice.with_context(tracking_disable=False).write({"ref": "Changed"})
        self.env.flush_all()
        self.env.cr.precommit.run()
        files = self._open(self._make(self.invoice))
        messages = self._rows(files, "correspondence.csv")
        [message] = [row for row in messages if "We dispute" in row["Text"]]
        self.assertEqual(message["Subject"], "'=cmd")
        self.assertEqual(message["From"], self.contact_a.display_name)
        self.assertEqual(self._file(files, "attachments/_.._letter.pdf"), b"letter")
        self.assertEqual(self._file(files, "attachments/_NUL"), b"nothing")

    def test_billing_errors_corrections_promises_and_calls(self):
        error = self._open_error(self.invoice, {"claimed_quantity": 0})
        correction = (
            self.env["clerk.correction"]
            .with_user(self.clerk)
            .create(
                {
                    "error_id": error.id,
                    "move_id": self.invoice.id,
                    "remedy_id": self.env.ref("invoicing_clerk.remedy_credit_full").id,
                }
            )
        )
        self.env["clerk.call"].with_user(self.clerk).create(
            {
                "move_ids": [(6, 0, self.invoice.ids)],
                "summary": "Wants a credit note",
                "start": "2026-02-01 10:00:00",
                "number": "+3212345678",
            }
        )
        files = self._open(self._make(self.invoice))
        [row] = self._rows(files, "billing_errors.csv")
        self.assertEqual(row["Billing Error"], error.name)
        [row] = self._rows(files, "corrections.csv")
        self.assertEqual(row["Correction"], correction.name)
        [row] = self._rows(files, "calls.csv")
        self.assertEqual(row["Summary"], "Wants a credit note")

    # What is missing

    def _stored_apart(self):
        """Return an invoice with a PDF of its own, as files are not rolled back."""
        invoice = self._posted()
        return invoice, self._send_out(invoice, content=os.urandom(50))

    def test_a_lost_file_is_listed_and_replaced(self):
        invoice, stored = self._stored_apart()
        os.unlink(stored._full_path(stored.store_fname))
        pack = self._make(invoice)
        self.assertEqual((pack.state, pack.missing_count), ("done", 1))
        manifest = self._manifest(pack)
        [missing] = manifest["missing"]
        self.assertEqual(missing["document"], invoice.name)
        self.assertIn(stored.checksum, missing["why"])
        self.assertIn("missing from the file store", missing["why"])
        files = self._open(pack)
        self._file(files, "invoice rendered for the pack.pdf")
        self.assertIn(b"missing from the file store", files["index.html"])

    def test_changed_file_is_included_and_marked(self):
        invoice, stored = self._stored_apart()
        path = Path(stored._full_path(stored.store_fname))
        path.write_bytes(b"%PDF forged")
        manifest = self._manifest(self._make(invoice))
        [file] = [each for each in manifest["files"] if each["role"] == "invoice"]
        self.assertIn(stored.checksum, file["note"])
        self.assertEqual(file["sha256"], hashlib.sha256(b"%PDF forged").hexdigest())

    def test_a_link_is_listed(self):
        self.env["ir.attachment"].create(
            {
                "name": "Contract",
                "type": "url",
                "url": "https://example.com/contract",
                "res_model": "account.move",
                "res_id": self.invoice.id,
            }
        )
        [missing] = self._manifest(self._make(self.invoice))["missing"]
        self.assertIn("https://example.com/contract", missing["why"])
