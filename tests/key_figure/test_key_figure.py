from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.key_figure.key_figure_compute import Period
from odoo.addons.invoicing_clerk.rules.key_figure.formula import Formula
from odoo.addons.invoicing_clerk.rules.key_figure.key_figure import FIGURES, Figure

from .common import APRIL, JUNE, MARCH, MAY, TODAY, KeyFigureCommon

# Computed by hand from the documents of the class.
BY_HAND = {
    # Sales 1000; receivables 1000 at the end, none at the beginning, all not yet due.
    MARCH: {
        "dso": 31.0,
        "dso_count_back": 31.0,
        "dso_best": 31.0,
        "delinquent": 0.0,
        # Nothing was to be collected: 0 + 1000 − 1000.
        "collection": None,
        "disputed": 0.0,
        "resolution": None,
        # One invoice, with an error of ours after 52 days.
        "first_time": 0.0,
        "notes": 0.0,
        "sending": None,
        "promise_kept": None,
        "promise_received": None,
        "match_automatic": None,
        "match_wrong": None,
    },
    # Sales 2000 + 800 euros at 2; receivables 1000 + 2000 + 400, overdue are 400.
    APRIL: {
        "dso": 42.5,  # 3400 ÷ 2400 × 30
        "dso_count_back": 61.0,  # all of April, 1000 of 1000 of March
        "dso_best": 37.5,  # 3000 ÷ 2400 × 30
        "delinquent": 5.0,  # 400 ÷ 2400 × 30
        "collection": 0.0,  # (1000 + 2400 − 3400) ÷ (1000 + 2400 − 3000)
        "disputed": 0.0,
        "resolution": None,
        "first_time": 50.0,  # the other error was reported after 96 days
        "notes": 0.0,
        "sending": 3.0,  # 5 to 8 April
        "promise_kept": None,
        "promise_received": None,
        "match_automatic": None,
        "match_wrong": None,
    },
    # Sales 600 − 300; receivables 1700 + 400 + 600, overdue are 400.
    MAY: {
        "dso": 279.0,  # 2700 ÷ 300 × 31
        "dso_count_back": 61.0,  # all of May, 2400 of 2400 of April
        "dso_best": 237.67,  # 2300 ÷ 300 × 31
        "delinquent": 41.33,  # 400 ÷ 300 × 31
        "collection": 71.43,  # (3400 + 300 − 2700) ÷ (3400 + 300 − 2300)
        "disputed": 62.96,  # 1700 open of a claim of 2000, ÷ 2700
        "resolution": 7.0,  # between 4 and 10
        "first_time": 100.0,  # the error was not ours
        "notes": 50.0,
        "sending": None,
        "promise_kept": 33.33,  # 1 of 3
        "promise_received": 52.63,  # 1000 ÷ (1000 + 500 + 400)
        "match_automatic": 75.0,
        "match_wrong": 25.0,
    },
}


