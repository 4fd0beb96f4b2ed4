from datetime import timedelta

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.tests.worklist.common import WorkloadCommon


@tagged("post_install", "-at_install")
class TestAbsence(WorkloadCommon):
    """Absent users get no items, and only supervisors see why."""

    def test_balanced_lists_skip_absent_members(self):
        self._away(self.colleague)
        balanced = self._customers_list(
            assignment="balanced", member_ids=(self.clerk + self.colleague).ids
        )
        balanced._refresh()
        self.assertEqual(balanced.item_ids.user_id, self.clerk)
        self._partners(4)
        with freeze_time(fields.Datetime.now() + timedelta(days=2)):
            balanced._refresh()
        self.assertEqual(balanced.item_ids.user_id, self.clerk + self.colleague)

    def test_items_wait_while_everybody_is_away(self):
        self._away(self.colleague)
        balanced = self._customers_list(
            assignment="balanced", member_ids=self.colleague.ids
        )
        self.assertTrue(balanced._refresh())
        self.assertFalse(balanced.item_ids.user_id)

    def test_first_and_last_day_count(self):
        absence = self._away(self.clerk, days=2)
        for days, away in ((-1, False), (0, True), (2, True), (3, False)):
            with freeze_time(fields.Datetime.now() + timedelta(days=days)):
                absence.invalidate_recordset()
                self.assertEqual(absence.is_now, away, days)
                found = absence.search([("is_now", "=", True)])
                self.assertEqual(absence in found, away, days)

    def test_absence_cannot_end_before_it_starts(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self._away(self.clerk, days=-1)

    def test_absences_are_private(self):
        own = self._away(self.clerk)
        absences = self.env["clerk.absence"]
        for user, seen in (
            (self.clerk, True),
            (self.colleague, False),
            (self.supervisor, True),
            (self.auditor, True),
            (self.clerk_b, False),
        ):
            found = absences.with_user(user).search([("id", "=", own.id)])
            self.assertEqual(bool(found), seen, user.login)
        own.with_user(self.clerk).reason = "Better"
        own.with_user(self.supervisor).date_to = own.date_from
        for user in (self.colleague, self.auditor, self.outsider):
            with self.assertRaises(AccessError):
                own.with_user(user).reason = "Nosy"
        with self.assertRaises(AccessError):
            absences.with_user(self.clerk).create({"user_id": self.colleague.id})

    def test_absences_of_another_company(self):
        theirs = self._away(self.clerk_b)
        found = self.env["clerk.absence"].with_user(self.supervisor)
        self.assertFalse(found.search([("id", "=", theirs.id)]))
