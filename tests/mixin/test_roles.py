from odoo.tests import tagged

from odoo.addons.invoicing_clerk.models.mixin.roles import (
    company_supervisors,
    spread_over_supervisors,
)
from odoo.addons.invoicing_clerk.tests.common import ClerkCommon


@tagged("post_install", "-at_install")
class TestSupervisors(ClerkCommon):
    """Work that needs a supervisor is spread over those of its company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._new_user("supervisor_a2", "invoicing_clerk.group_supervisor")

    def test_active_supervisors_of_the_company(self):
        company = self.company_a.with_user(self.clerk)
        people = company_supervisors(company)
        self.assertLessEqual(self.supervisor + self.second, people)
        self.assertFalse(people & (self.clerk + self.auditor))
        self.assertEqual(people.ids, sorted(people.ids))
        self.second.active = False
        self.assertNotIn(self.second, company_supervisors(company))
        self.assertNotIn(self.supervisor, company_supervisors(self.company_b))

    def test_even_spread(self):
        people = company_supervisors(self.company_a)
        records = self._records(self.company_a, 2 * len(people))
        spread = spread_over_supervisors(records)
        self.assertEqual(set(spread), set(records))
        counts = {list(spread.values()).count(user) for user in people}
        self.assertEqual(counts, {2})

    def test_company_without_supervisors(self):
        company = self.env["res.company"].sudo().create({"name": "New Company"})
        records = self._records(company, 1) + self._records(self.company_a, 1)
        self.assertEqual(list(spread_over_supervisors(records)), [records[1]])

    def _records(self, company, number):
        """Return records of a company, whose ids follow each other."""
        return self.env["res.partner"].create(
            [{"name": "Record", "company_id": company.id}] * number
        )
