from lxml import html

from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.correction.common import (
    CorrectionCommon,
)


@tagged("post_install", "-at_install")
class TestCorrectionPrint(CorrectionCommon):
    """Every note names the number and date of its original, and the reason."""

    def _printed(self, move):
        content, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "account.account_invoices", move.ids
        )
        return " ".join(html.fromstring(content).text_content().split())

    def _noted(self, remedy="correct_lines", terms=None):
        reason = self.env["clerk.billing.error.reason"].sudo().search([], limit=1)
        reason.customer_text = "We billed the wrong quantity."
        self.env["res.lang"].sudo()._activate_lang("fr_FR")
        reason.with_context(lang="fr_FR").customer_text = "La quantité était fausse."
        move = self._posted((10, 20.0))
        case = self._case(move, reason_id=reason.id)
        return move, self._corrected(
            move, remedy, lines={0: terms or {"quantity": 2}}, case=case
        ).document_ids.sorted("id")

    def test_credit_note(self):
        move, note = self._noted()
        text = self._printed(note)
        self.assertIn(
            f"This credit note refers to invoice {move.name} dated 01/15/2026", text
        )
        self.assertIn("We billed the wrong quantity.", text)

    def test_debit_note_and_rebill(self):
        move, note = self._noted(terms={"quantity": 12})
        self.assertIn(
            f"This debit note refers to {move.name} dated 01/15/2026",
            self._printed(note),
        )
        move, (credit, rebill) = self._noted("rebill")
        self.assertIn(
            f"This credit note refers to invoice {move.name}", self._printed(credit)
        )
        self.assertIn(
            f"This invoice replaces invoice {move.name}", self._printed(rebill)
        )

    def test_in_the_language_of_the_customer(self):
        self.env["res.lang"].sudo()._activate_lang("fr_FR")
        self.partner_a.lang = "fr_FR"
        move, note = self._noted()
        text = self._printed(note)
        self.assertIn("La quantité était fausse.", text)
        self.assertIn("15/01/2026", text)

    def test_note_of_core_names_its_original_too(self):
        move = self._posted((10, 20.0))
        wizard = self.env["account.move.reversal"].create(
            {
                "move_ids": move.ids,
                "company_id": move.company_id.id,
                "journal_id": move.journal_id.id,
            }
        )
        wizard.refund_moves()
        wizard.new_move_ids.action_post()
        text = self._printed(wizard.new_move_ids)
        self.assertIn(
            f"This credit note refers to invoice {move.name} dated 01/15/2026", text
        )

    def test_invoice_without_original_says_nothing(self):
        self.assertNotIn(
            "This credit note refers to", self._printed(self._posted((1, 2.0)))
        )
