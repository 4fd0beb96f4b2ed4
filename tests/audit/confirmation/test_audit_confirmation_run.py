from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.audit.confirmation.common import (
    DAY,
    ConfirmationCommon,
)


@tagged("post_install", "-at_install")
class TestConfirmationRun(ConfirmationCommon):
    """Selection of customers, stated balances and reconciliation to the ledger."""

    def test_balances_are_those_of_statements(self):
        customers = self._customers(3)
        foreign = self._posted(
            (1, 50.0),
            partner=customers[0],
            currency=self.foreign_currency,
            taxes=self.no_tax,
        )
        paid_later = self._posted((1, 70.0), partner=customers[1], taxes=self.no_tax)
        self._pay(paid_later, payment_date="2026-02-10")
        paid_before = self._posted((1, 30.0), partner=customers[2], taxes=self.no_tax)
        self._pay(paid_before, payment_date="2026-01-20")
        run = self._ask(customers)
        statements = self._run(
            DAY, include="chosen", partner_ids=customers.ids
        ).statement_ids
        for confirmation in run.confirmation_ids:
            statement = statements.filtered(
                lambda each, confirmation=confirmation: (
                    each.partner_id == confirmation.partner_id
                )
            )
            self.assertEqual(
                [
                    (each.document_currency_id, each.stated, each.stated_company)
                    for each in confirmation.balance_ids
                ],
                [
                    (each.currency_id, each.closing, each.closing_company)
                    for each in statement.balance_ids
                ],
            )
            self.assertEqual(confirmation.stated_company, statement.closing_company)
        confirmation = self._confirmation(run, customers[0])
        self.assertIn(foreign, confirmation.item_ids.move_id)
        self.assertEqual(
            confirmation.balance_ids.mapped("stated"), [101.0, 50.0], "currencies apart"
        )
        self.assertEqual(self._confirmation(run, customers[1]).stated_company, 172)
        self.assertEqual(self._confirmation(run, customers[2]).stated_company, 103)

    def test_population_reconciles_to_the_ledger(self):
        customers = self._customers(3)
        self._posted(
            (1, 500.0),
            move_type="out_refund",
            partner=customers[0],
            taxes=self.no_tax,
        )
        self._entry(40, "2026-01-20", journal="misc")
        run = self._ask(customers[:0], include="all")
        self.assertEqual(
            (
                run.population_count,
                run.population_amount,
                run.population_credit,
                run.no_customer_amount,
                run.ledger_amount,
            ),
            (3, 205, -399, 40, -154),
        )
        self.assertTrue(run.is_proved)
        self.assertEqual(run.request_count, 3)
        self.assertEqual((run.requested_amount, run.requested_percent), (205, 100))

    def test_largest_balances_and_minimum(self):
        customers = self._customers(5)
        run = self._ask(customers[:0], include="all", largest=2)
        self.assertEqual(run.confirmation_ids.partner_id, customers[4] | customers[3])
        run.write({"largest": 0, "minimum": 103})
        run.action_compute()
        self.assertEqual(len(run.confirmation_ids), 3)
        run.write(
            {
                "include": "domain",
                "minimum": 0,
                "partner_domain": f"[('id', '=', {customers[1].id})]",
            }
        )
        run.action_compute()
        self.assertEqual(run.confirmation_ids.partner_id, customers[1])
        self.assertEqual(run.population_count, 5)
        self.assertAlmostEqual(run.requested_percent, 100 * 102 / 515, places=1)

    def test_selected_customers_without_a_balance(self):
        run = self._ask(self.partner_b)
        confirmation = run.confirmation_ids
        self.assertEqual(confirmation.partner_id, self.partner_b)
        self.assertRecordValues(
            confirmation.balance_ids,
            [{"document_currency_id": self.currency_a.id, "stated": 0}],
        )
        self.assertFalse(confirmation.item_ids)

    def test_no_customers_selected(self):
        with self.assertRaisesRegex(UserError, "select the customers"):
            self._ask(self.partner_a.browse())

    def test_no_requests(self):
        run = self._ask(self.partner_a.browse(), include="all", minimum=1e9)
        with self.assertRaisesRegex(UserError, "does not select any customers"):
            run.action_release()

    def test_invalid_filter(self):
        with self.assertRaisesRegex(
            UserError, "filter of customers is not valid: not a list"
        ):
            self._ask(self.partner_a.browse(), include="domain", partner_domain="[((")

    def test_customers_of_a_sample(self):
        customers = self._customers(2)
        moves = self._posted(partner=customers[0]) + self._posted(partner=customers[0])
        runs = self.env["clerk.audit.confirmation.run"].with_user(self.auditor)
        run = runs._confirm_customers(self.audit, moves)
        run.action_compute()
        self.assertEqual(run.confirmation_ids.partner_id, customers[0])

    def test_replies_go_to_an_auditor_of_the_engagement(self):
        with self.assertRaisesRegex(ValidationError, "is not an auditor of"):
            self._ask(self.partner_a, auditor_id=self.other_auditor.id)

    def test_new_terms_recreate_the_requests(self):
        run = self._ask(self._customers(1))
        run.type = "blank"
        self.assertEqual((run.state, run.request_count), ("draft", 0))
        with self.assertRaisesRegex(UserError, "not available"):
            run.action_release()
        run.action_compute()
        self.assertEqual(run.confirmation_ids.type, "blank")
        for values in ({"state": "released"}, {"ledger_amount": 1}):
            with self.assertRaises(AccessError):
                run.write(values)

    def test_access_rights(self):
        run = self._ask(self._customers(1))
        for user in (self.clerk, self.supervisor):
            self.assertEqual(run.with_user(user).request_count, 1)
            for step in ("action_compute", "action_release", "action_remind"):
                with self.assertRaises(AccessError):
                    getattr(run.with_user(user), step)()
            with self.assertRaises(AccessError):
                run.with_user(user).write({"note": "Ours"})
            with self.assertRaises(AccessError):
                self._ask(self.partner_a, user=user, auditor_id=self.auditor.id)
        for user in (self.other_auditor, self.outsider, self.clerk_b):
            with self.assertRaises(AccessError):
                run.with_user(user).read(["name"])
        with self.assertRaises(AccessError):
            self._ask(
                self.partner_a, user=self.other_auditor, auditor_id=self.auditor.id
            )

    def test_released_run_is_fixed(self):
        run = self._asked(self._customers(1))
        with self.assertRaisesRegex(UserError, "not available"):
            run.write({"date": "2026-01-30"})
        with self.assertRaisesRegex(UserError, "not available"):
            run.action_compute()
        with self.assertRaisesRegex(UserError, "not available"):
            run.unlink()
        with self.assertRaisesRegex(UserError, "has been released and is kept"):
            run.confirmation_ids.unlink()
        run.reminder_days = 5

    def test_customer_excluded_before_the_release(self):
        customers = self._customers(2)
        run = self._ask(customers)
        self._confirmation(run, customers[0]).unlink()
        run.action_release()
        self.assertEqual(run.confirmation_ids.partner_id, customers[1])

    def test_closed_engagement(self):
        run = self._ask(self._customers(1))
        self.audit.action_close()
        for step in ("action_compute", "action_release"):
            with self.assertRaisesRegex(UserError, "is closed"):
                getattr(run, step)()

    def test_balances_and_replies_are_guarded(self):
        confirmation = self._asked(self._customers(1)).confirmation_ids
        for values in (
            {"stated_company": 1},
            {"state": "agreed"},
            {"signed_by": "Me"},
            {"answer": {}},
            {"delivery_way": "print"},
        ):
            with self.assertRaises(UserError):
                confirmation.with_user(self.auditor).write(values)
        for part, values in (
            (confirmation.balance_ids, {"stated_company": 1}),
            (confirmation.item_ids, {"name": "Another"}),
        ):
            with self.assertRaises(AccessError):
                part.with_user(self.auditor).write(values)
        confirmation.with_user(self.auditor).conclusion = "Theirs to write"

    def test_addressee_is_a_contact_of_the_customer(self):
        confirmation = self._ask(self._customers(1)).confirmation_ids
        with self.assertRaisesRegex(ValidationError, "not a contact of the customer"):
            confirmation.with_user(self.auditor).contact_id = self.partner_b
        contact = self.env["res.partner"].create(
            {"name": "Ada", "parent_id": confirmation.partner_id.id}
        )
        confirmation.with_user(self.auditor).contact_id = contact

    def test_external_statement_contact_is_no_addressee(self):
        customer = self._customers(1)
        customer.statement_contact_ids = self.partner_b
        self.assertEqual(self._ask(customer).confirmation_ids.contact_id, customer)

    def test_templates_are_for_confirmations(self):
        run = self._ask(self._customers(1))
        template = self.env.ref("account.email_template_edi_invoice")
        for name in ("mail_template_id", "reminder_template_id"):
            with self.assertRaisesRegex(
                ValidationError, "is an email template of Journal Entry"
            ):
                run.with_user(self.auditor)[name] = template

    def test_queries_do_not_grow_with_the_requests(self):
        self._assert_no_more_queries(self._queries(5), self._queries(40))

    def _queries(self, number):
        customers = self._customers(number)
        run = self._ask(customers)
        return self._count_queries(run.action_compute)
