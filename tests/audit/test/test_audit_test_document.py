from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import tagged

from odoo.addons.invoicing_clerk.rules.audit.test import audit_test as rules
from odoo.addons.invoicing_clerk.tests.audit.test.common import (
    AuditTestCommon,
)
from odoo.addons.invoicing_clerk.tests.properties import property_of


@tagged("post_install", "-at_install")
class TestAuditTestDuplicate(AuditTestCommon):
    """Duplicate invoices are found, and nothing else is."""

    def test_the_same_lines(self):
        first = self._invoice(100, "2026-02-01")
        self._invoice(101, "2026-02-02")
        self._invoice(100, "2026-02-03", partner=self.partner_b)
        self._invoice(100, "2026-02-04", currency=self.foreign_currency)
        second = self._invoice(100, "2026-03-01")
        self._invoice(100, "2026-05-01")
        run = self._run("DUP")
        self.assertEqual(self._found(run), [("same_lines", second.name, 100)])
        self.assertIn(first.name, run.exception_ids.explanation)
        self.assertEqual((run.population_count, run.population_amount), (6, 551))

    def test_the_same_reference(self):
        self._posted((1, 60), (1, 40), taxes=self.no_tax, ref="PO 7")
        second = self._posted((2, 50), taxes=self.no_tax, ref=" po 7")
        self._posted((4, 25), taxes=self.no_tax, ref="PO 8")
        self._posted((1, 99), taxes=self.no_tax, ref="PO 7")
        run = self._run("DUP")
        self.assertEqual(self._found(run), [("same_reference", second.name, 100)])

    def test_a_tolerance(self):
        self._posted((1, 100), taxes=self.no_tax, ref="PO 7")
        near = self._posted((1, 99), taxes=self.no_tax, ref="PO 7")
        self._posted((1, 97), taxes=self.no_tax, ref="PO 7")
        run = self._run("DUP", amount=1)
        self.assertEqual(self._found(run), [("same_reference", near.name, 99)])

    def test_fully_credited_invoices_are_excluded(self):
        first = self._invoice(100, "2026-02-01")
        self._credit(first, "2026-02-02")
        self._invoice(100, "2026-02-03")
        self.assertEqual(self._found(self._run("DUP")), [])

    def test_the_earlier_one_may_lie_before_the_period(self):
        self._invoice(100, "2025-12-20")
        second = self._invoice(100, "2026-01-10")
        self.assertEqual(
            self._found(self._run("DUP")), [("same_lines", second.name, 100)]
        )

    def test_the_window_of_days(self):
        self._invoice(100, "2026-03-01")
        second = self._invoice(100, "2026-03-20")
        self.assertEqual(self._found_within(18), [])
        self.assertEqual(self._found_within(19), [("same_lines", second.name, 100)])

    def test_the_window_of_days_before_the_period(self):
        self._invoice(100, "2025-12-13")
        second = self._invoice(100, "2026-01-01")
        self.assertEqual(self._found_within(18), [])
        self.assertEqual(self._found_within(19), [("same_lines", second.name, 100)])

    def _found_within(self, days):
        audit = self._audit(date_to="2026-06-30")
        return self._found(self._run("DUP", audit=audit, days=days))

    def _billed(self, *days, **values):
        return [self._invoice(100, f"2026-{day}", **values) for day in days]

    def test_regular_invoices_are_no_duplicates(self):
        """Rent, maintenance and subscriptions: each invoice but the first of such a
        series was an exception."""
        for name, days, window in (
            ("first of the month", ("01-01", "02-01", "03-01", "04-01", "05-01"), 45),
            ("last of the month", ("01-31", "02-28", "03-31", "04-30"), 45),
            ("first working day", ("01-02", "02-02", "03-02", "04-01", "05-04"), 45),
            ("every week", ("01-05", "01-12", "01-19", "01-26", "02-02"), 45),
            ("every Friday but a holiday", ("04-03", "04-09", "04-17", "04-24"), 45),
            ("every two weeks", ("01-02", "01-16", "01-30", "02-13"), 45),
            ("every four weeks", ("01-02", "01-30", "02-27", "03-27", "04-24"), 45),
            ("fifth working day", ("01-08", "02-06", "03-06", "04-08", "05-08"), 45),
            ("third Monday", ("01-19", "02-16", "03-16", "04-20", "05-18"), 45),
            ("last Friday", ("01-30", "02-27", "03-27", "04-24", "05-29"), 45),
            ("every two months", ("01-31", "03-31", "05-31"), 70),
            ("a new price", ("01-01", "02-01", "03-01", "04-01", "05-01", "06-01"), 45),
            ("quarter", ("01-15", "04-15", "06-30"), 100),
            ("by reference", ("01-10", "02-10", "03-10"), 45),
        ):
            with self.subTest(name), self.env.cr.savepoint() as point:
                ref = "PO 7" if name == "by reference" else False
                if name == "quarter":
                    self._invoice(100, "2025-10-15")
                    days = days[:2]
                if name == "a new price":
                    days, later = days[:3], days[3:]
                    for day in later:
                        self._invoice(110, f"2026-{day}")
                self._billed(*days, ref=ref)
                if name == "a new price":
                    days += later
                audit = self._audit(date_to="2026-06-30")
                run = self._run("DUP", audit=audit, days=window)
                self.assertEqual(self._found(run), [])
                self.assertEqual(self._figures(run)["regular"], len(days))
                point.rollback()

    def test_regular_invoices_at_other_prices_or_with_a_gap(self):
        """A price that changes often left two equal amounts in a row, which were an
        exception, and so were the two after a month that was left out."""
        for name, rows, window in (
            ("two of each price", ("100 01-01", "110 02-01", "110 03-01"), 45),
            ("two at the start", ("100 01-31", "100 02-28", "90 03-31"), 45),
            ("a price for a month", ("90 01-05", "100 02-05", "100 03-05"), 45),
            ("indexed", ("80 01-01", "80 02-01", "100 03-01", "100 04-01"), 45),
            ("cheaper", ("100 01-01", "100 02-01", "80 03-01", "80 04-01"), 45),
            (
                "a month is missing",
                ("100 01-01", "100 02-01", "100 04-01", "100 05-01"),
                45,
            ),
            (
                "missing at first",
                ("100 01-01", "100 03-01", "100 04-01", "100 05-01"),
                45,
            ),
            (
                "missing, at a new price",
                ("100 01-02", "100 02-02", "110 04-02", "110 05-04"),
                45,
            ),
            (
                "four weeks",
                ("100 01-02", "100 01-30", "100 03-27", "100 04-24"),
                45,
            ),
            (
                "wider window",
                ("100 01-01", "100 02-01", "100 04-01", "100 05-01"),
                70,
            ),
        ):
            with self.subTest(name), self.env.cr.savepoint() as point:
                self._series(*rows)
                audit = self._audit(date_to="2026-06-30")
                run = self._run("DUP", audit=audit, days=window)
                self.assertEqual(self._found(run), [])
                self.assertEqual(self._figures(run)["regular"], len(rows))
                point.rollback()

    def test_other_prices_are_no_excuse_for_duplicates(self):
        """More than a price change, another text, or a second one within the month."""
        for name, rows in (
            ("more than a quarter", ("60 01-01", "100 02-01", "100 03-01")),
            ("twice", ("100 01-01", "110 02-01", "110 02-10", "121 03-01")),
            ("two gaps", ("100 01-01", "100 02-05", "100 03-25")),
            ("only two", ("100 01-01", "100 02-01")),
            ("three with a gap", ("100 01-01", "100 02-01", "100 04-01")),
        ):
            with self.subTest(name), self.env.cr.savepoint() as point:
                self._series(*rows)
                run = self._run("DUP", audit=self._audit(date_to="2026-06-30"))
                self.assertEqual(len(self._found(run)), 1)
                point.rollback()

    def _series(self, *rows):
        """Post invoices for the same; each row is amount, month and day."""
        for row in rows:
            amount, day = row.split()
            move = self._invoice(int(amount), f"2026-{day}")
            self._tamper(move.invoice_line_ids, name="Rent")

    def test_a_year_is_regular(self):
        """Also of leap years, and half a year."""
        for year, month in ((2024, "02-29"), (2025, "02-28"), (2026, "02-28")):
            self._invoice(100, f"{year}-{month}")
        for day in ("2025-01-31", "2025-07-31", "2026-01-31"):
            self._invoice(70, day)
        self.assertEqual(self._found(self._run("DUP", days=400)), [])

    def test_a_duplicate_within_weeks(self):
        """Of a weekly series, what is billed again in between or on the same day."""
        for twice in ("01-12", "01-15", "01-16"):
            with self.subTest(twice), self.env.cr.savepoint() as point:
                self._billed("01-05", "01-12", "01-19", "01-26")
                [second] = self._billed(twice)
                found = self._found(self._run("DUP"))
                self.assertEqual(found, [("same_lines", second.name, 100)])
                point.rollback()

    def test_a_duplicate_within_a_series(self):
        """The second of a month is found, wherever it lies, and no regular one."""
        for twice in ("02-01", "02-03", "02-07", "02-12", "02-19"):
            with self.subTest(twice), self.env.cr.savepoint() as point:
                self._billed("01-01", "02-01", "03-01", "04-01")
                [second] = self._billed(twice)
                audit = self._audit(date_to="2026-06-30")
                run = self._run("DUP", audit=audit)
                self.assertEqual(self._found(run), [("same_lines", second.name, 100)])
                point.rollback()

    def test_a_duplicate_right_before_the_next_of_a_series(self):
        """The pair is found; which of both is regular cannot be known."""
        *_others, march, _april = self._billed("01-01", "02-01", "03-01", "04-01")
        [early] = self._billed("02-25")
        run = self._run("DUP")
        self.assertEqual(self._found(run), [("same_lines", march.name, 100)])
        self.assertIn(early.name, run.exception_ids.explanation)

    def test_a_series_billed_twice(self):
        self._billed("01-01", "02-01", "03-01")
        again = self._billed("01-03", "02-03", "03-03")
        self.assertEqual(
            self._found(self._run("DUP")),
            sorted(("same_lines", each.name, 100) for each in again),
        )

    def test_two_invoices_are_no_series(self):
        _first, second = self._billed("01-01", "02-01")
        self._invoice(90, "2026-03-01")
        self.assertEqual(
            self._found(self._run("DUP")), [("same_lines", second.name, 100)]
        )

    def test_queries_do_not_grow_with_duplicates(self):
        self._invoice(100)
        self._queries(self._audit(date_to="2026-06-30"))  # fills what is cached
        few = self._queries(self._audit(date_to="2026-06-30"))
        for _number in range(9):
            self._invoice(100)
        many = self._queries(self._audit(date_to="2026-06-30"))
        self._assert_no_more_queries(few, many)

    def _queries(self, audit):
        run = self._planned("DUP", audit=audit)
        return self._count_queries(run.action_run)


