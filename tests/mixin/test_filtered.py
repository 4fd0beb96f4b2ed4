from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.worklist.common import WorklistCommon

# Filters that would spell out what a supervisor may not read: a secret token, fields
# that nobody or only administrators read, and records of the system.
UNREADABLE = {
    "clerk.audit.confirmation": "[('access_token', '=like', 'a%')]",
    "res.partner": "[('user_ids.password', '=like', 'a%')]",
    "res.users": "[('group_ids.model_access.perm_read', '=', True)]",
    "account.move": "[('message_ids.mail_server_id.smtp_pass', '=like', 'a%')]",
    "res.company": "[('partner_id', 'any', [('signup_type', '=', 'x')])]",
    "ir.config_parameter": "[]",
}


@tagged("post_install", "-at_install")
class TestFiltered(WorklistCommon):
    """Filters find only what their author may read, checked each time they are used."""

    def test_what_the_author_may_not_read_is_refused(self):
        for model, text in UNREADABLE.items():
            with self.subTest(model=model), self.assertRaises(ValidationError):
                self._worklist(text, model=model)

    def test_rules_and_paths_are_refused_too(self):
        hidden = "user_ids.password"
        for values in (
            {"rule_ids": [self._match(hidden)]},
            {"rule_ids": [self._measure(hidden)]},
            {"date_path": hidden},
            {"user_path": hidden},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self._worklist("[]", **values)

    def _match(self, path):
        return Command.create({"name": "r", "domain": f"[('{path}', '=', 1)]"})

    def _measure(self, path):
        return Command.create({"name": "r", "kind": "measure", "measure_path": path})

    def test_the_author_is_whoever_wrote_the_filter_last(self):
        worklist = self._worklist([("name", "=", "x")])
        self.assertEqual(worklist.filter_author_id, self.supervisor)
        other = self._new_user("supervisor_a2", "invoicing_clerk.group_supervisor")
        worklist.with_user(other).name = "Renamed"
        self.assertEqual(worklist.filter_author_id, self.supervisor)
        worklist.with_user(other).domain = "[]"
        self.assertEqual(worklist.filter_author_id, other)

    def test_the_author_cannot_be_forged(self):
        root = self.env.ref("base.user_root")
        worklist = self._worklist("[]").with_user(self.supervisor)
        with self.assertRaisesRegex(Exception, "not allowed to change"):
            worklist.filter_author_id = root
        forged = worklist.with_context(default_filter_author_id=root.id).copy()
        self.assertEqual(forged.filter_author_id, self.supervisor)

    def test_the_author_of_a_rule_cannot_be_forged_along_with_the_worklist(self):
        root = self.env.ref("base.user_root")
        worklist = self._worklist("[]", {"domain": "[]"}).with_user(self.supervisor)
        rule = worklist.rule_ids
        forged = Command.update(rule.id, {"filter_author_id": root.id})
        with self.assertRaisesRegex(AccessError, "not allowed to change"):
            worklist.write({"domain": "[(1, '=', 1)]", "rule_ids": [forged]})
        with self.assertRaisesRegex(AccessError, "not allowed to change"):
            self._worklist("[]", rule_ids=[forged])
        self.assertEqual(rule.filter_author_id, self.supervisor)

    def test_a_filter_of_somebody_who_left_is_broken(self):
        worklist = self._worklist("[]")
        self.supervisor.active = False
        self.assertFalse(worklist._refresh())
        self.assertIn("no longer an active user", worklist.refresh_error)

    def test_a_filter_whose_author_lost_the_right_is_broken(self):
        worklist = self._worklist(
            "[('payment_state', '=', 'paid')]", model="account.move"
        )
        self.assertTrue(worklist._refresh())
        self.supervisor.group_ids = self.env.ref("base.group_user")
        self.assertFalse(worklist._refresh())
        self.assertIn("not allowed to read", worklist.refresh_error)

    def test_records_of_other_companies_are_not_found(self):
        worklist = self._invoices_list()
        own = self._posted((1, 10.0))
        other = self._posted((1, 10.0), company_data=self.company_b_data)
        worklist._refresh()
        self.assertIn(own.id, self._listed(worklist))
        self.assertNotIn(other.id, self._listed(worklist))

    def test_shipped_lists_find_records_of_all_companies(self):
        worklist = self._invoices_list()
        worklist.with_user(self.env.ref("base.user_root")).domain = "[]"
        other = self._posted((1, 10.0), company_data=self.company_b_data)
        worklist._refresh()
        self.assertIn(other.id, self._listed(worklist))
