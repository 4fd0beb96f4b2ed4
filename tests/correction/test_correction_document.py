from hypothesis import example, given
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.correction.common import (
    CorrectionCommon,
)
from odoo.addons.invoicing_clerk.tests.properties import property_of

ROUNDINGS = st.fixed_dictionaries(
    {
        "rounding": st.sampled_from([0.05, 0.1, 1.0]),
        "method": st.sampled_from(["UP", "DOWN", "HALF-UP"]),
        "strategy": st.sampled_from(["add_invoice_line", "biggest_tax"]),
    }
)
CENTS = st.integers(-300, 300).map(lambda cents: cents / 100)


@tagged("post_install", "-at_install")
class TestCorrectionDocument(CorrectionCommon):
    """Documents are posted as previewed, or not at all."""

    # Cash rounding

    def _rounding(self, rounding, method, strategy):
        return self.env["account.cash.rounding"].create(
            {
                "name": "Coins",
                "rounding": rounding,
                "rounding_method": method,
                "strategy": strategy,
                "profit_account_id": self.company_data["default_account_revenue"].id,
                "loss_account_id": self.company_data["default_account_expense"].id,
            }
        )

    @property_of(10)
    @example(
        terms={"rounding": 0.05, "method": "HALF-UP", "strategy": "add_invoice_line"},
        price=150.0,
        change=-0.02,
        remedy="correct_lines",
        taxed=False,
        code=False,
    )
    @example(
        terms={"rounding": 0.05, "method": "UP", "strategy": "add_invoice_line"},
        price=150.0,
        change=-0.01,
        remedy="correct_lines",
        taxed=False,
        code=False,
    )
    @given(
        terms=ROUNDINGS,
        price=st.integers(400, 20000).map(lambda cents: cents / 100),
        change=CENTS,
        remedy=st.sampled_from(["correct_lines", "credit_full", "rebill"]),
        taxed=st.booleans(),
        code=st.sampled_from([False, "EUR"]),
    )
    def test_cash_rounding_books_what_was_previewed(
        self, terms, price, change, remedy, taxed, code
    ):
        """A note rounded where the invoice had not: 0.00 posted, −0.02 previewed."""
        with self.env.cr.savepoint() as savepoint:
            move = self._posted(
                (1, price),
                taxes=self.tax_sale_a if taxed else self.env["account.tax"],
                currency=self.foreign_currency if code else None,
                invoice_cash_rounding_id=self._rounding(**terms).id,
            )
            correction = self._correction(move, remedy)
            if remedy != "credit_full":
                correction.line_ids.price_unit = price + change
            if not correction.unfit_reason and correction.preview["documents"]:
                self._check_as_previewed(correction)
            savepoint.rollback()

    def _check_as_previewed(self, correction):
        move, rounded = correction.move_id, correction.move_id.amount_total
        documents = correction.preview["documents"]
        correction.action_apply()
        made = correction.document_ids.sorted("id")
        self.assertEqual(
            [round(each["total"], 2) for each in documents],
            [round(each.correction_total, 2) for each in made],
        )
        if correction.remedy_id.code == "correct_lines":
            # Lines can be corrected only where no rounding was booked.
            self.assertAlmostEqual(
                rounded + made.correction_total,
                rounded + documents[0]["untaxed"] + self._taxes(documents[0]),
            )
            self.assertFalse(made.invoice_cash_rounding_id)
        else:
            is_settled = not move.amount_residual
            self.assertTrue(is_settled or move.move_type == "out_refund")

    def test_credit_in_full_of_every_cash_rounding(self):
        """EUR 4.39 rounded down to 4 was refused: Odoo computes the amounts of its own
        reversal anew, with the rounding at the rate of another day."""
        self._rate("2026-01-16", 3.7)
        for terms, price, move_type in self._rounded_documents():
            with (
                self.subTest(**terms, price=price, move_type=move_type),
                self.env.cr.savepoint() as savepoint,
            ):
                move = self._posted(
                    (1, price),
                    (-2, 0.71),
                    currency=self.foreign_currency,
                    move_type=move_type,
                    invoice_cash_rounding_id=self._rounding(**terms).id,
                )
                correction = self._correction(move, "credit_full")
                self.assertFalse(correction.unfit_reason)
                [document] = correction.preview["documents"]
                self._check_as_previewed(correction)
                note = correction.document_ids
                booked = self.currency_a.round(abs(note.amount_total_signed))
                self.assertGreaterEqual(document["stake"], booked)
                self.assertFalse(self._left(move + note))
                savepoint.rollback()

    def _rounded_documents(self):
        return [
            ({"rounding": rounding, "method": method, "strategy": strategy}, *document)
            for rounding in (0.05, 1.0)
            for method in ("UP", "DOWN", "HALF-UP")
            for strategy in ("add_invoice_line", "biggest_tax")
            for document in (
                (4.39, "out_invoice"),
                (10.07, "out_invoice"),
                (4.41, "out_refund"),
            )
        ]

    def _rate(self, date, rate):
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.foreign_currency.id,
                "company_id": self.company_a.id,
                "name": date,
                "rate": rate,
            }
        )

    def _left(self, moves):
        """Return what remains on accounts, in either currency."""
        return [
            account.name
            for account, items in moves.line_ids.grouped("account_id").items()
            if round(sum(items.mapped("balance")), 2)
            or round(sum(items.mapped("amount_currency")), 2)
        ]

    def _taxes(self, document):
        return sum(tax["amount"] for tax in document["taxes"])

    # Posting

    def test_a_difference_from_the_preview_is_refused(self):
        """A module that adds a line to every note: the last proof has to see it."""

        moves = self.registry["account.move"]
        post = moves.action_post

        def action_post(move):
            fee = {"name": "Fee", "price_unit": 1, "tax_ids": [Command.clear()]}
            move.invoice_line_ids = [Command.create(fee)]
            return post(move)

        move = self._posted((10, 20.0), taxes=self.env["account.tax"])
        self.patch(moves, "action_post", action_post)
        for remedy in ("credit_full", "rebill", "correct_lines"):
            correction = self._correction(move, remedy, case=self._case(move))
            correction.line_ids.quantity = 8
            with self.assertRaises(UserError):
                correction.action_apply()
            self.assertFalse(correction.document_ids)
            self.assertEqual(correction.state, "draft")

    def test_a_document_that_waits_for_a_confirmation_is_refused(self):
        move = self._posted((10, 20.0))
        correction = self._correction(move)
        correction.line_ids.quantity = 8
        wizard = {"type": "ir.actions.act_window"}
        self.patch(
            self.registry["account.move"], "action_post", lambda move: dict(wizard)
        )
        with self.assertRaisesRegex(UserError, "asks for a confirmation"):
            correction.action_apply()

    # Accounts

    @property_of(12)
    @given(
        remedy=st.sampled_from(["correct_lines", "credit_full", "rebill", "write_off"]),
        quantity=st.sampled_from([4, 12]),
        paid=st.sampled_from([0, 100, 230]),
    )
    def test_another_receivable_account_since(self, remedy, quantity, paid):
        """Notes went on the new account and settled nothing."""
        with self.env.cr.savepoint() as savepoint:
            move = self._posted((10, 20.0))
            if paid:
                self._pay(move, paid)
            account = self._receivable(move).account_id
            self.partner_a.property_account_receivable_id = account.copy(
                {"name": "Other receivables"}
            )
            self.company_a.clerk_write_off_limit = 1000
            self.company_a.clerk_write_off_account_id = self.company_data[
                "default_account_expense"
            ]
            correction = self._correction(move, remedy)
            correction.line_ids.quantity = quantity
            if not correction.unfit_reason:
                correction.action_apply()
                documents = correction.document_ids
                self.assertEqual(self._receivable(documents).account_id, account)
                if remedy != "correct_lines":
                    self.assertFalse(move.amount_residual)
                elif quantity == 4:
                    left = max(230 - paid - 138, 0)
                    self.assertAlmostEqual(move.amount_residual, left)
            savepoint.rollback()

    def _receivable(self, moves):
        return moves.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )

    def test_an_archived_account_is_named_before_anything_is_made(self):
        move = self._posted((10, 20.0))
        account = self._receivable(move).account_id
        self.partner_a.property_account_receivable_id = account.copy()
        account.active = False
        for remedy in ("correct_lines", "credit_full", "rebill"):
            correction = self._correction(move, remedy, case=self._case(move))
            self.assertIn(account.display_name, correction.unfit_reason)
