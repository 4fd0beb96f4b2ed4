from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.copied_database import transaction
from odoo.addons.invoicing_clerk.tests.receipt.test_receipt_concurrency import (
    ReceiptConcurrencyCommon,
)


@tagged("post_install", "-at_install")
class TestCustomerConcurrency(ReceiptConcurrencyCommon):
    """Two people who approve at once, in transactions that really meet: one contact."""

    def test_two_approve_one_request(self):
        with transaction(self.registry) as env:
            group = env.ref("invoicing_clerk.group_supervisor")
            users = env["res.users"].browse(self.clerk_ids[:2])
            users.group_ids += group
            kind = env.ref("invoicing_clerk.customer_kind_consumer")
            request_id = (
                env["clerk.customer.request"]
                .create(
                    {
                        "customer_name": "Zephyrine Quux",
                        "kind_id": kind.id,
                        "street": "Road 1",
                        "zip": "1000",
                        "city": "Town",
                        "country_id": env.ref("base.be").id,
                        "email": "zq@zephyrine.example",
                    }
                )
                .id
            )
            env["clerk.customer.request"].browse(request_id).action_check()
        approve = (request_id, lambda request: request.action_approve())
        [refusal] = self._at_once("clerk.customer.request", approve, approve)
        self.assertRegex(refusal, "Somebody else is working|is Active")
        with transaction(self.registry) as env:
            contacts = env["res.partner"].search([("name", "=", "Zephyrine Quux")])
            self.assertEqual(len(contacts), 1)
