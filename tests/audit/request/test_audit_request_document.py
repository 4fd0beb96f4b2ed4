from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.audit.request.common import RequestCommon
from odoo.addons.invoicing_clerk.tests.common import blank_pdf


@tagged("post_install", "-at_install")
class TestAuditRequestDocument(RequestCommon):
    """Documents that a colleague sends for an audit request are in its answer."""

    def test_accepted_documents_are_attached(self):
        request = self._request().with_user(self.clerk)
        action = request.action_request_documents()
        drafts = self.env["clerk.document.request"].with_user(self.clerk)
        draft = drafts.browse(action["res_id"])
        self.assertEqual(draft.asked_of, "colleague")
        letter = self.env.ref("invoicing_clerk.document_class_letter")
        draft.write(
            {
                "colleague_id": self.outsider.id,
                "item_ids": [Command.create({"class_id": letter.id})],
            }
        )
        draft.action_send()
        draft.item_ids.sudo()._receive("scan.pdf", blank_pdf(), {})
        draft.item_ids.action_accept()
        document = draft.item_ids.document_ids
        self.assertEqual(request._documents().mapped("name"), [document.name])
        self.assertEqual(request.filed_document_count, 1)
