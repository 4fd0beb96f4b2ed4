from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.invoicing_clerk.models.billing_check.billing_check_source import (
    found_columns,
)
from odoo.addons.invoicing_clerk.models.mixin.facts import Reason, facts
from odoo.addons.invoicing_clerk.tests import hostile
from odoo.addons.invoicing_clerk.tests.billing_check.corpus import CODES
from odoo.addons.invoicing_clerk.tests.billing_check.corpus_address import (
    AddressCases,
)


@tagged("post_install", "-at_install")
class TestBillingCheck(AddressCases):
    """Checks as data: parameters, filters, causes, errors, and checks of modules."""

    def _run(self, *codes, moves=None):
        checks = self.checks.browse()._in_force(self.company_a)
        self.env.flush_all()
        for check in checks.filtered(lambda check: check.code in codes):
            check._run(self.company_a, moves)
        self.findings.invalidate_model()
        return self.findings.search([("state", "=", "open")])

    def _named(self, code):
        return self.checks.filtered(lambda check: check.code == code)

    def test_all_codes_are_shipped(self):
        self.assertEqual(sorted(self.checks.mapped("code")), sorted(CODES))
        self.assertTrue(all(self.checks.mapped("description")))

    def test_every_reason_has_its_facts(self):
        """The sentence of each reason in each language has a fact for each name."""
        for code in CODES:
            for case in range(5):
                getattr(self, f"wrong_{code.lower()}")(case)
        checks = self.checks.browse()
        checks._run_all(self.company_a)
        moves = self.env["account.move"].search([("state", "=", "draft")])
        checks._check_moves(moves)
        findings = self.findings.search([])
        self.assertFalse([check.run_error for check in self.checks if check.run_error])
        # Electronic invoices are the matter of a bridge, certificates of a setting.
        others = {"einvoice", "no_certificate"}
        reasons = checks._finding_reasons().keys() - others
        self.assertEqual(set(findings.mapped("reason")), reasons)
        for finding in findings:
            with self.subTest(finding.reason):
                self.assertNotIn("%(", finding.explanation)
                self.assertNotIn("None", finding.explanation)

    def test_filter_limits_the_documents(self):
        moves = self.wrong_terms(1) | self.wrong_terms(3)
        check = self._adapted("TERMS")
        check.domain = f"[('partner_id', '=', {moves[0].partner_id.id})]"
        self.assertEqual(self._run("TERMS").move_id, moves[0])
        check.domain = "[]"
        self.assertEqual(self._run("TERMS").move_id, moves)

    def test_filter_of_supervisors_finds_what_they_may_read(self):
        self.wrong_terms(1)
        check = self._named("TERMS")
        stranger = self._new_user(
            "supervisor_b",
            "invoicing_clerk.group_supervisor,base.group_system",
            self.company_b,
        )
        check.with_user(stranger).domain = "[('state', '!=', 'cancel')]"
        self.assertFalse(self._run("TERMS"))

    def test_hostile_filters_are_refused(self):
        check = self._adapted("TERMS")
        for text in (*hostile.FILTERS, *hostile.UNFIT_FILTERS):
            with (
                self.subTest(text[:60]),
                mute_logger("odoo.sql_db"),
                self.assertRaises(UserError),
                self.env.cr.savepoint(),
            ):
                check.domain = text

    def test_broken_filter_is_kept_and_others_go_on(self):
        move = self.wrong_terms(1)
        check = self._named("TAX")
        self.env.cr.execute(
            SQL("UPDATE clerk_billing_check SET domain = '[(' WHERE id = %s", check.id)
        )
        check.invalidate_recordset()
        self.checks.browse()._run_all(self.company_a)
        self.assertIn("not a list of conditions", check.run_error)
        self.assertIn(move, self._run("TERMS").move_id)
        check.domain = "[]"
        self._run("TAX")
        self.assertFalse(check.run_error)

    def test_numbers_out_of_range(self):
        for values in ({"tolerance": -1}, {"days": -1}, {"days": 3661}):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self._named("DUP").write(values)
                self.env.flush_all()

    def test_causes(self):
        """Causes are reported, and findings that follow from them are not."""
        terms, tax = self._named("TERMS"), self._named("TAX")
        terms.suppressed_by_ids = tax
        product = self._product()
        partner = self._customer(property_payment_term_id=self._term(30).id)
        move = self._invoice(
            self._line(product, taxes=self.other_tax),
            partner=partner,
            invoice_payment_term_id=self._term(60).id,
        )
        self.assertEqual(self._run("TAX", "TERMS", moves=move).check_id, tax)
        with self.assertRaisesRegex(ValidationError, "TAX"):
            tax.suppressed_by_ids = terms

    def test_rights(self):
        for user in (self.clerk, self.auditor, self.outsider):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._named("DUP").with_user(user).days = 5
        self._adapted("DUP").days = 5
        with self.assertRaises(AccessError):
            self._adapted("DUP").code = "OTHER"
        move = self.wrong_terms(1)
        for user in (self.auditor, self.outsider, self.clerk_b):
            with self.subTest(user.login), self.assertRaises(AccessError):
                move.with_user(user).action_check_billing()

    def test_posting_is_stopped_where_the_company_wants_it(self):
        """Blocking findings stop the draft until a supervisor accepts them."""
        draft = self.wrong_dup(4).with_user(self.clerk)
        self.company_a.clerk_block_posting = True
        with self.assertRaisesRegex(UserError, "Bills the same lines"):
            draft.action_post()
        draft.action_check_billing()
        finding = self.findings.search([("move_id", "=", draft.id)])
        with self.assertRaisesRegex(UserError, "supervisors"):
            finding.with_user(self.clerk)._accept("It is right")
        finding.with_user(self.supervisor)._accept("Ordered twice, says Ms Lee")
        draft.action_post()
        self.assertEqual(draft.state, "posted")

    def test_posting_is_stopped_in_every_way(self):
        """The job for drafts that are posted at their date, and a plain write of the
        status, posted what the button had refused."""
        draft = self.wrong_dup(4).with_user(self.clerk)
        self.company_a.clerk_block_posting = True
        for act in (
            lambda: draft.action_post(),
            lambda: draft._post(soft=False),
            lambda: draft.write({"state": "posted"}),
            lambda: draft.write({"auto_post": "at_date"}) and self._post_by_job(draft),
            lambda: draft.write({"auto_post": "monthly"}) and self._post_by_job(draft),
            lambda: (
                self.env["validate.account.move"]
                .with_user(self.clerk)
                .with_context(active_model="account.move", active_ids=draft.ids)
                .create({})
                .validate_move()
            ),
        ):
            with self.assertRaisesRegex(UserError, "Bills the same lines"):
                act()
            self.assertEqual(draft.state, "draft")

    def _post_by_job(self, draft):
        """Post as the job does, which catches what it cannot post."""
        draft.sudo()._post()

    def test_posting_is_not_stopped_by_default(self):
        draft = self.wrong_dup(4).with_user(self.clerk)
        draft.action_post()
        self.assertEqual(draft.state, "posted")

    def test_unknown_code(self):
        with self.assertRaisesRegex(ValidationError, "MAGIC"):
            self.checks.create({"code": "MAGIC", "name": "Magic"})

    def test_two_companies(self):
        """Each company has its own terms for a customer and its own findings."""
        move = self.wrong_terms(1)
        terms = move.invoice_payment_term_id
        partner = move.partner_id.with_company(self.company_b)
        partner.property_payment_term_id = terms
        other = self._posted(
            partner=partner, company_data=self.company_b_data, taxes=self.no_tax
        )
        self.assertEqual(other.invoice_payment_term_id, terms)
        checks = self.checks.browse()
        for company in self.company_a, self.company_b:
            checks._run_all(company)
        findings = self.findings.search([("check_id.code", "=", "TERMS")])
        self.assertEqual(findings.move_id, move)

    def test_author_without_access_to_a_company(self):
        """Findings stay, and the error stays until that company passes.

        Before, all findings of the company were closed as no longer found, and the next
        company hid any error.
        """
        partner = self._customer().with_company(self.company_b)
        partner.property_payment_term_id = self._term(30)
        move = self._posted(
            partner=partner, company_data=self.company_b_data, taxes=self.no_tax
        )
        move.button_draft()
        move.invoice_payment_term_id = self._term(60)
        move.action_post()
        check, checks = self._named("TERMS"), self.checks.browse()
        checks._run_all(self.company_b)
        finding = self.findings.search([("move_id", "=", move.id)])
        self.assertEqual(finding.state, "open")
        # Administrators set checks of all companies without access to them.
        self.supervisor.group_ids += self.env.ref("base.group_system")
        check.with_user(self.supervisor).domain = "[('id', '>', 0)]"
        for company in self.company_b, self.company_a:
            checks._run_all(company)
            self.assertEqual(finding.state, "open")
            self.assertIn(self.company_b.name, check.run_error)
            self.assertEqual(check.error_company_id, self.company_b)
        check.domain = "[]"
        checks._run_all(self.company_b)
        self.assertEqual((check.run_error, finding.state), (False, "open"))

    def test_queries_of_explanations_do_not_grow(self):
        """Would have caught a query for each tax and each payment term of a list."""
        for case in range(8):
            self.wrong_terms(case)
            self.wrong_tax(case)
        findings = self._run("TERMS", "TAX")
        counts = []
        for shown in findings[:1], findings[:4], findings:
            counts.append(self._count_queries(shown.mapped, "explanation"))
            self.assertTrue(all(shown.mapped("explanation")))
        self.assertGreater(len(findings), 12)
        self._assert_no_more_queries(*counts[1:], margin=2)

    def test_queries_do_not_grow(self):
        self.wrong_terms(1)
        counts = []
        for number in (1, 2, 8):
            for case in range(number):
                self.wrong_terms(case)
                self.wrong_dup(case)
            counts.append(self._queries_of_checks())
        self._assert_no_more_queries(*counts[1:])

    def test_precision(self):
        moves = [self.wrong_terms(1) for _each in range(4)]
        self._run("TERMS")
        findings = self.env["clerk.billing.finding"].with_user(self.clerk)
        findings = findings.search([("move_id", "in", [move.id for move in moves])])
        findings[0].action_open_billing_error()
        findings[1:]._accept("Agreed")
        check = self._named("TERMS").with_user(self.supervisor)
        self.assertEqual((check.case_count, check.accepted_count), (1, 3))
        self.assertEqual((check.precision, check.is_poor), (0.25, True))
        findings[0].billing_error_id._take_step("cancel")
        check.invalidate_recordset()
        self.assertEqual((check.case_count, check.accepted_count), (0, 4))


