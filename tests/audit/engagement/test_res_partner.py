from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon


@tagged("post_install", "-at_install")
class TestResPartner(ClerkCommon):
    """Tracking of customers costs nothing as long as they are not changed."""

    def _queries_of_ranking(self, number):
        partners = self.env["res.partner"].create(
            [{"name": f"New {at}"} for at in range(number)]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        # As posting does: each with its own commercial partner.
        for partner in partners.with_context(tracking_disable=False):
            partner._increase_rank("customer_rank")
        self.env.flush_all()
        self.assertEqual(set(partners.mapped("customer_rank")), {1})
        return self.env.cr.sql_log_count - before

    def test_first_invoices_take_no_query_per_customer(self):
        self.assertEqual(self._queries_of_ranking(20), self._queries_of_ranking(2))

    def test_terms_and_limits_are_tracked(self):
        for name in ("property_payment_term_id", "credit_limit"):
            self.assertTrue(self.env["res.partner"]._fields[name].tracking)
