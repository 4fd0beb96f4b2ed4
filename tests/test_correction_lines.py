from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.correction_common import CorrectionCommon


@tagged("post_install", "-at_install")
class TestCorrectionLines(CorrectionCommon):
    def test_less_quantity_makes_a_credit_note(self):
        move = self._posted((10, 20.0), (1, 5.0))
        correction = self._correction(move)
        correction.line_ids[0].quantity = 8
        self.assertEqual(correction.preview["documents"][0]["total"], -46.0)
        correction.action_apply()
        note = correction.document_ids
        self.assertRecordValues(
            note,
            [
                {
                    "move_type": "out_refund",
                    "state": "posted",
                    "reversed_entry_id": move.id,
                    "corrected_move_id": move.id,
                    "amount_total": 46.0,
                }
            ],
        )
        self.assertEqual(move.amount_residual, 230 + 5.75 - 46)
