from odoo.fields import Command

from odoo.addons.invoicing_clerk.tests.audit.confirmation.common import (
    DAY,
    ConfirmationCommon,
)
from odoo.addons.invoicing_clerk.tests.common import blank_pdf

AGREED = {"agrees": True, "balances": {}, "items": [], "note": ""}


class EvidenceCommon(ConfirmationCommon):
    """A record with a sealed file of each kind, made by the steps that make them."""

    def _all_evidence(self):
        """Return the sealed files: ``{kind: (record, field or kind, attachment)}``."""
        return {
            **self._statement_evidence(),
            **self._confirmation_evidence(),
            **self._request_evidence(),
            **self._sample_evidence(),
            **self._pack_evidence(),
        }

    def _field(self, record, name):
        [file] = record.sudo()._evidence_attachments(name)
        return record, name, file

    def _statement_evidence(self):
        self._posted((1, 100.0), taxes=self.no_tax)
        statement = self._documents(self._statement(self._run()))
        run = statement.run_id
        return {
            "statement": self._field(statement, "document_id"),
            "print": (run, "print", run.sudo()._store_bundle(statement.sudo())),
        }

    def _confirmation_evidence(self):
        customer = self._customers(1)
        run = self._asked(customer)
        confirmation = self._confirmation(run, customer)
        confirmation_sudo = confirmation.sudo()
        document = ("ledger.pdf", blank_pdf("Ledger"), "application/pdf")
        confirmation_sudo._propose(AGREED, document)
        confirmation_sudo._sign("Ada", self.signature, "203.0.113.9")
        action = confirmation_sudo._print_together("requests.pdf")
        bundle_id = int(action["url"].split("/")[-1])
        bundle = self.env["ir.attachment"].sudo().browse(bundle_id)
        return {
            "letter": self._field(confirmation, "document_id"),
            "reply": self._field(confirmation, "answer_document_id"),
            "signature": self._field(confirmation, "signature"),
            "letters": (run, "print", bundle),
        }

    def _request_evidence(self):
        request = (
            self.env["clerk.audit.request"]
            .with_user(self.auditor)
            .create(
                {"audit_id": self.audit.id, "name": "Ageing", "area": "receivables"}
            )
        )
        file = (
            self.env["ir.attachment"]
            .with_user(self.clerk)
            .create(
                {
                    "name": "ageing.pdf",
                    "raw": blank_pdf("Ageing"),
                    "res_model": request._name,
                    "res_id": request.id,
                }
            )
        )
        request.with_user(self.clerk).action_deliver()
        return {"request": (request, "delivery", file.sudo())}

    def _sample_evidence(self):
        self._posted((1, 100.0), taxes=self.no_tax)
        sample = (
            self.env["clerk.audit.sample"]
            .with_user(self.auditor)
            .create({"audit_id": self.audit.id, "tolerable": 1500, "seed": "2026"})
        )
        sample.action_draw()
        return {"population": self._field(sample, "population_file")}

    def _pack_evidence(self):
        move = self._posted((1, 70.0), taxes=self.no_tax, invoice_date=DAY)
        pack = (
            self.env["clerk.audit.pack"]
            .with_user(self.auditor)
            .create(
                {
                    "audit_id": self.audit.id,
                    "name": "Pack",
                    "move_ids": [Command.set(move.ids)],
                }
            )
        )
        pack.action_request()
        self.env.flush_all()
        with self._in_background():
            self.env.ref("invoicing_clerk.ir_cron_audit_pack").method_direct_trigger()
        self.assertEqual(pack.state, "done", pack.error)
        return {"pack": self._field(pack, "archive")}
