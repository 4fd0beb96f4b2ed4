from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.correction.common import (
    CorrectionCommon,
)


@tagged("post_install", "-at_install")
class TestCorrectLines(CorrectionCommon):
    def test_less_quantity_makes_a_credit_note(self):
        move = self._posted((10, 20.0), (1, 5.0))
        correction = self._corrected(move, lines={0: {"quantity": 8}})
        self.assertRecordValues(
            correction.document_ids,
            [
                {
                    "move_type": "out_refund",
                    "state": "posted",
                    "reversed_entry_id": move.id,
                    "corrected_move_id": move.id,
                    "correction_role": "credit",
                    "amount_total": 46.0,
                    "payment_state": "paid",
                }
            ],
        )
        self.assertAlmostEqual(move.amount_residual, 235.75 - 46)

    def test_higher_price_makes_a_debit_note(self):
        move = self._posted((10, 20.0))
        correction = self._corrected(move, lines={0: {"price_unit": 21.5}})
        self.assertRecordValues(
            correction.document_ids,
            [
                {
                    "move_type": "out_invoice",
                    "debit_origin_id": move.id,
                    "correction_role": "debit",
                    "amount_untaxed": 15.0,
                    "amount_total": 17.25,
                    "payment_state": "not_paid",
                }
            ],
        )
        self.assertEqual(move.amount_residual, 230)

    def test_up_and_down_make_one_note_of_the_balance(self):
        move = self._posted((10, 20.0), (4, 50.0))
        correction = self._corrected(
            move, lines={0: {"quantity": 12}, 1: {"price_unit": 30, "quantity": 3}}
        )
        note = correction.document_ids
        self.assertEqual(note.move_type, "out_refund")
        self.assertEqual(note.amount_untaxed, 70)
        self.assertEqual(
            note.invoice_line_ids.sorted("id").mapped("quantity"), [-2, 4, -3]
        )

    def test_documents_are_as_previewed(self):
        move = self._posted((3, 33.33), (7, 0.99))
        correction = self._correction(move)
        correction.line_ids[1].discount = 10
        document = correction.preview["documents"][0]
        correction.action_apply()
        note = correction.document_ids
        self.assertEqual(-document["total"], note.amount_total)
        self.assertEqual(-document["untaxed"], note.amount_untaxed)
        self.assertEqual(
            [-tax["amount"] for tax in document["taxes"]], [note.amount_tax]
        )
        self.assertEqual(correction.preview, correction.applied_preview)

    def test_claim_of_the_customer_is_proposed(self):
        move = self._posted((10, 20.0), (1, 5.0))
        case = self._case(move)
        case.action_load_lines()
        case.line_ids[0].claimed_quantity = 7
        correction = self._correction(move, case=case)
        self.assertEqual(correction.line_ids.mapped("quantity"), [7, 1])

    def test_second_correction_starts_from_what_is_still_billed(self):
        move = self._posted((10, 20.0))
        self._corrected(move, lines={0: {"quantity": 8}})
        second = self._correction(move)
        self.assertEqual(second.line_ids.billed_quantity, 8)
        second.line_ids.price_unit = 15
        second.action_apply()
        self.assertEqual(second.document_ids.amount_untaxed, 40)

    def test_core_credit_note_counts_as_credited(self):
        move = self._posted((10, 20.0))
        self._core_credit(move, 4)
        correction = self._correction(move)
        self.assertEqual(correction.line_ids.billed_quantity, 6)

    def _core_credit(self, move, quantity):
        wizard = self.env["account.move.reversal"].create(
            {
                "move_ids": move.ids,
                "company_id": move.company_id.id,
                "journal_id": move.journal_id.id,
            }
        )
        wizard.refund_moves()
        wizard.new_move_ids.invoice_line_ids[0].quantity = quantity
        wizard.new_move_ids.action_post()
        return wizard.new_move_ids

    def test_foreign_core_credit_note_is_named(self):
        move = self._posted((10, 20.0))
        note = self._core_credit(move, 4)
        note.button_draft()
        note.invoice_line_ids.price_unit = 3
        note.action_post()
        correction = self._correction(move)
        self.assertIn(note.name, correction.unfit_reason)
        self.assertFalse(correction.line_ids)
        correction.remedy_id = self._remedy("reissue")
        self.assertFalse(correction.unfit_reason)

    def test_foreign_currency_keeps_the_rate_of_the_original(self):
        move = self._posted((10, 20.0), currency=self.foreign_currency)
        self.foreign_currency.rate_ids = [
            Command.create(
                {"name": "2026-02-01", "rate": 5, "company_id": self.company_a.id}
            )
        ]
        note = self._corrected(
            move, lines={0: {"quantity": 0}}, date="2026-02-10"
        ).document_ids
        self.assertEqual(note.invoice_currency_rate, move.invoice_currency_rate)
        self.assertEqual(note.amount_total_signed, -move.amount_total_signed)
        self.assertTrue(move.line_ids.filtered("date_maturity").reconciled)
        self.assertFalse(
            (move + note).line_ids.matched_debit_ids.exchange_move_id
            + (move + note).line_ids.matched_credit_ids.exchange_move_id
        )

    def test_credit_note_is_corrected_both_ways(self):
        refund = self._posted((10, 20.0), move_type="out_refund")
        less = self._corrected(refund, lines={0: {"quantity": 8}}).document_ids
        self.assertRecordValues(
            less, [{"move_type": "out_invoice", "amount_untaxed": 40.0}]
        )
        more = self._corrected(refund, lines={0: {"quantity": 9}}).document_ids
        self.assertRecordValues(
            more, [{"move_type": "out_refund", "amount_untaxed": 20.0}]
        )

    def test_locked_period_moves_the_date_and_says_so(self):
        move = self._posted((10, 20.0))
        self.company_a.sudo().sale_lock_date = "2026-01-31"
        correction = self._correction(move, date="2026-01-20")
        correction.line_ids.quantity = 8
        self.assertIn("2026", correction.preview["date_note"])
        correction.action_apply()
        self.assertEqual(str(correction.document_ids.date), "2026-02-01")
        self.assertEqual(str(correction.document_ids.invoice_date), "2026-02-01")

    def test_hashed_invoice_is_corrected(self):
        move = self._posted((10, 20.0))
        move.journal_id.sudo().restrict_mode_hash_table = True
        move.button_hash()
        self.assertTrue(move.inalterable_hash)
        note = self._corrected(move, lines={0: {"quantity": 8}}).document_ids
        self.assertEqual(note.state, "posted")

    # What gets a sentence

    def test_nothing_changed(self):
        correction = self._correction(self._posted((10, 20.0)))
        with self.assertRaisesRegex(
            UserError, "contains no changes|Nothing would change"
        ):
            correction.action_apply()

    def test_more_than_billed_or_the_other_sign(self):
        move = self._posted((10, 20.0))
        correction = self._correction(move)
        with self.assertRaisesRegex(ValidationError, "quantity cannot change"):
            correction.line_ids.quantity = -1
        self._corrected(move, lines={0: {"quantity": 0}})
        again = self._case(move)
        with self.assertRaisesRegex(UserError, "credited in full by RINV"):
            self._correction(move, case=again).action_apply()

    def test_line_of_another_invoice(self):
        move, other = self._posted((10, 20.0)), self._posted((1, 1.0))
        correction = self._correction(move)
        with self.assertRaisesRegex(ValidationError, other.name):
            correction.line_ids = [
                Command.create(
                    {"move_line_id": other.invoice_line_ids.id, "quantity": 1}
                )
            ]

    def test_tax_of_another_company(self):
        correction = self._correction(self._posted((10, 20.0)))
        with self.assertRaisesRegex(ValidationError, "is a tax of"):
            correction.sudo().line_ids.tax_ids = self.company_b_data["default_tax_sale"]

    def test_draft_and_cancelled_documents(self):
        move = self._posted((10, 20.0))
        case = self._case(move)
        move.button_draft()
        with self.assertRaisesRegex(ValidationError, "edit it instead"):
            self._correction(move, case=case)
        move.button_cancel()
        with self.assertRaisesRegex(ValidationError, "is cancelled"):
            self._correction(move, case=case)

    def test_a_note_is_corrected_by_correcting_its_original(self):
        move = self._posted((10, 20.0))
        note = self._corrected(move, lines={0: {"quantity": 8}}).document_ids
        with self.assertRaisesRegex(ValidationError, f"Correct {move.name}"):
            self._correction(note)

    def test_cash_rounding_is_credited_in_full(self):
        rounding = self.env["account.cash.rounding"].create(
            {
                "name": "Half",
                "rounding": 0.5,
                "strategy": "add_invoice_line",
                "profit_account_id": self.company_data["default_account_revenue"].id,
                "loss_account_id": self.company_data["default_account_expense"].id,
            }
        )
        move = self._posted((1, 9.87), invoice_cash_rounding_id=rounding.id)
        correction = self._correction(move)
        self.assertIn("Credit and Rebill", correction.unfit_reason)
        correction.remedy_id = self._remedy("credit_full")
        correction.action_apply()
        self.assertEqual(correction.document_ids.amount_total, move.amount_total)

    def test_closed_case(self):
        correction = self._correction(self._posted((10, 20.0)))
        correction.line_ids.quantity = 3
        correction.error_id._take_step("cancel")
        with self.assertRaisesRegex(UserError, "Reopen it"):
            correction.action_apply()

    def test_archived_journal(self):
        move = self._posted((10, 20.0))
        correction = self._correction(move)
        correction.line_ids.quantity = 3
        journals = self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", self.company_a.id)]
        )
        journals.sudo().active = False
        with self.assertRaisesRegex(UserError, "no active sales journal"):
            correction.action_apply()

    def test_prices_of_many_decimals_are_kept(self):
        move = self._posted((3, 10.0 / 7), (1, 5.0))
        case = self._case(move)
        case.action_load_lines()
        self.assertFalse(case.amount_disputed)
        correction = self._correction(move, case=case)
        correction.line_ids[1].quantity = 0
        correction.action_apply()
        self.assertEqual(correction.document_ids.amount_untaxed, 5)

    def test_after_credit_in_full_nothing_is_billed(self):
        move = self._posted((10, 20.0))
        note = self._corrected(move, "credit_full").document_ids
        for remedy in ("credit_full", "correct_lines", "rebill"):
            correction = self._correction(move, remedy)
            self.assertIn(f"in full by {note.name}", correction.unfit_reason)
            with self.assertRaisesRegex(UserError, f"in full by {note.name}"):
                correction.action_apply()

    def test_after_a_rebill_the_rebill_is_corrected(self):
        move = self._posted((10, 20.0))
        made = self._corrected(move, "rebill", lines={0: {"quantity": 9}}).document_ids
        with self.assertRaisesRegex(UserError, "already credited in full"):
            self._correction(move, "rebill").action_apply()
        rebill = made.filtered(lambda each: each.correction_role == "rebill")
        note = self._corrected(rebill, lines={0: {"quantity": 8}}).document_ids
        self.assertEqual(note.amount_untaxed, 20)
        for document in move + made + note:
            self.assertEqual(document.correction_family_ids, move + made + note)

    def test_a_cancelled_note_no_longer_counts(self):
        move = self._posted((10, 20.0))
        note = self._core_credit(move, 2)
        note.button_draft()
        self.assertIn("still a draft", self._correction(move).unfit_reason)
        note.button_cancel()
        again = self._correction(move)
        self.assertEqual(again.line_ids.billed_quantity, 10)
        again.line_ids.quantity = 7
        again.action_apply()
        self.assertEqual(again.document_ids.amount_untaxed, 60)

    def test_a_note_that_was_reversed_is_named(self):
        move = self._posted((10, 20.0))
        note = self._corrected(move, lines={0: {"quantity": 8}}).document_ids
        wizard = self.env["account.move.reversal"].create(
            {
                "move_ids": note.ids,
                "company_id": move.company_id.id,
                "journal_id": move.journal_id.id,
            }
        )
        wizard.refund_moves()
        wizard.new_move_ids.action_post()
        self.assertIn(wizard.new_move_ids.name, self._correction(move).unfit_reason)

    def test_nothing_turns_negative(self):
        move = self._posted((10, 20.0), (-1, 150.0))
        correction = self._correction(move)
        with self.assertRaisesRegex(ValidationError, "price cannot change"):
            correction.line_ids[0].price_unit = -20
        correction = self._correction(move)
        correction.line_ids[0].quantity = 5
        self.assertIn("corrected total", correction.preview["obstacle"])
        with self.assertRaisesRegex(UserError, "corrected total.*57.50"):
            correction.action_apply()

    def test_taxes_edited_by_hand_are_reversed_as_booked(self):
        move = self._posted((10, 20.0))
        move.button_draft()
        tax_line = move.line_ids.filtered("tax_line_id")
        move.line_ids = [Command.update(tax_line.id, {"amount_currency": -30.5})]
        move.action_post()
        self.assertEqual(move.amount_total, 230.5)
        correction = self._correction(move)
        self.assertIn("edited manually", correction.unfit_reason)
        correction.remedy_id = self._remedy("credit_full")
        correction.action_apply()
        self.assertEqual(correction.document_ids.amount_total, 230.5)
        self.assertEqual(move.payment_state, "reversed")
