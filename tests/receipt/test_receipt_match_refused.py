from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ReceiptCommon

STEPS = (
    *("apply", "undo", "dismiss", "reopen", "propose", "assign"),
    *("report_short", "view_items"),
)


@tagged("post_install", "-at_install")
class TestReceiptMatchRefused(ReceiptCommon):
    """Forged values, outdated proposals and other companies are refused."""

    freeze_time = freeze_time("2026-03-10")

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(80.0)
        self.payment = self._payment(70.0, self.invoice.name)
        self.match = self._propose(self.payment)

    def _assert_unchanged(self, match=None):
        match = match or self.match
        match.invalidate_recordset()
        self.assertRecordValues(
            match,
            [
                {
                    "state": "proposed",
                    "reason": "named",
                    "is_automatic": False,
                    "amount": 70.0,
                    "partner_id": self.partner_a.id,
                }
            ],
        )
        self.assertEqual(self._open(self.invoice), [80.0])

    def _refused(self, call, error=UserError, message=""):
        with self.assertRaisesRegex(error, message), self.cr.savepoint():
            call()

    # People

    def test_nobody_else_takes_a_step(self):
        for user in (self.clerk_b, self.outsider, self.auditor):
            for step in STEPS:
                if user == self.auditor and step == "view_items":
                    continue
                call = getattr(self.match.with_user(user), f"action_{step}")
                with self.subTest(user=user.login, step=step):
                    self._refused(call, (AccessError, UserError))
        self._assert_unchanged()

    def test_payments_of_another_company(self):
        """Neither proposals nor dialogs reach into a company that is not the user's."""
        other = self.env["clerk.receipt.assign"].with_user(self.clerk_b)
        values = {"match_ids": self.match.ids, "partner_id": self.partner_b.id}
        self._refused(lambda: other.create(values).action_assign(), AccessError)
        payment = self.payment.with_user(self.clerk_b)
        self._refused(payment.action_propose_match, AccessError)
        self._assert_unchanged()

    def test_customers_of_another_company(self):
        foreign = self.env["res.partner"].create(
            {"name": "Only of B", "company_id": self.company_b.id}
        )
        dialog = self.env["clerk.receipt.assign"].with_user(self.supervisor)
        values = {"match_ids": self.match.ids, "partner_id": foreign.id}
        self._refused(lambda: dialog.create(values).action_assign(), UserError)
        aliases = self.env["clerk.payer.alias"].with_user(self.clerk)
        values = {"alias": "Only of B", "partner_id": foreign.id}
        self._refused(lambda: aliases.create(values), UserError)
        self._assert_unchanged()

    # Forged values

    def test_values_of_proposals_are_not_given(self):
        matches = self.match.browse()
        for forged in (
            {"state": "applied"},
            {"reason": "advice", "confidence": 100},
            {"is_automatic": True},
            {"was_automatic": True},
            {"partner_id": self.partner_b.id},
            {"item_id": self._payment_items(self._payment(5.0)).id},
            {"line_ids": [(0, 0, {"item_id": self.match.item_id.id, "amount": 1})]},
            {"applied_on": "2026-01-01"},
        ):
            with self.subTest(forged=forged):
                self._refused(
                    lambda forged=forged: self.match.write(forged), AccessError
                )
                self._refused(
                    lambda forged=forged: matches.create(
                        {"item_id": self.match.item_id.id, **forged}
                    ),
                    AccessError,
                )
        line = self.match.line_ids
        self._refused(lambda: line.write({"amount": 80.0}), AccessError)
        self._assert_unchanged()

    def test_defaults_of_the_context_are_not_taken(self):
        forged = self.payment.with_user(self.clerk).with_context(
            clerk_inside=True,
            default_state="applied",
            default_reason="advice",
            default_is_automatic=True,
            default_was_automatic=True,
            default_confidence=100,
            default_applied_by_id=self.colleague.id,
        )
        self.match.sudo().unlink()
        forged.action_propose_match()
        match = forged.match_ids
        self.assertFalse(match.was_automatic or match.applied_by_id)
        self.assertEqual(match.confidence, 75)
        self._assert_unchanged(match)

    # Changed meanwhile

    def test_a_payment_reset_to_draft(self):
        self.payment.action_draft()
        self._refused(self.match.action_apply, UserError, "in the meantime")
        self._assert_unchanged()

    def test_an_invoice_reset_to_draft(self):
        self.invoice.button_draft()
        self._refused(self.match.action_apply, UserError, "in the meantime")
        self.invoice.action_post()
        self._assert_unchanged()

    def test_an_invoice_paid_by_another_payment(self):
        self._pay(self.invoice, 80.0)
        self._refused(self.match.action_apply, UserError, "in the meantime")
        self.assertEqual(self._open(self.invoice), [0.0])
        self.match.action_propose()
        self.assertEqual((self.match.notes, self.match.line_count), (["settled"], 0))

    def test_a_payment_applied_elsewhere(self):
        other = self._invoice(20.0)
        (self.match.item_id + self._receivable(other)).sudo().reconcile()
        self._refused(self.match.action_apply, UserError, "in the meantime")
        self.assertEqual(self._open(self.invoice), [80.0])

    def _receivable(self, move):
        return move.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).with_user(self.clerk)

    def test_applied_twice(self):
        self.match.action_apply()
        again = self.match.with_user(self.colleague)
        self._refused(again.action_apply, UserError, "Applied")
        self.assertEqual(self._open(self.invoice), [10.0])

    # Advices

    def test_advices_of_others(self):
        advices = self.env["clerk.remittance"]
        values = {
            "name": "AVIS 1",
            "partner_id": self.partner_a.id,
            "total": 70.0,
            "line_ids": [(0, 0, {"number": self.invoice.name, "amount": 70.0})],
        }
        advice = advices.with_user(self.clerk).create(values)
        for forged in (
            {"state": "confirmed"},
            {"match_id": self.match.id},
            {"source": "portal"},
            {"line_ids": [(1, advice.line_ids.id, {"item_id": self.match.item_id.id})]},
        ):
            with self.subTest(forged=forged):
                self._refused(lambda forged=forged: advice.write(forged), AccessError)
        of_b = {**values, "company_id": self.company_b.id}
        self._refused(lambda: advices.with_user(self.clerk).create(of_b), AccessError)
        imports = self.env["clerk.remittance.import"].with_user(self.clerk_b)
        self._refused(
            lambda: imports.create(
                {"remittance_id": advice.id, "content": b"RG9jO1BhaWQK"}
            ).action_import()
        )
        for step in ("confirm", "edit", "cancel", "import"):
            call = getattr(advice.with_user(self.clerk_b), f"action_{step}")
            self._refused(call, AccessError)
        for amount in (float("nan"), float("inf"), 1e300, "50 EUR"):
            with self.subTest(amount=amount):
                self._refused(lambda amount=amount: advice.write({"total": amount}))
        self.assertEqual((advice.state, advice.total), ("draft", 70.0))
        self._assert_unchanged()
