from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon


@tagged("post_install", "-at_install")
class TestBillingErrorLine(ClerkCommon):
    """The amount of a claim, by the tax engine."""

    def test_lines_start_as_billed(self):
        invoice = self._posted((3, 100.0, 10.0), (1, 50.0))
        error = self._open_error(invoice)
        self.assertRecordValues(
            error.line_ids,
            [
                {
                    "claimed_quantity": 3,
                    "claimed_price_unit": 100.0,
                    "claimed_discount": 10.0,
                    "disputed_amount": 0.0,
                    "is_disputed": False,
                },
                {
                    "claimed_quantity": 1,
                    "claimed_price_unit": 50.0,
                    "claimed_discount": 0.0,
                    "disputed_amount": 0.0,
                    "is_disputed": False,
                },
            ],
        )
        self.assertEqual(error.line_ids.claimed_tax_ids, self.tax_sale_a)

    def test_unclaimed_values_are_as_billed(self):
        invoice = self._posted((3, 100.0, 10.0))
        error = self._open_error(
            invoice,
            line_ids=[
                Command.create(
                    {"move_line_id": invoice.invoice_line_ids.id, "claimed_quantity": 2}
                )
            ],
        )
        self.assertRecordValues(
            error.line_ids,
            [
                {
                    "claimed_quantity": 2,
                    "claimed_price_unit": 100.0,
                    "claimed_discount": 10.0,
                    "claimed_tax_ids": self.tax_sale_a.ids,
                    "disputed_amount": 103.5,
                }
            ],
        )

    def test_disputed_includes_the_tax(self):
        for claim, disputed in (
            ({"claimed_quantity": 2}, 115.0),
            ({"claimed_price_unit": 90.0}, 34.5),
            ({"claimed_discount": 10.0}, 34.5),
            ({"claimed_quantity": 0}, 345.0),
            ({"claimed_price_unit": 120.0}, -69.0),
            ({"claimed_tax_ids": False}, 45.0),
        ):
            with self.subTest(claim=claim):
                error = self._open_error(self._posted((3, 100.0)), claim)
                self.assertAlmostEqual(error.amount_disputed, disputed)
                self.assertAlmostEqual(error.amount_open, disputed)

    def test_tax_included_in_the_price(self):
        tax = self.percent_tax(20, price_include_override="tax_included")
        invoice = self._posted((2, 120.0), taxes=tax)
        error = self._open_error(invoice, {"claimed_quantity": 1})
        self.assertAlmostEqual(error.amount_disputed, 120.0)

    def test_claim_on_a_credit_note_is_what_should_be_credited_more(self):
        note = self._posted((3, 100.0), move_type="out_refund")
        error = self._open_error(note, {"claimed_quantity": 4})
        self.assertAlmostEqual(error.amount_disputed, 115.0)
        error.line_ids.claimed_quantity = 1
        self.assertAlmostEqual(error.amount_disputed, -230.0)

    def test_foreign_currency(self):
        invoice = self._posted((3, 100.0), currency=self.foreign_currency)
        error = self._open_error(invoice, {"claimed_quantity": 2})
        self.assertEqual(error.currency_id, self.foreign_currency)
        self.assertAlmostEqual(error.amount_disputed, 115.0)
        row = self.env["clerk.billing.error.report"].with_user(self.clerk)
        self.assertRecordValues(
            row.browse(error.id),
            [
                {
                    "amount_disputed": 115.0,
                    "balance_disputed": 57.5,
                    "balance_open": 57.5,
                }
            ],
        )

    def test_cents_agree_with_the_corrected_invoice(self):
        """Rounded globally, three lines of 0.33 bear less tax than three times one."""
        self.company_a.tax_calculation_rounding_method = "round_globally"
        tax = self.percent_tax(21)
        invoice = self._posted((1, 0.33), (1, 0.33), (1, 0.34), taxes=tax)
        right = self._posted((1, 0.11), (1, 0.12), (1, 0.34), taxes=tax)
        error = self._open_error(
            invoice, {"claimed_price_unit": 0.11}, {"claimed_price_unit": 0.12}
        )
        self.assertAlmostEqual(
            error.amount_disputed, invoice.amount_total - right.amount_total
        )
        self.assertAlmostEqual(
            sum(error.line_ids.mapped("disputed_amount")), error.amount_disputed
        )

    def test_nothing_owed(self):
        error = self._open_error(self._posted((3, 100.0), (1, 50.0)))
        error.line_ids[0].action_nothing_owed()
        self.assertAlmostEqual(error.amount_disputed, 345.0)

    def test_form_prefills_and_computes_while_typing(self):
        invoice = self._posted((3, 100.0), (1, 50.0))
        action = invoice.with_user(self.clerk).action_open_billing_error()
        form = Form(
            self.env["clerk.billing.error"]
            .with_user(self.clerk)
            .with_context(**action["context"])
        )
        self.assertEqual(form.partner_id, self.partner_a)
        self.assertEqual(form.origin, "invoice")
        self.assertEqual(len(form.line_ids), 2)
        with form.line_ids.edit(0) as line:
            line.claimed_quantity = 2
            self.assertAlmostEqual(line.disputed_amount, 115.0)
        error = form.save()
        self.assertAlmostEqual(error.amount_disputed, 115.0)
        self.assertEqual(error.user_id, self.clerk)

    def test_opening_a_case_in_a_dialog_keeps_its_claim(self):
        """A dialog has unsaved copies of the lines; the saved ones must stay."""
        error = self._open_error(self._posted((3, 100.0)), {"claimed_quantity": 2})
        for step in (error.action_reject, error.action_wait):
            action = step()
            dialog = self.env[action["res_model"]].with_user(self.clerk)
            Form(dialog.with_context(**action["context"]))
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertAlmostEqual(error.line_ids.disputed_amount, 115.0)
            self.assertAlmostEqual(error.amount_disputed, 115.0)

    def test_editing_one_line_on_the_form_keeps_the_other(self):
        error = self._open_error(
            self._posted((3, 100.0), (1, 50.0)),
            {"claimed_quantity": 2},
            {"claimed_quantity": 0},
        )
        with Form(error) as form, form.line_ids.edit(0) as line:
            line.claimed_quantity = 1
            self.assertAlmostEqual(line.disputed_amount, 230.0)
        self.assertAlmostEqual(error.amount_disputed, 287.5)

    def test_taking_an_invoice_off_the_form_takes_its_claims(self):
        invoices = self._posted((1, 10.0)) + self._posted((1, 20.0))
        error = self._open_error(invoices)
        with Form(error) as form:
            form.move_ids.remove(invoices[0].id)
        self.assertEqual(error.line_ids.move_id, invoices[1])

    def test_undisputed_lines_can_go_and_come_back(self):
        error = self._open_error(
            self._posted((3, 100.0), (1, 50.0)), {"claimed_quantity": 2}
        )
        error.action_keep_disputed()
        self.assertEqual(len(error.line_ids), 1)
        self.assertAlmostEqual(error.amount_disputed, 115.0)
        error.action_load_lines()
        self.assertEqual(len(error.line_ids), 2)
        self.assertAlmostEqual(error.amount_disputed, 115.0)

    def test_impossible_discount_is_named(self):
        with self.assertRaisesRegex(ValidationError, "discount of 120"):
            self._open_error(self._posted((3, 100.0)), {"claimed_discount": 120})

    def test_quantity_of_the_other_sign_is_named(self):
        with self.assertRaisesRegex(ValidationError, "cannot change from 3"):
            self._open_error(self._posted((3, 100.0)), {"claimed_quantity": -1})

    def test_line_of_another_invoice_is_refused(self):
        error = self._open_error(self._posted((3, 100.0)))
        other = self._posted((1, 7.0))
        with self.assertRaisesRegex(ValidationError, f"line of .*{other.name}"):
            error.line_ids = [(0, 0, {"move_line_id": other.invoice_line_ids.id})]

    def test_claim_is_kept_without_its_line(self):
        invoice = self._posted((3, 100.0))
        error = self._open_error(invoice, {"claimed_quantity": 2})
        invoice.button_draft()
        invoice.invoice_line_ids.unlink()
        error.invalidate_recordset()
        self.assertEqual(error.line_ids.name, "3 at 100")
        self.assertAlmostEqual(error.line_ids.disputed_amount, 115.0)
