import base64
from io import BytesIO

from PIL import Image

from odoo.fields import Command

from odoo.addons.invoicing_clerk.tests.audit.common import AuditCommon
from odoo.addons.invoicing_clerk.tests.statement.test_statement_run_send import (
    StatementSendCommon,
)

DAY = "2026-01-31"


class ConfirmationCommon(AuditCommon, StatementSendCommon):
    """Customers with balances of 101, 102, …, an auditor and a real mailbox."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.auditor.email = "auditor@auditors.example.com"
        image = BytesIO()
        Image.new("RGB", (60, 20), "navy").save(image, "PNG")
        cls.png = image.getvalue()
        cls.signature = base64.b64encode(cls.png).decode()

    def _ask(self, customers, user=None, **values):
        """Create a run with the requests to these customers."""
        run = (
            self.env["clerk.audit.confirmation.run"]
            .with_user(user or self.auditor)
            .create(
                {
                    "audit_id": self.audit.id,
                    "date": DAY,
                    "include": "chosen",
                    "partner_ids": [Command.set(customers.ids)],
                    **values,
                }
            )
        )
        run.action_compute()
        return run

    def _asked(self, customers, **values):
        """Create, release and send a run."""
        run = self._ask(customers, **values)
        run.action_release()
        self._deliver()
        return run

    def _deliver(self):
        self._as_worker("_cron_deliver")

    def _as_worker(self, job):
        with self._job_env() as env:
            getattr(env["clerk.audit.confirmation"], job)()

    def _confirmation(self, run, customer):
        return run.confirmation_ids.filtered(lambda each: each.partner_id == customer)

    def _content(self, *items, **balances):
        """Return a reply of other amounts by currency; items are (number, amount)."""
        currencies = {
            each.name: str(each.id) for each in self.currency_a | self.foreign_currency
        }
        return {
            "agrees": False,
            "balances": {
                currencies[name]: str(amount) for name, amount in balances.items()
            },
            "items": [
                {
                    "number": number,
                    "date": None,
                    "currency_id": self.currency_a.id,
                    "amount": str(amount),
                }
                for number, amount in items
            ],
            "note": "As our ledger says",
        }

    def _answer(self, confirmation, content=None, name="Ada"):
        """Sign a reply as the customer: agreed, or with other contents."""
        confirmation_sudo = confirmation.with_user(
            self.env.ref("base.public_user")
        ).sudo()
        agreed = {"agrees": True, "balances": {}, "items": [], "note": ""}
        confirmation_sudo._propose(content or agreed)
        confirmation_sudo._sign(name, self.signature, "203.0.113.9")
