from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.models.billing_check import account_move
from odoo.addons.invoicing_clerk.tests.billing_check.corpus import Corpus


@tagged("post_install", "-at_install")
class TestBillingFindingStep(Corpus):
    """Ends of findings: accepted, billing errors, no longer found."""

    def _check(self, moves=None):
        self.checks.browse()._run_all(self.company_a, moves)

    def _found(self, move, user=None):
        findings = self.env["clerk.billing.finding"].with_user(user or self.clerk)
        return findings.search([("move_id", "in", move.ids)])

    def test_accepted_while_the_facts_are_the_same(self):
        move = self.wrong_terms(1)
        self._check()
        finding = self._found(move)
        self.assertEqual(finding.state, "open")
        finding._accept("Agreed for this order by Ms Lee")
        self._check()
        self.assertEqual(finding.state, "accepted")
        self.assertEqual(finding.accepted_by_id, self.clerk)
        move.button_draft()
        move.invoice_payment_term_id = self._term(90)
        move.action_post()
        self._check(move)
        self.assertEqual(finding.state, "open", "other terms than those accepted")

    def test_accepted_until_a_day(self):
        move = self.wrong_terms(1)
        self._check(move)
        finding = self._found(move)
        finding._accept("This month only", fields.Date.today())
        self._check(move)
        self.assertEqual(finding.state, "accepted")
        # sudo: as if the day had passed.
        finding.sudo()._inside().accepted_until = "2026-01-31"
        self._check(move)
        self.assertEqual(finding.state, "open")

    def test_no_longer_found_and_found_again(self):
        move = self.wrong_terms(1)
        self._check(move)
        finding = self._found(move)
        finding._accept("Agreed")
        right, wrong = (
            move.partner_id.property_payment_term_id,
            move.invoice_payment_term_id,
        )
        states = []
        for term in right, wrong:
            move.button_draft()
            move.invoice_payment_term_id = term
            move.action_post()
            self._check(move)
            states.append(finding.state)
        self.assertEqual(states, ["gone", "accepted"])

    def test_a_disputed_invoice_has_one_case(self):
        move = self.wrong_terms(1)
        case = self._open_error(move, {"claimed_price_unit": 7.0})
        self._check()
        finding = self._found(move)
        finding.action_open_billing_error()
        self.assertEqual(finding.billing_error_id, case)
        self.assertEqual(move.with_user(self.clerk).billing_error_ids, case)
        self.assertEqual(case.line_ids[:1].claimed_price_unit, 7.0)
        self.assertIn("Also found", case.message_ids[:1].body)

    def test_reopen(self):
        move = self.wrong_terms(1)
        self._check(move)
        finding = self._found(move)
        finding._accept("Agreed")
        finding.action_reopen()
        self._check(move)
        self.assertEqual((finding.state, finding.accept_reason), ("open", False))

    def test_dialog_accepts_several(self):
        moves = self.wrong_terms(1) | self.wrong_terms(3)
        self._check(moves)
        findings = self._found(moves)
        action = findings.action_accept()
        dialog = self.env[action["res_model"]].with_user(self.clerk)
        dialog = dialog.with_context(**action["context"]).create({"reason": "Agreed"})
        dialog.action_accept()
        self.assertEqual(findings.mapped("state"), ["accepted"] * 2)
        self.assertEqual(findings.mapped("accept_reason"), ["Agreed"] * 2)

    def test_one_billing_error_with_reason_claims_and_remedy(self):
        move = self.wrong_tax(0)
        self._check(move)
        finding = self._found(move)
        finding.action_open_billing_error()
        error = finding.billing_error_id
        self.assertEqual((finding.state, error.origin), ("case", "detection"))
        self.assertEqual(error.reason_id.code, "TAX")
        self.assertEqual(error.move_ids, move)
        self.assertEqual(error.line_ids.claimed_tax_ids, self.tax)
        self.assertIn("Reduced", error.description)
        error.action_propose_correction()
        self.assertTrue(error.correction_ids)
        self._check(move)
        self.assertEqual(finding.state, "case")

    def test_findings_of_one_document_are_one_billing_error(self):
        product = self._product()
        partner = self._customer(property_payment_term_id=self._term(30).id, city=False)
        move = self._invoice(
            self._line(product, taxes=self.other_tax),
            partner=partner,
            invoice_payment_term_id=self._term(60).id,
        )
        self._check(move)
        findings = self._found(move)
        self.assertEqual(
            set(findings.check_id.mapped("code")), {"TAX", "TERMS", "ADDRESS"}
        )
        findings.action_open_billing_error()
        self.assertEqual(len(findings.billing_error_id), 1)

    def test_duplicate_is_claimed_wholly(self):
        move = self.wrong_dup(0)
        self._check(move)
        finding = self._found(move)
        finding.action_open_billing_error()
        claims = finding.billing_error_id.line_ids
        self.assertEqual(claims.mapped("claimed_quantity"), [0.0, 0.0])
        self.assertEqual(finding.amount, move.amount_total)

    def test_draft_is_edited_instead(self):
        move = self.wrong_negative(0)
        self._check(move)
        with self.assertRaisesRegex(UserError, "edit it"):
            self._found(move).action_open_billing_error()

    def test_nobody_writes_findings(self):
        move = self.wrong_terms(1)
        self._check(move)
        for user in (self.clerk, self.supervisor, self.auditor):
            finding = self._found(move, user)
            for values in ({"state": "accepted"}, {"amount": 0}, {"facts": {}}):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    finding.write(values)
            with self.assertRaises(AccessError):
                finding.copy()
        with self.assertRaises(AccessError):
            self._found(move, self.auditor)._accept("Not mine to accept")

    def test_other_companies_and_outsiders_see_none(self):
        move = self.wrong_terms(1)
        self._check(move)
        finding = self._found(move)
        self.assertFalse(self._found(move, self.clerk_b))
        for user in (self.clerk_b, self.outsider):
            for name in ("explanation", "expected", "display_name"):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    finding.with_user(user).read([name])

    def test_banner_of_the_document(self):
        move = self.wrong_negative(0).with_user(self.clerk)
        self.assertFalse(move.billing_findings)
        self.assertEqual(move.action_check_billing()["tag"], "soft_reload")
        [banner] = move.billing_findings.values()
        self.assertEqual(banner["level"], "danger")
        self.assertIn("opposite document", banner["message"])
        self.assertEqual(banner["action"]["res_model"], "clerk.billing.finding")
        with patch.object(account_move, "SHOWN_FINDINGS", 0):
            move.invalidate_recordset(["billing_findings"])
            [more] = move.billing_findings.values()
        self.assertEqual(more["message"], "Further findings: 1.")
        self.assertEqual(more["action"]["domain"], [["move_id", "in", move.ids]])
        right = self.right_zero(0).with_user(self.clerk)
        self.assertEqual(right.action_check_billing()["tag"], "display_notification")