@tagged("post_install", "-at_install")
class TestBillingCheckExtension(AddressCases):
    """A check that a module adds by a record and a class."""

    def test_check_of_a_module(self):
        kind = self.registry["clerk.billing.check"]
        reasons = kind._finding_reasons

        def find_round_amount(check, books):
            return SQL(
                "SELECT %s FROM account_move AS move WHERE move.id IN %s"
                " AND move.amount_total = 1000",
                found_columns(
                    "round_amount",
                    SQL("move.id"),
                    facts(amount_total=SQL("move.amount_total")),
                ),
                books.documents(),
            )

        kind._find_round_amount = find_round_amount
        self.addCleanup(delattr, kind, "_find_round_amount")
        self.patch(
            kind,
            "_finding_reasons",
            lambda check: {
                **reasons(check),
                "round_amount": Reason("Round Amount", "Is exactly %(amount_total)s."),
            },
        )
        check = self.checks.create({"code": "ROUND_AMOUNT", "name": "Round amount"})
        move = self._invoice(1000) | self._invoice(999)
        self.checks.browse()._run_all(self.company_a)
        finding = self.findings.search([("check_id", "=", check.id)])
        self.assertEqual(finding.move_id, move[0])
        self.assertEqual(finding.explanation, "Is exactly $\xa01,000.00.")
