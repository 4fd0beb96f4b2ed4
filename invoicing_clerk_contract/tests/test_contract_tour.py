from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import TourCase

from .common import ContractCommon


@tagged("post_install", "-at_install")
class TestContractTour(ContractCommon, TourCase):
    """A clerk computes prices by an index, sends the letter and applies them."""

    def test_from_index_to_letter(self):
        self.clerk.password = "clerk_a"
        contract = self._contract()
        self._bill(contract)
        index = (
            self.env["clerk.contract.index"]
            .sudo()
            .create(
                {
                    "name": "Consumer prices",
                    "value_ids": [
                        Command.create({"month": self._in_months(-14), "value": 100.0}),
                        Command.create({"month": self._in_months(-2), "value": 104.2}),
                    ],
                }
            )
        )
        revision = (
            self.env["clerk.contract.revision"]
            .with_user(self.clerk)
            .create(
                {
                    "contract_ids": [Command.set(contract.ids)],
                    "effective_date": self._in_months(3),
                    "method": "index",
                    "index_id": index.id,
                    "base_month": self._in_months(-14),
                    "change_month": self._in_months(-2),
                }
            )
        )
        url = f"/odoo/price-revisions/{revision.id}"
        self.start_tour(url, "invoicing_clerk_contract_revision", login="clerk_a")
        self.assertEqual(revision.state, "waiting")
        revision.with_user(self.supervisor).action_approve()
        self.start_tour(url, "invoicing_clerk_contract_letter", login="clerk_a")
        self.assertEqual(revision.state, "applied")
        self.assertEqual(revision.line_ids.sent_by, "email")
        self.assertEqual(contract.contract_line_ids[1:].price_unit, 104.2)
