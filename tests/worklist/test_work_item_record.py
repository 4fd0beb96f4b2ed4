from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.worklist.common import WorklistCommon


@tagged("post_install", "-at_install")
class TestWorkItemRecord(WorklistCommon):
    """Nobody sees the item of a record that they may not read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._posted((1, 10.0))
        cls.worklist = cls._invoices_list()
        cls.worklist._refresh()
        cls.item = cls.worklist.item_ids

    def _sees(self, user, record):
        found = record.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        )
        return bool(found.search([("id", "in", record.ids)])) and found.has_access(
            "read"
        )

    def test_roles(self):
        for user in (self.clerk, self.supervisor, self.auditor):
            self.assertTrue(self._sees(user, self.item), user.login)
            self.assertTrue(self._sees(user, self.worklist), user.login)
            for operation in ("write", "create", "unlink"):
                self.assertFalse(self.item.with_user(user).has_access(operation))
        for model in ("clerk.work.item", "clerk.worklist", "clerk.worklist.rule"):
            self.assertFalse(
                self.env[model].with_user(self.outsider).has_access("read")
            )

    def test_clerks_may_not_edit_worklists(self):
        for user in (self.clerk, self.auditor):
            for operation in ("write", "create", "unlink"):
                self.assertFalse(self.worklist.with_user(user).has_access(operation))
            with self.assertRaises(AccessError):
                self.worklist.with_user(user).action_test()

    def test_other_company(self):
        self.supervisor.company_ids |= self.company_b
        self.assertFalse(self._sees(self.clerk_b, self.item))
        theirs = self._posted((1, 10.0), company_data=self.company_b_data)
        self.worklist._refresh()
        item = self._open_items(self.worklist).filtered(
            lambda item: item.res_id == theirs.id
        )
        self.assertTrue(self._sees(self.clerk_b, item))
        self.assertFalse(self._sees(self.clerk, item))
        taken = self.env["clerk.work.item"].with_user(self.clerk_b)
        self.assertEqual(taken._take_next(self.worklist), item)
        self.assertFalse(taken._take_next(self.worklist))

    def test_record_rules_apply_beside_the_company(self):
        hidden, shown = self._partners(2)
        worklist = self._customers_list()
        worklist._refresh()
        items = worklist.item_ids.grouped("res_id")
        self.env["ir.rule"].sudo().create(
            {
                "name": "Hide one",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {hidden.id})]",
            }
        )
        self.assertFalse(self._sees(self.clerk, items[hidden.id]))
        self.assertTrue(self._sees(self.clerk, items[shown.id]))
        with self.assertRaises(AccessError):
            items[hidden.id].with_user(self.clerk).action_claim()

    def test_members_only(self):
        rule = self.worklist.rule_ids.create(
            {"worklist_id": self.worklist.id, "name": "rule"}
        )
        self.worklist.write(
            {"members_only": True, "member_ids": [Command.set(self.colleague.ids)]}
        )
        for record in (self.worklist, self.item, rule):
            self.assertFalse(self._sees(self.clerk, record))
            for user in (self.colleague, self.supervisor, self.auditor):
                self.assertTrue(self._sees(user, record), user.login)
        self.colleague.active = False
        self.assertFalse(self._sees(self.clerk, self.item), "archiving opens nothing")

    def test_auditor_takes_no_step(self):
        item = self.item.with_user(self.auditor)
        for step in (
            "action_claim",
            "action_release",
            "action_done",
            "action_snooze",
            "action_hand_over",
            "action_finish",
            "action_undo",
        ):
            with self.subTest(step=step), self.assertRaises(AccessError):
                getattr(item, step)()
        with self.assertRaises(AccessError):
            self.worklist.with_user(self.auditor).action_next()
        self.assertEqual(item.action_open_record()["res_id"], self.invoice.id)

    def test_worked_on_lists_are_not_deleted(self):
        self.item.with_user(self.clerk).action_claim()
        with self.assertRaisesRegex(UserError, "Archive it"):
            self.worklist.with_user(self.supervisor).unlink()
