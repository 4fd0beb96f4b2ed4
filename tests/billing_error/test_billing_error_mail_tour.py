from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.billing_error.test_billing_error_mail import (
    MailCommon,
)
from odoo.addons.invoicing_clerk.tests.common import TourCase


@tagged("post_install", "-at_install")
class TestBillingErrorMailTour(MailCommon, TourCase):
    """A clerk identifies who wrote an email, and starts to work on it."""

    def test_identify(self):
        self.partner_a.name = "Mail Customer"
        (self.other | self.foreign).button_draft()
        sender = "stranger@elsewhere.example.com"
        error = self._receive(self._raw("Wrong price", sender=sender))
        self.clerk.password = "clerk_a"
        self.start_tour(
            f"/odoo/action-invoicing_clerk.clerk_billing_error_action/{error.id}",
            "invoicing_clerk_billing_error_mail",
            login="clerk_a",
        )
        self.assertEqual(error.partner_id, self.partner_a)
        self.assertEqual(error.move_ids, self.invoice)
        self.assertEqual(error.state, "investigating")
        self.assertTrue(self.invoice.has_open_billing_error)
