from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.audit.confirmation.common import (
    DAY,
    ConfirmationCommon,
)


@tagged("post_install", "-at_install")
class TestConfirmationRun(ConfirmationCommon):
    """Whom a run asks, what it states, and that the ledger proves it."""

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
        for letter in run.confirmation_ids:
            statement = statements.filtered(
                lambda each, letter=letter: each.partner_id == letter.partner_id
            )
            self.assertEqual(
                [
                    (each.document_currency_id, each.stated, each.stated_company)
                    for each in letter.balance_ids
                ],
                [
                    (each.currency_id, each.closing, each.closing_company)
                    for each in statement.balance_ids
                ],
            )
            self.assertEqual(letter.stated_company, statement.closing_company)
        letter = self._letter(run, customers[0])
        self.assertIn(foreign, letter.item_ids.move_id)
        self.assertEqual(
            letter.balance_ids.mapped("stated"), [101.0, 50.0], "currencies apart"
        )
        self.assertEqual(self._letter(run, customers[1]).stated_company, 172)
        self.assertEqual(self._letter(run, customers[2]).stated_company, 103)

    def test_population_is_what_the_ledger_says(self):
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

    def test_the_largest_from_an_amount(self):
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

    def test_who_owes_nothing_is_asked_too(self):
        run = self._ask(self.partner_b)
        letter = run.confirmation_ids
        self.assertEqual(letter.partner_id, self.partner_b)
        self.assertRecordValues(
            letter.balance_ids,
            [{"document_currency_id": self.currency_a.id, "stated": 0}],
        )
        self.assertFalse(letter.item_ids)

    def test_nobody_chosen(self):
        with self.assertRaisesRegex(UserError, "select the customers"):
            self._ask(self.partner_a.browse())

    def test_nobody_asked(self):
        run = self._ask(self.partner_a.browse(), include="all", minimum=1e9)
        with self.assertRaisesRegex(UserError, "selects no customers"):
            run.action_release()

    def test_filter_that_cannot_be_understood(self):
        with self.assertRaisesRegex(UserError, "cannot be understood"):
            self._ask(self.partner_a.browse(), include="domain", partner_domain="[((")

    def test_customers_of_a_sample(self):
        customers = self._customers(2)
        moves = self._posted(partner=customers[0]) + self._posted(partner=customers[0])
        runs = self.env["clerk.audit.confirmation.run"].with_user(self.auditor)
        run = runs._confirm_customers(self.audit, moves)
        run.action_compute()
        self.assertEqual(run.confirmation_ids.partner_id, customers[0])

    def test_answers_go_to_an_auditor_of_the_engagement(self):
        with self.assertRaisesRegex(ValidationError, "is not an auditor of"):
            self._ask(self.partner_a, auditor_id=self.other_auditor.id)

    def test_other_terms_make_other_letters(self):
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

    def test_who_may(self):
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

    def test_released_stands(self):
        run = self._asked(self._customers(1))
        with self.assertRaisesRegex(UserError, "not available"):
            run.write({"date": "2026-01-30"})
        with self.assertRaisesRegex(UserError, "not available"):
            run.action_compute()
        with self.assertRaisesRegex(UserError, "not available"):
            run.unlink()
        with self.assertRaisesRegex(UserError, "is released and stays"):
            run.confirmation_ids.unlink()
        run.reminder_days = 5

    def test_one_customer_left_out_before_the_release(self):
        customers = self._customers(2)
        run = self._ask(customers)
        self._letter(run, customers[0]).unlink()
        run.action_release()
        self.assertEqual(run.confirmation_ids.partner_id, customers[1])

    def test_closed_engagement(self):
        run = self._ask(self._customers(1))
        self.audit.action_close()
        for step in ("action_compute", "action_release"):
            with self.assertRaisesRegex(UserError, "is closed"):
                getattr(run, step)()

    def test_books_and_answers_are_nobodys_to_change(self):
        letter = self._asked(self._customers(1)).confirmation_ids
        for values in (
            {"stated_company": 1},
            {"state": "agreed"},
            {"signed_by": "Me"},
            {"answer": {}},
            {"delivery_way": "print"},
        ):
            with self.assertRaises(UserError):
                letter.with_user(self.auditor).write(values)
        for part in (letter.balance_ids, letter.item_ids):
            with self.assertRaises(AccessError):
                part.with_user(self.auditor).write({"stated_company": 1})
        letter.with_user(self.auditor).conclusion = "Theirs to write"

    def test_letters_go_to_the_customer_only(self):
        letter = self._ask(self._customers(1)).confirmation_ids
        with self.assertRaisesRegex(ValidationError, "not a contact of the customer"):
            letter.with_user(self.auditor).contact_id = self.partner_b
        contact = self.env["res.partner"].create(
            {"name": "Ada", "parent_id": letter.partner_id.id}
        )
        letter.with_user(self.auditor).contact_id = contact

    def test_who_gets_statements_outside_confirms_nothing(self):
        customer = self._customers(1)
        customer.statement_contact_ids = self.partner_b
        self.assertEqual(self._ask(customer).confirmation_ids.contact_id, customer)

    def test_mails_are_about_confirmations(self):
        run = self._ask(self._customers(1))
        template = self.env.ref("account.email_template_edi_invoice")
        for name in ("mail_template_id", "reminder_template_id"):
            with self.assertRaisesRegex(ValidationError, "not an email template"):
                run.with_user(self.auditor)[name] = template

    def test_making_letters_costs_the_same_for_many(self):
        few, many = self._queries(5), self._queries(40)
        self.assertLessEqual(many, few)

    def _queries(self, number):
        customers = self._customers(number)
        run = self._ask(customers)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        run.action_compute()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before
