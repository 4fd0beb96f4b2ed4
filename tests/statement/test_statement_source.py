from datetime import date, timedelta

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.tests.statement.common import StatementCommon

JANUARY = "2026-01-31"
FEBRUARY = "2026-02-28"
NOTHING = (0, 0, 0, 0, 0, 0)


@tagged("post_install", "-at_install")
class TestStatementSituations(StatementCommon):
    """Situations in a ledger, and the figures of statements.

    Figures are (opening, invoiced, credited, paid, adjusted, closing).
    """

    def _invoice(self, amount=100.0, **values):
        return self._posted((1, amount), **{"taxes": self.no_tax, **values})

    def _credit(self, amount, **values):
        return self._invoice(amount, move_type="out_refund", **values)

    def _assert_january(self, figures, **values):
        run = self._run(JANUARY, **values)
        self.assertTrue(run.is_proved, run.proof_ids.mapped("difference"))
        statement = self._statement(run)
        self.assertEqual(self._figures(statement), figures)
        return statement

    # One invoice and what settles it

    def test_open_invoice_is_shown_whole(self):
        move = self._invoice()
        statement = self._assert_january((0, 100, 0, 0, 0, 100))
        [line] = statement.line_ids
        self.assertRecordValues(
            line,
            [{"name": move.name, "amount": 100, "open_amount": 100, "kind": "invoice"}],
        )

    def test_invoice_paid_within_the_month_owes_nothing(self):
        self._pay(self._invoice(), payment_date="2026-01-20")
        statement = self._assert_january((0, 100, 0, -100, 0, 0))
        self.assertFalse(statement.line_ids)

    def test_invoice_paid_on_the_day_owes_nothing(self):
        self._pay(self._invoice(), payment_date=JANUARY)
        self._assert_january((0, 100, 0, -100, 0, 0))

    def test_invoice_paid_the_day_after_is_still_open(self):
        self._pay(self._invoice(), payment_date="2026-02-01")
        self._assert_january((0, 100, 0, 0, 0, 100))

    def test_partial_payment_before_and_after(self):
        move = self._invoice()
        self._pay(move, amount=30, payment_date="2026-01-20")
        self._pay(move, amount=50, payment_date="2026-02-10")
        statement = self._assert_january((0, 100, 0, -30, 0, 70))
        self.assertEqual(statement.line_ids.open_amount, 70)
        self.assertEqual(
            self._figures(self._statement(self._run(FEBRUARY))),
            (70, 0, 0, -50, 0, 20),
        )

    def test_payment_unreconciled_later(self):
        move = self._invoice()
        self._pay(move, payment_date="2026-01-20")
        self._receivable_lines(move).remove_move_reconcile()
        statement = self._assert_january((0, 100, 0, -100, 0, 0))
        self.assertEqual(sorted(statement.line_ids.mapped("open_amount")), [-100, 100])
        self.assertEqual(self._balance(statement).unapplied, -100)

    def test_payment_on_account(self):
        self._entry(-40, "2026-01-10", partner=self.partner_a)
        statement = self._assert_january((0, 0, 0, -40, 0, -40))
        self.assertEqual(self._balance(statement).unapplied, -40)
        self.assertIn("in credit", statement.exceptions)

    def test_payment_before_the_invoice_it_settles(self):
        money = self._entry(-100, "2026-01-10", partner=self.partner_a)
        later = self._invoice(invoice_date="2026-02-05")
        (money | self._receivable_lines(later)).reconcile()
        self._assert_january((0, 0, 0, -100, 0, -100))

    # Credits and other entries

    def test_credit_note_reconciled_with_its_invoice(self):
        move = self._invoice()
        credit = self._credit(25.0)
        self._receivable_lines(move | credit).reconcile()
        statement = self._assert_january((0, 100, -25, 0, 0, 75))
        self.assertEqual(self._open_names(statement), {move.name})

    def test_credit_note_without_reconciliation(self):
        move, credit = self._invoice(), self._credit(25.0)
        statement = self._assert_january((0, 100, -25, 0, 0, 75))
        self.assertEqual(self._open_names(statement), {move.name, credit.name})
        self.assertEqual(self._balance(statement).unapplied, -25)

    def test_credit_note_of_the_next_month(self):
        credit = self._credit(25.0, invoice_date="2026-02-02")
        self._receivable_lines(self._invoice() | credit).reconcile()
        self._assert_january((0, 100, 0, 0, 0, 100))

    def test_write_off_is_an_adjustment(self):
        move = self._invoice()
        write_off = self._entry(-100, "2026-01-25", "misc", self.partner_a)
        (self._receivable_lines(move) | write_off).reconcile()
        self._assert_january((0, 100, 0, 0, -100, 0))

    def test_opening_entry(self):
        self._entry(500, "2025-12-31", "misc", self.partner_a)
        statement = self._assert_january((500, 0, 0, 0, 0, 500))
        self.assertEqual(statement.line_ids.kind, "adjustment")

    def test_cancelled_and_draft_invoices_do_not_count(self):
        self._invoice()
        cancelled = self._invoice(40.0)
        cancelled.button_draft()
        cancelled.button_cancel()
        self._invoice(60.0).button_draft()
        self._assert_january((0, 100, 0, 0, 0, 100))

    def test_reset_and_posted_again(self):
        move = self._invoice()
        move.button_draft()
        move.invoice_line_ids.price_unit = 80.0
        move.action_post()
        self._assert_january((0, 80, 0, 0, 0, 80))

    def test_vendor_bills_are_no_receivables(self):
        self._invoice()
        self._posted((1, 70.0), move_type="in_invoice", taxes=self.no_tax)
        self._assert_january((0, 100, 0, 0, 0, 100))

    def test_entry_without_customer_is_named_by_the_proof(self):
        self._invoice()
        stray = self._entry(33, "2026-01-12", "misc")
        run = self._run(JANUARY)
        proof = run.proof_ids.filtered("without_customer")
        self.assertEqual((proof.without_customer, proof.difference), (33, 0))
        found = self.env["account.move.line"].search(
            proof.action_view_entries()["domain"]
        )
        self.assertEqual(found, stray)

    def test_second_receivable_account(self):
        other = self.receivable.copy({"code": "121099", "name": "Other receivables"})
        self._invoice()
        self._entry(60, "2026-01-09", "misc", self.partner_a, account=other)
        statement = self._assert_january((0, 100, 0, 0, 60, 160))
        self.assertEqual(len(statement.run_id.proof_ids), 2)

    # Instalments and age

    def test_instalments_are_aged_one_by_one(self):
        terms = self.env["account.payment.term"].create(
            {
                "name": "half now, half in 60 days",
                "line_ids": [
                    Command.create({"value_amount": 50, "nb_days": days})
                    for days in (0, 60)
                ],
            }
        )
        self._invoice(invoice_date="2026-01-01", invoice_payment_term_id=terms.id)
        statement = self._assert_january((0, 100, 0, 0, 0, 100))
        balance = self._balance(statement)
        self.assertEqual((balance.bucket_0, balance.bucket_1), (50, 50))

    def test_buckets_by_due_date(self):
        day = date.fromisoformat(JANUARY)
        for overdue in (-1, 0, 1, 30, 31, 60, 61, 90, 91, 120, 121, 400):
            due = day - timedelta(days=overdue)
            self._invoice(
                1.0,
                invoice_date=min(day, due),
                invoice_date_due=due,
                invoice_payment_term_id=False,
            )
        balance = self._balance(self._statement(self._run(JANUARY)))
        self.assertEqual(
            [balance[f"bucket_{number}"] for number in range(6)], [2, 2, 2, 2, 2, 2]
        )

    def test_buckets_by_invoice_date_and_week(self):
        self._invoice(
            invoice_date="2026-01-20",
            invoice_date_due="2026-03-31",
            invoice_payment_term_id=False,
        )
        run = self._run(JANUARY, ageing_basis="invoice", bucket_days=7)
        balance = self._balance(self._statement(run))
        self.assertEqual((balance.bucket_0, balance.bucket_2), (0, 100))

    # Currencies

    def test_foreign_invoice_paid_at_another_rate_owes_nothing(self):
        self.env["res.currency.rate"].create(
            {
                "name": "2026-01-18",
                "rate": 4.0,
                "currency_id": self.foreign_currency.id,
                "company_id": self.company_a.id,
            }
        )
        move = self._invoice(currency=self.foreign_currency)
        self._pay(move, payment_date="2026-01-20")
        run = self._run(JANUARY)
        statement = self._statement(run)
        self.assertEqual(
            self._figures(statement, self.foreign_currency), (0, 100, 0, -100, 0, 0)
        )
        self.assertFalse(self._open_names(statement))
        self.assertTrue(run.is_proved)

    def test_foreign_invoice_paid_in_our_currency_leaves_both_blocks_settled(self):
        move = self._invoice(currency=self.foreign_currency)
        money = self._entry(-50, "2026-01-20", partner=self.partner_a)
        (self._receivable_lines(move) | money).reconcile()
        run = self._run(JANUARY, type="forward")
        statement = self._statement(run)
        self.assertEqual(
            self._figures(statement, self.foreign_currency), (0, 100, 0, -100, 0, 0)
        )
        self.assertEqual(self._figures(statement), NOTHING)
        self.assertTrue(run.is_proved)

    def test_currencies_do_not_mix(self):
        self._invoice()
        self._invoice(60.0, currency=self.foreign_currency)
        statement = self._statement(self._run(JANUARY))
        self.assertEqual(self._figures(statement)[-1], 100)
        self.assertEqual(self._figures(statement, self.foreign_currency)[-1], 60)
        self.assertEqual(statement.closing_company, 130)

    # Customers

    def test_contact_of_a_customer_is_the_customer(self):
        self._invoice(partner=self.contact_a)
        run = self._run(JANUARY)
        self.assertEqual(self._figures(self._statement(run))[-1], 100)
        self.assertFalse(self._statement(run, self.contact_a))

    def test_each_invoice_address_on_its_own(self):
        self._invoice()
        move = self._invoice(60.0, partner=self.contact_a)
        self._pay(move, amount=20, payment_date="2026-01-20")
        run = self._run(JANUARY, grouping="address")
        self.assertEqual(self._figures(self._statement(run))[-1], 100)
        self.assertEqual(
            self._figures(self._statement(run, self.contact_a)),
            (0, 60, 0, -20, 0, 40),
        )
        self.assertTrue(run.is_proved)

    def test_other_customers_payment_settles_the_invoice(self):
        move = self._invoice()
        money = self._entry(-100, "2026-01-20", partner=self.partner_b)
        (self._receivable_lines(move) | money).reconcile()
        statement = self._assert_january((0, 100, 0, -100, 0, 0))
        self.assertEqual(
            self._figures(self._statement(statement.run_id, self.partner_b)), NOTHING
        )

    def test_branches_are_on_the_statement(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company_a.id}
        )
        # A branch gets its part of the chart of accounts at the end.
        self.env.cr.precommit.run()
        self.clerk.company_ids = [Command.link(branch.id)]
        self.env.user.company_ids = [Command.link(branch.id)]
        self._invoice()
        move = (
            self.env["account.move"]
            .with_context(allowed_company_ids=(branch | self.company_a).ids)
            .with_company(branch)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.partner_a.id,
                    "invoice_date": "2026-01-16",
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "From the branch",
                                "price_unit": 11.0,
                                "account_id": self.company_data[
                                    "default_account_revenue"
                                ].id,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                }
            )
        )
        move.action_post()
        self._assert_january((0, 111, 0, 0, 0, 111))
        self.assertEqual(move.company_id, branch)
        self.clerk.company_ids = [Command.unlink(branch.id)]
        with self.assertRaisesRegex(UserError, "Branch"):
            self._run(JANUARY)

    def test_other_company_is_not_on_it(self):
        self._invoice()
        self._invoice(40.0, company_data=self.company_b_data)
        self._assert_january((0, 100, 0, 0, 0, 100))

    # Disputes

    def test_disputed_part_is_marked(self):
        move = self._posted((2, 50.0), taxes=self.no_tax)
        self._open_error(move, {"claimed_quantity": 1})
        statement = self._assert_january((0, 100, 0, 0, 0, 100))
        self.assertEqual(statement.line_ids.disputed, 50)
        self.assertEqual(self._balance(statement).disputed, 50)
        self.assertIn("disputed items", statement.exceptions)

    def test_promised_part_is_marked(self):
        move = self._invoice()
        self.env["clerk.promise"].with_user(self.clerk).create(
            {
                "move_ids": [Command.set(move.ids)],
                "amount": 60,
                "date": fields.Date.context_today(move) + timedelta(days=7),
            }
        )
        statement = self._assert_january((0, 100, 0, 0, 0, 100))
        self.assertEqual(statement.line_ids.promised, 60)
        self.assertEqual(self._balance(statement).promised, 60)

    # Excluded customers

    def test_suppressions(self):
        self._invoice(3.0)
        for values, reason in (
            ({"minimum": 5.0}, "minimum"),
            ({}, False),
        ):
            with self.subTest(reason=reason):
                statement = self._statement(self._run(JANUARY, **values))
                self.assertEqual(statement.suppression, reason)
        self._entry(-40, "2026-01-10", partner=self.partner_a)
        statement = self._statement(self._run(JANUARY, with_credit=False))
        self.assertEqual(statement.suppression, "credit")
        self.partner_a.statement_stop_reason = "Legal hold"
        statement = self._statement(self._run(JANUARY))
        self.assertRecordValues(
            statement, [{"suppression": "stopped", "state": "suppressed"}]
        )

    def test_nothing_open_and_no_activity_when_asked_for(self):
        run = self._run(
            JANUARY,
            with_zero=False,
            include="chosen",
            partner_ids=[Command.set(self.partner_b.ids)],
        )
        statement = self._statement(run, self.partner_b)
        self.assertEqual(statement.suppression, "nothing")
        self.assertEqual(run.suppressed_count, 1)

    # Steps and refusals

    def test_hold_and_release(self):
        self._invoice()
        run = self._run(JANUARY)
        statement = self._statement(run)
        statement.action_hold()
        self.assertEqual((statement.state, run.held_count), ("held", 1))
        with self.assertRaisesRegex(UserError, "Held"):
            statement.action_hold()
        statement.action_release()
        self.assertEqual(statement.state, "ready")

    def test_future_day_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "in the future"):
            self._run(fields.Date.context_today(self.partner_a) + timedelta(days=2))

    def test_second_monthly_run_of_a_day_is_refused(self):
        self._run(JANUARY, kind="monthly")
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self._run(JANUARY, kind="monthly")

    def test_company_without_receivable_account(self):
        bare = self.env["res.company"].create({"name": "Bare"})
        self.clerk.company_ids = [Command.link(bare.id)]
        with self.assertRaisesRegex(UserError, "Bare has no receivable account"):
            self._run(JANUARY, company_id=bare.id)

    def test_invalid_filter(self):
        with self.assertRaisesRegex(UserError, "filter of customers"):
            self._run(JANUARY, include="domain", partner_domain="[('name',")

    def test_auditor_reads_and_outsider_does_not(self):
        self._invoice()
        run = self._run(JANUARY)
        statement = self._statement(run).with_user(self.auditor)
        self.assertEqual(statement.closing_company, 100)
        statement._changes()
        for step in ("action_compute", "action_review", "action_cancel"):
            with self.assertRaises(AccessError):
                getattr(run.with_user(self.auditor), step)()
        with self.assertRaises(AccessError):
            statement.action_hold()
        for outsider in (self.outsider, self.clerk_b):
            with self.assertRaises(AccessError):
                _ = statement.with_user(outsider).closing_company

    def test_clerk_writes_only_the_note(self):
        self._invoice()
        statement = self._statement(self._run(JANUARY))
        statement.note = "We moved: see our new address."
        with self.assertRaises(AccessError):
            statement.closing_company = 1
        with self.assertRaises(AccessError):
            statement.line_ids.open_amount = 1

    def test_computed_again_is_the_same(self):
        self._invoice()
        run = self._run(JANUARY)
        before = self._statement(run)
        lines = before.line_ids.mapped("open_amount")
        run.action_compute()
        self.assertEqual(self._statement(run).line_ids.mapped("open_amount"), lines)
        self.assertFalse(before.exists())
