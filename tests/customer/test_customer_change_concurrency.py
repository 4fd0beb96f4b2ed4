from odoo.tests import new_test_user, tagged

from odoo.addons.invoicing_clerk.tests.copied_database import transaction
from odoo.addons.invoicing_clerk.tests.receipt.test_receipt_concurrency import (
    ReceiptConcurrencyCommon,
)


@tagged("post_install", "-at_install")
class TestCustomerChangeConcurrency(ReceiptConcurrencyCommon):
    """Two supervisors at once, in transactions that really meet: one decides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with transaction(cls.registry) as env:
            env.company.clerk_customer_changes = True
            cls.proposer_id = cls.clerk_ids[0]
            cls.clerk_ids = [
                new_test_user(
                    env,
                    login=f"approver_{name}",
                    groups="invoicing_clerk.group_supervisor",
                ).id
                for name in ("one", "two")
            ]

    def _change(self, city):
        with transaction(self.registry) as env:
            customer_id = (
                env["res.partner"]
                .create({"name": "Bayline", "customer_rank": 1, "city": "San Jose"})
                .id
            )
        with transaction(self.registry, self.proposer_id) as env:
            customer = env["res.partner"].browse(customer_id)
            changes = env["clerk.customer.change"]
            change = changes._propose(customer, {"city": city}, source="mail")
            return change.id, customer_id

    def _now(self, change_id, customer_id):
        with transaction(self.registry) as env:
            change = env["clerk.customer.change"].browse(change_id)
            return change.state, env["res.partner"].browse(customer_id).city

    def test_approved_twice(self):
        change_id, customer_id = self._change("Oakland")
        approve = (change_id, lambda change: change.action_approve())
        [refusal] = self._at_once("clerk.customer.change", approve, approve)
        self.assertRegex(refusal, "Somebody else is working|is Applied")
        self.assertEqual(self._now(change_id, customer_id), ("applied", "Oakland"))

    def test_approved_and_refused(self):
        change_id, customer_id = self._change("Oakland")
        [refusal] = self._at_once(
            "clerk.customer.change",
            (change_id, lambda change: change.action_approve()),
            (change_id, lambda change: change.action_refuse("No.")),
        )
        self.assertRegex(refusal, "Somebody else is working|is Applied|is Refused")
        self.assertIn(
            self._now(change_id, customer_id),
            [("applied", "Oakland"), ("refused", "San Jose")],
        )
