from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.properties import property_of
from odoo.addons.invoicing_clerk_sale.tests.common import SaleCommon

# What a deposit of 50 is corrected to, and the remedy.
CORRECTIONS = {
    "price": ("correct_lines", {"price_unit": 0.4}),
    "quantity": ("correct_lines", {"quantity": 0.4}),
    "discount": ("correct_lines", {"discount": 60.0}),
    "price and discount": ("correct_lines", {"price_unit": 0.8, "discount": 50.0}),
    "debit": ("correct_lines", {"price_unit": 1.2}),
    "rebill": ("rebill", {"price_unit": 0.4}),
    "rebill by quantity": ("rebill", {"quantity": 0.4}),
    "rebill by discount": ("rebill", {"discount": 60.0}),
    "credit": ("credit_full", {}),
}


@tagged("post_install", "-at_install")
class TestDeposit(SaleCommon):
    """Deposit and final invoice bill the order, whatever becomes of the deposit.

    A deposit of 50 was corrected to 20; the final invoice deducted 50, and 70 was
    billed in all.
    """

    def _check(self, method, amount, taxes, remedy, change, locked=False, twice=False):
        order = self._order((2, 50.0), taxes=taxes)
        deposit = self._invoiced(order, method, **{self._amount_of(method): amount})
        order.locked = locked
        for _each in range(2 if twice else 1):
            correction = self._correction(deposit, remedy, case=self._case(deposit))
            for line in correction.line_ids:
                line.write(self._terms(line, change))
            correction.action_apply()
        final = self._invoiced(order)
        moves = order.order_line.invoice_lines.move_id
        self.assertLessEqual(deposit + correction.document_ids + final, moves)
        goods = order.order_line.filtered(lambda each: not each.is_downpayment)
        billed = sum(moves.mapped("amount_total_signed"))
        self.assertAlmostEqual(billed, sum(goods.mapped("price_total")))
        self.assertAlmostEqual(sum(moves.mapped("amount_untaxed_signed")), 100)

    def _amount_of(self, method):
        return "fixed_amount" if method == "fixed" else "amount"

    def _terms(self, line, change):
        """Return the new terms; a price is given as a part of the old one."""
        price = change.get("price_unit")
        return change | ({"price_unit": line.price_unit * price} if price else {})

    def test_all_corrections_bill_the_order(self):
        for locked in (False, True):
            for name, (remedy, change) in CORRECTIONS.items():
                for taxes in (self.env["account.tax"], self.tax_sale_a):
                    with self.subTest(name, locked=locked, taxes=taxes.name):
                        self._check("fixed", 50, taxes, remedy, change, locked)

    def test_a_percentage_corrected_twice(self):
        self._check(
            *("percentage", 50, self.tax_sale_a, "correct_lines"),
            {"price_unit": 0.5},
            twice=True,
        )

    @property_of(12)
    @given(
        rounding=st.sampled_from(["round_per_line", "round_globally"]),
        deposit=st.sampled_from([10, 33.33, 50]),
        remedy=st.sampled_from(["correct_lines", "rebill"]),
        change=st.fixed_dictionaries(
            {},
            optional={
                "price_unit": st.integers(10, 150).map(lambda each: each / 100),
                "quantity": st.sampled_from([0.5, 0.33, 1.2]),
                "discount": st.sampled_from([7.5, 60.0]),
            },
        ).filter(lambda change: change and change != {"price_unit": 1.0}),
        twice=st.booleans(),
    )
    def test_to_the_last_cent(self, rounding, deposit, remedy, change, twice):
        twice = twice and remedy == "correct_lines" and "price_unit" in change
        with self.env.cr.savepoint() as savepoint:
            self.company_a.tax_calculation_rounding_method = rounding
            self._check(
                *("percentage", deposit, self.tax_sale_a, remedy, change),
                twice=twice and change["price_unit"] != 1,
            )
            savepoint.rollback()

    def test_a_deposit_that_is_deducted_is_not_corrected(self):
        """Would have caught: the final invoice went on to deduct 50 of a deposit that
        was corrected to 20, and 70 was billed in all."""
        for remedy, change in CORRECTIONS.values():
            for is_draft in (True, False):
                with self.subTest(remedy=remedy, change=change, is_draft=is_draft):
                    self._check_deducted(remedy, change, is_draft)

    def _check_deducted(self, remedy, change, is_draft):
        order = self._order((2, 50.0))
        deposit = self._invoiced(order, "fixed", fixed_amount=50)
        final = self._invoiced(order, post=not is_draft)
        refused = self._correction(deposit, remedy, case=self._case(deposit))
        self.assertIn(final.display_name, refused.unfit_reason)
        self.assertIn("deducts the down payment", refused.unfit_reason)
        with self.assertRaisesRegex(UserError, "deducts the down payment"):
            refused.action_apply()
        if is_draft:
            final.unlink()
        else:
            self._corrected(final, "credit_full", case=self._case(final))
        refused.invalidate_recordset()
        for line in refused.line_ids:
            line.write(self._terms(line, change))
        refused.action_apply()
        self._invoiced(order)
        moves = order.order_line.invoice_lines.move_id
        self.assertAlmostEqual(sum(moves.mapped("amount_total_signed")), 115)
        self.assertAlmostEqual(sum(moves.mapped("amount_untaxed_signed")), 100)

    def test_a_final_invoice_is_corrected_though_it_deducts(self):
        order = self._order((2, 50.0))
        self._invoiced(order, "fixed", fixed_amount=50)
        final = self._invoiced(order)
        goods = final.invoice_line_ids.filtered(lambda each: not each.is_downpayment)
        correction = self._correction(final)
        changed = correction.line_ids.filtered(lambda e: e.move_line_id in goods)
        changed[0].quantity = 1
        correction.action_apply()
        self.assertAlmostEqual(correction.document_ids.amount_total, 57.5)
        self.assertEqual(order.invoice_status, "to invoice")

    def test_several_deposits(self):
        """Each of two deposits, in a foreign currency or by two rates of tax."""
        foreign = self.env["product.pricelist"].create(
            {"name": "Abroad", "currency_id": self.foreign_currency.id}
        )
        second = ("tax_ids", [Command.set(self.tax_sale_b.ids)])
        orders = {
            "one tax": lambda: self._order((2, 50.0)),
            "two taxes": lambda: self._order((2, 50.0), (3, 33.33, second)),
            "abroad": lambda: self._order((2, 50.0), pricelist_id=foreign.id),
        }
        for name, make in orders.items():
            for index, (remedy, change) in product((0, 1), CORRECTIONS.values()):
                with self.subTest(order=name, deposit=index, remedy=remedy, to=change):
                    self._check_several(make(), index, remedy, change)

    def _check_several(self, order, index, remedy, change):
        deposits = [
            self._invoiced(order, "fixed", fixed_amount=30),
            self._invoiced(order, "percentage", amount=20),
        ]
        deposit = deposits[index]
        correction = self._correction(deposit, remedy, case=self._case(deposit))
        line = correction.line_ids[0]
        line.write(self._terms(line, change))
        correction.action_apply()
        self._invoiced(order)
        moves = order.order_line.invoice_lines.move_id
        self.assertEqual(moves.currency_id, order.currency_id)
        billed = sum(moves.mapped("amount_total_in_currency_signed"))
        self.assertAlmostEqual(billed, order.amount_total)

    def test_taxes_of_a_deposit_follow(self):
        order = self._order((2, 50.0))
        deposit = self._invoiced(order, "percentage", amount=50)
        correction = self._correction(deposit)
        correction.line_ids.tax_ids = self.tax_sale_b
        correction.action_apply()
        [line] = order.order_line.filtered(
            lambda each: each.is_downpayment and not each.display_type
        )
        self.assertEqual(line.tax_ids, self.tax_sale_b)
        final = self._invoiced(order)
        deducted = final.invoice_line_ids.filtered("is_downpayment")
        self.assertEqual(deducted.filtered("quantity").tax_ids, self.tax_sale_b)

    def test_core_is_left_alone_without_corrections(self):
        order = self._order((2, 50.0))
        self._invoiced(order, "fixed", fixed_amount=50)
        final = self._invoiced(order)
        self.assertAlmostEqual(final.amount_total, order.amount_total - 50)
