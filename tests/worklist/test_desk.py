from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.worklist.common import WorklistCommon


@tagged("post_install", "-at_install")
class TestDesk(WorklistCommon):
    """The desk: the day on top, the most pressing worklists first."""

    def setUp(self):
        super().setUp()
        self.today = fields.Date.today()

    def _desk(self, user=None):
        desks = self.env["clerk.desk"].with_user(user or self.clerk)
        action = desks.action_open_desk()
        self.env.invalidate_all()
        return desks.browse(action["res_id"])

    def _list_of(self, ref, number, **values):
        self.env["res.partner"].create(
            [{"name": f"{ref} {index}", "ref": ref} for index in range(number)]
        )
        worklist = self._worklist([("ref", "=", ref)], name=ref, **values)
        worklist._refresh()
        return worklist

    def test_everybody_has_one_desk(self):
        desk = self._desk()
        self.assertEqual(self._desk(), desk)
        self.assertEqual(desk.sudo().user_id, self.clerk)
        other = self._desk(self.colleague)
        self.assertNotEqual(other, desk)
        self.assertTrue(self._desk(self.auditor))
        with self.assertRaises(AccessError):
            other.with_user(self.clerk).read(["user_id"])
        with self.assertRaises(AccessError):
            desk.write({"user_id": self.colleague.id})
        with self.assertRaises(AccessError):
            self._desk(self.outsider)

    def test_items_due_and_done_today(self):
        worklist = self._list_of("due", 4)
        late, today, later, done = worklist.item_ids
        worklist.item_ids.with_user(self.clerk).action_claim()
        for item, days in ((late, -2), (today, 0), (later, 3), (done, 0)):
            self.env.cr.execute(
                "UPDATE clerk_work_item SET deadline = %s WHERE id = %s",
                [self.today + timedelta(days=days), item.id],
            )
        self.env.invalidate_all()
        done.with_user(self.clerk).action_done()
        desk = self._desk()
        self.assertEqual((desk.due_count, desk.late_count, desk.done_count), (2, 1, 1))
        items = self.env["clerk.work.item"].with_user(self.clerk)
        self.assertEqual(
            items.search(desk.action_view_due()["domain"]).ids, (late | today).ids
        )
        self.assertEqual(items.search(desk.action_view_done()["domain"]).ids, done.ids)
        self.assertFalse(self._desk(self.colleague).due_count)

    def test_questions_calls_promises_and_decisions(self):
        self.partner_a.with_user(self.supervisor).activity_schedule(
            "invoicing_clerk.mail_activity_type_question",
            summary="When?",
            user_id=self.clerk.id,
        )
        calls = self.env["clerk.call"].with_user(self.clerk)
        start = self.env["clerk.desk"].with_user(self.clerk)._start_of_day()
        for hour in (1, 3, 30):
            calls._plan(
                [
                    {
                        "partner_id": self.partner_a.id,
                        "user_id": self.clerk.id,
                        "planned_on": start + timedelta(hours=hour),
                    }
                ]
            )
        for days in (0, 5):
            self.env["clerk.promise"].with_user(self.clerk).create(
                {
                    "move_ids": [Command.set(self._posted((1, 10.0)).ids)],
                    "date": self.today + timedelta(days=days),
                    "user_id": self.clerk.id,
                }
            )
        correction = self._refused_correction()
        desk = self._desk()
        self.assertEqual(desk.question_count, 1)
        self.assertEqual(desk.call_count, 2)
        self.assertEqual(desk.next_calls.count("partner_a"), 2)
        self.assertEqual(desk.promise_count, 1)
        self.assertEqual(desk.decision_count, 1)
        for name, model, number in (
            ("questions", "mail.activity", 1),
            ("calls", "clerk.call", 2),
            ("promises", "clerk.promise", 1),
            ("decisions", "clerk.correction", 1),
        ):
            action = getattr(desk, f"action_view_{name}")()
            self.assertEqual(action["res_model"], model)
            found = self.env[model].with_user(self.clerk).search(action["domain"])
            self.assertEqual(len(found), number, name)
        self.assertEqual(correction.state, "refused")

    def test_what_an_approver_has_applied(self):
        correction = self._proposed_correction()
        correction.with_user(self.supervisor).action_approve()
        self.assertEqual(self._desk().decision_count, 1)
        correction.with_user(self.supervisor).action_apply()
        self.assertEqual(correction.state, "applied")
        desk = self._desk()
        self.assertEqual(desk.decision_count, 1)
        correction._inside().approved_on = desk._start_of_day() - timedelta(hours=1)
        self.assertEqual(self._desk().decision_count, 0)

    def _proposed_correction(self):
        error = self._open_error(self._posted((10, 200.0)), {"claimed_quantity": 1})
        error.action_propose_correction()
        correction = error.correction_ids
        correction.action_request_approval()
        return correction

    def _refused_correction(self):
        correction = self._proposed_correction()
        correction.with_user(self.supervisor).action_refuse("Not agreed.")
        return correction

    def test_pressing_lists_come_first_and_idle_ones_are_folded(self):
        many, few, idle = (
            self._list_of(ref, n) for ref, n in (("m", 5), ("f", 2), ("i", 0))
        )
        late = self._list_of("l", 1)
        self.env.cr.execute(
            "UPDATE clerk_work_item SET deadline = %s WHERE worklist_id = %s",
            [self.today - timedelta(days=1), late.id],
        )
        desk = self._desk()
        self.assertEqual(desk.worklist_ids.ids, [late.id, many.id, few.id])
        self.assertEqual(desk.idle_worklist_ids.ids, idle.ids)
        self.assertEqual(desk.idle_names, idle.name)

    def test_lists_of_others_are_not_on_it(self):
        self._list_of("o", 1, member_ids=[Command.set(self.colleague.ids)])
        self.assertFalse(self._desk().worklist_ids)
        self.assertTrue(self._desk(self.colleague).worklist_ids)

    def test_charges_and_credits_are_not_netted(self):
        """Would have caught -1,800.90 for a dispute of 441.60 and one of 2,242.50."""
        taxes = self.env["account.tax"]
        moves = self._posted((1, 100.0), taxes=taxes)
        moves |= self._posted((1, 30.0), taxes=taxes, move_type="out_refund")
        worklist = self._worklist(
            [("id", "in", moves.ids)],
            model="account.move",
            amount_path="amount_total_signed",
            company_path="company_id",
        )
        worklist._refresh()
        card = self._desk().worklist_ids
        self.assertEqual((card.open_amount, card.open_credits), (100.0, 30.0))

    def test_cost_does_not_grow_with_items(self):
        names = ["due_count", "done_count", "worklist_ids", "idle_names"]
        costs = []
        for number in (2, 40):
            self._list_of(f"c{number}", number)
            costs.append(self._count_queries(self._desk().read, names))
        self._assert_no_more_queries(*costs)
