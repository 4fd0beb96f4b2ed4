from collections import defaultdict

from hypothesis import example, given
from hypothesis import strategies as st

from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.correction.common import (
    CorrectionCommon,
)
from odoo.addons.invoicing_clerk.tests.properties import property_of

# Invoices with lines of quantity, price and discount.
INVOICES = {
    "rounding": st.sampled_from(["round_per_line", "round_globally"]),
    "lines": st.lists(
        st.tuples(
            st.integers(1, 30),
            st.integers(1, 99999).map(lambda cents: cents / 100),
            st.sampled_from([0.0, 12.5]),
        ),
        min_size=1,
        max_size=4,
    ),
    "percentage": st.sampled_from([2, 3.5]),
    "code": st.sampled_from([False, "EUR"]),
}


@tagged("post_install", "-at_install")
class TestCorrectionDiscount(CorrectionCommon):
    """Early payment discounts of type *mixed*, which reduce taxes."""

    def _mixed(self, percentage=2):
        return self.env["account.payment.term"].create(
            {
                "name": f"{percentage}% within 10 days",
                "early_discount": True,
                "discount_percentage": percentage,
                "discount_days": 10,
                "early_pay_discount_computation": "mixed",
            }
        )

    def test_the_first_tax_is_reduced_by_a_discount(self):
        """42.00 was booked where Odoo books 41.16, and then refused."""
        move = self._posted(
            (1, 200.0),
            taxes=self.env["account.tax"],
            invoice_payment_term_id=self._mixed().id,
        )
        tax = self.tax_sale_a.copy({"amount": 21, "name": "21%"})
        correction = self._correction(move)
        correction.line_ids.tax_ids = tax
        [document] = correction.preview["documents"]
        self.assertAlmostEqual(document["total"], 41.16)
        correction.action_apply()
        self.assertAlmostEqual(correction.document_ids.amount_total, 41.16)
        credit = self._corrected(move, "credit_full")
        self.assertAlmostEqual(credit.document_ids.amount_total, 241.16)

    def _taxed(self):
        """Return an invoice of 200.00 with 41.16 of tax instead of 42.00."""
        number = self.env["account.tax"].search_count([])
        tax = self.tax_sale_a.copy({"amount": 21, "name": f"21% ({number})"})
        self._tag(tax)
        move = self._posted(
            (1, 200.0), taxes=tax, invoice_payment_term_id=self._mixed().id
        )
        self.assertAlmostEqual(move.amount_tax, 41.16)
        return move

    def test_a_note_reduces_the_tax_as_the_credit_note_of_core(self):
        """Such documents were refused: 42.00 would have been credited."""
        for remedy, lines in (
            ("correct_lines", {0: {"quantity": 0}}),
            ("credit_full", {}),
        ):
            with self.subTest(remedy=remedy):
                move = self._taxed()
                note = self._corrected(move, remedy, lines=lines).document_ids
                core = self._taxed()._reverse_moves()
                self.assertAlmostEqual(note.amount_tax, core.amount_tax)
                self.assertEqual(self._booked(note), self._booked(core))
                self.assertFalse(self._booked(move))

    def test_parts_of_a_line_leave_the_tax_of_a_right_invoice(self):
        for terms, left in (
            ({"quantity": 0.5}, 20.58),
            ({"price_unit": 150.0}, 30.87),
            ({"quantity": 3}, 123.48),
            ({"discount": 10}, 37.04),
        ):
            with self.subTest(terms=terms):
                move = self._taxed()
                note = self._corrected(move, lines={0: terms}).document_ids
                change = note.amount_tax_signed
                self.assertAlmostEqual(move.amount_tax + change, left)
                self._corrected(move, "credit_full")
                self.assertFalse(self._booked(move))

    def test_a_credit_note_of_core_is_counted(self):
        move = self._taxed()
        wizard = self.env["account.move.reversal"].create(
            {"move_ids": move.ids, "journal_id": move.journal_id.id}
        )
        wizard.refund_moves()
        wizard.new_move_ids.action_post()
        self.assertIn("already credited", self._correction(move).unfit_reason)

    def test_a_discount_that_was_changed_since_is_refused(self):
        move = self._taxed()
        terms = move.invoice_payment_term_id
        for values in (
            {"discount_percentage": 3},
            {"early_pay_discount_computation": "excluded"},
            {"early_discount": False},
        ):
            with self.subTest(values=values), self.env.cr.savepoint() as savepoint:
                terms.write(values)
                correction = self._correction(move)
                self.assertIn("early payment discount of 2%", correction.unfit_reason)
                self._corrected(move, "credit_full")
                self.assertFalse(self._booked(move))
                savepoint.rollback()

    def test_a_discount_of_other_terms_than_today_is_refused(self):
        terms = self._mixed()
        move = self._posted(
            (1, 200.0),
            taxes=self.env["account.tax"],
            invoice_payment_term_id=terms.id,
        )
        self._corrected(move, lines={0: {"tax_ids": self.tax_sale_a}})
        terms.discount_percentage = 3
        correction = self._correction(move)
        self.assertIn("an early payment discount other than", correction.unfit_reason)
        credit = self._corrected(move, "credit_full").document_ids
        self.assertEqual(move.amount_residual, 0)
        self.assertTrue(credit)

    @property_of(8)
    @example(
        rounding="round_globally",
        lines=[(3, 33.33, 12.5), (7, 86.86, 0.0), (1, 0.05, 0.0)],
        percentage=3.5,
        code="EUR",
        left=2,
    )
    @example(
        rounding="round_globally",
        lines=[
            (26, 4.22, 0.0),
            (21, 1.04, 0.0),
            (27, 45.09, 12.5),
            (16, 195.43, 12.5),
        ],
        percentage=2,
        code="EUR",
        left=2,
    )
    @given(
        **INVOICES,
        left=st.integers(0, 3),
    )
    def test_the_first_taxes_equal_those_of_a_right_invoice(
        self, rounding, lines, percentage, code, left
    ):
        """Invoice and notes have the totals, accounts and tags of an invoice that had
        the taxes at once, after each of two corrections, and nothing when credited."""
        with self.env.cr.savepoint() as savepoint:
            self.company_a.tax_calculation_rounding_method = rounding
            self._tag(self.tax_sale_a)
            terms = self._mixed(percentage)
            values = {
                "currency": self.foreign_currency if code else None,
                "invoice_payment_term_id": terms.id,
            }
            move = self._posted(*lines, taxes=self.env["account.tax"], **values)
            taxed = {
                index: {"tax_ids": self.tax_sale_a}
                for index in range(len(lines))
                if index != left or len(lines) == 1
            }
            self._corrected(move, lines=taxed)
            right = self._right(lines, set(taxed), **values)
            self.assertEqual(self._booked(move), self._booked(right))
            fewer = [(quantity + 1, *rest) for quantity, *rest in lines]
            more = {
                index: {"quantity": quantity}
                for index, (quantity, *_rest) in enumerate(fewer)
            }
            self._corrected(move, lines=more)
            right = self._right(fewer, set(taxed), **values)
            self.assertEqual(self._booked(move), self._booked(right))
            self._corrected(move, "credit_full")
            self.assertFalse(self._booked(move))
            savepoint.rollback()

    def _tag(self, tax):
        """Let each side of a tax have tags, as localisations have."""
        for lines in (
            tax.invoice_repartition_line_ids,
            tax.refund_repartition_line_ids,
        ):
            for line in lines:
                line.tag_ids = self.env["account.account.tag"].create(
                    {
                        "name": f"{line.repartition_type} {line.document_type}",
                        "applicability": "taxes",
                    }
                )

    def _right(self, lines, taxed, **values):
        """Return what core books where the lines have the taxes from the start."""
        move = self._posted(*lines, taxes=self.env["account.tax"], **values)
        move.button_draft()
        for index, line in enumerate(move.invoice_line_ids):
            line.tax_ids = self.tax_sale_a if index in taxed else False
        move.action_post()
        return move

    def _booked(self, move):
        """Add up document and notes by account and by box of the tax return."""
        notes = self.env["account.move"].search([("corrected_move_id", "=", move.id)])
        sums = defaultdict(float)
        for line in (move | notes).line_ids:
            amounts = {
                "currency": (line.amount_currency, line.currency_id),
                "company": (line.balance, line.company_currency_id),
            }
            boxes = {tag.name.split()[0] for tag in line.tax_tag_ids}
            for kind, (amount, _currency) in amounts.items():
                for place in ("account " + line.account_id.code, *boxes):
                    sums[kind, place] += amount
        return {
            key: round(amount, 2) for key, amount in sums.items() if round(amount, 2)
        }

    def test_terms_that_became_mixed_do_not_change_the_taxes_of_a_note(self):
        terms = self._mixed()
        terms.early_pay_discount_computation = "excluded"
        move = self._posted((1, 200.0), invoice_payment_term_id=terms.id)
        terms.early_pay_discount_computation = "mixed"
        note = self._corrected(move, lines={0: {"quantity": 0}}).document_ids
        self.assertEqual(note.amount_tax, move.amount_tax)

    @property_of(8)
    @example(
        rounding="round_globally",
        lines=[
            (5, 16.32, 12.5),
            (7, 86.86, 12.5),
            (30, 14.39, 12.5),
            (22, 135.77, 12.5),
        ],
        percentage=3.5,
        code="EUR",
    )
    @given(
        **INVOICES,
    )
    def test_a_rebill_with_a_discount_is_as_previewed(
        self, rounding, lines, percentage, code
    ):
        with self.env.cr.savepoint() as savepoint:
            self.company_a.tax_calculation_rounding_method = rounding
            terms = self._mixed(percentage)
            move = self._posted(
                *lines,
                currency=self.foreign_currency if code else None,
                invoice_payment_term_id=terms.id,
            )
            correction = self._correction(move, "rebill")
            correction.line_ids[0].quantity += 1
            rebill = correction.preview["documents"][1]
            correction.action_apply()
            made = correction.document_ids.sorted("id")[1]
            self.assertAlmostEqual(rebill["total"], made.amount_total)
            self.assertAlmostEqual(rebill["change"], made.amount_total_signed)
            self.assertAlmostEqual(
                sum(tax["amount"] for tax in rebill["taxes"]), made.amount_tax
            )
            self.assertTrue(made.line_ids.filtered(lambda e: e.display_type == "epd"))
            savepoint.rollback()
