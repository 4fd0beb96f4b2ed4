from datetime import timedelta

from odoo import fields

from odoo.addons.invoicing_clerk.tests.audit.common import AuditCommon
from odoo.addons.invoicing_clerk.tests.worklist.common import WorklistCommon


class FilledCommon(WorklistCommon, AuditCommon):
    """Records of nearly every model, for sweeps over all of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._fill()
        cls.env.flush_all()

    @classmethod
    def _fill(cls):
        """Make a record of as many models as one test needs."""
        error = cls._open_error(cls._posted((1, 100.0)), {"claimed_quantity": 0})
        error.action_propose_correction()
        clerk, supervisor = cls.env(user=cls.clerk), cls.env(user=cls.supervisor)
        clerk["clerk.promise"].create(
            {
                "move_ids": cls._posted((1, 70.0)).ids,
                "date": fields.Date.today() + timedelta(days=7),
            }
        )
        clerk["clerk.call"].create({"partner_id": cls.partner_a.id})
        run = clerk["clerk.statement.run"].create({"date": "2026-01-31"})
        run.action_compute()
        clerk["clerk.ageing"].create({"date": "2026-01-31"}).action_compute()
        worklist = cls._invoices_list()
        worklist._refresh()
        supervisor["clerk.absence"].create(
            {
                "user_id": cls.clerk.id,
                "date_from": "2026-01-01",
                "date_to": "2026-01-02",
            }
        )
        cls._fill_audit()

    @classmethod
    def _fill_audit(cls):
        auditor = cls.env(user=cls.auditor)
        query = cls._query()
        request = {"audit_id": cls.audit.id, "name": "Ageing", "date_due": "2026-03-01"}
        request = auditor["clerk.audit.request"].create(
            {**request, "query_id": query.id}
        )
        request.with_user(cls.clerk).action_deliver()
        auditor["clerk.audit.finding"].create(
            {"audit_id": cls.audit.id, "name": "Late", "condition": "Three are late."}
        )
        auditor["clerk.audit.confirmation.run"].create(
            {"audit_id": cls.audit.id, "date": "2026-01-31"}
        ).action_compute()
        tests = auditor["clerk.audit.test"].search([], limit=3)
        for test in tests:
            auditor["clerk.audit.run"].create(
                {"audit_id": cls.audit.id, "test_id": test.id}
            ).action_run()
