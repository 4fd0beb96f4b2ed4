from odoo.tests import tagged

from odoo.addons.invoicing_clerk.rules.promise import promise as rules
from odoo.addons.invoicing_clerk.tests.promise.common import PromiseCommon


@tagged("post_install", "-at_install")
class TestResPartner(PromiseCommon):
    """Customers show how they keep promises and are found by it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"].with_user(cls.clerk)

    def test_reliability_counts_what_was_kept(self):
        customer = self.partner_a.with_user(self.clerk)
        self.assertEqual(customer.promise_reliability, 0.5)
        for days in (-9, -9, None):
            self._judged(days)
        withdrawn = self._promise(self._untaxed())
        withdrawn._withdraw("Mistake")
        self.env.invalidate_all()
        self.assertEqual(customer.promise_reliability, rules.reliability(2, 3))
        self.assertEqual(
            (customer.promise_kept_count, customer.promise_judged_count), (2, 3)
        )
        self.assertEqual(customer.promise_count, 4)
        contact = self.contact_a.with_user(self.clerk)
        self.assertEqual(contact.promise_reliability, rules.reliability(2, 3))

    def test_customers_are_found_by_their_reliability(self):
        self._judged(None)
        good = self.partner_b
        self._judged(-9, partner=good)
        new = self.env["res.partner"].create({"name": "Never promised"})
        family = self.partner_a + good + new
        for operator, value, expected in (
            ("<", 0.4, self.partner_a),
            ("<=", 0.5, self.partner_a + new),
            (">", 0.5, good),
            (">=", 0.5, good + new),
            (">", 0.9, self.env["res.partner"]),
        ):
            with self.subTest(operator=operator, value=value):
                found = self.partners.search(
                    [
                        ("id", "in", family.ids),
                        ("promise_reliability", operator, value),
                    ]
                )
                self.assertEqual(set(found.ids), set(expected.ids))

    def test_one_query_for_the_promises_of_many(self):
        customers = self.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(8)]
        )
        invoices = self.env["account.move"]
        for customer in customers:
            invoices += self._untaxed(partner=customer)
        for invoice in invoices:
            self._promise(invoice)

        def read(records, names):
            for name in names:
                records.with_user(self.clerk).mapped(name)

        for records, names in (
            (customers, ["promise_reliability", "promise_count"]),
            (invoices, ["promise_count", "is_promised", "promise_summary"]),
        ):
            self._count_queries(read, records, names)
            few = self._count_queries(read, records[:2], names)
            many = self._count_queries(read, records, names)
            self._assert_no_more_queries(few, many)
