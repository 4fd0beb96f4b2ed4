from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.tests.promise.common import PromiseCommon


@tagged("post_install", "-at_install")
class TestPromisePlan(PromiseCommon):
    """Promises of a payment plan share the money that is received."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._untaxed()

    def _form(self, moves=None):
        action = (moves or self.invoice).with_user(self.clerk).action_promise_plan()
        plans = self.env[action["res_model"]].with_user(self.clerk)
        return Form(plans.with_context(**action["context"]))

    def _promises(self):
        return (
            self.env["clerk.promise"]
            .with_user(self.clerk)
            .search([("move_ids", "in", self.invoice.ids), ("state", "!=", "replaced")])
        )

    def test_equal_payments_add_up_to_the_cent(self):
        form = self._form()
        form.first_date = self._day(5)
        form.unit = "weeks"
        form.save().action_apply()
        self.assertRecordValues(
            self._promises(),
            [
                {"amount": 33.34, "date": self._day(5), "part": 1, "part_count": 3},
                {"amount": 33.33, "date": self._day(12), "part": 2, "part_count": 3},
                {"amount": 33.33, "date": self._day(19), "part": 3, "part_count": 3},
            ],
        )
        self.assertEqual(self._promises().plan_id, self._promises()[0])
        self.assertEqual(set(self._promises().mapped("level")), {0})

    def test_changed_payments_must_add_up(self):
        form = self._form()
        form.number = 2
        with form.line_ids.edit(0) as line:
            line.amount = 70.0
        plan = form.save()
        with self.assertRaisesRegex(UserError, "add up to .*120.00"):
            plan.action_apply()
        plan.line_ids[1].amount = 30.0
        plan.action_apply()
        self.assertEqual(self._promises().mapped("amount"), [70.0, 30.0])

    def test_a_plan_replaces_and_is_replaced_as_a_whole(self):
        first = self._promise(self.invoice)
        form = self._form()
        form.save().action_apply()
        parts = self._promises()
        self.assertEqual(first.state, "replaced")
        self.assertEqual(set(parts.mapped("level")), {1})
        last = self._promise(self.invoice)
        self.assertEqual(set(parts.mapped("state")), {"replaced"})
        self.assertEqual(parts.next_id, last)
        self.assertEqual(last.level, 2)

    def test_invalid_plans_are_refused_as_a_whole(self):
        items = self._instalments(self.invoice)
        promises = self.env["clerk.promise"].with_user(self.clerk)
        for words, parts in (
            ("its own date", [(self._day(2), 50.0), (self._day(2), 50.0)]),
            ("exceeds the open amount", [(self._day(2), 50.0), (self._day(3), 51.0)]),
            ("above zero", [(self._day(2), 100.0), (self._day(3), 0.0)]),
            ("has passed", [(self._day(-2), 50.0), (self._day(3), 50.0)]),
            ("its own date", []),
        ):
            with self.subTest(words=words):
                with self.assertRaisesRegex(ValidationError, words):
                    promises._create_plan(items, parts)
                self.assertFalse(self._promises())

    def test_money_goes_to_the_earliest_part_in_time(self):
        promises = self.env["clerk.promise"].sudo()
        parts = promises._create_plan(
            self._instalments(self.invoice),
            [(self._day(-9), 40.0), (self._day(5), 30.0), (self._day(9), 30.0)],
            date_made=self._day(-10),
        )
        self._paid_on(self.invoice, -9, 60.0)
        self._judge(parts)
        self.assertEqual(parts.mapped("state"), ["kept", "open", "open"])
        self.assertEqual(parts.mapped("amount_received"), [40.0, 20.0, 0.0])
        parts[1]._withdraw("Paid in another way")
        self._judge(parts)
        self.assertEqual(parts.mapped("state"), ["kept", "withdrawn", "open"])
        self.assertEqual(parts[2].amount_received, 20.0)

    def test_an_open_promise_can_be_paid_in_parts(self):
        promise = self._promise(self.invoice, note="Is short of cash")
        action = promise.action_plan()
        plans = self.env[action["res_model"]].with_user(self.clerk)
        plan = Form(plans.with_context(**action["context"])).save()
        plan.action_apply()
        self.assertEqual(promise.state, "replaced")
        self.assertEqual(set(self._promises().mapped("note")), {"Is short of cash"})
