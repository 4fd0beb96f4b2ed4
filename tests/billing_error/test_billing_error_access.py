from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon

MODELS = [
    "clerk.billing.error",
    "clerk.billing.error.line",
    "clerk.billing.error.reason",
    "clerk.billing.error.cause",
    "clerk.billing.error.report",
]
STEPS = ["action_investigate", "action_wait", "action_reject", "action_cancel"]


@tagged("post_install", "-at_install")
class TestBillingErrorAccess(ClerkCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._posted((3, 100.0))
        cls.error = cls._open_error(cls.invoice, {"claimed_quantity": 2})

    def _may(self, user, operation):
        return {
            model: self.env[model].with_user(user).has_access(operation)
            for model in MODELS
        }

    def test_outsider_sees_nothing(self):
        for operation in ("read", "write", "create", "unlink"):
            self.assertFalse(any(self._may(self.outsider, operation).values()))

    def test_accountant_without_a_role_sees_no_cases_and_keeps_invoices(self):
        self.assertFalse(any(self._may(self.env.user, "read").values()))
        invoice = self.invoice.with_user(self.env.user)
        self.assertTrue(invoice.has_open_billing_error)
        self.assertNotIn("billing_error_ids", invoice.fields_get())
        self._reverse_invoice(invoice, post=True)

    def test_auditor_reads_everything_and_writes_nothing(self):
        self.assertTrue(all(self._may(self.auditor, "read").values()))
        for operation in ("write", "create", "unlink"):
            self.assertFalse(any(self._may(self.auditor, operation).values()))
        self.assertFalse(
            self.env["account.move"].with_user(self.auditor).has_access("write")
        )

    def test_auditor_sees_the_money(self):
        error = self.error.with_user(self.auditor)
        self.assertAlmostEqual(error.amount_open, 115.0)
        self.assertEqual(error.line_ids.billed_quantity, 3)
        invoice = self.invoice.with_user(self.auditor)
        self.assertEqual(invoice.action_view_billing_errors()["res_id"], error.id)

    def test_auditor_is_refused_every_step(self):
        error = self.error.with_user(self.auditor)
        for step in STEPS + ["action_resolve", "action_assign_to_me"]:
            with self.subTest(step=step), self.assertRaises(AccessError):
                getattr(error, step)()
        with self.assertRaises(AccessError):
            error.line_ids.action_nothing_owed()
        with self.assertRaises(AccessError):
            self.invoice.with_user(self.auditor).action_open_billing_error()
        self.assertEqual(self.error.state, "new")

    def test_outsider_is_refused_every_step(self):
        for step in STEPS:
            with self.subTest(step=step), self.assertRaises(AccessError):
                getattr(self.error.with_user(self.outsider), step)()

    def test_clerk_works_but_does_not_configure_or_delete(self):
        self.error.with_user(self.colleague).action_investigate()
        self.assertEqual(self.error.state, "investigating")
        for model in ("clerk.billing.error.reason", "clerk.billing.error.cause"):
            for operation in ("write", "create", "unlink"):
                self.assertFalse(
                    self.env[model].with_user(self.clerk).has_access(operation)
                )
        with self.assertRaises(AccessError):
            self.error.unlink()

    def test_supervisor_configures(self):
        reason = self.env["clerk.billing.error.reason"].with_user(self.supervisor)
        reason.create({"code": "HOUSE", "name": "House rule"}).days_to_resolve = 4

    def test_buttons_are_hidden_without_the_role(self):
        for user, shown in ((self.clerk, True), (self.auditor, False)):
            arch = (
                self.env["clerk.billing.error"]
                .with_user(user)
                .get_view(view_type="form")["arch"]
            )
            for step in STEPS + ["action_resolve", "action_nothing_owed"]:
                self.assertEqual(f'name="{step}"' in arch, shown, (user.login, step))

    def test_invoice_buttons(self):
        for user, opens, sees in (
            (self.clerk, True, True),
            (self.auditor, False, True),
            (self.env.user, False, False),
        ):
            arch = self.env["account.move"].with_user(user).get_view(view_type="form")
            self.assertEqual("action_open_billing_error" in arch["arch"], opens)
            self.assertEqual("action_view_billing_errors" in arch["arch"], sees)

    def test_other_company_sees_neither_case_nor_line_nor_figures(self):
        for record in (
            self.error,
            self.error.line_ids,
            self.env["clerk.billing.error.report"].browse(self.error.id),
        ):
            with self.subTest(model=record._name):
                theirs = record.with_user(self.clerk_b)
                self.assertFalse(theirs.search([("id", "in", record.ids)]))
                with self.assertRaises(AccessError):
                    theirs.check_access("read")

    def test_other_company_works_on_its_own(self):
        invoice = self._posted((1, 10.0), company_data=self.company_b_data)
        error = self._open_error(invoice, {"claimed_quantity": 0}, user=self.clerk_b)
        self.assertEqual(error.company_id, self.company_b)
        self.assertFalse(error.with_user(self.clerk).search([("id", "=", error.id)]))
