from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.audit.request.common import (
    RequestCommon,
)
from odoo.addons.invoicing_clerk.tests.common import blank_pdf


@tagged("post_install", "-at_install")
class TestAuditRequest(RequestCommon):
    """Delivered documents are evidence; former members are not notified."""

    def test_delivered_documents_are_not_overwritten(self):
        request = self._request()
        document = self._attach(request)
        document.raw = better = blank_pdf("Better")
        self._deliver(request, answer=False)
        request.sudo().delivered_on = fields.Datetime.add(
            document.create_date, seconds=1
        )
        clerk_document = document.with_user(self.clerk)
        for change in (
            *({"raw": b"other"}, {"datas": "b3RoZXI="}),
            *({"res_id": 0}, {"name": "Ageing.pdf"}),
        ):
            with self.assertRaisesRegex(UserError, "was delivered"):
                clerk_document.write(change)
        # As a change of the file storage does.
        document.write({"raw": document.raw, "mimetype": document.mimetype})
        self.assertEqual(document.raw, better)

    def test_documents_attached_after_delivery_are_sealed(self):
        """It would have caught: what was added later was exchanged or deleted."""
        request = self._request()
        self._deliver(request)
        for number, state in enumerate(("delivered", "accepted")):
            request.sudo()._inside().state = state
            late = self._attach(request, name=f"late {number}.pdf")
            with self.assertRaisesRegex(UserError, "is not a PDF|PDF is empty"):
                self._attach(request, name="no.pdf", content=b"none")
            files = self.env["ir.attachment"].with_user(self.clerk)
            moved = files.create(
                {"name": f"moved {number}.pdf", "raw": blank_pdf("Moved")}
            )
            moved.write({"res_model": request._name, "res_id": request.id})
            for document in (late, moved):
                for user in (self.clerk, self.supervisor, self.auditor):
                    own = document.with_user(user).sudo()
                    for attempt in (
                        lambda own=own: own.write({"raw": b"other"}),
                        lambda own=own: own.write({"res_id": 0}),
                        own.unlink,
                    ):
                        with self.assertRaisesRegex(UserError, "was delivered"):
                            attempt()
        self.assertFalse(request.with_user(self.auditor).evidence_problem)

    def test_damaged_pdfs_are_not_delivered(self):
        """It would have caught an empty or cut file as the answer to a request."""
        content = blank_pdf("Ageing")
        for damaged in (b"none", content[:200], content[: len(content) // 2]):
            request = self._request()
            document = self._attach(request, content=damaged)
            for deliver in (
                lambda request=request: self._deliver(request, answer=False),
                lambda request=request: request.with_user(self.clerk).write(
                    {"state": "delivered"}
                ),
            ):
                with self.assertRaisesRegex(UserError, "ageing.pdf.* be delivered"):
                    deliver()
            document.unlink()
            self._attach(request)
            self._deliver(request, answer=False)
            self.assertEqual(request.state, "delivered")

    def test_defaults_do_not_forge_snapshots(self):
        request = self._request()
        own_request = request.with_user(self.clerk)
        own_request.query_id = self._query()
        own_request.with_context(
            default_taken_on="2020-01-01 00:00:00"
        ).action_deliver()
        self.assertGreater(request.snapshot_id.taken_on.year, 2020)

    def test_started_engagements_are_not_deleted(self):
        audit = self.audit.with_user(self.supervisor)
        draft = (
            self.env["clerk.audit.finding"]
            .with_user(self.auditor)
            .create({"audit_id": audit.id, "name": "Three", "condition": "Found"})
        )
        draft.action_report()
        with self.assertRaisesRegex(UserError, "was reported"):
            audit.unlink()
        other = self._audit(name="Planned by mistake")
        self.env["clerk.audit.access"].with_user(self.auditor)._log(
            "export", "1 × Engagement: name", other
        )
        log = (
            self.env["clerk.audit.access"].sudo().search([("audit_id", "=", other.id)])
        )
        other.unlink()
        self.assertTrue(log.exists())

    def test_former_members_are_not_notified(self):
        audit = self.audit.with_user(self.supervisor)
        both = self.auditor | self.other_auditor
        audit.auditor_ids = [Command.set(both.ids)]
        audit.message_subscribe(both.partner_id.ids)
        audit.auditor_ids = [Command.set(self.auditor.ids)]
        message = audit.message_post(body="Between us", subtype_xmlid="mail.mt_comment")
        self.assertEqual(message.sudo().notified_partner_ids, self.auditor.partner_id)
