from odoo.addons.invoicing_clerk.tests.audit.request.common import (
    RequestCommon,
)


class FindingCommon(RequestCommon):
    @classmethod
    def _finding(cls, user=None, **values):
        return (
            cls.env["clerk.audit.finding"]
            .with_user(user or cls.auditor)
            .create(
                {
                    "audit_id": cls.audit.id,
                    "name": "Late invoices",
                    "condition": "Three invoices were posted after the closing.",
                    "amount": 600.0,
                    **values,
                }
            )
        )

    def _reported(self, **values):
        finding = self._finding(**values)
        finding.action_report()
        return finding
