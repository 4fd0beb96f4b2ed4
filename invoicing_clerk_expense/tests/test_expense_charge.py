from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import DAY, ExpenseCommon


@tagged("post_install", "-at_install")
class TestExpenseCharge(ExpenseCommon):
    """Expenses are put on draft invoices, each once, or keep the reason why not."""

    def _line(self, expense):
        return expense.clerk_line_id.with_env(self.env)

    # Price and text

    def test_at_cost(self):
        expense = self._expense(80.0)
        move = self._charge(expense)
        self.assertEqual(
            (move.state, move.move_type, move.partner_id, move.invoice_date),
            ("draft", "out_invoice", self.partner_a, DAY),
        )
        line = self._line(expense)
        self.assertEqual(
            (line.price_subtotal, line.quantity, line.tax_ids, line.product_id),
            (80.0, 1.0, self.tax_sale_a, self.meals),
        )
        self.assertEqual(line.name, "Meals · 01/10/2026 · Dinner with the customer")
        self.assertEqual(
            (expense.clerk_charge_state, expense.clerk_move_id), ("billed", move)
        )

    def test_with_markup_of_the_company(self):
        self.company_a.sudo().write(
            {"clerk_expense_charge": "markup", "clerk_expense_markup": 12.5}
        )
        expense = self._expense(80.0)
        self.assertEqual((expense.clerk_cost, expense.clerk_amount), (80.0, 90.0))
        self._charge(expense)
        self.assertEqual(self._line(expense).price_subtotal, 90.0)

    def test_markup_of_one_expense(self):
        expense = self._expense(80.0)
        expense.write({"clerk_charge": "markup", "clerk_markup": 5.0})
        self._charge(expense)
        self.assertEqual(self._line(expense).price_subtotal, 84.0)

    def test_input_tax_is_not_charged(self):
        expense = self._expense(115.0, tax_ids=[Command.set(self.tax_purchase_a.ids)])
        self.assertEqual(expense.clerk_cost, 100.0)
        self._charge(expense)
        self.assertEqual(self._line(expense).price_subtotal, 100.0)

    def test_price_with_tax_included(self):
        included = self.tax_sale_a.copy(
            {"name": "Included", "price_include_override": "tax_included"}
        )
        category = self._category(taxes_id=[Command.set(included.ids)])
        expense = self._expense(100.0, product_id=category.id)
        self._charge(expense)
        line = self._line(expense)
        self.assertEqual((line.price_subtotal, line.price_total), (100.0, 115.0))

    def test_text_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.partner_a.lang = "fr_FR"
        self.meals.with_context(lang="fr_FR").name = "Repas"
        expense = self._expense()
        self._charge(expense)
        self.assertEqual(
            self._line(expense).name, "Repas · 10/01/2026 · Dinner with the customer"
        )

    # Currencies

    def test_foreign_expense_at_the_rate_of_the_invoice_date(self):
        self.env["res.currency.rate"].create(
            {
                "name": "2026-01-15",
                "currency_id": self.foreign_currency.id,
                "company_id": self.company_a.id,
                "rate": 4.0,
            }
        )
        expense = self._expense(100.0, currency_id=self.foreign_currency.id)
        self.assertEqual(expense.clerk_cost, 50.0)
        self._charge(expense)
        line = self._line(expense)
        self.assertEqual(line.price_subtotal, 25.0)
        self.assertEqual(line.currency_id, self.currency_a)
        self.assertIn("at 1 EUR = 0.250000 USD (rate of 01/20/2026)", line.name)

    def test_invoice_in_the_currency_of_the_expense(self):
        expense = self._expense(100.0, currency_id=self.foreign_currency.id)
        move = self._charge(expense, currency=self.foreign_currency)
        self.assertEqual(move.currency_id, self.foreign_currency)
        self.assertEqual(self._line(expense).price_subtotal, 100.0)
        self.assertNotIn("rate of", self._line(expense).name)

    def test_home_expense_on_a_foreign_invoice(self):
        expense = self._expense(100.0)
        self._charge(expense, currency=self.foreign_currency)
        self.assertEqual(self._line(expense).price_subtotal, 200.0)

    def test_currency_without_rate(self):
        unknown = self.env["res.currency"].create({"name": "XTS", "symbol": "X"})
        expense = self._expense(100.0, currency_id=unknown.id)
        with self.assertRaisesRegex(UserError, "no rate of XTS on 01/20/2026"):
            self._charge(expense)

    # Which invoice

    def test_one_invoice_for_each_customer(self):
        mine = self._expense(10.0) | self._expense(20.0)
        other = self._expense(30.0, customer=self.partner_b)
        moves = self._charge(mine | other)
        self.assertEqual(len(moves), 2)
        totals = {move.partner_id: move.amount_untaxed for move in moves}
        self.assertEqual(totals, {self.partner_a: 30.0, self.partner_b: 30.0})
        self.assertEqual(len(mine.clerk_line_id), 2)

    def test_added_to_the_draft_of_the_customer(self):
        draft = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner_a.id,
                "invoice_date": "2026-01-12",
                "invoice_line_ids": [
                    Command.create({"name": "Consulting", "price_unit": 500.0})
                ],
            }
        )
        expense = self._expense(80.0)
        self.assertEqual(self._charge(expense, adds_to_drafts=True), draft)
        self.assertEqual(draft.amount_untaxed, 580.0)
        other = self._expense(5.0)
        self.assertNotEqual(self._charge(other), draft)

    def test_no_draft_in_another_currency(self):
        draft = self._charge(self._expense(), currency=self.foreign_currency)
        move = self._charge(self._expense(), adds_to_drafts=True)
        self.assertNotEqual(move, draft)

    def test_dialog(self):
        expenses = self._expense(10.0) | self._expense(20.0)
        action = expenses.action_charge_on()
        dialog = (
            self.env[action["res_model"]]
            .with_user(self.clerk)
            .with_context(**action["context"])
            .create({"date": DAY})
        )
        result = dialog.action_charge()
        self.assertEqual(result["res_id"], expenses.clerk_move_id.id)

    # Once

    def test_not_twice(self):
        expense = self._expense()
        move = self._charge(expense)
        with self.assertRaisesRegex(UserError, "is Billed: .* not available"):
            self._charge(expense)
        self.assertEqual(expense.clerk_line_ids.move_id, move)

    def test_failure_stays_on_its_expense_and_is_tried_again(self):
        good, bad = self._expense(10.0), self._expense(20.0, receipt=False)
        moves = self._charge(good | bad)
        self.assertEqual(moves.amount_untaxed, 10.0)
        self.assertIn("has no receipt", bad.clerk_charge_error)
        self.assertFalse(good.clerk_charge_error)
        self._receipt(bad)
        self._charge(bad)
        self.assertEqual(
            (bad.clerk_charge_state, bad.clerk_charge_error), ("billed", False)
        )

    def test_failure_of_an_invoice_leaves_the_others(self):
        """An invoice that cannot be made is undone, with the reason on its expenses."""
        broken = self.env["ir.attachment"].sudo()
        first, second = self._expense(10.0), self._expense(20.0)
        other = self._expense(30.0, customer=self.partner_b)
        broken.create(
            {
                "name": "broken.pdf",
                "raw": b"no PDF at all",
                "mimetype": "application/pdf",
                "res_model": "hr.expense",
                "res_id": second.id,
            }
        )
        moves = self._charge(first | second | other)
        self.assertEqual(moves.partner_id, self.partner_b)
        for expense in first | second:
            self.assertTrue(expense.clerk_charge_error)
            self.assertEqual(expense.clerk_charge_state, "to_bill")

    def test_dialog_says_how_many_failed(self):
        expenses = self._expense() | self._expense(receipt=False)
        dialog = (
            self.env["clerk.expense.charge"]
            .with_user(self.clerk)
            .create({"expense_ids": [Command.set(expenses.ids)], "date": DAY})
        )
        result = dialog.action_charge()
        self.assertIn("Charged on: 1. Failed: 1.", result["params"]["message"])

    # Bad input

    def test_refusals_that_leave_nothing_behind(self):
        archived = self.env["res.partner"].create({"name": "Gone"})
        cases = {
            "Select the customer first": self._expense(customer=False),
            "Only approved expenses": self._draft_expense(
                clerk_customer_id=self.partner_a.id
            ),
            "has no receipt": self._expense(receipt=False),
            "is archived": self._expense(customer=archived),
            "would be billed for": self._expense(0.01, currency_id=self._weak().id),
        }
        archived.active = False
        moves = self.env["account.move"].search_count([])
        for sentence, expense in cases.items():
            with self.subTest(sentence):
                expense = expense.with_user(self.clerk).sudo(False)
                with self.assertRaisesRegex(UserError, sentence):
                    self._charge(expense)
        self.assertEqual(self.env["account.move"].search_count([]), moves)

    def _weak(self):
        """Return a currency of which a cent is nothing in company currency."""
        weak = self.env["res.currency"].create({"name": "XTW", "symbol": "W"})
        self.env["res.currency.rate"].create(
            {"name": "2020-01-01", "currency_id": weak.id, "rate": 1.5}
        )
        self.env["res.currency.rate"].create(
            {"name": "2026-01-15", "currency_id": weak.id, "rate": 1000.0}
        )
        return weak

    def test_locked_period(self):
        self.company_a.sudo().sale_lock_date = "2026-01-31"
        expense = self._expense()
        with self.assertRaisesRegex(UserError, "The date 01/20/2026 is locked"):
            self._charge(expense)
        self._charge(expense, date=DAY.replace(month=2))
        self.assertEqual(expense.clerk_charge_state, "billed")

    def test_negative_markup(self):
        expense = self._expense()
        with self.assertRaisesRegex(Exception, "clerk_markup"), self.env.cr.savepoint():
            expense.clerk_markup = -1.0
            expense.flush_recordset()

    def test_customer_of_another_company(self):
        theirs = self.env["res.partner"].create(
            {"name": "Theirs", "company_id": self.company_b.id}
        )
        expense = self._expense()
        with self._refused():
            expense.clerk_customer_id = theirs
        self.assertEqual(expense.clerk_customer_id, self.partner_a)

    def test_values_that_do_not_fit(self):
        expense = self._expense()
        for values in (
            {"clerk_markup": "much"},
            {"clerk_charge": "free"},
            {"clerk_customer_id": "partner"},
        ):
            with self.subTest(values), self._refused(ValidationError):
                expense.write(values)

    # Rights

    def test_only_clerks_charge_on_and_waive(self):
        expense = self._expense()
        for user in (self.auditor, self.manager, self.outsider, self.clerk_b):
            for call in (
                lambda each: each.action_charge_on(),
                lambda each: each.action_waive(),
                lambda each: each._waive("because"),
                lambda each: self._charge(each),
            ):
                with self.subTest(user.login), self._refused(AccessError):
                    call(expense.with_user(user))
        self._charge(expense.with_user(self.supervisor))
        self.assertEqual(expense.clerk_charge_state, "billed")

    def test_clerk_of_two_companies(self):
        both = self._new_user("clerk_ab", "invoicing_clerk.group_clerk")
        both.company_ids |= self.company_b
        employee = self._employee(self.clerk_b, self.company_b)
        category = self._category(
            taxes_id=[Command.set(self.company_b_data["default_tax_sale"].ids)]
        )
        theirs = self._draft_expense(
            40.0,
            employee_id=employee.id,
            company_id=self.company_b.id,
            currency_id=self.company_b.currency_id.id,
            product_id=category.id,
        )
        theirs.write({"approval_state": "approved", "manager_id": self.manager.id})
        expenses = (self._expense(60.0).sudo() | theirs).with_user(both).sudo(False)
        expenses = expenses.with_context(
            allowed_company_ids=(self.company_a | self.company_b).ids
        )
        expenses.clerk_customer_id = self.partner_a
        moves = self._charge(expenses)
        self.assertEqual(
            {move.company_id: move.amount_untaxed for move in moves},
            {self.company_a: 60.0, self.company_b: 40.0},
        )

    # Waiving

    def test_waived_with_a_reason(self):
        expense = self._expense()
        with self.assertRaisesRegex(UserError, "Enter why"):
            expense._waive("  ")
        dialog = self.env["clerk.expense.waive"].with_user(self.clerk)
        dialog.create(
            {"expense_ids": [Command.set(expense.ids)], "reason": "Goodwill"}
        ).action_waive()
        self.assertEqual(
            (expense.clerk_charge_state, expense.clerk_waiver), ("waived", "Goodwill")
        )
        with self.assertRaisesRegex(UserError, "is Waived: .*The reason: Goodwill"):
            self._charge(expense)
        expense.action_undo_waiver()
        self._charge(expense)
        with self.assertRaisesRegex(UserError, "is Billed"):
            expense._waive("Too late")
        with self.assertRaisesRegex(UserError, "is Billed"):
            expense.action_undo_waiver()
