from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ExpenseCommon


@tagged("post_install", "-at_install")
class TestExpenseRegister(ExpenseCommon):
    """The register, by role; and expenses without a receipt or another approver."""

    def _found(self, name, user=None, value=True):
        expenses = self.env["hr.expense"].with_user(user or self.clerk)
        return expenses.search([(name, "=", value)])

    # Who reads what

    def test_clerks_and_auditors_read_all_expenses_of_their_companies(self):
        expense = self._draft_expense()
        for user in (self.clerk, self.colleague, self.supervisor, self.auditor):
            with self.subTest(user.login):
                mine = self.env["hr.expense"].with_user(user)
                self.assertIn(expense.id, mine.search([]).ids)
                record = mine.browse(expense.id)
                self.assertEqual(record.clerk_cost, 100.0)
                self.assertIn("traveller_a", record.employee_id.display_name)

    def test_outsiders_and_clerks_of_other_companies_read_none(self):
        expense = self._draft_expense()
        for user in (self.outsider, self.clerk_b):
            with self.subTest(user.login):
                mine = self.env["hr.expense"].with_user(user)
                self.assertFalse(mine.search([("id", "=", expense.id)]))
                with self.assertRaises(AccessError):
                    mine.browse(expense.id).read(["name"])

    def test_employees_enter_and_submit_without_a_role_of_ours(self):
        """Would have caught: terms computed with the rights of the employee."""
        self.employee.expense_manager_id = self.manager
        expense = (
            self.env["hr.expense"]
            .with_user(self.traveller)
            .create(
                {
                    "name": "Taxi",
                    "product_id": self.meals.id,
                    "total_amount_currency": 20.0,
                }
            )
        )
        expense.total_amount_currency = 25.0
        expense.action_submit()
        expense.with_user(self.manager).action_approve()
        read = expense.with_user(self.clerk)
        self.assertEqual((read.clerk_charge, read.clerk_amount), ("cost", 25.0))

    def test_copies_keep_who_bears_them(self):
        expense = self._expense()
        expense.write({"clerk_charge": "markup", "clerk_markup": 5.0})
        copied = expense.with_user(self.manager).copy().with_user(self.clerk)
        self.assertEqual(
            (copied.clerk_customer_id, copied.clerk_charge, copied.clerk_markup),
            (self.partner_a, "markup", 5.0),
        )

    def test_employees_do_not_read_the_terms_of_customers(self):
        expense = self._draft_expense().with_user(self.traveller).sudo(False)
        self.assertEqual(expense.name, "Dinner with the customer")
        with self.assertRaises(AccessError):
            expense.read(["clerk_customer_id"])

    def test_clerks_change_nothing_that_the_employee_submitted(self):
        expense = self._draft_expense().sudo(False)
        for user in (self.clerk, self.supervisor, self.auditor):
            for values in (
                {"name": "Other"},
                {"total_amount_currency": 5.0},
                {"clerk_customer_id": self.partner_a.id, "name": "Other"},
            ):
                case = f"{user.login} {values}"
                with self.subTest(case), self._refused(AccessError):
                    expense.with_user(user).write(values)
        with self.assertRaises(AccessError):
            expense.with_user(self.clerk).unlink()

    def test_only_clerks_enter_who_bears_it(self):
        expense = self._draft_expense().sudo(False)
        for user in (self.auditor, self.manager, self.traveller, self.outsider):
            with self.subTest(user.login), self._refused(AccessError):
                expense.with_user(user).clerk_customer_id = self.partner_a
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            expense.with_user(self.clerk_b).clerk_customer_id = self.partner_a
        expense.with_user(self.clerk).clerk_customer_id = self.partner_a
        self.assertEqual(expense.sudo().clerk_customer_id, self.partner_a)

    def test_fields_of_steps_cannot_be_written(self):
        expense = self._expense()
        for name, value in (
            ("clerk_waiver", "because"),
            ("clerk_charge_error", "because"),
            ("clerk_charge_state", "billed"),
            ("clerk_approver_id", self.clerk.id),
        ):
            with self.subTest(name), self._refused(AccessError):
                expense.write({name: value})

    def test_register_is_printed_with_totals(self):
        expenses = self._expense(100.0) | self._expense(50.0) | self._expense(7.0)
        self._charge(expenses[2])
        action = expenses.action_print_register()
        self.assertEqual(
            action["report_name"], "invoicing_clerk_expense.report_expense_register"
        )
        reports = self.env["ir.actions.report"].with_user(self.auditor)
        html, _kind = reports._render_qweb_html(action["report_name"], expenses.ids)
        for text in (b"traveller_a", b"partner_a", b"150.00", b"To Bill", b"Billed"):
            self.assertIn(text, html)
        rows = expenses._register_totals()
        self.assertEqual([row[:2] for row in rows], [("To Bill", 2), ("Billed", 1)])

    # What is lacking

    def test_without_receipt(self):
        draft = self._draft_expense(receipt=False)
        without = self._expense(receipt=False)
        complete = self._expense()
        found = self._found("clerk_lacks_receipt")
        self.assertIn(without, found)
        self.assertNotIn(complete, found)
        self.assertNotIn(draft.id, found.ids)
        self.assertIn("There is no receipt: ask traveller_a", without.clerk_lack)
        self.assertFalse(complete.clerk_lack)
        self.assertIn(complete, self._found("clerk_lacks_receipt", value=False))
        self._receipt(without)
        self.assertNotIn(without, self._found("clerk_lacks_receipt"))

    def test_core_approves_by_itself_without_a_manager(self):
        own = self._employee(self.manager, self.company_a)
        expense = self._draft_expense(employee_id=own.id)
        expense.with_user(self.manager).sudo(False).action_submit()
        self.assertEqual(expense.state, "approved")
        found = self._found("clerk_lacks_approver", self.auditor)
        self.assertIn(expense.id, found.ids)
        lacking = expense.with_user(self.clerk).sudo(False)
        self.assertEqual(lacking.clerk_approver_id, self.manager)
        self.assertIn("whose own expense it is", lacking.clerk_lack)

    def test_approved_by_a_manager(self):
        self.employee.expense_manager_id = self.manager
        expense = self._draft_expense().with_user(self.traveller).sudo(False)
        expense.action_submit()
        self.assertEqual(expense.state, "submitted")
        self.assertNotIn(expense.id, self._found("clerk_lacks_approver").ids)
        expense.with_user(self.manager).action_approve()
        self.assertNotIn(expense.id, self._found("clerk_lacks_approver").ids)
        self.assertEqual(expense.with_user(self.clerk).clerk_approver_id, self.manager)

    def test_approver_stays_when_the_department_changes(self):
        expense = self._expense()
        expense.flush_recordset()
        department = self.env["hr.department"].sudo().create({"name": "Moved"})
        self.employee.department_id = department
        self.assertFalse(expense.manager_id)
        self.assertEqual(expense.clerk_approver_id, self.manager)
        self.assertNotIn(expense, self._found("clerk_lacks_approver"))

    def test_lacks_are_found_by_one_query_for_many(self):
        def count(expenses):
            def read_names():
                expenses.mapped("employee_id.display_name")
                expenses.mapped("clerk_approver_id.display_name")

            return self._count_queries(
                expenses.mapped, "clerk_lacks_receipt", first=read_names
            )

        mine = self.env["hr.expense"].with_user(self.clerk)
        few = mine.union(*[self._expense() for _number in range(2)])
        many = mine.union(*[self._expense() for _number in range(8)])
        count(few)
        self._assert_no_more_queries(many=count(many), few=count(few))

    # Worklists

    def _items(self, name):
        worklist = self.env.ref(f"invoicing_clerk_expense.worklist_expense_{name}")
        self.assertTrue(worklist.sudo()._refresh(), worklist.sudo().refresh_error)
        return (
            self.env["clerk.work.item"]
            .with_user(self.clerk)
            .search([("worklist_id", "=", worklist.id), ("state", "=", "open")])
        )

    def test_worklist_of_lacks(self):
        without = self._expense(receipt=False)
        complete = self._expense()
        ids = self._items("lack").mapped("res_id")
        self.assertIn(without.id, ids)
        self.assertNotIn(complete.id, ids)
        self._receipt(without)
        self.assertNotIn(without.id, self._items("lack").mapped("res_id"))

    def test_worklist_of_expenses_to_bill(self):
        expense = self._expense()
        item = self._items("to_bill").filtered(lambda each: each.res_id == expense.id)
        self.assertEqual(item.partner_id, self.partner_a)
        self._charge(expense)
        self.assertNotIn(expense.id, self._items("to_bill").mapped("res_id"))

    def test_an_expense_opened_from_a_worklist_has_its_bar(self):
        expense = self._expense()
        item = self._items("to_bill").filtered(lambda each: each.res_id == expense.id)
        action = item.action_open_record()
        opened = expense.with_context(**action["context"])
        self.assertIn(
            "action_work_done_next", opened.get_view(view_type="form")["arch"]
        )
        bar = opened.web_read({"work_bar": {}, "work_bar_actions": {}})[0]
        self.assertIn("Expenses to Charge On", bar["work_bar"])
        self._charge(expense)
        bar = opened.web_read({"work_bar": {}, "work_bar_actions": {}})[0]
        self.assertIn("Finished", bar["work_bar"])
