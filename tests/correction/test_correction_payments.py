from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.tests.correction.common import (
    CorrectionCommon,
)


@tagged("post_install", "-at_install")
class TestCorrectionRebill(CorrectionCommon):
    def test_trio_is_linked_and_keeps_what_the_original_said(self):
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

    def test_payment_follows_and_the_rest_stays_a_credit(self):
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

    def test_after_an_earlier_note_only_the_rest_is_credited(self):
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

    def test_another_customer_brings_his_own_terms_and_taxes(self):
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
        with self.assertRaisesRegex(UserError, "credit it in full"):
            correction.action_apply()

    def test_not_older_than_the_document(self):
        with self.assertRaisesRegex(ValidationError, "cannot be dated earlier"):
            self._correction(self._posted((10, 20.0)), "rebill", date="2020-01-01")

    def test_archived_customer(self):
        move = self._posted((10, 20.0))
        self.partner_b.active = False
        with self.assertRaisesRegex(ValidationError, "archived"):
            self._correction(move, "rebill", rebill_partner_id=self.partner_b.id)


@tagged("post_install", "-at_install")
class TestCorrectionReallocate(CorrectionCommon):
    def _reallocated(self, move, target, user=None):
        correction = self._correction(move, "reallocate", user=user)
        correction.allocation_ids[0].to_move_id = target
        correction.action_apply()
        return correction

    def test_payment_moves_and_the_rest_returns(self):
        paid, meant = self._posted((10, 20.0)), self._posted((4, 20.0))
        payment = self._pay(paid)
        self._reallocated(paid, meant)
        self.assertEqual(meant.amount_residual, 0)
        self.assertEqual(paid.amount_residual, 92)
        self.assertEqual(payment.reconciled_invoice_ids, paid + meant)

    def test_payment_that_moves_as_a_whole_forgets_its_invoice(self):
        paid, meant = self._posted((4, 20.0)), self._posted((10, 20.0))
        payment = self._pay(paid)
        self._reallocated(paid, meant)
        self.assertEqual(paid.amount_residual, 92)
        self.assertEqual(meant.amount_residual, 138)
        self.assertEqual(payment.reconciled_invoice_ids, meant)

    def test_free_credit_settles_the_invoice(self):
        move = self._posted((10, 20.0))
        self._posted((1, 20.0), move_type="out_refund", taxes=self.env["account.tax"])
        self._reallocated(move, move)
        self.assertEqual(move.amount_residual, 210)

    def test_between_customers_only_by_a_supervisor(self):
        paid = self._posted((10, 20.0))
        other = self._posted((10, 20.0), partner=self.partner_b)
        self._pay(paid)
        with self.assertRaisesRegex(ValidationError, "only supervisors"):
            self._reallocated(paid, other)
        correction = self._reallocated(paid, other, user=self.supervisor)
        self.assertEqual(correction.document_ids.correction_role, "transfer")
        self.assertEqual((other.amount_residual, paid.amount_residual), (0, 230))
        owed = self.env["account.move.line"]._read_group(
            [
                ("account_type", "=", "asset_receivable"),
                ("partner_id", "in", (self.partner_a + self.partner_b).ids),
            ],
            ["partner_id"],
            ["balance:sum"],
        )
        self.assertEqual(
            dict(owed), {self.partner_a: 230, self.partner_b: 0}, "each owes his own"
        )

    def test_other_currency_or_nothing_open(self):
        paid = self._posted((10, 20.0))
        self._pay(paid)
        foreign = self._posted((1, 5.0), currency=self.foreign_currency)
        with self.assertRaisesRegex(ValidationError, "within one currency"):
            self._reallocated(paid, foreign)
        settled = self._posted((1, 5.0))
        self._pay(settled)
        with self.assertRaisesRegex(ValidationError, "no open amount"):
            self._reallocated(paid, settled)

    def test_what_is_free_goes_first(self):
        paid = self._posted((10, 20.0))
        self._pay(paid, 100)
        payment = self._pay(paid, 130)
        paid.line_ids.remove_move_reconcile()
        small = self._posted((1, 20.0))
        (payment.move_id + small).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        correction = self._correction(small, "reallocate")
        self.assertEqual(
            sorted(correction.allocation_ids.mapped("amount")), [23, 100, 107]
        )
        used = correction.allocation_ids.filtered("from_move_id")
        with self.assertRaisesRegex(ValidationError, "107.00 of"):
            used.to_move_id = paid

    def test_what_moves_is_what_the_preview_says(self):
        paid, meant = self._posted((10, 20.0)), self._posted((4, 20.0))
        self._pay(paid)
        correction = self._correction(paid, "reallocate")
        correction.allocation_ids[0].to_move_id = meant
        self.assertEqual(correction.preview["documents"][0]["total"], 92)
        self.assertEqual(correction.stake, 0)
        correction.action_apply()
        self.assertEqual(paid.amount_residual, 92)

    def test_money_used_meanwhile_is_not_used_twice(self):
        self.partner_b.property_account_receivable_id = (
            self.partner_a.property_account_receivable_id
        )
        other = self._posted((10, 20.0), partner=self.partner_b)
        mine, use = self._posted((1, 20.0)), self._posted((3, 20.0))
        payment = self._pay(mine)
        mine.line_ids.remove_move_reconcile()
        correction = self._correction(mine, "reallocate", user=self.supervisor)
        correction.allocation_ids.to_move_id = other
        self.assertEqual(correction.preview["documents"][0]["total"], 23)
        paying = payment.move_id.line_ids.filtered(lambda line: line.balance < 0)
        small = self._posted((1, 10.0), taxes=self.env["account.tax"])
        (paying + small.line_ids.filtered("date_maturity")).reconcile()
        correction.invalidate_recordset()
        correction.action_apply()
        self.assertEqual(other.amount_residual, 230 - 13)
        self.assertTrue(paying.reconciled)
        self.assertTrue(use.amount_residual)

    def test_of_another_customer_or_document(self):
        mine, theirs = (
            self._posted((1, 20.0)),
            self._posted((1, 20.0), partner=self.partner_b),
        )
        payment = self._pay(theirs)
        line = payment.move_id.line_ids.filtered(lambda line: line.balance < 0)
        correction = self._correction(mine, "reallocate")
        with self.assertRaisesRegex(ValidationError, "not a credit of"):
            correction.allocation_ids = [
                Command.create(
                    {
                        "source_line_id": line.id,
                        "from_move_id": theirs.id,
                        "to_move_id": mine.id,
                    }
                )
            ]

    def test_without_a_payment_the_remedy_does_not_fit(self):
        correction = self._correction(self._posted((10, 20.0)), "reallocate")
        self.assertIn("no payment or credit", correction.unfit_reason)


