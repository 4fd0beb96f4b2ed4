import base64

from odoo.addons.invoicing_clerk.tests.audit.common import AuditCommon
from odoo.addons.invoicing_clerk.tests.common import blank_pdf


class RequestCommon(AuditCommon):
    """Requests of the engagement, created by its auditor."""

    @classmethod
    def _request(cls, user=None, **values):
        return (
            cls.env["clerk.audit.request"]
            .with_user(user or cls.auditor)
            .create(
                {
                    "audit_id": cls.audit.id,
                    "name": "Receivables ageing",
                    "area": "receivables",
                    "date_due": "2026-03-01",
                    **values,
                }
            )
        )

    def _deliver(self, request, user=None, **values):
        """Answer and deliver, in words by default."""
        request = request.with_user(user or self.clerk)
        request.write(values or {"answer": "Here it is."})
        request.action_deliver()

    def _attach(self, request, name="ageing.pdf", user=None, content=None):
        return (
            self.env["ir.attachment"]
            .with_user(user or self.clerk)
            .create(
                {
                    "name": name,
                    "datas": base64.b64encode(content or blank_pdf(name)),
                    "res_model": request._name,
                    "res_id": request.id,
                }
            )
        )
