from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.worklist.common import WorklistCommon


@tagged("post_install", "-at_install")
class TestWorkItemStep(WorklistCommon):
    """The steps from To Do to Done, and undoing them for a minute."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls._partners(4)
        for color, partner in enumerate(cls.partners):
            partner.color = color
        cls.worklist = cls._customers_list(
            {"kind": "measure", "measure_path": "color", "weight": 10}
        )
        cls.worklist._refresh()
        cls.all_items = cls.worklist.item_ids.sorted("score", reverse=True)

    def _as(self, user, items=None):
        return (items or self.all_items).with_user(user)

    def _next(self, user):
        return (
            self.env["clerk.work.item"]
            .with_user(user)
            ._take_next(self.worklist.with_user(user))
        )

    # Next

    def test_next_is_the_most_urgent_and_opens_the_record(self):
        action = self.worklist.with_user(self.clerk).action_next()
        self.assertEqual(action["res_model"], "res.partner")
        self.assertEqual(action["res_id"], self.partners[3].id)
        item = self.all_items[0]
        self.assertEqual(item.state, "in_progress")
        self.assertEqual(item.user_id, self.clerk)
        self.assertTrue(item.claimed_on)

    def test_next_gives_each_item_once(self):
        users = [self.clerk, self.colleague, self.clerk, self.colleague]
        taken = [self._next(user).id for user in users]
        self.assertEqual(taken, self.all_items.ids)
        self.assertFalse(self._next(self.clerk))
        notice = self.worklist.with_user(self.clerk).action_next()
        self.assertIn("no more items for you", notice["params"]["message"])

    def test_own_items_come_first(self):
        least = self.all_items[-1]
        self._as(self.supervisor, least)._hand_over(self.clerk, "you know them")
        self.assertEqual(self._next(self.colleague), self.all_items[0])
        self.assertEqual(self._next(self.clerk), least)

    def test_next_skips_items_of_colleagues(self):
        self._as(self.supervisor)._hand_over(self.colleague, "all yours")
        self.assertFalse(self._next(self.clerk))

    def test_screen_of_the_worklist(self):
        screen = self.env.ref("base.action_partner_form")
        self.worklist.action_id = screen
        action = self.worklist.with_user(self.clerk).action_next()
        self.assertEqual(action["res_id"], self.partners[3].id)
        form = self.env.ref("base.action_partner_form_view2").view_id
        self.assertEqual(action["views"], [(form.id, "form")])

    # Steps

    def test_claim_and_release_many(self):
        self._as(self.clerk).action_claim()
        self.assertEqual(set(self.all_items.mapped("state")), {"in_progress"})
        self._as(self.clerk).action_release()
        self.assertEqual(set(self.all_items.mapped("state")), {"open"})
        self.assertFalse(self.all_items.user_id)

    def test_items_just_taken_cannot_be_claimed(self):
        self._as(self.colleague, self.all_items[1]).action_claim()
        with self.assertRaisesRegex(UserError, "is assigned to clerk_a2"):
            self._as(self.clerk, self.all_items[1]).action_claim()

    def test_items_of_colleagues_are_for_them_and_supervisors(self):
        self._as(self.clerk).action_claim()
        for step in ("action_release", "action_done"):
            with self.assertRaisesRegex(UserError, "is assigned to clerk_a"):
                getattr(self._as(self.colleague), step)()
        self._as(self.supervisor).action_release()
        self._as(self.supervisor).action_done()
        self.assertEqual(self.all_items.done_by_id, self.supervisor)

    def test_done_with_an_outcome(self):
        dialog = (
            self.env["clerk.work.item.finish"]
            .with_user(self.clerk)
            .create(
                {
                    "item_ids": [Command.set(self.all_items.ids)],
                    "outcome": "elsewhere",
                    "note": "Sales does it",
                }
            )
        )
        dialog.action_apply()
        self.assertEqual(set(self.all_items.mapped("outcome")), {"elsewhere"})
        self.assertEqual(self.all_items[0].note, "Sales does it")
        self.assertTrue(all(self.all_items.mapped("closed_on")))

    def test_snooze_needs_a_future_time(self):
        with self.assertRaisesRegex(UserError, "a time in the future"):
            self._as(self.clerk)._snooze(fields.Datetime.now(), "later")
        dialog = (
            self.env["clerk.work.item.snooze"]
            .with_user(self.clerk)
            .create(
                {
                    "item_ids": [Command.set(self.all_items.ids)],
                    "until": fields.Datetime.now() + timedelta(days=1),
                    "reason": "They are on holiday",
                }
            )
        )
        dialog.action_apply()
        self.assertEqual(set(self.all_items.mapped("state")), {"snoozed"})
        self._as(self.clerk).action_wake()
        self.assertEqual(set(self.all_items.mapped("state")), {"open"})

    def test_hand_over_notifies_the_colleague(self):
        dialog = (
            self.env["clerk.work.item.hand.over"]
            .with_user(self.clerk)
            .create(
                {
                    "item_ids": [Command.set(self.all_items.ids)],
                    "user_id": self.colleague.id,
                    "note": "I am off tomorrow",
                }
            )
        )
        dialog.action_apply()
        self.assertEqual(self.all_items.user_id, self.colleague)
        self.assertEqual(self.all_items.handed_by_id, self.clerk)
        message = (
            self.env["mail.message"]
            .sudo()
            .search([("partner_ids", "in", self.colleague.partner_id.ids)], limit=1)
        )
        self.assertIn("4 items", message.subject)
        self.assertIn("I am off tomorrow", message.body)

    def test_actions_are_shown_to_people_who_may_take_them(self):
        for item in self._as(self.clerk):
            self.assertNotIn("release", item.allowed_actions, "it is unassigned")
        self._as(self.clerk)._hand_over(self.colleague, "Yours")
        steps = ["claim", "release", "snooze", "hand_over", "done"]
        for user, shown in (
            (self.clerk, ["undo"]),
            (self.colleague, steps),
            (self.supervisor, steps),
            (self.auditor, []),
        ):
            for item in self._as(user):
                self.assertEqual(item.allowed_actions or [], shown, user.login)

    def test_hand_over_warns_of_absence(self):
        today = fields.Date.today()
        self.env["clerk.absence"].sudo().create(
            {"user_id": self.colleague.id, "date_from": today, "date_to": today}
        )
        dialogs = self.env["clerk.work.item.hand.over"].with_user(self.clerk)
        for user, away in ((self.colleague, True), (self.supervisor, False)):
            dialog = dialogs.new({"user_id": user.id})
            self.assertEqual("is away until" in (dialog.away or ""), away)

    def test_snooze_offers_the_next_working_morning(self):
        dialogs = self.env["clerk.work.item.snooze"]
        self.clerk.tz = "America/New_York"
        # A Thursday and a Friday; New York is five hours behind in winter.
        for day, until in (
            ("2026-01-15 15:00", "2026-01-16 13:00"),
            ("2026-01-16 15:00", "2026-01-19 13:00"),
        ):
            with freeze_time(day):
                dialog = dialogs.with_user(self.clerk).new({})
                self.assertEqual(
                    dialog.until, fields.Datetime.to_datetime(until + ":00")
                )

    def test_done_and_on_to_the_next(self):
        first, second = self.all_items[:2]
        self._as(self.clerk, first).action_claim()
        action = self._as(self.clerk, first).action_done_next()
        self.assertEqual(first.state, "done")
        self.assertEqual(action["res_id"], second.res_id)
        self.assertEqual(second.user_id, self.clerk)
        self._as(self.clerk, self.all_items[1:]).action_done()
        notice = self._as(self.clerk, second).action_next()
        self.assertIn("no more items for you", notice["params"]["message"])

    def test_archived_members_and_colleagues_get_nothing(self):
        self.worklist.write(
            {
                "assignment": "balanced",
                "member_ids": [Command.set((self.clerk + self.colleague).ids)],
            }
        )
        self.colleague.active = False
        self.worklist._refresh()
        self.assertEqual(self.all_items.user_id, self.clerk)
        with self.assertRaisesRegex(UserError, "is not an active clerk"):
            self._as(self.clerk)._hand_over(self.colleague, "yours")

    def test_hand_over_to_people_without_access_is_refused(self):
        invoice = self._posted((1, 10.0))
        worklist = self._invoices_list()
        worklist._refresh()
        item = worklist.item_ids
        self.assertEqual(item.res_id, invoice.id)
        with self.assertRaisesRegex(
            UserError, r"clerk_b .* does not have access to INV"
        ):
            self._as(self.clerk, item)._hand_over(self.clerk_b, "yours")
        with self.assertRaisesRegex(UserError, "is not an active clerk"):
            self._as(self.clerk, item)._hand_over(self.outsider, "yours")

    def test_closed_items_take_no_step(self):
        self._as(self.clerk).action_done()
        with self.assertRaisesRegex(UserError, "is Done"):
            self._as(self.clerk, self.all_items[0]).action_claim()
        with self.assertRaisesRegex(UserError, "is Done"):
            self._as(self.clerk).action_release()

    def test_record_deleted_while_claimed(self):
        self._as(self.clerk).action_claim()
        self.partners[3].unlink()
        for step in ("action_done", "action_release", "action_claim"):
            with self.assertRaisesRegex(UserError, "was deleted"):
                getattr(self._as(self.clerk, self.all_items[0]), step)()
        with self.assertRaisesRegex(UserError, "was deleted"):
            self._as(self.clerk, self.all_items[0]).action_open_record()
        self.worklist._refresh()
        self.assertEqual(self.all_items[0].state, "left")

    # Undo

    def test_undo_restores_the_item(self):
        item = self.all_items[0]
        self._as(self.clerk, item).action_claim()
        self._as(self.clerk, item).action_done()
        self.assertIn("undo", self._as(self.clerk, item).allowed_actions)
        self._as(self.clerk, item).action_undo()
        self.assertEqual(item.state, "in_progress")
        self.assertEqual(item.user_id, self.clerk)
        self.assertTrue(item.claimed_on)
        self.assertFalse(item.closed_on or item.outcome or item.done_by_id)
        self.assertNotIn("undo", self._as(self.clerk, item).allowed_actions)

    def test_undo_for_a_minute_by_the_same_user(self):
        self._as(self.clerk).action_done()
        with self.assertRaisesRegex(UserError, "The last step was made by clerk_a "):
            self._as(self.colleague).action_undo()
        with (
            freeze_time(fields.Datetime.now() + timedelta(seconds=70)),
            self.assertRaisesRegex(UserError, "more than a minute"),
        ):
            self._as(self.clerk).action_undo()
        with self.assertRaisesRegex(UserError, "nothing to undo"):
            self._as(self.clerk, self._open_next_list()).action_undo()

    def test_undo_until_the_minute_has_passed(self):
        item = self.all_items[0].with_user(self.clerk)
        item.action_done()
        for seconds, is_allowed in ((60, True), (61, False)):
            item.invalidate_recordset(["allowed_actions"])
            with freeze_time(item.stepped_on + timedelta(seconds=seconds)):
                steps = item.allowed_actions or []
                self.assertEqual("undo" in steps, is_allowed, seconds)

    def _open_next_list(self):
        worklist = self._customers_list()
        worklist._refresh()
        return worklist.item_ids

    def test_undo_after_a_change_is_refused(self):
        item = self.all_items[0]
        self._as(self.clerk, item).action_done()
        self.partners[3].ref = False
        self.worklist._refresh()
        with self.assertRaisesRegex(UserError, "in the meantime"):
            self._as(self.clerk, item).action_undo()

    # Cost

    def test_steps_cost_the_same_for_many(self):
        self._partners(60)
        self.worklist._refresh()
        items = self._open_items(self.worklist)
        counts = []
        for chosen in (items[:2], items[2:]):
            claim = self._as(self.clerk, chosen).action_claim
            counts.append(self._count_queries(claim))
        self._assert_no_more_queries(*counts)
