from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.tests.audit.common import AuditCommon


@tagged("post_install", "-at_install")
class TestAudit(AuditCommon):
    def test_auditors_see_their_own_engagements_only(self):
        other = self._audit(auditor_ids=[Command.set(self.other_auditor.ids)])
        engagements = self.env["clerk.audit"]
        self.assertEqual(
            engagements.with_user(self.auditor).search(
                [("id", "in", [self.audit.id, other.id])]
            ),
            self.audit,
        )
        self.assertEqual(
            engagements.with_user(self.clerk).search_count(
                [("id", "in", [self.audit.id, other.id])]
            ),
            2,
        )
        for outsider in (self.other_auditor, self.outsider, self.clerk_b):
            with self.assertRaises(AccessError):
                self.audit.with_user(outsider).read(["name"])

    def test_parts_follow_their_engagement(self):
        query = self._query()
        query.with_user(self.auditor).read(["name"])
        with self.assertRaises(AccessError):
            query.with_user(self.other_auditor).read(["name"])
        with self.assertRaises(AccessError):
            self._query(user=self.other_auditor)

    def test_only_supervisors_change_the_set_up(self):
        with self.assertRaises(AccessError):
            self.audit.with_user(self.clerk).name = "Mine"
        with self.assertRaisesRegex(AccessError, "supervisor"):
            self.audit.with_user(self.auditor).date_to = "2027-12-31"
        self.audit.with_user(self.auditor).materiality = 20000
        self.audit.with_user(self.supervisor).date_to = "2026-12-30"
        with self.assertRaises(AccessError):
            self.audit.with_user(self.auditor).copy()

    def test_an_auditor_needs_the_role_and_the_company(self):
        with self.assertRaisesRegex(ValidationError, "Auditor role"):
            self.audit.auditor_ids = self.clerk
        abroad = self._new_user(
            "auditor_b", "invoicing_clerk.group_auditor", company=self.company_b
        )
        with self.assertRaisesRegex(ValidationError, "does not have access"):
            self.audit.auditor_ids = abroad

    def test_period_bounds(self):
        """Dates before and after the period must exist, too."""
        for values in ({"date_from": "0026-01-01"}, {"date_to": "9999-12-31"}):
            with self.assertRaisesRegex(ValidationError, "out of range"):
                self._audit(**values)
            with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
                self.audit.sudo().write(values)

    def test_order_of_materialities(self):
        with self.assertRaisesRegex(ValidationError, "cannot exceed"):
            self.audit.performance_materiality = 10001
        self.audit.performance_materiality = 0

    def test_closed_engagements_are_read_only(self):
        query = self._query()
        audit = self.audit.with_user(self.auditor)
        audit.action_report()
        audit.action_close()
        for change in (
            lambda: query.write({"name": "Other"}),
            lambda: query.unlink(),
            lambda: self._query(),
            lambda: audit.write({"materiality": 1}),
        ):
            with self.assertRaisesRegex(UserError, "is closed"):
                change()
        audit.action_reopen()
        query.name = "Other"

    def test_parts_cannot_be_moved(self):
        other = self._audit(name="Other")
        with self.assertRaisesRegex(UserError, "cannot be moved"):
            self._query().audit_id = other
