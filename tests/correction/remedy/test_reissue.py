from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.correction.common import CorrectionCommon


@tagged("post_install", "-at_install")
class TestReissue(CorrectionCommon):
    def test_reference_changes_and_the_ledger_does_not(self):
        move = self._posted((10, 20.0), ref="PO 7")
        move.is_move_sent = True
        before = move.line_ids.read(["name", "balance", "account_id", "tax_ids"])
        correction = self._corrected(move, "reissue", reference="PO 77")
        self.assertEqual(move.ref, "PO 77")
        self.assertFalse(move.is_move_sent)
        self.assertFalse(correction.document_ids)
        self.assertEqual(
            move.line_ids.read(["name", "balance", "account_id", "tax_ids"]), before
        )
        self.assertIn("PO 7 → PO 77", "".join(move.message_ids.mapped("body")))
        self.assertEqual(correction.error_id.state, "resolved")

    def test_the_law_decides_what_may_change(self):
        move = self._posted((10, 20.0))
        with self.assertRaisesRegex(UserError, "Delivery Address.*Credit and Rebill"):
            self._corrected(move, "reissue", partner_shipping_id=self.contact_a.id)
        self.company_a.sudo().clerk_reissue_scope = "all"
        self._corrected(move, "reissue", partner_shipping_id=self.contact_a.id)
        self.assertEqual(move.partner_shipping_id, self.contact_a)
        self.company_a.sudo().clerk_reissue_scope = "none"
        with self.assertRaisesRegex(UserError, "does not allow posted"):
            self._corrected(move, "reissue", reference="PO 8")

    def test_nothing_to_change(self):
        with self.assertRaisesRegex(
            UserError, "contains no changes|Nothing would change"
        ):
            self._corrected(self._posted((10, 20.0)), "reissue")
