from datetime import timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.tests.billing_check.corpus import Corpus


@tagged("post_install", "-at_install")
class TestBillingAcceptance(Corpus):
    """Findings that are accepted in advance, for a customer or product until a day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supervisor_b = cls._new_user(
            "supervisor_b", "invoicing_clerk.group_supervisor", cls.company_b
        )

    def _terms(self, partner=None, **values):
        """Make an invoice with wrong payment terms, one customer each by default."""
        partner = partner or self._customer(
            property_payment_term_id=self._term(30).id, **values
        )
        return self._invoice(partner=partner, invoice_payment_term_id=self._term(60).id)

    def _check(self):
        self.checks.browse()._run_all(self.company_a)

    def _named(self, code):
        return self.checks.filtered(lambda check: check.code == code)

    def _found(self, move, user=None):
        findings = self.env["clerk.billing.finding"].with_user(user or self.clerk)
        return findings.search([("move_id", "in", move.ids)])

    def _accept(self, code="TERMS", user=None, **values):
        acceptances = self.env["clerk.billing.acceptance"].with_user(user or self.clerk)
        return acceptances.create(
            {
                "check_id": self._named(code).id,
                "until": self.today + timedelta(30),
                "reason": "Agreed with the customer",
                **values,
            }
        )

    def test_accepts_what_is_found_and_what_will_be(self):
        move, other = self._terms(), self._terms()
        self._check()
        acceptance = self._accept(partner_id=move.partner_id.id)
        finding = self._found(move)
        self.assertEqual(
            (finding.state, finding.acceptance_id.id), ("accepted", acceptance.id)
        )
        self.assertEqual(self._found(other).state, "open")
        later = self._terms(partner=move.partner_id)
        self._check()
        self.assertEqual(self._found(later).acceptance_id.id, acceptance.id)
        self.assertEqual(self._found(other).state, "open")

    def test_holds_whatever_the_facts_and_writes_nothing_again(self):
        move = self._terms()
        self._accept(partner_id=move.partner_id.id)
        self._check()
        finding = self._found(move)
        self.assertEqual(finding.state, "accepted")
        written = finding.write_date
        with freeze_time(written + timedelta(hours=1)):
            self._check()
        self.assertEqual(finding.write_date, written)
        move.button_draft()
        move.invoice_payment_term_id = self._term(45)
        move.action_post()
        self._check()
        self.assertEqual(finding.state, "accepted")

    def test_reported_again_from_the_day_after(self):
        move = self._terms()
        self._accept(partner_id=move.partner_id.id, until=self.today)
        self._check()
        finding = self._found(move)
        self.assertEqual(finding.state, "accepted")
        with freeze_time(self.today + timedelta(1, hours=12)):
            self._check()
        self.assertEqual((finding.state, bool(finding.acceptance_id)), ("open", False))

    def test_revoked(self):
        move = self._terms()
        acceptance = self._accept(partner_id=move.partner_id.id)
        self._check()
        finding = self._found(move)
        with self.assertRaisesRegex(UserError, "Revoke"):
            finding.action_reopen()
        acceptance.action_revoke()
        self.assertEqual((acceptance.state, finding.state), ("revoked", "open"))
        self.assertEqual(acceptance.revoked_by_id, self.clerk)
        with self.assertRaises(UserError):
            acceptance.action_revoke()
        self._check()
        self.assertEqual(finding.state, "open")

    def test_gone_and_found_again_after_the_end(self):
        move = self._terms()
        acceptance = self._accept(partner_id=move.partner_id.id)
        self._check()
        finding = self._found(move)
        right, wrong = move.partner_id.property_payment_term_id, self._term(60)
        for term, state in ((right, "gone"), (wrong, "accepted"), (right, "gone")):
            move.button_draft()
            move.invoice_payment_term_id = term
            move.action_post()
            self._check()
            self.assertEqual(finding.state, state)
        acceptance.action_revoke()
        move.button_draft()
        move.invoice_payment_term_id = wrong
        move.action_post()
        self._check()
        self.assertEqual(finding.state, "open")

    def test_for_a_product(self):
        product = self._product()
        moves = [
            self._invoice(self._line(each, taxes=self.other_tax))
            for each in (product, self._product())
        ]
        self._accept("TAX", product_id=product.id)
        self._check()
        self.assertEqual(self._found(moves[0]).state, "accepted")
        self.assertEqual(self._found(moves[1]).state, "open")

    def test_dialog_accepts_for_the_customers(self):
        moves = self._terms() | self._terms()
        self._check()
        findings = self._found(moves)
        action = findings.action_accept()
        dialogs = self.env[action["res_model"]].with_user(self.clerk)
        dialogs = dialogs.with_context(**action["context"])
        for day in (self.today - timedelta(1), self.today + timedelta(731)):
            alone = dialogs.create({"reason": "Agreed", "until": day})
            with self.subTest(day), self.assertRaises(ValidationError):
                alone.action_accept()
        dialog = dialogs.create({"reason": "Agreed", "scope": "partner_id"})
        with self.assertRaisesRegex(UserError, "last day"):
            dialog.action_accept()
        dialog.until = self.today
        dialog.action_accept()
        self.assertEqual(findings.mapped("state"), ["accepted"] * 2)
        self.assertEqual(findings.acceptance_id.partner_id, moves.partner_id)
        dialog = dialogs.create(
            {"reason": "Agreed", "scope": "product_id", "until": self.today}
        )
        with self.assertRaises(UserError):
            dialog.action_accept()

    def test_a_finding_without_the_subject(self):
        finding = self._terms()
        self._check()
        dialog = self.env["clerk.billing.finding.accept"].with_user(self.clerk)
        dialog = dialog.create(
            {
                "finding_ids": self._found(finding).ids,
                "reason": "Agreed",
                "scope": "product_id",
                "until": self.today,
            }
        )
        with self.assertRaisesRegex(UserError, "has no Product"):
            dialog.action_accept()

    def test_only_supervisors_accept_what_blocks(self):
        move = self.wrong_dup(4)
        self.checks._check_moves(move)
        finding = self._found(move).filtered(lambda each: each.severity == "block")
        values = {
            "code": finding.check_id.sudo().code,
            "partner_id": finding.partner_id.id,
        }
        with (
            self.assertRaisesRegex(AccessError, "Only supervisors can accept"),
            self.env.cr.savepoint(),
        ):
            self._accept(**values)
        acceptance = self._accept(user=self.supervisor, **values)
        self.assertTrue(acceptance.covers_blocking)
        self.assertEqual(finding.state, "accepted")

    def test_what_begins_to_block_is_reported(self):
        """A clerk accepted warnings; a supervisor lets the check block later."""
        move = self._terms()
        self._accept(partner_id=move.partner_id.id)
        self._named("TERMS").severity = "block"
        self._check()
        self.assertEqual(self._found(move).state, "open")

    def test_what_is_refused(self):
        partner = self._customer()
        for values, text in (
            ({}, "Select whose"),
            ({"partner_id": partner.id, "until": "2020-01-01"}, "in the past"),
            (
                {"partner_id": partner.id, "until": self.today + timedelta(731)},
                "or an earlier day",
            ),
        ):
            with self.subTest(text), self.assertRaisesRegex(ValidationError, text):
                self._accept(**values)

    def test_nobody_forges_one(self):
        partner = self._terms().partner_id
        foreign = self._adapted("TERMS", self.supervisor_b)
        for values in (
            {"company_id": self.company_b.id},
            {"check_id": foreign.id},
            {"state": "revoked"},
            {"covers_blocking": True},
            {"revoked_on": "2026-01-01"},
            {"finding_ids": [Command.clear()]},
        ):
            with (
                self.subTest(values),
                self.assertRaises(UserError),
            ):
                self._accept(partner_id=partner.id, **values)
        for name in ("until", "reason"):
            with (
                self.subTest(name),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
            ):
                self._accept(partner_id=partner.id, **{name: False})

    def test_defaults_of_a_caller(self):
        model = self.env["clerk.billing.acceptance"].with_user(self.clerk)
        values = {
            "check_id": self._named("TERMS").id,
            "partner_id": self._terms().partner_id.id,
            "until": self.today,
            "reason": "Agreed",
        }
        forged = model.with_context(
            default_covers_blocking=True,
            default_state="revoked",
            default_revoked_by_id=self.clerk.id,
        )
        acceptance = forged.create(values)
        self.assertEqual(acceptance.state, "active")
        self.assertFalse(acceptance.covers_blocking or acceptance.revoked_by_id)
        foreign = model.with_context(default_company_id=self.company_b.id)
        with self.assertRaises(AccessError):
            foreign.create(values)

    def test_clerks_do_not_accept_what_stops_their_draft(self):
        self.company_a.clerk_block_posting = True
        move = self.wrong_dup(4)
        self.checks._check_moves(move)
        finding = self._found(move).filtered(lambda each: each.severity == "block")
        self.assertEqual(finding.move_state, "draft")
        dialogs = self.env["clerk.billing.finding.accept"].with_user(self.clerk)
        for scope in ("finding", "partner_id"):
            dialog = dialogs.create(
                {
                    "finding_ids": finding.ids,
                    "reason": "Agreed",
                    "scope": scope,
                    "until": self.today,
                }
            )
            with (
                self.subTest(scope),
                self.assertRaises(UserError),
            ):
                dialog.action_accept()
            finding.invalidate_recordset()
            self.assertEqual(finding.state, "open")

    def test_rights(self):
        move = self._terms()
        values = {"partner_id": move.partner_id.id}
        for user in (self.auditor, self.outsider):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._accept(user=user, **values)
        acceptance = self._accept(**values)
        self.assertTrue(acceptance.with_user(self.auditor).reason)
        for user in (self.outsider, self.clerk_b):
            with self.subTest(user.login), self.assertRaises(AccessError):
                acceptance.with_user(user).read(["reason"])
        for user in (self.auditor, self.outsider, self.clerk_b):
            with self.subTest(user.login), self.assertRaises(AccessError):
                acceptance.with_user(user).action_revoke()
        for user in (self.clerk, self.supervisor):
            for forged in (
                *({"until": "2099-01-01"}, {"partner_id": False}),
                *({"state": "revoked"}, {"covers_blocking": True}),
            ):
                with self.subTest(forged), self.assertRaises(AccessError):
                    acceptance.with_user(user).write(forged)
            with self.assertRaises(AccessError):
                acceptance.with_user(user).unlink()
        with self.assertRaises(AccessError):
            self._accept(**values, covers_blocking=True)

    def test_two_companies(self):
        """An acceptance of one company covers nothing of another."""
        move = self._terms()
        self._accept(
            user=self.clerk_b,
            partner_id=move.partner_id.id,
            company_id=self.company_b.id,
        )
        with self.assertRaises(AccessError):
            self._accept(
                user=self.clerk_b,
                partner_id=move.partner_id.id,
                company_id=self.company_a.id,
            )
        self._check()
        self.assertEqual(self._found(move).state, "open")

    def test_outlives_the_check_of_the_company(self):
        move = self._terms()
        own = self._adapted("TERMS")
        acceptance = self._accept(partner_id=move.partner_id.id, check_id=own.id)
        self._check()
        own.action_share()
        self.assertEqual(acceptance.check_id.id, self._named("TERMS").id)
        self._check()
        self.assertEqual(self._found(move).state, "accepted")

    def test_queries_do_not_grow(self):
        counts = []
        for number in (1, 2, 8):
            for _each in range(number):
                self._accept(partner_id=self._terms().partner_id.id)
            counts.append(self._queries_of_checks())
        self._assert_no_more_queries(*counts[1:])