@tagged("post_install", "-at_install")
class TestKeyFigure(KeyFigureCommon):
    """Figures by month: right, explained, frozen, and for those who may read them."""

    def test_figures_by_hand(self):
        for month, expected in BY_HAND.items():
            with self.subTest(month=month):
                self.assertEqual(self._values(month), expected)

    def test_another_company_and_currency(self):
        figure = self._figure("dso", company=self.company_b, user=self.clerk_b)
        self.assertEqual(figure.value, 31.0)
        self.assertEqual(figure.currency_id, self.foreign_currency)
        self.assertEqual(figure.inputs["sales"], 500.0)
        self.assertIn("€", figure.calculation_text)

    def test_running_month(self):
        """Until today: the invoice of May was paid on 10 June, no sales yet."""
        figure = self._figure("dso", JUNE)
        self.assertEqual((figure.state, figure.until), ("open", TODAY))
        self.assertEqual(figure.empty_reason, "no_sales")
        self.assertEqual(figure.value_text, "–")
        self.assertEqual(self._figure("disputed", JUNE).inputs["receivables"], 2100.0)

    def test_agrees_with_aged_receivables(self):
        """To the cent, also of a day before a payment that was reset to draft.

        Would have caught residual amounts that go on to include that payment.
        """
        self.payment.action_draft()
        self.env.flush_all()
        days = {MARCH: "2026-03-31", APRIL: "2026-04-30", MAY: "2026-05-31"}
        periods = [
            Period(self.company_a.id, month, date.fromisoformat(day))
            for month, day in days.items()
        ]
        found = self.figures.sudo()._read_balance(periods)
        for period in periods:
            report = self.env["clerk.ageing"].with_user(self.clerk)
            report = report.create(
                {"date": period.until, "company_id": self.company_a.id}
            )
            report.action_compute()
            read = found[period.key]
            with self.subTest(day=period.until):
                self.assertEqual(read["receivables"], report.balance)
                self.assertEqual(read["not_due"], report.not_due)
        # The invoice of March is open again.
        self.assertEqual(read["receivables"], 3700.0)

    def test_formula_with_its_numbers(self):
        figure = self._figure("collection")
        self.assertEqual(
            figure.formula_text,
            "(receivables at the beginning + sales net of credit notes − receivables "
            "at the end) ÷ (receivables at the beginning + sales net of credit notes − "
            "receivables not yet due) × 100",
        )
        shown = figure.calculation_text.replace("\xa0", " ")
        self.assertEqual(
            shown,
            "($ 3,400.00 + $ 300.00 − $ 2,700.00) ÷ "
            "($ 3,400.00 + $ 300.00 − $ 2,300.00) × 100 = 71.4%",
        )
        self.assertIn("sales net of credit notes: $", figure.inputs_text)
        self.assertEqual(
            figure.display_name, "Collection Effectiveness Index, May 2026"
        )
        empty = self._figure("resolution", APRIL)
        self.assertFalse(empty.calculation_text)
        self.assertEqual(empty.empty_reason, "no_cases")

    def test_every_input_has_a_label(self):
        labels = self.figures._input_labels()
        for code, figure in self.figures._figures().items():
            with self.subTest(code=code):
                self.assertLessEqual(figure.formula.inputs(), labels.keys())

    def test_trend(self):
        dso = self._figure("dso")
        self.assertEqual((dso.change_text, dso.verdict), ("▲ 236.5", "worse"))
        self.assertEqual((dso.previous_text, dso.better), ("42.5", "lower"))
        # In May 2025 there were no sales; April 2025 was not computed.
        self.assertEqual(dso.last_year_text, "–")
        self.assertFalse(self._figure("dso", APRIL).last_year_text)
        # Shown are 41.3 and 5.0, whatever the digits behind.
        self.assertEqual(self._figure("delinquent").change_text, "▲ 36.3")
        best = self._figure("dso_best")
        self.assertTrue(best.change_text)
        self.assertFalse(best.verdict)
        self.assertFalse(self._figure("promise_kept").change_text)

    def test_history(self):
        action = self._figure("dso").action_view_history()
        figures = self.figures.with_user(self.clerk).search(action["domain"])
        self.assertEqual(figures.mapped("month"), [MAY, APRIL, MARCH])

    def test_past_months_are_frozen(self):
        """Would have caught a backdated invoice that changed what was reported."""
        frozen = self._figure("dso")
        self.assertEqual(frozen.state, "frozen")
        self.assertTrue(frozen.computed_afterwards)
        self.assertEqual(self._figure("first_time").state, "open")
        self.assertFalse(self._figure("first_time").computed_afterwards)
        self._issued("2026-05-30", 700.0, "2026-06-30")
        self._compute()
        self.assertEqual(self._figure("dso").value, 279.0)
        self.assertEqual(self._figure("first_time").inputs["issued"], 2.0)
        self.assertEqual(self._figure("disputed", JUNE).inputs["receivables"], 2800.0)
        self._compute(date(2026, 9, 9))
        late = self._figure("first_time")
        self.assertEqual((late.state, late.computed_afterwards), ("frozen", False))

    def test_nobody_changes_a_figure(self):
        figure = self._figure("dso")
        values = {
            "company_id": self.company_a.id,
            "currency_id": self.currency_a.id,
            "month": "2020-01-01",
            "until": "2020-01-31",
            "code": "dso",
            "unit": "days",
            "state": "frozen",
            "computed_on": "2026-06-15 00:00:00",
        }
        for user in (
            self.clerk,
            self.supervisor,
            self.auditor,
            self.env.ref("base.user_root"),
        ):
            mine = figure.with_user(user)
            for refused in (
                lambda mine=mine: mine.write({"value": 1.0}),
                lambda mine=mine: mine.create(values),
                lambda mine=mine: mine.with_context(default_value=1.0).create(values),
                mine.unlink,
            ):
                with (
                    self.subTest(user=user.login),
                    self.assertRaises(UserError),
                    self.env.cr.savepoint(),
                ):
                    refused()
        loaded = figure.with_user(self.supervisor).load(
            [".id", "value"], [[str(figure.id), "1.0"]]
        )
        self.assertFalse(loaded["ids"])
        self.assertEqual(figure.value, 279.0)

    def test_roles(self):
        for user in (self.clerk, self.supervisor, self.auditor):
            with self.subTest(user=user.login):
                self.assertTrue(self._figure("dso", user=user).calculation_text)
        self.assertFalse(self._figure("dso", user=self.clerk_b))
        with self.assertRaises(AccessError):
            self._figure("dso").with_user(self.clerk_b).read(["value"])
        with self.assertRaises(AccessError):
            self._figure("dso", user=self.outsider)

    def test_empty_company_and_cost(self):
        """A company without documents has reasons; it costs no further query."""
        few = self._count_queries(self._compute, times=2)
        companies = self.env["res.company"].sudo()
        companies = companies.create([{"name": f"Empty {at}"} for at in range(3)])
        self._issued("2026-06-02", 10.0, "2026-06-30")
        many = self._count_queries(self._compute, times=2)
        self._assert_no_more_queries(few, many)
        figures = self.figures.sudo().search([("company_id", "in", companies.ids)])
        self.assertEqual(len(figures), 3 * 14 * len(FIGURES))
        self.assertNotIn(False, figures.mapped("empty_reason"))
        self.assertEqual(set(figures.mapped("value_text")), {"–"})

    def test_figure_of_a_module(self):
        """A figure with a source of its own, as a module adds it by a class."""
        kind = self.registry["clerk.key.figure"]
        foreign = Figure(
            "Invoices in Foreign Currency",
            "percent",
            Formula(("foreign",), ("issued",), times="100"),
            ("issue", "foreign"),
            "no_invoices",
        )

        def read_foreign(figures, periods):
            query = SQL(
                """SELECT period.company_id, period.first, COUNT(*) AS foreign
                     FROM period
                     JOIN account_move AS move ON move.company_id = period.company_id
                      AND move.invoice_date BETWEEN period.first AND period.until
                     JOIN res_company AS company ON company.id = move.company_id
                    WHERE move.state = 'posted' AND move.move_type = 'out_invoice'
                      AND move.currency_id <> company.currency_id
                    GROUP BY 1, 2"""
            )
            return figures._read_rows(periods, query)

        kind._read_foreign = read_foreign
        self.addCleanup(delattr, kind, "_read_foreign")
        self.patch(kind, "_figures", lambda _figures: {**FIGURES, "foreign": foreign})
        self._compute()
        found = self.figures.sudo().search_fetch(
            [("code", "=", "foreign"), ("company_id", "=", self.company_a.id)],
            ["month", "value", "empty_reason"],
        )
        values = {
            each.month: None if each.empty_reason else each.value for each in found
        }
        self.assertEqual((values[APRIL], values[JUNE]), (50.0, None))

    def test_scheduled_action(self):
        self.figures.sudo().search([("state", "=", "open")]).unlink()
        with self._in_background():
            self.env.ref("invoicing_clerk.ir_cron_key_figure").method_direct_trigger()
        self.assertTrue(self.figures.sudo().search_count([("state", "=", "open")]))
