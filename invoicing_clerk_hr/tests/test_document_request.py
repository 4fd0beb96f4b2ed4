from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.document.common import DocumentCommon


@tagged("post_install", "-at_install")
class TestDocumentRequest(DocumentCommon):
    """The manager of whoever asked is told that documents did not arrive."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls._new_user("clerk_c", "invoicing_clerk.group_clerk")

    def _employ(self, user, manager, company=None):
        employees = self.env["hr.employee"].sudo()
        company = company or self.company_a
        above = employees.create(
            {"name": "Manager", "user_id": manager.id, "company_id": company.id}
        )
        return employees.create(
            {
                "name": "Clerk",
                "user_id": user.id,
                "company_id": company.id,
                "parent_id": above.id,
            }
        )

    def _told(self):
        request = self._request(self.letter)
        self._remind(request.date_due + timedelta(days=60))
        return request.with_user(self.supervisor).activity_ids.user_id

    def test_the_manager(self):
        self._employ(self.clerk, self.colleague)
        self.assertEqual(self._told(), self.colleague)

    def test_a_supervisor_where_the_manager_reads_no_requests(self):
        self._employ(self.clerk, self.outsider)
        self.assertEqual(self._told(), self.supervisor)

    def test_a_manager_in_another_company_is_not_told(self):
        self.clerk.company_ids |= self.company_b
        self._employ(self.clerk, self.clerk_b, self.company_b)
        self.assertEqual(self._told(), self.supervisor)

    def test_a_supervisor_where_there_is_no_manager(self):
        self.assertEqual(self._told(), self.supervisor)
