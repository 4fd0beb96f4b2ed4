import json
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.worklist.common import (
    WorklistCommon,
    WorkloadCommon,
)


@tagged("post_install", "-at_install")
class TestWorklistDesk(WorklistCommon):
    """The desk shows what there is to do, at the same cost for any number."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._partners(5)
        cls.worklist = cls._customers_list()
        cls.worklist._refresh()
        cls.item = cls.worklist.item_ids[0]

    def _card(self, user, worklist=None):
        return (worklist or self.worklist).with_user(user)

    def _specification(self, model, xmlid, user):
        view = (
            self.env[model].with_user(user).get_view(self.env.ref(xmlid).id)["models"]
        )
        return {name: {} for name in view[model]}

    def test_figures(self):
        items = self.worklist.item_ids.with_user(self.clerk)
        items[:2].action_claim()
        items[2]._snooze(fields.Datetime.now() + timedelta(days=1), "later")
        items[3].action_done()
        with freeze_time(fields.Datetime.now() + timedelta(days=30)):
            card = self._card(self.clerk)
            self.assertEqual(card.open_count, 4)
            self.assertEqual(card.mine_count, 2)
            self.assertEqual(card.unassigned_count, 2)
            self.assertEqual(card.snoozed_count, 1)
            self.assertEqual(card.late_count, 4)
            self.assertEqual(card.oldest_days, 30)
            self.assertTrue(card.item_ids[0].is_late)
        self.assertEqual(self._card(self.colleague).mine_count, 0)
        self.assertEqual(self._card(self.auditor).open_count, 4)

    def test_amounts_in_company_currency(self):
        worklist = self._invoices_list()
        untaxed = {"taxes": self.env["account.tax"]}
        self._posted((1, 100.0), **untaxed)
        self._posted((1, 100.0), currency=self.foreign_currency, **untaxed)
        self._posted((1, 900.0), company_data=self.company_b_data, **untaxed)
        worklist._refresh()
        card = self._card(self.clerk, worklist)
        self.assertEqual(card.open_amount, 150.0)
        self.assertEqual(card.open_currency_id, self.currency_a)
        self.assertEqual(card.open_count, 2)

    def test_flow_of_the_last_weeks(self):
        self.item.with_user(self.clerk).action_done()
        self.item._write({"create_date": fields.Datetime.now() - timedelta(weeks=1)})
        weeks = json.loads(self._card(self.clerk).weekly_flow)
        self.assertEqual(
            [(week["added"], week["closed"]) for week in weeks],
            [(0, 0), (0, 0), (1, 0), (4, 1)],
        )
        self.assertEqual(
            [(week["added_height"], week["closed_height"]) for week in weeks[2:]],
            [(25, 0), (100, 25)],
        )
        self.assertIn("4 added, 1 closed", weeks[3]["title"])

    def test_filters_of_the_cards(self):
        mine = self._customers_list(member_ids=self.clerk.ids)
        theirs = self._customers_list(member_ids=self.colleague.ids)
        found = self.env["clerk.worklist"].with_user(self.clerk)
        found = found.search([("is_mine", "=", True)])
        self.assertEqual(found & (mine + theirs + self.worklist), mine + self.worklist)
        self.assertTrue(self._card(self.clerk, mine).is_mine)
        self.assertFalse(self._card(self.clerk, theirs).is_mine)

    def test_buttons_lead_to_the_items(self):
        items = self.env["clerk.work.item"].with_user(self.clerk)
        for name in ("items", "mine", "unassigned", "late"):
            action = getattr(self._card(self.clerk), f"action_open_{name}")()
            self.assertEqual(action["res_model"], items._name)
            self.assertTrue(items.search_count(action["domain"]))

    def test_buttons_are_shown_by_role(self):
        for user, shown in ((self.clerk, True), (self.auditor, False)):
            desk = self.env["clerk.worklist"].with_user(user)
            view = self.env.ref("invoicing_clerk.clerk_worklist_view_desk")
            desk = desk.get_view(view.id, "kanban")["arch"]
            self.assertEqual('name="action_next"' in desk, shown)
            for view_type in ("list", "form"):
                items = self.env["clerk.work.item"].with_user(user)
                arch = items.get_view(view_type=view_type)["arch"]
                for step in ("action_claim", "action_done", "action_hand_over"):
                    self.assertEqual(f'name="{step}"' in arch, shown, step)

    def test_desk_costs_the_same_for_many(self):
        worklists = self.worklist
        for _index in range(5):
            worklists += self._customers_list()
        for worklist in worklists:
            worklist._refresh()
        cards = worklists.with_user(self.clerk)
        spec = self._specification(
            "clerk.worklist", "invoicing_clerk.clerk_worklist_view_desk", self.clerk
        )
        cards.web_read(spec)
        one = self._count_queries(cards[0].web_read, spec)
        self._partners(50)
        for worklist in worklists:
            worklist._refresh()
        six = self._count_queries(cards.web_read, spec)
        self._assert_no_more_queries(one, six)
        self.assertLess(six, 25)

    def test_item_views_cost_the_same_for_many(self):
        self._partners(75)
        self.worklist._refresh()
        items = self.items.browse(self.worklist.item_ids.ids).with_user(self.clerk)
        for view in ("list", "kanban", "calendar"):
            spec = self._specification(
                items._name, f"invoicing_clerk.clerk_work_item_view_{view}", self.clerk
            )
            items.web_read(spec)
            with self.subTest(view):
                few = self._count_queries(items[:1].web_read, spec)
                many = self._count_queries(items.web_read, spec)
                self._assert_no_more_queries(few, many)
                self.assertLess(many, 15)

    def test_refresh_button_by_role(self):
        self._partners(1)
        self._card(self.clerk).action_refresh()
        self.assertEqual(self._card(self.clerk).open_count, 6)
        with self.assertRaises(AccessError):
            self.worklist.with_user(self.outsider).action_refresh()

    def test_refresh_button_reports_errors(self):
        self.env.cr.execute(
            "UPDATE clerk_worklist SET domain = '[(' WHERE id = %s", [self.worklist.id]
        )
        self.worklist.invalidate_recordset()
        notice = self._card(self.clerk).action_refresh()
        self.assertIn("needs a supervisor", notice["params"]["message"])


@tagged("post_install", "-at_install")
class TestWorklistDeskWorkload(WorkloadCommon):
    """Cards show supervisors the workload of users."""

    def test_workload_for_supervisors_only(self):
        self._away(self.clerk)
        self.all_items[:5].with_user(self.supervisor)._hand_over(self.colleague, "")
        card = self.worklist.with_user(self.supervisor)
        self.assertIn('"count": 7, "away": true', card.workload)
        self.assertIn('"count": 5, "away": false', card.workload)
        self.assertIn("7 open, away until", card.workload)
        for user in (self.clerk, self.auditor):
            self.assertFalse(self.worklist.with_user(user).workload)

    def test_many_people_are_counted(self):
        for number, item in enumerate(self.all_items[:6]):
            user = self._new_user(f"more_{number}", "invoicing_clerk.group_clerk")
            item.with_user(self.supervisor)._hand_over(user, "one for you")
        self.assertIn('"more": 3', self.worklist.with_user(self.supervisor).workload)

    def test_share_from_a_card(self):
        action = self.worklist.with_user(self.supervisor).action_share_workload()
        share = self.shares.with_context(**action["context"]).create({})
        self.assertEqual(share.worklist_ids, self.worklist)

    def test_workload_costs_the_same_for_many(self):
        cards = self.worklist + self._customers_list() + self._customers_list()
        few = self._queries(self.worklist)
        self._partners(40)
        for card in cards:
            card._refresh()
        for number in range(4):
            user = self._new_user(f"many_{number}", "invoicing_clerk.group_clerk")
            items = cards.item_ids.filtered(lambda item, n=number: item.id % 4 == n)
            items.with_user(self.supervisor)._hand_over(user, "yours")
        self._assert_no_more_queries(few, self._queries(cards))

    def _queries(self, cards):
        cards = cards.with_user(self.supervisor)
        return self._count_queries(lambda: self.assertTrue(cards.mapped("workload")))
