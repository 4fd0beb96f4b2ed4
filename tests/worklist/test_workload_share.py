from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.tests.worklist.common import WorkloadCommon


@tagged("post_install", "-at_install")
class TestWorkloadShare(WorkloadCommon):
    """A supervisor shares the workload, within the access rights of the team."""

    def test_proposal_before_anything_moves(self):
        share = self._share(self.clerk, self.colleague)
        self.assertRecordValues(
            share.person_ids,
            [
                {"now_count": 12, "started_count": 0, "after_count": 6},
                {"now_count": 0, "started_count": 0, "after_count": 6},
            ],
        )
        self.assertEqual(share.move_count, 6)
        self.assertIn("clerk_a2", share.preview_html)
        self.assertIn("Test list", share.preview_html)
        self.assertEqual(self._counts(self.clerk, self.colleague), [12, 0])

    def test_share_among_two(self):
        notice = self._share(self.clerk, self.colleague).action_apply()
        self.assertEqual(self._counts(self.clerk, self.colleague), [6, 6])
        self.assertEqual(notice["params"]["type"], "success")
        moved = self.all_items.filtered(lambda item: item.user_id == self.colleague)
        self.assertEqual(moved.handed_by_id, self.supervisor)
        again = self._share(self.clerk, self.colleague)
        self.assertIn("already balanced", again.preview_html)
        with self.assertRaisesRegex(UserError, "already balanced"):
            again.action_apply()

    def test_the_most_urgent_are_kept(self):
        self.all_items[-1]._write({"score": 90})
        self.all_items.invalidate_recordset()
        self._share(self.clerk, self.colleague).action_apply()
        self.assertEqual(self.all_items[-1].user_id, self.clerk)

    def test_capacity_is_respected_and_remembered(self):
        self._share((self.clerk, 100), (self.colleague, 50)).action_apply()
        self.assertEqual(self._counts(self.clerk, self.colleague), [8, 4])
        self.assertEqual(self.colleague.sudo().clerk_capacity, 50)
        team = self.shares.create({}).person_ids.grouped("user_id")
        self.assertEqual(team[self.colleague].capacity, 50)

    def test_absent_users_keep_only_items_in_progress(self):
        self.all_items[:2].with_user(self.clerk).action_claim()
        self._away(self.clerk, days=3)
        share = self._share(self.clerk, self.colleague, self.supervisor)
        self.assertIn("Away until", share.person_ids[0].away)
        self.assertEqual(share.person_ids[0].started_count, 2)
        share.action_apply()
        self.assertEqual(
            self._counts(self.clerk, self.colleague, self.supervisor), [2, 5, 5]
        )
        self.assertEqual(self.all_items[:2].user_id, self.clerk)

    def test_items_of_archived_users_are_reassigned(self):
        self.clerk.active = False
        share = self.shares.create({})
        left = share.person_ids.filtered(lambda each: each.user_id == self.clerk)
        self.assertEqual(left.away, "No longer active")
        share.action_apply()
        self.assertEqual(self._counts(self.clerk), [0])

    def test_only_members_get_items(self):
        self.worklist.member_ids = self.clerk + self.colleague
        self._share(self.clerk, self.colleague, self.supervisor).action_apply()
        self.assertEqual(
            self._counts(self.clerk, self.colleague, self.supervisor), [6, 6, 0]
        )

    def test_nobody_gets_items_without_access(self):
        worklist = self._invoices_list()
        for _index in range(4):
            self._posted((1, 10.0))
        worklist._refresh()
        items = worklist.item_ids
        items.with_user(self.supervisor)._hand_over(self.supervisor, "mine")
        share = self._share(
            (self.supervisor, 0), self.clerk_b, worklist_ids=worklist.ids
        )
        self.assertEqual(share.move_count, 0)
        share = self._share(
            (self.supervisor, 0), self.clerk_b, self.clerk, worklist_ids=worklist.ids
        )
        share.action_apply()
        self.assertEqual(items.user_id, self.clerk)

    def test_only_clerks_get_items(self):
        for user in (self.outsider, self.auditor):
            self.assertEqual(self._share((self.clerk, 0), user).move_count, 0)

    def test_items_of_other_lists_count_as_load(self):
        self._partners(6, ref="OTHER")
        other = self._worklist([("ref", "=", "OTHER")])
        other._refresh()
        other.item_ids.with_user(self.supervisor)._hand_over(self.colleague, "yours")
        self._share(
            self.clerk, self.colleague, worklist_ids=self.worklist.ids
        ).action_apply()
        self.assertEqual(self._counts(self.clerk, self.colleague), [9, 3])
        self.assertEqual(set(other.item_ids.mapped("user_id")), {self.colleague})

    def test_unassigned_items_stay_unless_distributed(self):
        self.all_items.with_user(self.supervisor).action_release()
        self.assertEqual(self._share(self.clerk, self.colleague).move_count, 0)
        share = self._share(self.clerk, self.colleague, with_unassigned=True)
        self.assertIn("Unassigned", share.preview_html)
        share.action_apply()
        self.assertEqual(self._counts(self.clerk, self.colleague), [6, 6])

    def test_each_receiver_is_notified_once(self):
        messages = self.env["mail.message"].sudo()
        before = messages.search([])
        self._share((self.clerk, 0), self.colleague, self.supervisor).action_apply()
        notified = messages.search([("id", "not in", before.ids)])
        self.assertEqual(notified.partner_ids, self.colleague.partner_id)
        self.assertEqual(len(notified), 1)
        self.assertIn("6 items", notified.subject)

    def test_items_taken_since_stay(self):
        share = self._share((self.clerk, 0), self.colleague)
        self.all_items[:3].with_user(self.clerk).action_claim()
        notice = share.action_apply()
        self.assertEqual(self._counts(self.clerk, self.colleague), [3, 9])
        self.assertIn("9 items were reassigned", notice["params"]["message"])
        self.assertIn("3 changed in the meantime", notice["params"]["message"])

    def test_receiver_who_became_unavailable_gets_nothing(self):
        for change in (
            lambda: self._away(self.colleague),
            lambda: self.colleague.write({"active": False}),
            lambda: self.worklist.write({"member_ids": self.clerk.ids}),
        ):
            with self.subTest(), self.env.cr.savepoint() as savepoint:
                share = self._share((self.clerk, 50), self.colleague)
                self.assertTrue(share.move_count)
                change()
                self.env.invalidate_all()
                with self.assertRaisesRegex(UserError, "in the meantime"):
                    share.action_apply()
                self.assertEqual(self._counts(self.clerk), [12])
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_deleted_record_stops_no_other(self):
        share = self._share((self.clerk, 0), self.colleague)
        self.env["res.partner"].browse(self.all_items[0].res_id).unlink()
        share.action_apply()
        self.assertEqual(self._counts(self.clerk, self.colleague), [1, 11])

    def test_supervisor_can_undo_for_a_minute(self):
        self._share((self.clerk, 0), self.colleague).action_apply()
        self.all_items.with_user(self.supervisor).action_undo()
        self.assertEqual(self._counts(self.clerk, self.colleague), [12, 0])

    def test_proposal_follows_the_input(self):
        with Form(self.shares) as form:
            team = [line["user_id"] for line in form.person_ids._records]
            with form.person_ids.edit(team.index(self.clerk.id)) as line:
                line.capacity = 0
            moves = form.move_count
        self.assertEqual(moves, 12)

    def test_bad_input(self):
        for error, *people in (
            (CheckViolation, (self.clerk, -1)),
            (UniqueViolation, self.clerk, self.clerk),
        ):
            with mute_logger("odoo.sql_db"), self.assertRaises(error):
                self._share(*people)
        self.assertEqual(self._share().move_count, 0)
        self.assertEqual(self._share((self.clerk, 0)).move_count, 0)

    def test_roles(self):
        share = self._share((self.clerk, 0), self.colleague)
        for user in (self.clerk, self.auditor, self.outsider):
            with self.assertRaises(AccessError):
                share.with_user(user).action_apply()
            with self.assertRaises(AccessError):
                self.shares.with_user(user).create({})
        menus = self.env["ir.ui.menu"]
        for user, shown in ((self.clerk, False), (self.supervisor, True)):
            visible = menus.with_user(user)._visible_menu_ids()
            menu = self.env.ref("invoicing_clerk.menu_workload_share")
            self.assertEqual(menu.id in visible, shown)

    def test_team_is_clerks_and_absent_holders(self):
        self.all_items[0].with_user(self.supervisor)._hand_over(self.supervisor, "")
        self.supervisor.group_ids += self.env.ref("base.group_multi_currency")
        team = self.shares.create({}).person_ids.user_id
        self.assertLessEqual(self.clerk + self.colleague, team)
        self.assertFalse(team & (self.supervisor + self.clerk_b + self.outsider))
        self._away(self.supervisor)
        self.assertIn(self.supervisor, self.shares.create({}).person_ids.user_id)

    def test_costs_the_same_for_many(self):
        self._share(self.clerk, self.colleague).action_apply()
        few = self._queries()
        self._partners(100)
        self.worklist._refresh()
        self._open_items(self.worklist).with_user(self.supervisor)._hand_over(
            self.clerk, "all yours"
        )
        self._assert_no_more_queries(few, self._queries())

    def _queries(self):
        self._open_items(self.worklist).with_user(self.supervisor)._hand_over(
            self.clerk, "all yours"
        )
        return self._count_queries(
            lambda: self._share(self.clerk, self.colleague).action_apply()
        )
