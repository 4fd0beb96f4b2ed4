from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.promise.common import PromiseCommon

MODELS = [
    "clerk.promise",
    "clerk.promise.line",
    "clerk.promise.judgement",
    "clerk.promise.report",
]


@tagged("post_install", "-at_install")
class TestPromiseAccess(PromiseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._untaxed()
        cls.promise = cls._old_promise(cls.invoice)
        cls.promise.sudo()._judge()

    def test_users_without_a_role_have_no_access(self):
        for user in (self.outsider, self.env.user):
            for model in MODELS:
                records = self.env[model].with_user(user)
                self.assertFalse(records.has_access("read"), (user.login, model))
            with self.assertRaises(AccessError):
                self.invoice.with_user(user).promise_count  # noqa: B018

    def test_all_roles_read_and_only_clerks_create(self):
        for user in (self.clerk, self.supervisor, self.auditor):
            for model in MODELS:
                records = self.env[model].with_user(user)
                self.assertTrue(records.search([]), (user.login, model))
                self.assertFalse(records.has_access("unlink"), (user.login, model))
            makes = user != self.auditor
            promises = self.env["clerk.promise"].with_user(user)
            for operation in ("create", "write"):
                self.assertEqual(promises.has_access(operation), makes, user.login)

    def test_instalments_and_judgements_cannot_be_created(self):
        for model in MODELS[1:]:
            records = self.env[model].with_user(self.supervisor)
            for operation in ("create", "write"):
                self.assertFalse(records.has_access(operation), (model, operation))

    def test_an_auditor_is_refused_every_step(self):
        theirs = self.promise.with_user(self.auditor)
        invoice = self.invoice.with_user(self.auditor)
        for step in (
            theirs.action_judge,
            theirs.action_withdraw,
            theirs.action_plan,
            theirs.action_new_promise,
            lambda: theirs._withdraw("No"),
            invoice.action_promise,
            invoice.action_promise_plan,
        ):
            with self.assertRaises(AccessError):
                step()
        self.assertIn("None of", theirs.why)

    def test_buttons_are_hidden_from_auditors(self):
        buttons = {
            "clerk.promise": ["action_judge", "action_withdraw", "action_plan"],
            "account.move": ["action_promise"],
        }
        for user, shown in ((self.clerk, True), (self.auditor, False)):
            for model, names in buttons.items():
                arch = self.env[model].with_user(user).get_view(view_type="form")
                for name in names:
                    self.assertEqual(f'name="{name}"' in arch["arch"], shown, name)

    def test_another_company_sees_nothing(self):
        for record in (
            self.promise,
            self.promise.line_ids,
            self.promise.judgement_ids,
            self.env["clerk.promise.report"].browse(self.promise.id),
        ):
            theirs = record.with_user(self.clerk_b)
            self.assertFalse(theirs.search([("id", "in", record.ids)]), record._name)
        self.assertFalse(self.partner_a.with_user(self.clerk_b).promise_count)

    def test_another_company_has_its_own_promises(self):
        invoice = self._posted((1, 10.0), company_data=self.company_b_data)
        promise = self._promise(invoice, user=self.clerk_b)
        self.assertEqual(promise.company_id, self.company_b)
        self.assertEqual(self._judge(promise).state, "open")
