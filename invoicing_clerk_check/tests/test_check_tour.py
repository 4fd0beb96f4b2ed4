from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import TourCase

from .common import CheckCommon


@tagged("post_install", "-at_install")
class TestCheckTour(CheckCommon, TourCase):
    """A voucher is prepared, approved by somebody else and printed; the paper is
    spoiled, and the check is printed again."""

    def _tour(self, user, name, path="payment-vouchers"):
        user.password = user.login
        self.start_tour(
            f"/odoo/{path}", f"invoicing_clerk_check_{name}", login=user.login
        )
        self.env.invalidate_all()

    def test_prepared_approved_printed_and_reprinted(self):
        self.bank.outbound_payment_method_line_ids -= (
            self.bank.outbound_payment_method_line_ids - self.by_check
        )
        bill = self._bill(120.0, ref="Rent of January")
        self._tour(self.clerk, "prepare")
        voucher = self.env["clerk.voucher"].with_user(self.clerk).search([])
        self.assertEqual(voucher.payment_method_code, "check_printing")
        self._tour(self.supervisor, "approve")
        self._tour(self.clerk, "print")
        check = voucher.check_ids
        self.assertEqual((check.name, check.state), ("0042", "printed"))
        self.assertTrue(check.handed_out_on)
        self.assertEqual(bill.amount_residual, 0.0)
        self._tour(self.clerk, "reprint", "check-register")
        self.assertEqual((check.state, check.reason), ("spoiled", "Toner smeared"))
        again = check.replaced_by_ids
        self.assertEqual((again.state, voucher.reference), ("printed", again.name))
