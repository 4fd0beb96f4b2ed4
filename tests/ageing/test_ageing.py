from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.ageing.common import AgeingCommon


@tagged("post_install", "-at_install")
class TestAgeing(AgeingCommon):
    """Aged receivables as of any day: buckets, filters, proof and drilling down."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.instalments = cls.env["account.payment.term"].create(
            {
                "name": "40% at once, 60% in 45 days",
                "line_ids": [
                    Command.create({"value_amount": share, "nb_days": days})
                    for share, days in ((40, 0), (60, 45))
                ],
            }
        )

    def _invoice(self, amount, day, **values):
        values.setdefault("invoice_payment_term_id", False)
        values.setdefault("invoice_date_due", day)
        return self._posted((1, amount), taxes=self.no_tax, invoice_date=day, **values)

    def test_instalments_are_aged_each_by_its_due_date(self):
        self._posted(
            (1, 1000.0),
            taxes=self.no_tax,
            invoice_date="2025-12-01",
            invoice_payment_term_id=self.instalments.id,
        )
        row = self._row(self._report())
        # 61 days overdue since 1 December, 16 days since 15 January.
        self.assertEqual(self._aged(row), {1: 600.0, 3: 400.0})
        self.assertEqual((row.overdue, row.balance), (1000.0, 1000.0))
        by_invoice = self._report(ageing_basis="invoice")
        self.assertEqual(self._aged(self._row(by_invoice)), {3: 1000.0})

    def test_overdue_by_invoice_date(self):
        """Overdue is what is past its due date, by whatever date it is aged."""
        self._invoice(100.0, "2026-01-01", invoice_date_due="2026-03-01")
        row = self._row(self._report(ageing_basis="invoice"))
        self.assertEqual((self._aged(row), row.overdue), ({1: 100.0}, 0))
        self.assertEqual(row.ageing_id._bucket_labels()[0], "Current")
        row.action_view_items()
        items = row.env["clerk.ageing.item"].search([("row_id", "=", row.id)])
        self.assertEqual(items.days_overdue, 0)

    def test_width_and_number_of_buckets(self):
        for day in ("2026-01-31", "2026-01-24", "2026-01-17", "2025-01-01"):
            self._invoice(100.0, day)
        row = self._row(self._report(bucket_days=7, bucket_count=2))
        self.assertEqual(self._aged(row), {0: 100.0, 1: 100.0, 2: 200.0})
        row = self._row(self._report(bucket_days=7, bucket_count=8))
        self.assertEqual(self._aged(row), {0: 100.0, 1: 100.0, 2: 100.0, 8: 100.0})

    def test_labels_of_buckets_are_those_of_the_report(self):
        report = self._report(bucket_days=7, bucket_count=2)
        rows = report.row_ids.with_context(**report.action_view_rows()["context"])
        labels = {
            name: field["string"]
            for name, field in rows.fields_get(
                ["bucket_0_company", "bucket_1_company", "bucket_2_company"]
            ).items()
        }
        self.assertEqual(
            labels,
            {
                "bucket_0_company": "Not Due",
                "bucket_1_company": "1–7",
                "bucket_2_company": "> 7",
            },
        )

    def test_past_day(self):
        invoice = self._invoice(100.0, "2025-11-10")
        payment = self._entry(-60.0, "2026-01-20", partner=self.partner_a)
        (self._receivable_lines(invoice) | payment).reconcile()
        self.assertEqual(self._aged(self._row(self._report("2025-12-31"))), {2: 100.0})
        self.assertEqual(self._aged(self._row(self._report())), {3: 40.0})

    def test_unapplied_credits_are_apart(self):
        self._invoice(100.0, "2026-01-01")
        self._entry(-30.0, "2026-01-20", partner=self.partner_a)
        row = self._row(self._report())
        self.assertEqual(self._aged(row), {1: 100.0})
        self.assertEqual((row.unapplied, row.balance), (-30.0, 70.0))

    def test_disputed_and_promised_amounts(self):
        invoice = self._invoice(200.0, "2026-01-01", currency=self.foreign_currency)
        self.env["clerk.promise"].with_user(self.clerk).create(
            {
                "move_ids": invoice.ids,
                "amount": 60.0,
                "date": fields.Date.today() + timedelta(days=7),
            }
        )
        self._open_error(invoice, {"claimed_quantity": 0.75})
        row = self._row(self._report(), currency=self.foreign_currency)
        self.assertEqual((row.disputed, row.promised), (50.0, 60.0))
        self.assertEqual((row.disputed_company, row.promised_company), (25.0, 30.0))
        self.assertEqual((row.balance, row.balance_company), (200.0, 100.0))

    def test_two_currencies_are_two_rows(self):
        self._invoice(100.0, "2026-01-01")
        self._invoice(100.0, "2026-01-01", currency=self.foreign_currency)
        report = self._report()
        own = self._row(report)
        foreign = self._row(report, currency=self.foreign_currency)
        self.assertEqual((own.balance, own.balance_company), (100.0, 100.0))
        self.assertEqual((foreign.balance, foreign.balance_company), (100.0, 50.0))
        self.assertEqual(report.balance, 150.0)

    def test_items_without_a_customer_are_a_row(self):
        self._entry(75.0, "2026-01-01")
        report = self._report()
        row = self._row(report, self.env["res.partner"])
        self.assertEqual(self._aged(row), {1: 75.0})
        self.assertIn("No Customer", row.display_name)
        self.assertTrue(report.is_proved)
        row.action_view_items()

    def test_filters_and_their_proof(self):
        self.partner_b.user_id = self.outsider
        self._invoice(100.0, "2026-01-01")
        self._invoice(50.0, "2026-01-01", partner=self.partner_b)
        self._invoice(40.0, "2026-01-01", currency=self.foreign_currency)
        # The second customer has an account of its own.
        for values, balance, ledger in (
            ({"partner_ids": self.contact_a.ids}, 120.0, 170.0),
            ({"user_ids": self.outsider.ids}, 50.0, 170.0),
            ({"currency_ids": self.foreign_currency.ids}, 20.0, 170.0),
            ({"account_ids": self.receivable.ids}, 120.0, 120.0),
        ):
            with self.subTest(values=values):
                report = self._report(
                    **{name: [Command.set(ids)] for name, ids in values.items()}
                )
                self.assertEqual(report.balance, balance)
                self.assertTrue(report.is_proved)
                self.assertEqual(sum(report.proof_ids.mapped("ledger")), ledger)
                self.assertEqual(
                    sum(report.proof_ids.mapped("excluded")), ledger - balance
                )

    def test_two_companies(self):
        self._invoice(100.0, "2026-01-01")
        self._posted(
            (1, 70.0),
            taxes=self.no_tax,
            invoice_date="2026-01-01",
            company_data=self.company_b_data,
        )
        self.assertEqual(self._report().balance, 100.0)
        other = self._report(user=self.clerk_b, company_id=self.company_b.id)
        self.assertEqual(other.balance, 70.0)
        with self.assertRaises(AccessError):
            other.with_user(self.clerk).read(["date"])
        with self.assertRaises(AccessError):
            other.row_ids.with_user(self.clerk).read(["balance"])

    def test_branch_needs_access(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company_a.id}
        )
        with self.assertRaisesRegex(UserError, "Branch, to which you have no access"):
            self._report()
        companies = self.clerk.company_ids
        self.clerk.company_ids |= branch
        self._invoice(100.0, "2026-01-01")
        report = self._report()
        self.assertEqual(report.included_company_ids, self.company_a | branch)
        self._row(report).action_view_items()
        items = report.env["clerk.ageing.item"].search([("ageing_id", "=", report.id)])
        parts = (report, report.row_ids, report.proof_ids, items)
        self.clerk.company_ids = companies
        for records in parts:
            with self.subTest(records._name), self.assertRaises(AccessError):
                records.with_user(self.clerk).read(["company_id"])
        with self.assertRaises(AccessError):
            report.with_user(self.clerk)._document_file("xlsx")

    # Proof

    def test_item_settled_by_another_company_is_named(self):
        line = self._receivable_lines(self._invoice(100.0, "2026-01-01"))
        line.flush_recordset()
        self.env.cr.execute(
            "UPDATE account_move_line SET amount_residual = 90,"
            " amount_residual_currency = 90 WHERE id = %s",
            [line.id],
        )
        self.env.invalidate_all()
        report = self._report()
        self.assertFalse(report.is_proved)
        proof = report.proof_ids.filtered(lambda each: not each.is_proved)
        self.assertEqual(proof.account_id, self.receivable)
        self.assertEqual(proof.difference, 10.0)
        self.assertEqual(
            proof.action_view_entries()["domain"], [("id", "in", line.ids)]
        )

    # Items

    def test_items_of_a_cell(self):
        first = self._invoice(100.0, "2026-01-01")
        self._invoice(40.0, "2026-02-15")
        self._invoice(30.0, "2025-12-15", invoice_date_due="2026-02-15")
        row = self._row(self._report("2026-01-31"))
        action = row.with_context(ageing_cell="bucket_1").action_view_items()
        all_items = self.env["clerk.ageing.item"].with_user(self.clerk)
        items = all_items.search(action["domain"])
        self.assertEqual(items.move_id, first)
        self.assertEqual(items.open_amount, 100.0)
        action = row.with_context(ageing_cell="no such cell").action_view_items()
        self.assertEqual(all_items.search_count(action["domain"]), 2)

    def test_items_are_those_of_the_row(self):
        self._invoice(100.0, "2026-01-01")
        report = self._report()
        row = self._row(report)
        self._invoice(40.0, "2026-01-02")
        with self.assertRaisesRegex(UserError, "Compute the report again"):
            row.action_view_items()
        report.action_compute()
        self._row(report).action_view_items()

    def test_items_of_amounts_that_offset(self):
        """A reconciliation changes the amounts of a row, and not its balance."""
        invoice = self._invoice(100.0, "2026-01-01")
        payment = self._entry(-100.0, "2026-01-20", partner=self.partner_a)
        row = self._row(self._report())
        (self._receivable_lines(invoice) | payment).reconcile()
        with self.assertRaisesRegex(UserError, "Compute the report again"):
            row.action_view_items()

    # Bad input

    def test_account_without_entries(self):
        self._invoice(100.0, "2026-01-01")
        unused = self.receivable.copy({"name": "Point of Sale", "code": "119900"})
        report = self._report(account_ids=[Command.set(unused.ids)])
        self.assertEqual((report.state, report.balance), ("computed", 0))

    def test_day_before_the_books(self):
        self._invoice(100.0, "2026-01-01")
        with self.assertRaisesRegex(
            UserError, "no receivables as of .*1999: the first entry is dated"
        ):
            self._report("1999-12-31")

    def test_day_in_the_future(self):
        tomorrow = fields.Date.today() + timedelta(days=2)
        with self.assertRaisesRegex(ValidationError, "is in the future"):
            self._report(tomorrow)
        with self.assertRaisesRegex(ValidationError, "the date is out of range"):
            self._report("9999-12-31")

    def test_width_out_of_range(self):
        for values in ({"bucket_days": -30}, {"bucket_days": 0}, {"bucket_count": 9}):
            with (
                self.subTest(values),
                self.assertRaisesRegex(ValidationError, "cannot (be|have)"),
            ):
                self._report(**values)

    def test_archived_currency(self):
        currency = self.setup_other_currency("CHF")
        self._invoice(10.0, "2026-01-01", currency=currency)
        currency.active = False
        with self.assertRaisesRegex(ValidationError, "CHF cannot be selected"):
            self._report(currency_ids=[Command.set(currency.ids)])
        report = self._report()
        self.assertEqual(self._row(report, currency=currency).balance, 10.0)

    def test_account_that_is_not_receivable(self):
        revenue = self.company_data["default_account_revenue"]
        with self.assertRaisesRegex(ValidationError, "not a receivable account"):
            self._report(account_ids=[Command.set(revenue.ids)])

    def test_changed_selection_is_computed_again(self):
        report = self._report()
        report.bucket_days = 14
        self.assertEqual(report.state, "draft")

    # Rights

    def test_roles(self):
        self._invoice(100.0, "2026-01-01")
        for user in (self.clerk, self.supervisor, self.auditor):
            report = self._report(user=user)
            self.assertEqual(report.balance, 100.0)
            self.assertEqual(sum(report.proof_ids.mapped("ledger")), 100.0)
            self._row(report).action_view_items()
        of_clerk = self._report()
        self.assertTrue(of_clerk.with_user(self.auditor).read(["balance"]))
        with self.assertRaises(AccessError):
            of_clerk.with_user(self.auditor).action_freeze()
        with self.assertRaises(AccessError):
            of_clerk.with_user(self.outsider).read(["balance"])
        with self.assertRaises(AccessError):
            of_clerk.row_ids.with_user(self.outsider).read(["balance"])

    def test_figures_are_set_by_steps_only(self):
        self._invoice(100.0, "2026-01-01")
        report = self._report()
        for record, vals in (
            (report, {"state": "frozen"}),
            (report, {"computed_on": False}),
            (report.row_ids, {"balance": 1.0}),
            (report.proof_ids, {"difference": 0.0}),
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                record.with_user(self.supervisor).write(vals)

    def test_todays_report_is_reused(self):
        reports = self.env["clerk.ageing"].with_user(self.clerk)
        first = reports.action_open_today()["res_id"]
        self.assertEqual(reports.action_open_today()["res_id"], first)
        self.assertEqual(reports.browse(first).state, "computed")
        reports.browse(first).partner_ids = self.partner_a
        self.assertNotEqual(reports.action_open_today()["res_id"], first)

    def test_auditors_judge_no_promises(self):
        promises = type(self.env["clerk.promise"])
        for user, calls in ((self.auditor, 0), (self.clerk, 1)):
            with patch.object(promises, "_before_refresh") as judge:
                self._report(user=user)
            self.assertEqual(judge.call_count, calls)

    def test_query_count_does_not_grow(self):
        self._invoice(10.0, "2026-01-01")
        # The first fills the caches.
        _first, few, many = map(self._cost_of_report, (1, 1, 20))
        self._assert_no_more_queries(few, many)

    def _cost_of_report(self, customers):
        for partner in self.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(customers)]
        ):
            self._invoice(10.0, "2026-01-01", partner=partner)
        report = self._report()

        def compute():
            report.action_compute()
            report.read(["balance", "overdue", "is_proved"])

        return self._count_queries(compute, times=2)
