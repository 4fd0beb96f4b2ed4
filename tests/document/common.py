import base64
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command

from odoo.addons.invoicing_clerk.tests.audit.common import KilledError
from odoo.addons.invoicing_clerk.tests.common import ClerkCommon, blank_pdf


class DocumentCommon(ClerkCommon):
    """Requests of a clerk to a customer and to a colleague in sales."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.delivery = cls.env.ref("invoicing_clerk.document_class_delivery")
        cls.certificate = cls.env.ref("invoicing_clerk.document_class_certificate")
        cls.letter = cls.env.ref("invoicing_clerk.document_class_letter")
        cls.invoice = cls._posted()

    @classmethod
    def _request(cls, *classes, user=None, send=True, records=None, **values):
        """Return a request for documents of some classes about the invoice."""
        links = cls.env["clerk.document.link"]._of(records or cls.invoice)
        request = (
            cls.env["clerk.document.request"]
            .with_user(user or cls.clerk)
            .create(
                {
                    "partner_id": cls.partner_a.id,
                    "item_ids": [
                        Command.create(
                            {
                                "class_id": each.id,
                                "link_ids": [Command.create(link) for link in links],
                            }
                        )
                        for each in classes or (cls.letter,)
                    ],
                    **values,
                }
            )
        )
        if send:
            request.action_send()
        return request

    @classmethod
    def _of_colleague(cls, *classes, **values):
        return cls._request(
            *classes, asked_of="colleague", colleague_id=cls.outsider.id, **values
        )

    def _receive(self, item, title="Received", content=None, name="scan.pdf"):
        content = blank_pdf(title) if content is None else content
        return item.sudo()._receive(name, content, {"ip": "192.0.2.7"})

    def _remind(self, day):
        """Run the reminders of a day, as the scheduler does."""
        with (
            patch.object(fields.Date, "context_today", lambda *_args: day),
            self._job_env() as env,
        ):
            try:
                env["clerk.document.request"]._cron_remind()
            except KilledError:
                # What was not committed is lost.
                env.cr.rollback()
        self.env.invalidate_all()

    def _file(self, title="Filed", user=None, **values):
        return (
            self.env["clerk.document"]
            .with_user(user or self.clerk)
            .create(
                {
                    "class_id": self.letter.id,
                    "date": "2026-01-15",
                    "file": base64.b64encode(blank_pdf(title)),
                    "original_name": "letter.pdf",
                    "move_ids": [Command.set(self.invoice.ids)],
                    **values,
                }
            )
        )
