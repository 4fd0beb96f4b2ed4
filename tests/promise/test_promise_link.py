from odoo.tests import tagged

from odoo.addons.invoicing_clerk.rules.promise import promise as rules
from odoo.addons.invoicing_clerk.tests.promise.common import PromiseCommon


@tagged("post_install", "-at_install")
class TestPromiseLink(PromiseCommon):
    """Invoices, customers and the desk know what was promised, and what was kept."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.moves = cls.env["account.move"].with_user(cls.clerk)
        cls.partners = cls.env["res.partner"].with_user(cls.clerk)

    def _judged(self, days, partner=None):
        invoice = self._untaxed(partner=partner)
        promise = self._old_promise(invoice)
        if days is not None:
            self._paid_on(invoice, days)
        return self._judge(promise)

    def test_an_invoice_shows_its_promise(self):
        invoice = self._untaxed().with_user(self.clerk)
        self.assertFalse(invoice.promise_id)
        self.assertFalse(invoice.is_promised)
        promise = self._promise(invoice)
        self.env.invalidate_all()
        self.assertTrue(invoice.is_promised)
        self.assertEqual(invoice.promise_id, promise)
        self.assertEqual(invoice.promise_date, self._day(7))
        self.assertIn("100.00", invoice.promise_summary)
        self.assertEqual(invoice.action_view_promises()["res_id"], promise.id)
        self._pay(invoice.with_env(self.env), payment_date=self.today)
        self._judge(promise)
        self.env.invalidate_all()
        self.assertEqual(invoice.promise_state, "kept")
        self.assertFalse(invoice.is_promised)

    def test_invoices_are_found_by_their_promises(self):
        running = self._untaxed()
        self._promise(running)
        broken = self._judged(None).move_ids
        replaced = self._judged(None).move_ids
        self._promise(replaced)
        plain = self._untaxed()
        family = running + broken + replaced + plain
        for name, expected in (
            ("is_promised", running + replaced),
            ("is_promise_broken", broken),
        ):
            own = [("id", "in", family.ids)]
            found = self.moves.search([*own, (name, "=", True)])
            self.assertEqual(found, expected.with_user(self.clerk).sorted(), name)
            self.assertEqual(
                found, self.moves.browse(family.ids).filtered(name).sorted()
            )
            others = self.moves.search([*own, (name, "=", False)])
            self.assertEqual(others + found, others | found)
            self.assertEqual(len(others + found), len(family))

    def test_reliability_counts_what_was_kept(self):
        customer = self.partner_a.with_user(self.clerk)
        self.assertEqual(customer.promise_reliability, 0.5)
        for days in (-9, -9, None):
            self._judged(days)
        withdrawn = self._promise(self._untaxed())
        withdrawn._withdraw("Mistake")
        self.env.invalidate_all()
        self.assertEqual(customer.promise_reliability, rules.reliability(2, 3))
        self.assertEqual(
            (customer.promise_kept_count, customer.promise_judged_count), (2, 3)
        )
        self.assertEqual(customer.promise_count, 4)
        contact = self.contact_a.with_user(self.clerk)
        self.assertEqual(contact.promise_reliability, rules.reliability(2, 3))

    def test_customers_are_found_by_their_reliability(self):
        self._judged(None)
        good = self.partner_b
        self._judged(-9, partner=good)
        new = self.env["res.partner"].create({"name": "Never promised"})
        family = self.partner_a + good + new
        for operator, value, expected in (
            ("<", 0.4, self.partner_a),
            ("<=", 0.5, self.partner_a + new),
            (">", 0.5, good),
            (">=", 0.5, good + new),
            (">", 0.9, self.env["res.partner"]),
        ):
            with self.subTest(operator=operator, value=value):
                found = self.partners.search(
                    [
                        ("id", "in", family.ids),
                        ("promise_reliability", operator, value),
                    ]
                )
                self.assertEqual(set(found.ids), set(expected.ids))

    def test_one_query_for_the_promises_of_many(self):
        customers = self.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(8)]
        )
        invoices = self.env["account.move"]
        for customer in customers:
            invoices += self._untaxed(partner=customer)
        for invoice in invoices:
            self._promise(invoice)
        self.env.flush_all()

        def queries(records, *names):
            self.env.invalidate_all()
            records = records.with_user(self.clerk)
            before = self.env.cr.sql_log_count
            for name in names:
                records.mapped(name)
            return self.env.cr.sql_log_count - before

        for records, names in (
            (customers, ["promise_reliability", "promise_count"]),
            (invoices, ["promise_count", "is_promised", "promise_summary"]),
        ):
            queries(records, *names)
            self.assertEqual(queries(records[:2], *names), queries(records, *names))

    def test_expected_cash_is_weighted_by_reliability(self):
        self._judged(-9)
        self._judged(None)
        running = self._promise(self._untaxed(200.0))
        foreign = self._promise(self._untaxed(200.0, currency=self.foreign_currency))
        self._pay(running.move_ids, 50.0, payment_date=self.today)
        self._judge(running + foreign)
        self.env.flush_all()
        report = self.env["clerk.promise.report"].with_user(self.clerk)
        self.assertRecordValues(
            report.browse((running + foreign).ids),
            [
                {
                    "reliability": 0.5,
                    "balance_due": 200.0,
                    "balance_received": 50.0,
                    "balance_missing": 150.0,
                    "balance_expected": 75.0,
                },
                {
                    "reliability": 0.5,
                    "balance_due": 100.0,
                    "balance_received": 0.0,
                    "balance_missing": 100.0,
                    "balance_expected": 50.0,
                },
            ],
        )
        [(week, expected)] = report._read_group(
            [("state", "=", "open")], ["date:week"], ["balance_expected:sum"]
        )
        self.assertLessEqual(week, self._day(7))
        self.assertEqual(expected, 125.0)

    def test_a_broken_promise_is_work_until_a_new_word_is_given(self):
        worklist = self.env.ref("invoicing_clerk.worklist_promise_broken").sudo()
        promise = self._judged(None)
        kept = self._judged(-9)
        items = self.env["clerk.work.item"].sudo()

        def listed():
            self.assertTrue(worklist._refresh(), worklist.refresh_error)
            return items.search(
                [
                    ("worklist_id", "=", worklist.id),
                    ("state", "=", "open"),
                    ("res_id", "in", (promise + kept).ids),
                ]
            )

        item = listed()
        self.assertEqual(item.res_id, promise.id)
        self.assertEqual(item.user_id, self.clerk)
        self.assertEqual(item.partner_id, self.partner_a)
        self.assertEqual(item.amount, 100.0)
        self._promise(promise.move_ids)
        self.assertFalse(listed())

    def test_a_worklist_judges_before_it_lists(self):
        worklist = self.env.ref("invoicing_clerk.worklist_promise_broken").sudo()
        promise = self._old_promise(self._untaxed())
        self.assertTrue(worklist._refresh(), worklist.refresh_error)
        self.assertEqual(promise.state, "broken")
        self.assertTrue(promise.in_worklist)

    def _receivable(self):
        receivables = self.env["clerk.receivable"].sudo()
        receivables._update_from_ledger()
        return receivables.search(
            [
                ("partner_id", "=", self.partner_a.id),
                ("company_id", "=", self.company_a.id),
            ]
        )

    def test_what_is_promised_is_not_asked_for(self):
        before = self._receivable()
        overdue, promised = before.overdue, before.promised
        late, foreign = self._untaxed(), self._untaxed(currency=self.foreign_currency)
        coming = self._untaxed(invoice_date=self.today)
        self._promise(late, amount=60.0)
        self._promise(foreign)
        self._promise(coming)
        found = self._receivable()
        self.assertEqual(found.overdue, overdue + 150.0)
        self.assertEqual(found.promised, promised + 110.0, "60 and 100 at half")
        self.assertEqual(found.to_collect, found.overdue - found.promised)

    def test_parts_of_one_plan_promise_their_sum(self):
        invoice = self._untaxed()
        self.env["clerk.promise"].with_user(self.clerk)._create_plan(
            self._instalments(invoice),
            [(self._day(2), 30.0), (self._day(4), 50.0)],
        )
        self.assertEqual(self._receivable().promised, 80.0)
        self._pay(invoice, 90.0, payment_date=self.today)
        self.assertEqual(self._receivable().promised, 10.0, "no more than is overdue")

    def test_what_is_disputed_later_is_taken_off_once(self):
        before = self._receivable().to_collect
        promised, disputed, asked = (self._untaxed() for _each in range(3))
        self._promise(promised + disputed)
        self._open_error(disputed, {"claimed_quantity": 0})
        found = self._receivable()
        self.assertEqual((found.disputed, found.promised), (100.0, 100.0))
        self.assertEqual(found.to_collect, before + 100.0, asked.name)

    def test_a_balance_judges_promises_first(self):
        before = self._receivable().to_collect
        invoice = self._untaxed()
        promise = self._promise(invoice, amount=60.0)
        self._pay(invoice, 60.0, payment_date=self.today)
        self.env["clerk.receivable"].sudo()._before_refresh()
        self.assertEqual(promise.state, "kept")
        self.assertEqual(self._receivable().to_collect, before + 40.0)

    def test_who_broke_a_promise_is_asked_sooner(self):
        worklist = self.env.ref("invoicing_clerk.worklist_overdue").sudo()
        items = self.env["clerk.work.item"].sudo()
        invoice = self._untaxed()

        def score():
            self.assertTrue(worklist._refresh(), worklist.refresh_error)
            row = self._receivable()
            return items.search(
                [("worklist_id", "=", worklist.id), ("res_id", "=", row.id)]
            ).score

        before = score()
        self._judge(self._old_promise(invoice))
        self.assertEqual(score(), before + 20 + 10, "broken, and seldom kept")
