from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.correction.common import (
    CorrectionCommon,
)


@tagged("post_install", "-at_install")
class TestCreditFull(CorrectionCommon):
    """The remainder is credited even where single lines cannot be recomputed.

    Credit in Full used to refuse these documents with “Credit it in full”.
    """

    def _edited_by_hand(self, move_type="out_invoice"):
        move = self._posted((10, 20.0), (1, 30.0), move_type=move_type)
        move.button_draft()
        tax_line = move.line_ids.filtered("tax_line_id")
        amount = tax_line.amount_currency * 35 / 34.5
        move.line_ids = [Command.update(tax_line.id, {"amount_currency": amount})]
        move.action_post()
        self.assertEqual(move.amount_total, 265)
        return move

    def _balances(self, moves):
        return [
            round(sum(lines.mapped("balance")), 2)
            for lines in moves.line_ids.grouped("account_id").values()
        ]

    def test_after_a_note_of_core(self):
        move = self._edited_by_hand()
        wizard = self.env["account.move.reversal"].create(
            {
                "move_ids": move.ids,
                "company_id": move.company_id.id,
                "journal_id": move.journal_id.id,
            }
        )
        wizard.refund_moves()
        note = wizard.new_move_ids
        note.invoice_line_ids.sorted("id")[0].quantity = 4
        note.action_post()
        documents = self._corrected(move, "credit_full").document_ids
        self.assertEqual(documents.amount_total, 265 - note.amount_total)
        self.assertEqual(set(self._balances(move + note + documents)), {0})

    def test_a_credit_note(self):
        move = self._edited_by_hand("out_refund")
        document = self._corrected(move, "credit_full").document_ids
        self.assertEqual(document.amount_total, 265)
        self.assertEqual(set(self._balances(move + document)), {0})

    def test_after_the_rounding_method_has_changed(self):
        self.company_a.tax_calculation_rounding_method = "round_per_line"
        for move_type in ("out_invoice", "out_refund"):
            move = self._posted((1, 0.10), (1, 0.10), (1, 0.10), move_type=move_type)
            self.company_a.tax_calculation_rounding_method = "round_globally"
            document = self._corrected(move, "credit_full").document_ids
            self.assertEqual(document.amount_total, move.amount_total)
            self.assertEqual(set(self._balances(move + document)), {0})
            self.company_a.tax_calculation_rounding_method = "round_per_line"

    def test_started_before_and_applied_after_another_correction(self):
        """Before, the terms of the correction that was started last were in force, and
        the invoice could be credited twice."""
        move = self._posted((10, 20.0))
        started = self._correction(move, "credit_full")
        self._corrected(move, lines={0: {"price_unit": 15}})
        started.action_apply()
        self.assertEqual(started.document_ids.amount_untaxed, 150)
        again = self._correction(move)
        self.assertIn("already credited in full", again.unfit_reason)
        self.assertEqual(again.line_ids.billed_quantity, 0)
