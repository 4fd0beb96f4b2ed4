from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.tests.correction.common import (
    CorrectionCommon,
)


@tagged("post_install", "-at_install")
class TestCorrectionPreview(CorrectionCommon):
    """The dialog before applying, and the documents after."""

    def test_totals_before_and_after(self):
        move = self._posted((10, 20.0), (1, 5.0))
        self._corrected(move, lines={0: {"quantity": 8}})
        correction = self._correction(move)
        correction.line_ids[1].price_unit = 15
        self.assertEqual(
            correction.preview["totals"],
            {
                "original": 235.75,
                "before": -46.0,
                "corrected": 201.25,
                "currency": move.currency_id.id,
                "corrected_currency": move.currency_id.id,
            },
        )
        self.assertIn("201.25", correction.summary_html)

    def test_totals_of_a_rebill_are_those_of_the_rebill(self):
        move = self._posted((10, 20.0))
        correction = self._correction(
            move, "rebill", rebill_currency_id=self.foreign_currency.id
        )
        totals = correction.preview["totals"]
        self.assertEqual(totals["original"], 230)
        self.assertEqual(totals["corrected"], 230)
        self.assertEqual(totals["corrected_currency"], self.foreign_currency.id)

    def test_nothing_entered_makes_nothing(self):
        correction = self._correction(self._posted((10, 20.0)))
        self.assertEqual(correction.preview["documents"], [])
        self.assertIn("There are no changes yet", correction.preview_html)

    def test_credit_of_a_paid_invoice_stays_open_and_says_so(self):
        move = self._posted((10, 20.0))
        self._pay(move, 200)
        correction = self._correction(move, "credit_full")
        self.assertEqual(correction.preview["credit_left"], 200)
        self.assertIn("stays open", correction.preview_html)
        correction.action_apply()
        self.assertEqual(correction.document_ids.amount_residual, 200)

    def test_reissue_shows_obstacles_before_it_is_applied(self):
        move = self._posted((10, 20.0))
        correction = self._correction(move, "reissue")
        self.assertEqual(correction.preview["documents"], [])
        self.company_a.sudo().clerk_reissue_scope = "reference"
        correction.narration = "<p>New words</p>"
        self.assertIn("does not allow", correction.preview["obstacle"])

    def test_lines_recompute_in_the_form(self):
        correction = self._correction(self._posted((10, 20.0)))
        view = "invoicing_clerk.clerk_correction_view_form_dialog"
        with Form(correction, view) as form:
            with form.line_ids.edit(0) as line:
                line.quantity = 4
            self.assertIn("138.00", form.preview_html)
            self.assertIn("92.00", form.summary_html)

    def test_apply_leads_to_the_documents(self):
        move = self._posted((10, 20.0))
        correction = self._correction(move, "rebill")
        action = correction.action_apply()
        self.assertEqual(action["domain"], [("id", "in", correction.document_ids.ids)])
        self.assertEqual(action["views"][0][1], "list")

    def test_what_makes_no_document_leads_to_the_original(self):
        move = self._posted((10, 20.0))
        self.company_a.sudo().clerk_reissue_scope = "all"
        correction = self._correction(move, "reissue", reference="PO 1")
        self.assertEqual(correction.action_apply()["res_id"], move.id)

    def test_asking_for_approval_closes_the_dialog_with_a_notice(self):
        move = self._posted((10, 20.0))
        self.env["clerk.approval.limit"].with_user(self.supervisor).create(
            {"user_id": self.clerk.id, "amount": 0}
        )
        correction = self._correction(move, "credit_full")
        action = correction.action_request_approval()
        self.assertIn(correction.name, action["params"]["message"])
        self.assertEqual(
            action["params"]["next"]["type"], "ir.actions.act_window_close"
        )
        self.assertEqual(correction.proposed_stake, 230)
        self.assertIn("Only supervisors", correction.decision_note)
        seen = correction.with_user(self.supervisor)
        self.assertTrue(seen.may_approve)
        self.assertNotIn("Only", seen.decision_note)

    def test_original_and_corrections_add_up_to_the_open_amount(self):
        move = self._posted((10, 20.0))
        self._corrected(move, lines={0: {"quantity": 9}})
        self.company_a.sudo().clerk_write_off_limit = 10
        account = self.company_data["default_account_expense"]
        self._corrected(
            move, "write_off", write_off_amount=7, write_off_account_id=account.id
        )
        family = move.correction_family_ids
        self.assertEqual(
            family.mapped("correction_part"), ["Original", "Credit Note", "Write-off"]
        )
        self.assertEqual(family.mapped("correction_total"), [230, -23, -7])
        self.assertEqual(sum(family.mapped("correction_total")), move.amount_residual)

    def test_note_reads_as_a_customer_expects(self):
        move = self._posted((12, 320.0), ref="PO 7")
        note = self._corrected(move, lines={0: {"price_unit": 288}}).document_ids
        self.assertEqual(note.ref, "PO 7")
        self.assertRecordValues(
            note.invoice_line_ids,
            [{"quantity": 12, "price_unit": 32.0, "price_subtotal": 384.0}],
        )

    def test_print_names_original_and_reason_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.partner_a.lang = "fr_FR"
        reason = self.env.ref("invoicing_clerk.reason_price").sudo()
        reason.with_context(lang="fr_FR").customer_text = "Un prix était faux."
        move = self._posted((10, 20.0))
        case = self._case(move, reason_id=reason.id)
        note = self._corrected(
            move, lines={0: {"price_unit": 18}}, case=case
        ).document_ids
        printed, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "account.report_invoice", note.ids
        )
        printed = printed.decode()
        for words in (move.name, "15/01/2026", "Un prix était faux."):
            self.assertIn(words, printed)

    def test_stake_of_a_line_changed_twice_is_its_difference(self):
        correction = self._correction(self._posted((6, 200.0)))
        correction.line_ids.write({"quantity": 4, "price_unit": 25})
        self.assertEqual(correction.stake, 1265)

    def test_each_step_ends_what_was_asked_before(self):
        self.env["clerk.approval.limit"].with_user(self.supervisor).create(
            {"user_id": self.clerk.id, "amount": 0}
        )
        correction = self._correction(self._posted((10, 20.0)), "credit_full")
        correction.action_request_approval()
        self.assertIn(self.supervisor, correction.activity_ids.user_id)
        correction.with_user(self.supervisor).action_approve()
        self.assertEqual(correction.activity_ids.user_id, self.clerk)
        correction.action_apply()
        self.assertFalse(correction.activity_ids)

    def test_balance_after_a_rebill_is_that_of_the_first_customer(self):
        move = self._posted((10, 20.0))
        correction = self._correction(
            move, "rebill", rebill_partner_id=self.partner_b.id
        )
        before = correction.preview["balance"]
        self.assertEqual(before["after"], before["before"] - 230)
        correction.action_apply()
        self.partner_a.invalidate_recordset(["credit"])
        self.assertEqual(
            self.partner_a.with_company(self.company_a).credit, before["after"]
        )

    def test_balance_after_a_rebill_in_another_currency(self):
        move = self._posted((10, 20.0))
        correction = self._correction(
            move, "rebill", rebill_currency_id=self.foreign_currency.id
        )
        before = correction.preview["balance"]
        # Two foreign units buy one of ours.
        self.assertEqual(before["after"], before["before"] - 230 + 115)
        correction.action_apply()
        self.partner_a.invalidate_recordset(["credit"])
        self.assertEqual(
            self.partner_a.with_company(self.company_a).credit, before["after"]
        )

    def test_advice_names_a_remedy_that_fits(self):
        """“Credit it in full” was said by Credit in Full itself, archived or not."""
        remedies = self.env["clerk.remedy"].sudo().search([])
        for move in self._documents_that_do_not_fit():
            correction = self._correction(move, case=self._case(move))
            for remedy in remedies:
                reason = correction._unfit(remedy) or ""
                for other in remedies:
                    if f"“{other.name}”" not in reason:
                        continue
                    with self.subTest(move.name, remedy=remedy.name, other=other.name):
                        self.assertFalse(correction._unfit(other))
                self.assertNotIn("redit it in full", reason)
        rebill = remedies.filtered(lambda each: each.code == "rebill")
        rebill.name = "Cancel and Replace"
        move = self._edited_by_hand()
        self.assertIn("“Cancel and Replace”", self._correction(move).unfit_reason)
        rebill.active = False
        self.assertIn("“Credit in Full”", self._correction(move).unfit_reason)

    def _documents_that_do_not_fit(self):
        rounding = self.env["account.cash.rounding"].create(
            {
                "name": "Coins",
                "rounding": 0.05,
                "strategy": "add_invoice_line",
                "profit_account_id": self.company_data["default_account_revenue"].id,
                "loss_account_id": self.company_data["default_account_expense"].id,
            }
        )
        for move_type in ("out_invoice", "out_refund"):
            yield self._edited_by_hand(move_type=move_type)
            yield self._posted(
                (1, 10.01),
                move_type=move_type,
                invoice_cash_rounding_id=rounding.id,
            )
        noted = self._edited_by_hand()
        wizard = self.env["account.move.reversal"].create(
            {
                "move_ids": noted.ids,
                "company_id": noted.company_id.id,
                "journal_id": noted.journal_id.id,
            }
        )
        wizard.refund_moves()
        wizard.new_move_ids.invoice_line_ids.price_unit = 3
        yield noted
        wizard.new_move_ids.action_post()
        yield noted

    def _edited_by_hand(self, **values):
        move = self._posted((10, 20.0), **values)
        move.button_draft()
        tax_line = move.line_ids.filtered("tax_line_id")
        amount = tax_line.amount_currency * 30.5 / 30
        move.line_ids = [Command.update(tax_line.id, {"amount_currency": amount})]
        move.action_post()
        return move

    def test_a_refusal_says_what_changed(self):
        """The rounding method had changed; “edited by hand” was said."""
        self.company_a.sudo().tax_calculation_rounding_method = "round_per_line"
        move = self._posted((1, 0.10), (1, 0.10), (1, 0.10))
        self.company_a.sudo().tax_calculation_rounding_method = "round_globally"
        reason = self._correction(move).unfit_reason
        self.assertIn("the rounding method of", reason)
        self.assertNotIn("manually", reason)
        self.assertIn(
            "edited manually", self._correction(self._edited_by_hand()).unfit_reason
        )
