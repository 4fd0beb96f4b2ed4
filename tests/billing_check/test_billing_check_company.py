from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.billing_check.corpus import Corpus


@tagged("post_install", "-at_install")
class TestBillingCheckCompany(Corpus):
    """Checks of all companies, and those of one company in their place."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shared = cls.checks.filtered(lambda check: check.code == "TERMS")
        cls.supervisor_b = cls._new_user(
            "supervisor_b", "invoicing_clerk.group_supervisor", cls.company_b
        )

    def _run_all(self):
        for company in self.company_a, self.company_b:
            self.checks.browse()._run_all(company)
        return self.findings.search([("state", "=", "open")])

    def _wrong_in_both(self):
        """Make an invoice with wrong terms in each company."""
        first = self.wrong_terms(1)
        partner = self._customer().with_company(self.company_b)
        partner.property_payment_term_id = self._term(30)
        second = self._posted(
            partner=partner, company_data=self.company_b_data, taxes=self.no_tax
        )
        second.button_draft()
        second.invoice_payment_term_id = self._term(60)
        second.action_post()
        return first, second

    def test_nobody_loosens_a_check_for_companies_of_others(self):
        shared = self.shared.with_user(self.supervisor)
        self.assertFalse(shared.may_change)
        for values in (
            *({"tolerance": 9}, {"days": 9}, {"severity": "info"}, {"active": False}),
            *({"domain": "[('id', '=', 0)]"}, {"suppressed_by_ids": [(5, 0, 0)]}),
        ):
            with self.subTest(values), self.assertRaisesRegex(AccessError, "adapt it"):
                shared.write(values)
        with self.assertRaises(AccessError):
            self._adapted("TERMS").company_id = False
        with self.assertRaises(AccessError):
            shared.create({"code": "TAX", "name": "Tax", "company_id": False})

    def test_supervisors_of_all_companies_change_it(self):
        self.supervisor.company_ids = self.env["res.company"].search([])
        shared = self.shared.with_user(self.supervisor)
        shared.severity = "info"
        self.assertTrue(shared.may_change)

    def test_a_company_has_a_check_of_its_own(self):
        first, second = self._wrong_in_both()
        self._run_all()
        findings = self.findings.search([("check_id", "=", self.shared.id)])
        self.assertEqual(findings.move_id, first | second)
        own = self._adapted("TERMS")
        self.assertEqual(self._adapted("TERMS"), own)
        self.assertEqual(own.company_id, self.company_a)
        self.assertIn(self.company_a.name, own.display_name)
        own.domain = "[('id', '=', 0)]"
        self.assertEqual(self._run_all().move_id, second)
        # The history of the company has moved with the check, and that of others not.
        self.assertEqual(findings.mapped("check_id"), self.shared | own.sudo())

    def test_nobody_reads_or_changes_the_check_of_another_company(self):
        own = self._adapted("TERMS")
        foreign = own.with_user(self.supervisor_b)
        self.assertNotIn(foreign, foreign.search([("code", "=", "TERMS")]))
        with self.assertRaises(AccessError):
            foreign.read(["tolerance"])
        for values in ({"days": 5}, {"active": False}, {"company_id": False}):
            with self.subTest(values), self.assertRaises(AccessError):
                foreign.write(values)
        with self.assertRaises(AccessError):
            self.shared.with_user(self.supervisor_b).copy(
                {"company_id": self.company_a.id}
            )

    def test_new_companies_have_the_checks_of_all(self):
        own = self._adapted("TERMS").sudo()
        company = self.env["res.company"].create({"name": "New Company"})
        in_force = own._in_force(company)
        self.assertEqual(in_force & self.checks, self.checks)
        self.assertIn(self.shared, in_force)
        self.assertNotIn(own, in_force)

    def test_branches_use_the_check_of_their_company(self):
        """Supervisors of a branch could have deleted the check of its company."""
        own = self._adapted("TERMS")
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company_a.id}
        )
        manager = self._new_user(
            "branch_manager", "invoicing_clerk.group_supervisor", branch
        )
        self.assertIn(own.sudo(), own.sudo()._in_force(branch))
        with self.assertRaises(AccessError):
            own.with_user(manager).action_share()
        self.assertEqual(self._adapted("TERMS", manager).company_id, branch)

    def test_archived_for_one_company(self):
        first, second = self._wrong_in_both()
        own = self._adapted("TERMS", self.supervisor_b)
        own.active = False
        self.assertEqual(self._run_all().move_id, first)

    def test_return_to_the_check_of_all(self):
        first, _second = self._wrong_in_both()
        own = self._adapted("TERMS")
        self._run_all()
        finding = self.findings.search([("move_id", "=", first.id)])
        finding.with_user(self.clerk)._accept("Agreed")
        self.assertEqual(finding.check_id, own.sudo())
        for user in (self.clerk, self.auditor, self.supervisor_b):
            with self.subTest(user.login), self.assertRaises(AccessError):
                own.with_user(user).action_share()
        own.action_share()
        self.assertFalse(own.exists())
        self.assertEqual((finding.check_id, finding.state), (self.shared, "accepted"))
        with self.assertRaisesRegex(UserError, "Archive it"):
            self.shared.action_share()

    def test_only_supervisors_adapt(self):
        for user in (self.clerk, self.auditor, self.outsider):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._adapted("TERMS", user)

    def test_causes_are_those_of_the_company(self):
        """Would have let circles of two companies' checks pass."""
        tax, terms = self._adapted("TAX"), self._adapted("TERMS")
        terms.suppressed_by_ids = self.checks.filtered(lambda each: each.code == "TAX")
        with (
            self.assertRaisesRegex(ValidationError, "TERMS"),
            self.env.cr.savepoint(),
        ):
            tax.suppressed_by_ids = self.shared
        product = self._product()
        move = self._invoice(
            self._line(product, taxes=self.other_tax),
            partner=self._customer(property_payment_term_id=self._term(30).id),
            invoice_payment_term_id=self._term(60).id,
        )
        self.checks._check_moves(move)
        findings = self.findings.search([("move_id", "=", move.id)])
        self.assertEqual(findings.check_id, tax.sudo())

    def test_no_circle_is_left_by_a_return(self):
        tax = self._adapted("TAX")
        shared = self.checks.filtered(lambda each: each.code == "TAX")
        tax.suppressed_by_ids = False
        self._adapted("TERMS").suppressed_by_ids = shared
        shared.suppressed_by_ids = self.shared
        with (
            self.assertRaisesRegex(ValidationError, "suppress each other"),
            self.env.cr.savepoint(),
        ):
            tax.action_share()
        self.assertTrue(tax.exists())

    def test_errors_of_other_companies_are_not_shown(self):
        """They named users and records of companies that the reader has not."""
        self.shared.write(
            {"run_error": "Secret of B", "error_company_id": self.company_b.id}
        )
        check = self.shared.with_user(self.clerk)
        self.assertIn("another company", check.error_text)
        self.assertEqual(self.shared.with_user(self.clerk_b).error_text, "Secret of B")
        for name in ("run_error", "error_company_id"):
            with self.subTest(name), self.assertRaises(AccessError):
                check.read([name])
        self.shared.write({"run_error": False, "error_company_id": False})
        self.assertFalse(check.error_text)
