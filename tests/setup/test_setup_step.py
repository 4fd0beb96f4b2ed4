from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.models.setup.setup_step import CODES
from odoo.addons.invoicing_clerk.tests.common import ClerkCommon


@tagged("post_install", "-at_install")
class TestSetupStep(ClerkCommon):
    """The checklist finds out what a company has set up, and where the rest is done."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supervisor_b = cls._new_user(
            "supervisor_b", "invoicing_clerk.group_supervisor", company=cls.company_b
        )
        cls.steps = cls.env["clerk.setup.step"].with_user(cls.supervisor).search([])

    def _step(self, code):
        step = self.steps.filtered(lambda each: each.code == code)
        step.invalidate_recordset()
        return step

    def test_one_step_for_each_code(self):
        self.assertEqual(
            sorted(self.steps.mapped("code")), sorted(code for code, _name in CODES)
        )
        for step in self.steps:
            with self.subTest(step=step.code):
                self.assertTrue(step.finding and step.description)

    def test_every_place_opens(self):
        """Would have caught: a button to an action that was renamed."""
        admin = self.env.ref("base.user_admin")
        for step in self.steps:
            with self.subTest(step=step.code):
                action = step.with_user(admin).action_open()
                self.assertEqual(action["type"], "ir.actions.act_window")
                if step.needs_administrator:
                    self.assertFalse(step.can_open)
                    with self.assertRaises(AccessError):
                        step.action_open()
                else:
                    model = self.env[action["res_model"]].with_user(self.supervisor)
                    self.assertTrue(model.has_access("read"))

    def test_settings_finish_their_steps(self):
        """Each step is open without its setting, and done with it."""
        company = self.company_a.sudo()
        account = self.company_data["default_account_expense"]
        plan = {
            "clerk_statement_plan": True,
            "clerk_statement_user_id": self.clerk.id,
        }
        old = self._posted((1, 10.0))
        self._redate(old, "2025-01-15")
        for code, values, emptied in (
            (
                "write_off",
                {"clerk_write_off_account_id": account.id},
                {"clerk_write_off_account_id": False},
            ),
            ("monthly_statements", plan, {"clerk_statement_plan": False}),
            (
                "credit_limits",
                {"account_use_credit_limit": True},
                {"account_use_credit_limit": False},
            ),
            (
                "retention",
                {"clerk_call_retention_confirmed": True},
                {"clerk_call_retention_confirmed": False},
            ),
            (
                "work_start",
                {"clerk_work_start": "2026-01-01"},
                {"clerk_work_start": False},
            ),
        ):
            with self.subTest(step=code):
                company.write(emptied)
                before = self._step(code)
                self.assertEqual(before.state, "todo", before.finding)
                words = before.finding
                company.write(values)
                after = self._step(code)
                self.assertEqual(after.state, "done", after.finding)
                self.assertNotEqual(after.finding, words)

    def test_roles(self):
        roles = self._step("roles")
        self.assertEqual(roles.state, "done", roles.finding)
        group = self.env.ref("invoicing_clerk.group_clerk")
        people = (
            group.all_user_ids
            - self.env.ref("invoicing_clerk.group_supervisor").all_user_ids
        )
        people.sudo().group_ids = [Command.unlink(group.id)]
        self.assertEqual(self._step("roles").state, "todo")

    def test_kinds_of_invoices_in_use(self):
        step = self._step("invoice_files")
        self.assertEqual(step.state, "todo", step.finding)
        domestic = self.env.ref("invoicing_clerk.invoice_kind_domestic")
        domestic.with_user(self.supervisor).active = True
        step = self._step("invoice_files")
        self.assertEqual(step.state, "done", step.finding)
        self.assertIn("Goods, Domestic", step.finding)

    def test_addresses_without_balances(self):
        """Would have caught: nothing was missing, as no balance had been computed."""
        self.env["clerk.receivable"].sudo().search([]).unlink()
        step = self._step("statement_addresses")
        self.assertEqual(step.state, "todo")
        self.assertIn("Refresh", step.finding)

    def test_marks_are_of_the_company(self):
        step = self._step("credit_limits")
        self.company_a.sudo().account_use_credit_limit = False
        step.action_confirm()
        self.assertEqual((step.state, step.is_confirmed), ("done", True))
        other = step.with_user(self.supervisor_b).with_company(self.company_b)
        self.assertFalse(other.is_confirmed)
        step.action_reopen()
        self.assertEqual((step.state, step.is_confirmed), ("todo", False))
        for user in (self.clerk, self.auditor):
            with self.assertRaises(AccessError):
                step.with_user(user).action_confirm()
