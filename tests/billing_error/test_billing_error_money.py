from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon

LEDGER_FIELDS = (
    "amount_disputed",
    "amount_credited",
    "amount_debited",
    "amount_written_off",
    "amount_paid",
    "amount_open",
)


@tagged("post_install", "-at_install")
class TestBillingErrorMoney(ClerkCommon):
    """The money of a case in the situations that an invoice can be in.

    Invoices are 10 at 10.00 without tax unless a test says otherwise: 100.00 each.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.no_tax = cls.env["account.tax"]
        cls.invoice = cls._posted((10, 10.0), taxes=cls.no_tax)

    def _open(self, *claims, moves=None):
        """Open a case an hour after everything in the ledger so far."""
        self._age_ledger()
        return self._open_error(moves or self.invoice, *claims)

    def _assert_money(self, error, **expected):
        """Compare what is not zero, in the case, the analysis and the plain rule."""
        error.invalidate_recordset(LEDGER_FIELDS)
        row = self.env["clerk.billing.error.report"].with_user(self.clerk)
        row = row.browse(error.id)
        row.invalidate_recordset()
        for field in LEDGER_FIELDS:
            with self.subTest(field=field):
                amount = expected.get(field.removeprefix("amount_"), 0.0)
                self.assertAlmostEqual(error[field], amount)
                self.assertAlmostEqual(row[field], amount)

    def _correcting(self, move_type, quantity, price, role, **values):
        links = {
            "corrected_move_id": values.pop("corrected_move_id", self.invoice.id),
            "correction_role": role,
        }
        move = self._posted(
            (quantity, price), taxes=self.no_tax, move_type=move_type, **values
        )
        # Only corrections link documents; as the superuser this stands in for one.
        move.sudo().write(links)
        return move

    def _write_off(self, invoice, amount):
        receivable = invoice.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        moves = self.env["account.move"].sudo()
        entry = moves.create(
            {
                "corrected_move_id": invoice.id,
                "correction_role": "write_off",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": receivable.account_id.id,
                            "partner_id": invoice.partner_id.id,
                            "credit": amount,
                        }
                    ),
                    Command.create(
                        {
                            "account_id": self.company_data[
                                "default_account_expense"
                            ].id,
                            "debit": amount,
                        }
                    ),
                ],
            }
        )
        entry.action_post()
        (receivable + entry.line_ids[0]).reconcile()
        return entry

    def test_nothing_has_happened_yet(self):
        error = self._open({"claimed_quantity": 7})
        self._assert_money(error, disputed=30, open=30)

    def test_partial_credit_note_clears(self):
        error = self._open({"claimed_quantity": 7})
        self._reverse_invoice(self.invoice).write(
            {
                "invoice_line_ids": [
                    Command.update(line.id, {"quantity": 3})
                    for line in self.invoice.reversal_move_ids.invoice_line_ids
                ]
            }
        )
        self._assert_money(error, disputed=30, open=30)
        self.invoice.reversal_move_ids.action_post()
        self._assert_money(error, disputed=30, credited=30)

    def test_credit_note_from_before_does_not_count(self):
        self._correcting("out_refund", 3, 10.0, "credit")
        error = self._open({"claimed_quantity": 7})
        self._assert_money(error, disputed=30, open=30)

    def test_credit_note_that_is_reversed_again_clears_nothing(self):
        error = self._open({"claimed_quantity": 7})
        note = self._correcting("out_refund", 3, 10.0, "credit")
        self._reverse_invoice(note, post=True)
        self._assert_money(error, disputed=30, credited=30, debited=30, open=30)

    def test_credit_in_full_and_rebill(self):
        error = self._open({"claimed_quantity": 7})
        self._reverse_invoice(self.invoice, post=True)
        self._correcting("out_invoice", 7, 10.0, "rebill")
        self._assert_money(error, disputed=30, credited=100, debited=70)

    def test_rebill_to_another_customer_is_not_debited_to_this_one(self):
        error = self._open({"claimed_quantity": 0})
        self._reverse_invoice(self.invoice, post=True)
        self._correcting("out_invoice", 10, 10.0, "rebill", partner=self.partner_b)
        self._assert_money(error, disputed=100, credited=100)

    def test_note_on_the_rebill_is_another_case(self):
        error = self._open({"claimed_quantity": 7})
        self._reverse_invoice(self.invoice, post=True)
        rebill = self._correcting("out_invoice", 7, 10.0, "rebill")
        self._reverse_invoice(rebill, post=True)
        self._assert_money(error, disputed=30, credited=100, debited=70)

    def test_billed_too_little_waits_for_a_debit_note(self):
        error = self._open({"claimed_quantity": 12})
        self._assert_money(error, disputed=-20, open=-20)
        self._pay(self.invoice)
        self._assert_money(error, disputed=-20, paid=100, open=-20)
        note = self._create_debit_note(self.invoice)
        note.invoice_line_ids.quantity = 2
        note.action_post()
        self._assert_money(error, disputed=-20, paid=100, debited=20)

    def test_paying_the_undisputed_part_clears_nothing(self):
        error = self._open({"claimed_quantity": 7})
        self._pay(self.invoice, 70.0)
        self._assert_money(error, disputed=30, paid=70, open=30)

    def test_paying_the_disputed_part_settles_the_claim(self):
        error = self._open({"claimed_quantity": 7})
        self._pay(self.invoice, 85.0)
        self._assert_money(error, disputed=30, paid=85, open=15)
        self._pay(self.invoice)
        self._assert_money(error, disputed=30, paid=100)

    def test_claim_on_a_paid_invoice_stays_open_until_credited(self):
        self._pay(self.invoice)
        error = self._open({"claimed_quantity": 7})
        self._assert_money(error, disputed=30, open=30)
        self._correcting("out_refund", 3, 10.0, "credit")
        self._assert_money(error, disputed=30, credited=30)

    def test_short_payment_before_the_claim(self):
        self._pay(self.invoice, 70.0)
        error = self._open({"claimed_quantity": 7})
        self._assert_money(error, disputed=30, open=30)
        self._pay(self.invoice, 20.0)
        self._assert_money(error, disputed=30, paid=20, open=10)

    def test_write_off(self):
        error = self._open({"claimed_quantity": 7})
        self._write_off(self.invoice, 30.0)
        self._assert_money(error, disputed=30, written_off=30)

    def test_credit_of_another_invoice_counts_as_a_payment(self):
        other = self._posted((10, 10.0), taxes=self.no_tax, move_type="out_refund")
        error = self._open({"claimed_quantity": 7})
        lines = (self.invoice + other).line_ids
        lines.filtered(lambda line: line.display_type == "payment_term").reconcile()
        self._assert_money(error, disputed=30, paid=100)

    def test_credited_and_reconciled_counts_once(self):
        error = self._open({"claimed_quantity": 7})
        note = self._correcting("out_refund", 3, 10.0, "credit")
        lines = (self.invoice + note).line_ids
        lines.filtered(lambda line: line.display_type == "payment_term").reconcile()
        self._pay(self.invoice)
        self._assert_money(error, disputed=30, credited=30, paid=70)

    def test_case_on_a_credit_note(self):
        note = self._posted((10, 10.0), taxes=self.no_tax, move_type="out_refund")
        error = self._open({"claimed_quantity": 12}, moves=note)
        self._assert_money(error, disputed=20, open=20)
        self._pay(note)
        self._assert_money(error, disputed=20, paid=-100, open=20)
        self._correcting("out_refund", 2, 10.0, "credit", corrected_move_id=note.id)
        self._assert_money(error, disputed=20, credited=20, paid=-100)

    def test_credit_note_granted_in_error(self):
        note = self._posted((10, 10.0), taxes=self.no_tax, move_type="out_refund")
        error = self._open({"claimed_quantity": 0}, moves=note)
        self._assert_money(error, disputed=-100, open=-100)
        self._reverse_invoice(note, post=True)
        self._assert_money(error, disputed=-100, debited=100)

    def test_several_invoices(self):
        second = self._posted((10, 20.0), taxes=self.no_tax)
        error = self._open(
            {"claimed_quantity": 7},
            {"claimed_quantity": 9},
            moves=self.invoice + second,
        )
        self._assert_money(error, disputed=50, open=50)
        self._correcting("out_refund", 3, 10.0, "credit")
        self._assert_money(error, disputed=50, credited=30, open=20)
        self._pay(second)
        self._assert_money(error, disputed=50, credited=30, paid=200, open=20)
        self._correcting("out_refund", 1, 20.0, "credit", corrected_move_id=second.id)
        self._assert_money(error, disputed=50, credited=50, paid=200)

    def test_unrelated_credit_note_does_not_settle_the_claim(self):
        note = self._posted((15, 10.0), taxes=self.no_tax, move_type="out_refund")
        error = self._open({"claimed_quantity": 7}, moves=self.invoice + note)
        self._pay(self.invoice, 70.0)
        self._assert_money(error, disputed=30, paid=70, open=30)

    def test_foreign_currency(self):
        invoice = self._posted(
            (10, 10.0), taxes=self.no_tax, currency=self.foreign_currency
        )
        error = self._open({"claimed_quantity": 7}, moves=invoice)
        self._pay(invoice, 60.0, currency_id=self.foreign_currency.id)
        self._correcting(
            "out_refund",
            1,
            10.0,
            "credit",
            currency=self.foreign_currency,
            corrected_move_id=invoice.id,
        )
        self._assert_money(error, disputed=30, credited=10, paid=60, open=20)
        self.assertRecordValues(
            self.env["clerk.billing.error.report"]
            .with_user(self.clerk)
            .browse(error.id),
            [
                {
                    "balance_disputed": 15.0,
                    "balance_credited": 5.0,
                    "balance_paid": 30.0,
                    "balance_open": 10.0,
                }
            ],
        )

    def test_nothing_is_open_of_a_closed_case_until_it_is_reopened(self):
        error = self._open({"claimed_quantity": 7})
        error._take_step("reject", resolution="The price is the agreed one.")
        self._assert_money(error, disputed=30)
        error.action_investigate()
        self._assert_money(error, disputed=30, open=30)

    def test_settled_case_is_resolved_with_an_explanation(self):
        error = self._open({"claimed_quantity": 7})
        still_open = self._open_error(self.invoice, {"claimed_quantity": 2})
        self._correcting("out_refund", 3, 10.0, "credit")
        self.assertEqual((error | still_open)._resolve_cleared(), error)
        self.assertEqual(error.state, "resolved")
        self.assertRegex(error.message_ids[0].body, r"30\.00 was credited")
        self.assertEqual(still_open.state, "new")

    def test_case_without_a_disputed_amount_does_not_resolve_itself(self):
        error = self._open()
        self.assertFalse(error._resolve_cleared())

    def test_cron_resolves_what_has_been_paid(self):
        error = self._open({"claimed_quantity": 7})
        rejected = self._open_error(self.invoice, {"claimed_quantity": 7})
        rejected._take_step("reject", resolution="No")
        self._pay(self.invoice)
        cron = self.env.ref("invoicing_clerk.ir_cron_resolve_cleared").sudo()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        (error + rejected).invalidate_recordset()
        self.assertEqual(error.state, "resolved")
        self.assertEqual(rejected.state, "rejected")
