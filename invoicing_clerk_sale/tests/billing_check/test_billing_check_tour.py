from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import TourCase
from odoo.addons.invoicing_clerk.tests.correction.common import CorrectionCommon

from .corpus_price import PriceCases


@tagged("post_install", "-at_install")
class TestBillingCheckTour(PriceCases, CorrectionCommon, TourCase):
    """A clerk mends a draft before it is posted, and credits a duplicate."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk.password = "clerk_a"

    def test_a_draft_is_corrected_before_it_is_posted(self):
        draft = self._billed(self._order(), post=False, change={"price_unit": 110})
        self.start_tour(
            f"/odoo/customer-invoices/{draft.id}",
            "invoicing_clerk_billing_check_draft",
            login="clerk_a",
        )
        self.assertEqual((draft.state, draft.amount_untaxed), ("posted", 1000))

    def test_a_duplicate_is_credited_in_full(self):
        move = self.wrong_dup(0)
        self.checks.browse()._run_all(self.company_a)
        finding = self.findings.search([("move_id", "=", move.id)])
        self.start_tour(
            f"/odoo/action-invoicing_clerk.clerk_billing_finding_action/{finding.id}",
            "invoicing_clerk_billing_check_posted",
            login="clerk_a",
        )
        self.assertEqual(finding.state, "case")
        self.assertEqual(move.payment_state, "reversed")
