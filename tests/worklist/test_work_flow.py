from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.worklist.common import WorklistCommon


@tagged("post_install", "-at_install")
class TestWorkFlow(WorklistCommon):
    """Inflow and outflow, before and after old items are summed up."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls._partners(6)
        cls.worklist = cls._customers_list()
        cls.worklist._refresh()
        cls.all_items = cls.worklist.item_ids.sorted("res_id")
        cls.flows = cls.env["clerk.work.flow"].with_user(cls.supervisor)
        # Three were done and one closed, all long ago; one is done and still listed.
        cls.all_items[:3].with_user(cls.clerk).action_done()
        cls.all_items[4].with_user(cls.colleague).action_done()
        cls.partners[:4].ref = False
        cls.worklist._refresh()
        entered = fields.Datetime.now() - timedelta(days=500)
        cls._backdate(cls.all_items[:2], entered, 4)
        cls._backdate(cls.all_items[2:4], entered, 10)
        cls._backdate(cls.all_items[4], entered, 1)

    @classmethod
    def _backdate(cls, items, entered, days):
        items._write(
            {"create_date": entered, "closed_on": entered + timedelta(days=days)}
        )
        items.invalidate_recordset()

    def _figures(self, *groups, user=None):
        flows = self.flows.with_user(user or self.supervisor)
        return flows._read_group(
            [("worklist_id", "=", self.worklist.id)],
            groups,
            ["items:sum", "days_average:avg"],
        )

    def _sum_up(self):
        with self.enter_registry_test_mode():
            self.env.ref("invoicing_clerk.ir_cron_sum_up_work").method_direct_trigger()
        self.env.invalidate_all()

    def test_inflow_and_outflow(self):
        self.assertEqual(
            self._figures("kind"),
            [("added", 6, False), ("done", 4, 4.75), ("left", 1, 10)],
        )
        self.assertIn((self.clerk, 3, 6.0), self._figures("user_id"))

    def test_summing_up_changes_no_figure(self):
        groups = ("kind", "date:day", "user_id", "company_id")
        before = self._figures(*groups)
        totals = self._figures()
        self._sum_up()
        self.assertEqual(self._figures(*groups), before)
        self.assertEqual(self._figures(), totals)
        self.assertTrue(self.env["clerk.work.day"].sudo().search([]))

    def test_only_old_and_settled_items_are_deleted(self):
        self._sum_up()
        left = self.worklist.item_ids
        self.assertEqual(left, self.all_items[4:], "done and unchanged ones stay done")
        self.worklist._refresh()
        self.assertEqual(self.worklist.item_ids, left, "nothing comes back")

    def test_summing_up_twice_adds_up(self):
        before = self._figures("kind", "date:day", "user_id")
        self._sum_up()
        self._sum_up()
        self.partners[4].ref = False
        self.worklist._refresh()
        self._sum_up()
        self.assertEqual(self._figures("kind", "date:day", "user_id"), before)
        self.assertEqual(len(self.worklist.item_ids), 1)

    def test_retention_can_be_set(self):
        settings = self.env["res.config.settings"].sudo()
        with self.assertRaisesRegex(ValidationError, "at least 60 days"):
            settings.create({"clerk_work_item_days": 10})
        settings.create({"clerk_work_item_days": 600}).execute()
        self._sum_up()
        self.assertEqual(len(self.worklist.item_ids), 6)
        settings.create({"clerk_work_item_days": 60}).execute()
        self._sum_up()
        self.assertEqual(len(self.worklist.item_ids), 2)

    def test_worklists_with_figures_are_not_deleted(self):
        self._sum_up()
        self.worklist.item_ids.unlink()
        with self.assertRaisesRegex(Exception, "Archive it"):
            self.worklist.with_user(self.supervisor).unlink()

    def test_roles(self):
        for model in ("clerk.work.flow", "clerk.work.day"):
            for user in (self.supervisor, self.auditor):
                self.env[model].with_user(user).search([])
                for operation in ("write", "create", "unlink"):
                    self.assertFalse(
                        self.env[model].with_user(user).has_access(operation)
                    )
            for user in (self.clerk, self.outsider):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])
        self.assertEqual(self._figures(user=self.auditor), self._figures())

    def test_figures_of_another_company_are_hidden(self):
        worklist = self._invoices_list()
        # As of a list that is shipped: it finds records of all companies.
        root = self.env.ref("base.user_root")
        worklist.with_user(root).domain = worklist.domain
        self._posted((1, 10.0))
        self._posted((1, 10.0), company_data=self.company_b_data)
        worklist._refresh()
        items = worklist.item_ids
        self.assertEqual(len(items), 2)
        for _summed in range(2):
            found = self.flows.search([("worklist_id", "=", worklist.id)])
            self.assertEqual(found.company_id, self.company_a)
            self._close_long_ago(worklist)
            self._sum_up()
        self.assertFalse(worklist.item_ids)

    def _close_long_ago(self, worklist):
        for item in worklist.item_ids:
            item._write({"state": "left", "is_current": False})
            self._backdate(item, fields.Datetime.now() - timedelta(days=450), 2)

    def test_items_of_hidden_records_are_not_counted(self):
        self.env["ir.rule"].sudo().create(
            {
                "name": "Hide one",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {self.partners[5].id})]",
                "groups": [
                    Command.link(self.env.ref("invoicing_clerk.group_supervisor").id)
                ],
            }
        )
        self.env["ir.rule"].sudo().create(
            {
                "name": "Auditors see all",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": "[(1, '=', 1)]",
                "groups": [
                    Command.link(self.env.ref("invoicing_clerk.group_auditor").id)
                ],
            }
        )
        self.assertEqual(self._figures("kind")[0], ("added", 5, False))
        self.assertEqual(self._figures("kind", user=self.auditor)[0][1], 6)
