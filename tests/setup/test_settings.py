from functools import partial

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon


@tagged("post_install", "-at_install")
class TestSettings(ClerkCommon):
    """Supervisors set up their company, without the rights of an administrator."""

    def _settings(self, user=None, **values):
        return self.env["clerk.settings"].with_user(user or self.supervisor)

    def test_every_setting_is_written_to_the_company(self):
        """Would have caught: a setting that is shown to supervisors, but not saved."""
        company = self.company_a.sudo()
        with Form(self._settings()) as form:
            form.clerk_work_start = "2026-01-01"
            form.clerk_block_posting = True
            form.clerk_exemption_check = True
            form.clerk_separate_deposit = True
            form.clerk_reissue_scope = "none"
            form.clerk_bounce_months = 6
            form.clerk_promise_grace_days = 4
            form.clerk_promise_tolerance = 2.5
            form.clerk_hold_followup = True
            form.clerk_match_automatic = True
            form.clerk_call_identity = False
            form.clerk_call_retention = 36
            form.clerk_call_retention_confirmed = True
            form.clerk_statement_plan = True
            form.clerk_statement_day = 5
            form.clerk_statement_user_id = self.clerk
            form.clerk_statement_type = "forward"
            form.clerk_statement_grouping = "address"
            form.clerk_statement_delivery = "print"
            form.clerk_statement_minimum = 25.0
            form.clerk_statement_with_zero = True
            form.clerk_statement_with_credit = False
            form.clerk_statement_link_days = 30
            form.clerk_statement_mails_per_minute = 60
            form.clerk_statement_keep_months = 120
        saved = form.record
        names = [
            name
            for name, field in saved._fields.items()
            if name.startswith("clerk_") and not field.readonly
        ]
        self.assertEqual(len(names), 25)
        fresh = self.env["res.company"].sudo().create({"name": "Not Set Up"})
        for name in names:
            with self.subTest(setting=name):
                self.assertEqual(saved[name], company[name])
                self.assertNotEqual(company[name], fresh[name])
        self.assertTrue(saved.action_save())

    def test_settings_of_companies_are_all_offered(self):
        """A new setting of a company is offered to supervisors too."""
        settings = {
            name
            for name, field in self.env["res.company"]._fields.items()
            if name.startswith("clerk_") and not field.readonly
        }
        self.assertEqual(settings - set(self.env["clerk.settings"]._fields), set())

    def test_others_are_refused(self):
        saved = self._settings().create({"clerk_promise_grace_days": 7})
        for user in (self.clerk, self.auditor, self.outsider):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self._settings(user).create({"clerk_promise_grace_days": 9})
                with self.assertRaises(AccessError):
                    saved.with_user(user).write({"clerk_promise_grace_days": 9})
                with self.assertRaises(AccessError):
                    saved.with_user(user).action_save()
        self.assertEqual(self.company_a.sudo().clerk_promise_grace_days, 7)

    def test_supervisors_do_not_change_what_binds_them(self):
        """Would have caught: a supervisor who set the days to 0 split a large credit
        into small ones, none of which needed a second person."""
        account = self.company_data["default_account_expense"]
        company = self.company_a.sudo()
        saved = self._settings().create({})
        for name, value in {
            "clerk_stake_days": 0,
            "clerk_write_off_limit": 9999.0,
            "clerk_write_off_account_id": account.id,
            "clerk_bounce_account_id": account.id,
            "clerk_voucher_two_people": 100.0,
            "clerk_voucher_three_people": 9999.0,
            "clerk_voucher_four_people": 99999.0,
            "clerk_voucher_bank_days": 0,
            "clerk_customer_approval": True,
            "clerk_corrections_only": not company.clerk_corrections_only,
            "clerk_customer_changes": True,
            "clerk_portal_changes": True,
        }.items():
            before = company[name]
            with self.subTest(setting=name):
                for attempt in (
                    partial(saved.write, {name: value}),
                    partial(self._settings().create, {name: value}),
                ):
                    with self.assertRaisesRegex(AccessError, "administrator"):
                        attempt()
                forged = self._settings().with_context(**{f"default_{name}": value})
                forged.create({})
                self.assertEqual(company[name], before)

    def test_only_the_current_company_and_only_settings(self):
        """Whatever company is sent, and whatever else: the rest does not change."""
        before = self.company_b.sudo().clerk_promise_grace_days
        values = {"company_id": self.company_b.id, "clerk_promise_grace_days": 8}
        with self.assertRaisesRegex(AccessError, "Company"):
            self._settings().create(values)
        saved = self._settings().create({"clerk_promise_grace_days": 8})
        saved.write(values | {"clerk_promise_grace_days": 9})
        self.assertEqual(saved.company_id, self.company_a)
        self.assertEqual(self.company_a.sudo().clerk_promise_grace_days, 9)
        self.assertEqual(self.company_b.sudo().clerk_promise_grace_days, before)
        saved.write({"currency_id": self.foreign_currency.id})
        self.assertEqual(self.company_a.currency_id, self.currency_a)
        for values in ({"name": "Mine"}, {"clerk_promise_grace_days": []}):
            with self.subTest(values=values), self.assertRaises(UserError):
                saved.write(values)

    def test_plan_and_reviewer_at_once(self):
        """Would have caught: administrators had to save the reviewer first."""
        values = {
            "clerk_statement_plan": True,
            "clerk_statement_user_id": self.supervisor.id,
        }
        settings = self.env["res.config.settings"].sudo()
        settings.with_company(self.company_a).create(values)
        company = self.company_a.sudo()
        self.assertEqual(company.clerk_statement_user_id, self.supervisor)
        self.assertTrue(company.clerk_statement_plan)
        values = dict.fromkeys(reversed(values), False)
        settings.with_company(self.company_a).create(values)
        self.assertFalse(company.clerk_statement_plan)

    def test_checks_of_the_company_hold(self):
        with self.assertRaises(UserError):
            self._settings().create({"clerk_statement_plan": True})
        with self.assertRaises(UserError):
            self._settings().create(
                {
                    "clerk_statement_plan": True,
                    "clerk_statement_user_id": self.auditor.id,
                }
            )
