from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon


@tagged("post_install", "-at_install")
class TestReceivable(ClerkCommon):
    """Customer balances repeat the ledger, and users cannot write them."""

    freeze_time = freeze_time("2026-03-10")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.receivables = cls.env["clerk.receivable"].sudo()
        cls.untaxed = cls.env["account.tax"]

    def _invoice(self, amount, due, **values):
        return self._posted(
            (1, amount),
            taxes=self.untaxed,
            invoice_payment_term_id=False,
            invoice_date_due=due,
            **values,
        )

    def _row(self, partner=None, company=None):
        counts = self.receivables._update_from_ledger()
        self.assertEqual(self.receivables._update_from_ledger(), (0, 0, 0), counts)
        return self.receivables.search(
            [
                ("partner_id", "=", (partner or self.partner_a).id),
                ("company_id", "=", (company or self.company_a).id),
            ]
        )

    def test_ageing_by_due_date(self):
        for amount, due in (
            (1, "2026-03-10"),
            (2, "2026-03-09"),
            (4, "2026-02-08"),
            (8, "2026-02-07"),
            (16, "2025-12-10"),
            (32, "2025-11-10"),
            (64, "2025-11-09"),
            (128, "2025-01-01"),
        ):
            self._invoice(amount, due)
        row = self._row()
        self.assertEqual(row.not_due, 1)
        self.assertEqual(row.due_30, 2 + 4)
        self.assertEqual(row.due_60, 8)
        self.assertEqual(row.due_90, 16)
        self.assertEqual(row.due_120, 32)
        self.assertEqual(row.due_older, 64 + 128)
        self.assertEqual(row.balance, 255)
        self.assertEqual(row.overdue, 254)
        self.assertEqual(str(row.date_due), "2025-01-01")

    def test_instalments_are_aged_one_by_one(self):
        shares = [(30, 10), (70, 90)]
        terms = self.env["account.payment.term"].create(
            {
                "name": "30% in 10 days, the remainder in 90",
                "line_ids": [
                    Command.create({"value_amount": share, "nb_days": days})
                    for share, days in shares
                ],
            }
        )
        self._posted((1, 100.0), taxes=self.untaxed, invoice_payment_term_id=terms.id)
        row = self._row()
        self.assertEqual((row.overdue, row.not_due), (30, 70))

    def test_amount_to_collect(self):
        self._invoice(500, "2026-02-28")
        self._invoice(90, "2026-04-30")
        credit = self._posted((1, 30.0), taxes=self.untaxed, move_type="out_refund")
        row = self._row()
        self.assertEqual(row.owed, 590)
        self.assertEqual(row.unapplied, 30)
        self.assertEqual(row.date_unapplied, credit.date)
        self.assertEqual(row.balance, 560)
        self.assertEqual(row.to_collect, 470)
        disputed = self._invoice(100, "2026-02-28")
        error = self._open_error(disputed, {"claimed_price_unit": 60})
        row = self._row()
        self.assertEqual((row.overdue, row.disputed), (600, 40))
        self.assertEqual(row.to_collect, 530)
        error._take_step("cancel")
        self.assertEqual(self._row().disputed, 0)

    def test_a_dispute_never_exceeds_the_overdue_amount(self):
        self._invoice(1000, "2026-02-28")
        disputed = self._invoice(100, "2026-02-28")
        not_due = self._invoice(100, "2026-05-31")
        self._open_error(disputed + not_due, *[{"claimed_quantity": 0}] * 2)
        self.assertEqual(self._row().disputed, 100)
        self._pay(disputed, 75)
        row = self._row()
        self.assertEqual((row.overdue, row.disputed), (1025, 25))

    def test_invoices_of_contacts_count_for_the_customer(self):
        self._invoice(10, "2026-02-28", partner=self.contact_a)
        self._invoice(5, "2026-02-28")
        self.assertEqual(self._row().balance, 15)
        self.assertFalse(self._row(self.contact_a))

    def test_balances_without_open_items_are_deleted(self):
        invoice = self._invoice(10, "2026-02-28")
        self.assertTrue(self._row())
        self._pay(invoice)
        self.assertFalse(self._row())

    def test_foreign_invoices_count_in_company_currency(self):
        invoice = self._invoice(100, "2026-02-28", currency=self.foreign_currency)
        row = self._row()
        self.assertEqual((row.balance, row.currency_id), (50, self.currency_a))
        self._open_error(invoice, {"claimed_price_unit": 60})
        self.assertEqual(self._row().disputed, 20)

    def test_foreign_invoice_fully_paid_owes_nothing(self):
        invoice = self._invoice(100, "2026-02-28", currency=self.foreign_currency)
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.foreign_currency.id,
                "name": "2026-03-01",
                "rate": 4,
                "company_id": self.company_a.id,
            }
        )
        self._pay(invoice, payment_date="2026-03-05")
        self.assertFalse(self._row())

    def test_an_exchange_difference_owes_nothing(self):
        invoice = self._invoice(100, "2026-02-28", currency=self.foreign_currency)
        line = invoice.line_ids.filtered(lambda line: line.date_maturity)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET amount_residual = 0.02,"
            " amount_residual_currency = 0 WHERE id = %s",
            [line.id],
        )
        self.env.invalidate_all()
        self.assertFalse(self._row())

    def test_two_companies_have_a_row_each(self):
        self._invoice(10, "2026-02-28")
        self._invoice(7, "2026-02-28", company_data=self.company_b_data)
        self.assertEqual(self._row().balance, 10)
        self.assertEqual(self._row(company=self.company_b).balance, 7)
        mine = self.env["clerk.receivable"].with_user(self.clerk)
        self.assertEqual(
            mine.search([("partner_id", "=", self.partner_a.id)]).company_id,
            self.company_a,
        )

    def test_vendors_and_drafts_are_no_customers(self):
        self._invoice(10, "2026-02-28", move_type="in_invoice")
        self._invoice(10, "2026-02-28").button_draft()
        self.assertFalse(self._row())

    # Limits

    def test_own_credit_limit_before_the_default_one(self):
        self.company_a.account_use_credit_limit = True
        self.env["ir.default"].set(
            "res.partner", "credit_limit", 80.0, company_id=self.company_a.id
        )
        self._invoice(100, "2026-05-31")
        row = self._row()
        self.assertEqual((row.credit_limit, row.over_limit), (80, 20))
        self.partner_a.with_company(self.company_a).credit_limit = 130
        row = self._row()
        self.assertEqual((row.credit_limit, row.over_limit), (130, 0))
        self.company_a.account_use_credit_limit = False
        self.assertEqual(self._row().credit_limit, 0)

    def test_a_customer_with_an_own_limit_is_listed(self):
        self.company_a.account_use_credit_limit = True
        self.partner_a.with_company(self.company_a).credit_limit = 130
        row = self._row()
        self.assertEqual((row.balance, row.credit_limit), (0, 130))
        self.assertFalse(self._row(self.partner_b))

    def test_credit_limits_include_branches(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company_a.id}
        )
        self.company_a.account_use_credit_limit = True
        self.partner_a.with_company(self.company_a).credit_limit = 70
        self.partner_a.with_company(
            branch
        ).property_account_receivable_id = self.company_data[
            "default_account_receivable"
        ]
        self._invoice(50, "2026-05-31")
        data = {**self.company_data, "company": branch}
        self._invoice(30, "2026-05-31", company_data=data)
        self.assertEqual(self._row().over_limit, 10)
        self.assertEqual(self._row(company=branch).balance, 30)

    # Rights

    def test_access(self):
        self._invoice(10, "2026-02-28")
        row = self._row()
        for user in (self.clerk, self.supervisor, self.auditor):
            self.assertEqual(row.with_user(user).balance, 10)
            self.assertEqual(len(row.with_user(user).line_ids), 1)
            with self.assertRaises(AccessError):
                row.with_user(user).balance = 0
            with self.assertRaises(AccessError):
                row.with_user(user).unlink()
        for user in (self.outsider, self.clerk_b):
            with self.assertRaises(AccessError):
                row.with_user(user).read(["balance"])
        with self.assertRaises(AccessError):
            self.env["clerk.receivable"].with_user(self.outsider).action_open_balances()

    def test_opening_judges_promises(self):
        invoice = self._invoice(100, "2026-02-28")
        promise = self.env["clerk.promise"].sudo()
        promise = promise.create(
            {"move_ids": invoice.ids, "amount": 60, "date": "2026-03-12"}
        )
        self._pay(invoice, 60)
        self.receivables.with_user(self.auditor).action_open_balances()
        row = self.receivables.search([("partner_id", "=", self.partner_a.id)])
        self.assertEqual((promise.state, row.promised), ("kept", 0))

    def test_opening_brings_up_to_date(self):
        self._invoice(10, "2026-02-28")
        for user in (self.clerk, self.auditor):
            self.env["clerk.receivable"].with_user(user).action_open_balances()
        row = self.receivables.search([("partner_id", "=", self.partner_a.id)])
        self.assertEqual(row.balance, 10)
        self._invoice(5, "2026-02-28")
        row.with_user(self.clerk).action_refresh()
        self.assertEqual(row.balance, 15)

    def test_actions(self):
        invoice = self._invoice(10, "2026-02-28", partner=self.contact_a)
        paid = self._invoice(10, "2026-02-28")
        self._pay(paid)
        row = self._row().with_user(self.clerk)
        action = row.action_view_invoices()
        found = self.env["account.move"].with_user(self.clerk)
        self.assertEqual(found.search(action["domain"]), invoice)
        self.assertEqual(row.line_ids.move_id, invoice)

    # Cost

    def test_queries_do_not_grow_with_customers(self):
        def update(number):
            added, _changed, _gone = self.receivables._update_from_ledger()
            self.assertEqual(added, number)

        counts = []
        for number in (1, 12):
            for partner in self.env["res.partner"].create(
                [{"name": f"Customer {index}"} for index in range(number)]
            ):
                self._invoice(10, "2026-02-28", partner=partner)
            counts.append(self._count_queries(update, number))
        self._assert_no_more_queries(*counts)

    def test_only_changed_rows_are_written(self):
        other = self._invoice(10, "2026-02-28", partner=self.partner_b)
        invoice = self._invoice(10, "2026-02-28")
        self.assertEqual(self.receivables._update_from_ledger(), (2, 0, 0))
        self._pay(invoice, 4)
        self.assertEqual(self.receivables._update_from_ledger(), (0, 1, 0))
        self._pay(other)
        self.assertEqual(self.receivables._update_from_ledger(), (0, 0, 1))
