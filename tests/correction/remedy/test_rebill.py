from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.tests.correction.common import CorrectionCommon


@tagged("post_install", "-at_install")
class TestRebill(CorrectionCommon):
    def test_documents_are_linked_and_keep_the_values_of_the_original(self):
        terms = self.env.ref("account.account_payment_term_30days")
        bank = self.env["res.partner.bank"].create(
            {
                "acc_number": "1234567890",
                "partner_id": self.company_a.partner_id.id,
                "allow_out_payment": True,
            }
        )
        move = self._posted(
            (10, 20.0),
            ref="PO 7",
            invoice_origin="S0001",
            invoice_payment_term_id=terms.id,
            invoice_user_id=self.colleague.id,
            partner_bank_id=bank.id,
        )
        correction = self._corrected(move, "rebill", lines={0: {"price_unit": 18}})
        credit, rebill = correction.document_ids.sorted("id")
        self.assertRecordValues(
            credit + rebill,
            [
                {
                    "correction_role": "credit",
                    "corrected_move_id": move.id,
                    "amount_untaxed": 200.0,
                    "payment_state": "paid",
                },
                {
                    "correction_role": "rebill",
                    "corrected_move_id": move.id,
                    "amount_untaxed": 180.0,
                    "payment_state": "not_paid",
                },
            ],
        )
        self.assertRecordValues(
            rebill,
            [
                {
                    "ref": "PO 7",
                    "invoice_origin": "S0001",
                    "invoice_payment_term_id": terms.id,
                    "invoice_user_id": self.colleague.id,
                    "partner_bank_id": bank.id,
                    "currency_id": move.currency_id.id,
                }
            ],
        )
        for document in move + credit + rebill:
            self.assertEqual(document.correction_family_ids, move + credit + rebill)

    def test_payment_follows_and_the_remainder_stays_a_credit(self):
        move = self._posted((10, 20.0))
        payment = self._pay(move)
        correction = self._corrected(move, "rebill", lines={0: {"quantity": 4}})
        rebill = correction.document_ids.sorted("id")[1]
        self.assertEqual(rebill.amount_residual, 0)
        self.assertEqual(payment.reconciled_invoice_ids, rebill)
        receivable = payment.move_id.line_ids.filtered(lambda line: line.balance < 0)
        self.assertEqual(receivable.amount_residual, -138)

    def test_another_customer_does_not_inherit_payments(self):
        move = self._posted((10, 20.0))
        payment = self._pay(move)
        correction = self._corrected(
            move, "rebill", rebill_partner_id=self.partner_b.id
        )
        credit, rebill = correction.document_ids.sorted("id")
        self.assertEqual(rebill.partner_id, self.partner_b)
        self.assertEqual(rebill.amount_residual, rebill.amount_total)
        self.assertEqual(credit.partner_id, self.partner_a)
        payment.invalidate_recordset()
        self.assertFalse(payment.reconciled_invoice_ids)

    def test_after_an_earlier_note_only_the_remainder_is_credited(self):
        move = self._posted((10, 20.0))
        self._pay(move, 100)
        self._corrected(move, lines={0: {"quantity": 8}})
        correction = self._corrected(move, "rebill", lines={0: {"quantity": 9}})
        credit, rebill = correction.document_ids.sorted("id")
        self.assertEqual(credit.amount_untaxed, 160)
        self.assertEqual(rebill.amount_untaxed, 180)
        self.assertEqual(rebill.amount_residual, 107)
        self.assertEqual(move.payment_state, "reversed")

    def test_sections_and_analytic_distribution_stay(self):
        plan = self.env["account.analytic.plan"].sudo().create({"name": "Projects"})
        analytic = (
            self.env["account.analytic.account"]
            .sudo()
            .create({"name": "Roof", "plan_id": plan.id})
        )
        move = self._posted(
            (1, 5.0),
            invoice_line_ids=[
                Command.create({"display_type": "line_section", "name": "Roof"}),
                Command.create(
                    {
                        "name": "Slates",
                        "price_unit": 9,
                        "tax_ids": [],
                        "analytic_distribution": {str(analytic.id): 100},
                    }
                ),
            ],
        )
        rebill = self._corrected(move, "rebill").document_ids.sorted("id")[1]
        self.assertEqual(
            rebill.invoice_line_ids.mapped("display_type"), ["line_section", "product"]
        )
        self.assertEqual(
            rebill.invoice_line_ids[1].analytic_distribution, {str(analytic.id): 100}
        )

    def test_own_date_takes_the_rate_of_that_day(self):
        move = self._posted((10, 20.0), currency=self.foreign_currency)
        self.foreign_currency.rate_ids = [
            Command.create(
                {"name": "2026-02-01", "rate": 5, "company_id": self.company_a.id}
            )
        ]
        rebill = self._corrected(
            move, "rebill", rebill_date="2026-02-10"
        ).document_ids.sorted("id")[1]
        self.assertEqual(rebill.invoice_currency_rate, 5)

    def test_paid_at_another_rate(self):
        self.foreign_currency.rate_ids = [
            Command.create(
                {"name": "2026-02-01", "rate": 5, "company_id": self.company_a.id}
            )
        ]
        move = self._posted((10, 20.0), currency=self.foreign_currency)
        payment = self._pay(move, payment_date="2026-02-10")
        self.assertTrue(payment.move_id.line_ids.matched_debit_ids.exchange_move_id)
        correction = self._correction(move, "rebill")
        self.assertEqual(
            [each["name"] for each in correction.preview["payments"]], [payment.name]
        )
        correction.line_ids.quantity = 5
        correction.action_apply()
        credit, rebill = correction.document_ids.sorted("id")
        self.assertEqual(credit.amount_total_signed, -move.amount_total_signed)
        self.assertEqual((rebill.amount_residual, move.amount_residual), (0, 0))
        paid = payment.move_id.line_ids.filtered(lambda line: line.balance < 0)
        self.assertEqual(paid.amount_residual_currency, -115)
        owed = self.env["account.move.line"].search(
            [
                ("partner_id", "=", self.partner_a.id),
                ("account_type", "=", "asset_receivable"),
            ]
        )
        self.assertEqual(sum(owed.mapped("amount_residual")), paid.amount_residual)
        self.assertEqual(
            sum(owed.mapped("balance")), sum(owed.mapped("amount_residual"))
        )

    def test_another_customer_brings_their_own_terms_and_taxes(self):
        abroad = (
            self.env["account.fiscal.position"]
            .sudo()
            .create({"name": "Abroad", "company_id": self.company_a.id})
        )
        self.partner_b.property_account_position_id = abroad
        terms = self.env.ref("account.account_payment_term_15days")
        self.partner_b.property_payment_term_id = terms
        move = self._posted((10, 20.0))
        correction = self._correction(move, "rebill")
        with Form(correction) as form:
            form.rebill_partner_id = self.partner_b
        self.assertEqual(correction.partner_shipping_id, self.partner_b)
        correction.action_apply()
        rebill = correction.document_ids.sorted("id")[1]
        self.assertRecordValues(
            rebill,
            [
                {
                    "fiscal_position_id": abroad.id,
                    "invoice_payment_term_id": terms.id,
                    "partner_shipping_id": self.partner_b.id,
                }
            ],
        )

    def test_another_currency_is_previewed_at_its_rate(self):
        move = self._posted((10, 20.0), taxes=self.env["account.tax"])
        correction = self._correction(
            move, "rebill", rebill_currency_id=self.foreign_currency.id
        )
        credit, rebill = correction.preview["documents"]
        self.assertEqual((credit["change"], rebill["change"]), (-200, 100))
        correction.action_apply()
        self.assertEqual(
            sum(correction.document_ids.mapped("amount_total_signed")), -100
        )

    def test_nothing_left_to_bill(self):
        correction = self._correction(self._posted((10, 20.0)), "rebill")
        correction.line_ids.quantity = 0
        with self.assertRaisesRegex(UserError, "Credit in Full"):
            correction.action_apply()

    def test_not_older_than_the_document(self):
        with self.assertRaisesRegex(ValidationError, "cannot be dated earlier"):
            self._correction(self._posted((10, 20.0)), "rebill", date="2020-01-01")

    def test_archived_customer(self):
        move = self._posted((10, 20.0))
        self.partner_b.active = False
        with self.assertRaisesRegex(ValidationError, "archived"):
            self._correction(move, "rebill", rebill_partner_id=self.partner_b.id)

    def test_rebill_of_a_wrong_customer_bills_all_lines(self):
        move = self._posted((10, 20.0), (1, 5.0))
        reason = self.env.ref("invoicing_clerk.reason_partner")
        case = self._case(move, reason_id=reason.id)
        self.assertEqual(case.amount_disputed, move.amount_total)
        case.action_propose_correction()
        [correction] = case.correction_ids
        self.assertEqual(correction.remedy_id.code, "rebill")
        self.assertEqual(correction.line_ids.mapped("quantity"), [10, 1])

    def test_rebill_of_another_customer_says_what_changes(self):
        """In words, with both balances; the order of the wrong customer is not his.

        Before, the rebill named the purchase order of the customer who was billed by
        mistake, and only one balance was shown.
        """
        tax = self.company_data["default_tax_sale"]
        export = tax.copy({"name": "Export 0%", "amount": 0})
        position = self.env["account.fiscal.position"].create({"name": "Abroad"})
        export.write(
            {
                "fiscal_position_ids": [Command.set(position.ids)],
                "original_tax_ids": [Command.set(tax.ids)],
            }
        )
        product = self.env["product.product"].create(
            {"name": "Desk", "taxes_id": [Command.set(tax.ids)]}
        )
        terms = self.env.ref("account.account_payment_term_45days")
        self.partner_b.with_company(self.company_a).write(
            {
                "property_account_position_id": position.id,
                "property_payment_term_id": terms.id,
            }
        )
        move = self._posted((10, 20.0), ref="PO 7")
        move.button_draft()
        move.invoice_line_ids.product_id = product
        move.invoice_line_ids.write(
            {"price_unit": 20, "tax_ids": [Command.set(tax.ids)]}
        )
        move.action_post()
        correction = self._correction(move, "rebill")
        self.assertEqual(correction.reference, "PO 7")
        self.assertFalse(correction.preview["documents"][1]["notes"])
        with Form(correction) as form:
            form.rebill_partner_id = self.partner_b
            self.assertFalse(form.reference)
            form.rebill_partner_id = self.partner_a
            self.assertEqual(form.reference, "PO 7")
            form.rebill_partner_id = self.partner_b
        notes = correction.preview["documents"][1]["notes"]
        for text in (
            f"Taxes: {tax.name} → Export 0%",
            "Fiscal position: none → Abroad",
            f"→ {terms.name}",
            "Customer reference: PO 7 → none",
        ):
            self.assertIn(text, " | ".join(notes))
        for text in (notes[0], self.partner_b.name, self.partner_a.name):
            shown = str(correction.preview_html) + str(correction.summary_html)
            self.assertIn(text, shown)
        balance, other = (
            correction.preview[name] for name in ("balance", "other_balance")
        )
        correction.action_apply()
        rebill = correction.document_ids.sorted("id")[1]
        self.assertFalse(rebill.ref)
        self.assertEqual(rebill.invoice_payment_term_id, terms)
        self.env.invalidate_all()
        for partner, shown in ((self.partner_a, balance), (self.partner_b, other)):
            credit = partner.with_company(self.company_a).credit
            self.assertAlmostEqual(shown["after"], credit)

    def test_reference_of_another_customer_can_be_entered(self):
        move = self._posted((10, 20.0), ref="PO 7")
        correction = self._correction(
            move, "rebill", rebill_partner_id=self.partner_b.id
        )
        self.assertFalse(correction.reference)
        correction.reference = "PO 9"
        correction.action_apply()
        self.assertEqual(correction.document_ids.sorted("id")[1].ref, "PO 9")