@tagged("post_install", "-at_install")
class TestCorrectionWriteOff(CorrectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_a.sudo().clerk_write_off_account_id = cls.company_data[
            "default_account_expense"
        ]

    def test_small_rest_is_booked_and_settled(self):
        move = self._posted((10, 20.0))
        self._pay(move, 226)
        entry = self._corrected(move, "write_off").document_ids
        self.assertEqual(move.amount_residual, 0)
        receivable = move.line_ids.filtered("date_maturity").account_id
        expense = self.company_data["default_account_expense"]
        self.assertRecordValues(
            entry.line_ids.sorted("balance"),
            [
                {"balance": -4.0, "reconciled": True, "account_id": receivable.id},
                {"balance": 4.0, "reconciled": False, "account_id": expense.id},
            ],
        )

    def test_foreign_rest_takes_its_whole_company_value(self):
        move = self._posted((1, 10.0), currency=self.foreign_currency)
        self._pay(move, 8.4)
        rest = move.amount_residual_signed
        entry = self._corrected(move, "write_off").document_ids
        self.assertEqual(move.amount_residual, 0)
        self.assertEqual(sum(entry.line_ids.mapped("debit")), rest)

    def test_part_of_the_rest(self):
        move = self._posted((10, 20.0))
        self._pay(move, 224)
        self._corrected(move, "write_off", write_off_amount=2)
        self.assertEqual(move.amount_residual, 4)

    def test_rest_of_a_credit_note(self):
        refund = self._posted((1, 4.0), move_type="out_refund")
        self._corrected(refund, "write_off")
        self.assertEqual(refund.amount_residual, 0)

    def test_more_than_is_open_or_allowed_or_nothing(self):
        move = self._posted((10, 20.0))
        for amount, sentence in (
            (231, "Only .*230.00 is open"),
            (11, "above the limit of"),
            (0, "cannot be written off"),
        ):
            with (
                self.subTest(amount=amount),
                self.assertRaisesRegex(UserError, sentence),
            ):
                self._corrected(move, "write_off", write_off_amount=amount)
        self.assertEqual(move.amount_residual, 230)

    def test_many_small_ones_are_one_large_one(self):
        move = self._posted((10, 20.0))
        self._corrected(move, "write_off", write_off_amount=8)
        with self.assertRaisesRegex(UserError, "above the limit of"):
            self._corrected(move, "write_off", write_off_amount=8)

    def test_only_on_an_expense_account(self):
        move = self._posted((1, 4.0))
        receivable = move.line_ids.filtered("date_maturity").account_id
        with self.assertRaisesRegex(UserError, "expense account"):
            self._corrected(move, "write_off", write_off_account_id=receivable.id)

    def test_without_an_account(self):
        move = self._posted((1, 4.0))
        with self.assertRaisesRegex(UserError, "Select an expense account"):
            self._corrected(move, "write_off", write_off_account_id=False)


@tagged("post_install", "-at_install")
class TestCorrectionReissue(CorrectionCommon):
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
        with self.assertRaisesRegex(UserError, "Delivery Address.*Credit and rebill"):
            self._corrected(move, "reissue", partner_shipping_id=self.contact_a.id)
        self.company_a.sudo().clerk_reissue_scope = "all"
        self._corrected(move, "reissue", partner_shipping_id=self.contact_a.id)
        self.assertEqual(move.partner_shipping_id, self.contact_a)
        self.company_a.sudo().clerk_reissue_scope = "none"
        with self.assertRaisesRegex(UserError, "may not change posted"):
            self._corrected(move, "reissue", reference="PO 8")

    def test_nothing_to_change(self):
        with self.assertRaisesRegex(UserError, "would change nothing|Nothing differs"):
            self._corrected(self._posted((10, 20.0)), "reissue")
