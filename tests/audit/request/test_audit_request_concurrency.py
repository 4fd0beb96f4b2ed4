from threading import Barrier, Thread

from odoo import api
from odoo.fields import Command
from odoo.service.model import retrying
from odoo.tests import BaseCase, new_test_user, tagged

from odoo.addons.invoicing_clerk.tests.copied_database import (
    copied_database,
    current_database,
    transaction,
)


@tagged("post_install", "-at_install")
class TestAuditRequestConcurrency(BaseCase):
    """Two auditors add requests at once: each request gets its own number."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = cls.enterClassContext(copied_database(current_database()))
        with transaction(cls.registry) as env:
            auditors = env["res.users"]
            for name in ("one", "two"):
                auditors += new_test_user(
                    env, login=f"auditor_{name}", groups="invoicing_clerk.group_auditor"
                )
            cls.auditor_ids = auditors.ids
            cls.audit_id = (
                env["clerk.audit"]
                .create(
                    {
                        "name": "Annual accounts",
                        "date_from": "2026-01-01",
                        "date_to": "2026-12-31",
                        "auditor_ids": [Command.set(auditors.ids)],
                    }
                )
                .id
            )

    def _ask(self, uid, barrier):
        """Retry on conflicts, as the web server does."""
        waited = []

        def call():
            # Both have read the same last number before either adds a request.
            env["clerk.audit"].browse(self.audit_id).read(["last_request_number"])
            if not waited:
                waited.append(barrier.wait())
            env["clerk.audit.request"].create(
                {"audit_id": self.audit_id, "name": f"Of {uid}"}
            )

        with self.registry.cursor() as cr:
            env = api.Environment(cr, uid, {})
            retrying(call, env)

    def test_both_get_a_number(self):
        barrier = Barrier(2)
        people = [
            Thread(target=self._ask, args=(uid, barrier)) for uid in self.auditor_ids
        ]
        for person in people:
            person.start()
        for person in people:
            person.join()
        with transaction(self.registry) as env:
            requests = env["clerk.audit.request"].search(
                [("audit_id", "=", self.audit_id)]
            )
            self.assertEqual(requests.mapped("number"), [1, 2])
            self.assertEqual(len(requests.mapped("name")), 2)
            self.assertEqual(requests.audit_id.last_request_number, 2)
