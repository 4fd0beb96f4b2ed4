from contextlib import contextmanager

from odoo.exceptions import UserError
from odoo.fields import Command, Date
from odoo.tests import new_test_user

from odoo.addons.invoicing_clerk.tests.common import blank_pdf
from odoo.addons.invoicing_clerk.tests.correction.common import CorrectionCommon

from ..models.hr_expense_charge import InvoiceTerms

DAY = Date.to_date("2026-01-20")


class ExpenseCommon(CorrectionCommon):
    """Expenses of an employee, their manager, and the clerks who charge them on.

    ``partner_a`` and ``partner_b`` are the customers.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.no_tax = cls.env["account.tax"]
        cls.env["account.fiscal.position"].search([]).auto_apply = False
        cls.manager = new_test_user(
            cls.env,
            login="expense_manager_a",
            groups="hr_expense.group_hr_expense_manager",
            company_id=cls.company_a.id,
            company_ids=[Command.set(cls.company_a.ids)],
        )
        cls.traveller = cls._new_user("traveller_a", "base.group_user")
        cls.employee = cls._employee(cls.traveller, cls.company_a)
        cls.meals = cls._category()

    @classmethod
    def _employee(cls, user, company, **values):
        return (
            cls.env["hr.employee"]
            .sudo()
            .create(
                {
                    "name": user.name,
                    "user_id": user.id,
                    "company_id": company.id,
                    "work_contact_id": user.partner_id.id,
                    **values,
                }
            )
        )

    @classmethod
    def _category(cls, **values):
        return cls.env["product.product"].create(
            {
                "name": "Meals",
                "type": "service",
                "can_be_expensed": True,
                "standard_price": 0.0,
                "taxes_id": [Command.set(cls.tax_sale_a.ids)],
                "supplier_taxes_id": [Command.clear()],
                **values,
            }
        )

    @classmethod
    def _draft_expense(cls, amount=100.0, receipt=True, **values):
        """Enter an expense as the employee does."""
        expense = (
            cls.env["hr.expense"]
            .sudo()
            .create(
                {
                    "name": "Dinner with the customer",
                    "employee_id": cls.employee.id,
                    "company_id": cls.company_a.id,
                    "currency_id": cls.currency_a.id,
                    "product_id": cls.meals.id,
                    "total_amount_currency": amount,
                    "date": "2026-01-10",
                    **values,
                }
            )
        )
        if receipt:
            cls._receipt(expense)
        # Core computes manager and department together, as soon as they are stored.
        expense.flush_recordset()
        return expense

    @classmethod
    def _receipt(cls, expense, name="receipt.pdf"):
        return (
            cls.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": name,
                    "raw": blank_pdf(f"{name} {expense.id}"),
                    "res_model": "hr.expense",
                    "res_id": expense.id,
                }
            )
        )

    @classmethod
    def _expense(cls, amount=100.0, customer=None, **values):
        """Return an expense that the manager approved, for a customer, as the clerk."""
        expense = cls._draft_expense(amount, **values)
        expense.write({"approval_state": "approved", "manager_id": cls.manager.id})
        expense = expense.with_user(cls.clerk).sudo(False)
        expense.clerk_customer_id = cls.partner_a if customer is None else customer
        return expense

    @contextmanager
    def _refused(self, error=UserError, sentence=""):
        """Expect a refusal, and undo what was done until then."""
        with self.assertRaisesRegex(error, sentence), self.env.cr.savepoint():
            yield

    def _terms(self, date=DAY, currency=None, adds_to_drafts=False):
        return InvoiceTerms(date, currency or self.env["res.currency"], adds_to_drafts)

    def _charge(self, expenses, **terms):
        """Put expenses on invoices, and return these."""
        return expenses._charge_on(self._terms(**terms))

    def _charged_and_posted(self, expenses, **terms):
        moves = self._charge(expenses, **terms)
        moves.with_env(self.env).action_post()
        return moves

    def _credit_note(self, move, is_modify=False, **change):
        """Credit an invoice as core does, after a change of the note's line."""
        wizard = self.env["account.move.reversal"].create(
            {
                "move_ids": [Command.set(move.ids)],
                "journal_id": move.journal_id.id,
                "date": "2026-01-25",
            }
        )
        wizard.reverse_moves(is_modify=is_modify)
        if is_modify:
            return wizard.new_move_ids
        if change:
            wizard.new_move_ids.invoice_line_ids[0].write(change)
        wizard.new_move_ids.action_post()
        return wizard.new_move_ids
