from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.audit.engagement.test_mail_message import (
    TrailCommon,
)
from odoo.addons.invoicing_clerk.tests.common import ClerkCommon


@tagged("post_install", "-at_install")
class TestResPartner(ClerkCommon):
    """Tracking of customers costs nothing as long as they are not changed."""

    def _queries_of_ranking(self, number):
        partners = self.env["res.partner"].create(
            [{"name": f"New {at}"} for at in range(number)]
        )

        def rank():
            # As posting does: each with its own commercial partner.
            for partner in partners.with_context(tracking_disable=False):
                partner._increase_rank("customer_rank")

        count = self._count_queries(rank)
        self.assertEqual(set(partners.mapped("customer_rank")), {1})
        return count

    def test_first_invoices_take_no_query_per_customer(self):
        few = self._queries_of_ranking(2)
        self._assert_no_more_queries(few, self._queries_of_ranking(20))

    def test_terms_and_limits_are_tracked(self):
        for name in ("property_payment_term_id", "credit_limit"):
            self.assertTrue(self.env["res.partner"]._fields[name].tracking)


@tagged("post_install", "-at_install")
class TestErasureUnderAudit(TrailCommon):
    """Erasure reaches changes that an audit covers, and auditors are notified of it.

    It would have caught an erasure that nobody noticed.
    """

    def test_an_audit_does_not_stop_an_erasure(self):
        self.customer.with_user(self.clerk).write({"clerk_alert": "Is ill"})
        self._told()
        self.customer.with_user(self.clerk).clerk_alert = "Very ill"
        self._told()
        erasure = self.env["clerk.call.erase"].with_user(self.supervisor)
        erasure.create(
            {"partner_id": self.customer.id, "reason": "Letter"}
        ).action_apply()
        self._told()
        changes = self.customer.sudo().message_ids.tracking_value_ids
        texts = changes.filtered(lambda each: each.field_id.name == "clerk_alert")
        self.assertTrue(texts)
        self.assertFalse([t for t in texts if t.old_value_char or t.new_value_char])
        notices = self._notices()
        self.assertTrue(notices)
        self.assertIn(self.customer.display_name, "".join(notices.mapped("body")))
        self.assertNotIn("ill", "".join(notices.mapped("preview")).split())
