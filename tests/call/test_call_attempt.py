from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.models.mixin.roles import company_supervisors
from odoo.addons.invoicing_clerk.tests.call.common import CallCommon


@tagged("post_install", "-at_install")
class TestCallAttempt(CallCommon):
    """Outgoing calls: call lists, attempts, last resorts."""

    def _nobody_answers(self, call):
        call.outcome_id = self._outcome_of("no_answer")
        call.action_done()
        return call.following_ids

    def test_nobody_answers_three_times(self):
        call = self._call(direction="out", number=self.partner_a.phone)
        times = [call.start]
        for attempt in (2, 3):
            following = self._nobody_answers(call)
            self.assertRecordValues(
                following,
                [
                    {
                        "attempt": attempt,
                        "state": "planned",
                        "number": self.partner_a.phone,
                    }
                ],
            )
            self.assertGreater(following.planned_on.date(), call.start.date())
            self.assertTrue(following.activity_ids)
            planned = following.planned_on
            following.action_start()
            self.assertFalse(following.activity_ids, "the call has started")
            # As if the call had been made at the planned time.
            following.sudo().start = min(planned, fields.Datetime.now())
            times.append(planned)
            call = following
        self.assertFalse(self._nobody_answers(call), "three attempts are enough")
        self.assertIn("Write to partner_a", call.activity_ids.summary)
        self.assertIn("3 calls", call.activity_ids.summary)

    def test_last_resort_can_be_the_supervisor(self):
        outcome = self._outcome_of("no_answer")
        outcome.with_user(self.supervisor).write(
            {"retry_attempts": 1, "last_resort": "supervisor"}
        )
        call = self._call(direction="out")
        self._nobody_answers(call)
        people = company_supervisors(self.company_a)
        self.assertIn(call.activity_ids.user_id, people)

    def test_next_attempt_is_on_a_working_day_of_the_clerk(self):
        self.clerk.tz = "America/New_York"
        # A Friday, half past nine in New York.
        call = self._call(
            direction="out", start="2026-01-16 14:30:00", end="2026-01-16 14:31:00"
        )
        planned = self._nobody_answers(call).planned_on
        self.assertEqual(planned, fields.Datetime.to_datetime("2026-01-19 21:00:00"))

    def test_list_of_customers(self):
        self.partner_b.phone = False
        others = (
            self.env["res.partner"]
            .sudo()
            .create(
                [
                    {"name": "Silent", "phone": "+1 555 010 0003"},
                    {
                        "name": "Shy",
                        "phone": "+1 555 010 0004",
                        "clerk_do_not_call": True,
                    },
                ]
            )
        )
        chosen = (self.partner_a + self.contact_a + self.partner_b + others).with_user(
            self.clerk
        )
        action = chosen.action_call_list()
        message = action["params"]["message"]
        self.assertIn("partner_b: has no phone number", message)
        self.assertIn("Shy: asked not to be called", message)
        planned = self._calls().search(action["params"]["next"]["domain"])
        self.assertEqual(planned.partner_id, self.partner_a + others[0])
        self.assertEqual(set(planned.mapped("state")), {"planned"})
        with self.assertRaisesRegex(
            UserError, "partner_a: is already on the call list"
        ):
            self.partner_a.with_user(self.clerk).action_call_list()

    def test_list_of_invoices_has_one_call_for_each_customer(self):
        self.partner_b.phone = "+1 555 010 0005"
        of_a = self._posted() + self._posted()
        invoices = of_a + self._posted(partner=self.partner_b)
        action = invoices.with_user(self.clerk).action_call_list()
        planned = self._calls().search(action["domain"])
        self.assertEqual(len(planned), 2)
        about = planned.filtered(lambda call: call.partner_id == self.partner_a)
        self.assertEqual(about.move_ids, of_a)
        self.assertEqual(about.number, self.partner_a.phone)

    def test_list_of_two_companies_has_a_call_for_each(self):
        clerk = self.clerk
        clerk.company_ids |= self.company_b
        invoices = self._posted() + self._posted(company_data=self.company_b_data)
        both = (self.company_a + self.company_b).ids
        selected = invoices.with_user(clerk).with_context(allowed_company_ids=both)
        action = selected.action_call_list()
        planned = selected.env["clerk.call"].search(action["domain"], order="id")
        self.assertEqual(planned.company_id, self.company_a + self.company_b)
        self.assertEqual([call.move_ids for call in planned], list(invoices))
        with self.assertRaisesRegex(UserError, "is already on the call list"):
            selected.action_call_list()

    def _work_items(self, records):
        worklist = (
            self.env["clerk.worklist"]
            .sudo()
            .create(
                {
                    "name": records._description,
                    "model_id": self.env["ir.model"]._get_id(records._name),
                    "domain": repr([("id", "in", records.ids)]),
                }
            )
        )
        self.assertTrue(worklist._refresh(), worklist.refresh_error)
        return worklist.item_ids.with_user(self.clerk)

    def test_queries_of_a_list_do_not_grow_with_it(self):
        def queries(number):
            partners = (
                self.env["res.partner"]
                .sudo()
                .create(
                    [
                        {"name": f"Late {n}", "phone": f"+1 555 010 {number:02}{n:02}"}
                        for n in range(number)
                    ]
                )
            )
            invoices = self.env["account.move"].union(
                *[self._posted(partner=partner) for partner in partners]
            )
            items = self._work_items(invoices)
            self.assertEqual(len(items), number)
            actions = []
            count = self._count_queries(
                lambda: actions.append(items.browse(items.ids).action_call_list()),
                # Kept in a cache that is cleared now and then.
                first=items.env.user._get_company_ids,
            )
            planned = self._calls().search(actions[0]["domain"])
            self.assertEqual(planned.move_ids, invoices)
            return count

        queries(2)
        self._assert_no_more_queries(many=queries(12), few=queries(2))

    def test_do_not_call(self):
        planned = self._call(
            direction="out", state="planned", planned_on=fields.Datetime.now()
        )
        self.partner_a.sudo().clerk_do_not_call = True
        with self.assertRaisesRegex(UserError, "asked not to be called"):
            planned.action_start()
        self.assertEqual(planned.state, "planned")
        planned.action_drop()
        self.assertEqual(planned.state, "dropped")
        planned.action_plan_again()
        self.assertEqual(planned.state, "planned")

    def test_starting_a_planned_call_assigns_it(self):
        moment = fields.Datetime.now() - timedelta(hours=1)
        planned = self._call(direction="out", state="planned", planned_on=moment)
        self.assertFalse(planned.start)
        planned.with_user(self.colleague).action_start()
        self.assertEqual(planned.user_id, self.colleague)
        with self.assertRaisesRegex(UserError, "clerk_a2"):
            planned.action_start()
        planned.action_put_back()
        self.assertFalse(planned.start)
        self.assertEqual(planned.date, moment.replace(microsecond=0))