@tagged("post_install", "-at_install")
class TestAuditTestDuplicateRule(AuditTestCommon):
    """SQL and rule find the same duplicates in any set of invoices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pool = cls.env["account.move"]
        for _number in range(6):
            cls.pool += cls._posted((1, 10), taxes=cls.no_tax)

    @property_of(examples=40)
    @given(
        st.lists(
            st.tuples(
                st.sampled_from("ab"),
                st.one_of(
                    st.integers(0, 70),
                    st.sampled_from([0, 7, 14, 21, 28, 31, 56, 59, 62, 90]),
                ),
                st.sampled_from([100, 100, 101, 102, 130]),
                st.sampled_from(["", "PO 1", "PO 2"]),
                st.sampled_from(["x", "y"]),
            ),
            min_size=2,
            max_size=6,
        ),
        st.sampled_from([0, 1]),
    )
    def test_finds_what_the_rule_finds(self, rows, tolerance):
        with self.env.cr.savepoint() as point:
            invoices = self._as_invoices(rows)
            wanted = rules.duplicates(invoices, 40, Decimal(tolerance))
            run = self._planned(
                "DUP",
                audit=self._audit(date_to="2026-06-30"),
                days=40,
                amount=tolerance,
            )
            run.action_run()
            names = {each.id: each.name for each in self.env["account.move"].search([])}
            self.assertEqual(
                {each.move_id.id: each.facts["other"] for each in run.exception_ids},
                {later: names[earlier] for later, earlier in wanted.items()},
            )
            point.rollback()

    def _as_invoices(self, rows):
        """Return invoices of the rows, as records and for the rule."""
        self._tamper(self.pool, state="draft")
        invoices = []
        for move, row in zip(self.pool, rows, strict=False):
            customer, days, amount, reference, content = row
            day = date(2026, 2, 1) + timedelta(days=days)
            partner = self.partner_a if customer == "a" else self.partner_b
            self._tamper(
                move,
                state="posted",
                commercial_partner_id=partner.id,
                invoice_date=day,
                date=day,
                amount_total=amount,
                amount_total_signed=amount,
                ref=reference,
            )
            self._tamper(move.invoice_line_ids, name=content)
            invoices.append(
                rules.Invoice(
                    move.id,
                    customer,
                    "",
                    day,
                    Decimal(amount),
                    reference,
                    content,
                    subject=content,
                )
            )
        return invoices


@tagged("post_install", "-at_install")
class TestAuditTestDocument(AuditTestCommon):
    """Documents in the wrong period are found, and nothing else is."""

    def test_delivered_on_the_other_side(self):
        early = self._invoice(100, "2026-06-28", delivery_date="2026-07-02")
        late = self._invoice(70, "2026-07-03", delivery_date="2026-06-30")
        self._invoice(40, "2026-06-29", delivery_date="2026-06-30")
        self._invoice(50, "2026-07-01", delivery_date="2026-07-01")
        self._invoice(60, "2026-03-01", delivery_date="2026-08-01")
        self._invoice(30, "2026-06-27")
        run = self._run("CUTOFF")
        self.assertEqual(
            self._found(run),
            [("billed_early", early.name, 100), ("billed_late", late.name, 70)],
        )
        self.assertEqual(self._figures(run), {"undated": 1})
        self.assertEqual(run.population_count, 4)

    def test_without_delivery_dates(self):
        self._invoice(100, "2026-06-28")
        self._skipped("CUTOFF", "No customer document dated around")

    def test_credited_after_the_period(self):
        credit = self._credit(self._invoice(100, "2026-05-01"), "2026-07-10")
        self._credit(self._invoice(50, "2026-07-01"), "2026-07-11")
        self._credit(self._invoice(60, "2026-04-01"), "2026-06-30")
        self._credit(self._invoice(70, "2026-04-02"), "2026-08-30")
        run = self._run("CNPOST")
        self.assertEqual(self._found(run), [("credits_before", credit.name, 100)])
        self.assertEqual(self._figures(run), {"credited": 100})
        self.assertIn(
            "days after the end of the period: 10", run.exception_ids.explanation
        )

    def test_a_credit_note_that_settles_an_earlier_invoice(self):
        invoice = self._invoice(100, "2026-05-01")
        credit = self._invoice(40, "2026-07-05", move_type="out_refund")
        (self._terms_line(invoice) | self._terms_line(credit)).reconcile()
        run = self._run("CNPOST")
        self.assertEqual(self._found(run), [("credits_before", credit.name, 40)])

    def test_no_documents_after_the_period(self):
        self._invoice(100, "2026-05-01")
        self._skipped("CNPOST", "There are no customer documents")

    def test_revenue_is_compared_with_orders(self):
        self._invoice(100)
        if "sale.order" in self.env:
            self._run("UNMATCHED")
        else:
            self._skipped("UNMATCHED", "The Sales app is not installed")
