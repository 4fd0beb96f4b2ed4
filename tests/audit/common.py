from odoo.fields import Command

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon


class KilledError(BaseException):
    """Ends the worker as a signal does: nothing of ours catches it."""


class AuditCommon(ClerkCommon):
    """An engagement over 2026 with one auditor, and another who is not its member."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_auditor = cls._new_user(
            "auditor_other", "invoicing_clerk.group_auditor"
        )
        cls.audit = cls._audit()

    @classmethod
    def _audit(cls, **values):
        """Create an engagement as a supervisor, in fieldwork."""
        audit = (
            cls.env["clerk.audit"]
            .with_user(cls.supervisor)
            .create(
                {
                    "name": "Annual accounts 2026",
                    "date_from": "2026-01-01",
                    "date_to": "2026-12-31",
                    "auditor_ids": [Command.set(cls.auditor.ids)],
                    "materiality": 10000,
                    "performance_materiality": 7500,
                    "trivial_amount": 500,
                    **values,
                }
            )
        )
        audit.action_start()
        return audit

    @classmethod
    def _query(cls, user=None, **values):
        """Create a query as an auditor; of invoices by default."""
        model = values.pop("model", "account.move")
        return (
            cls.env["clerk.audit.query"]
            .with_user(user or cls.auditor)
            .create(
                {
                    "audit_id": cls.audit.id,
                    "name": "Test query",
                    "model_id": cls.env["ir.model"]._get_id(model),
                    "domain": "[('move_type', '=', 'out_invoice')]",
                    "columns": "name,date,partner_id,amount_total_signed",
                    "amount_path": "amount_total_signed",
                    **values,
                }
            )
        )

    def _killed_until_done(self, model, most=10):
        """Run the worker of a model until it is no longer killed.

        What it did not commit is lost. Return how often it was killed.
        """
        for killed in range(most):
            self.env.flush_all()
            with self._job_env() as env:
                try:
                    env[model]._work()
                except KilledError:
                    env.cr.rollback()
                else:
                    return killed
        return None
