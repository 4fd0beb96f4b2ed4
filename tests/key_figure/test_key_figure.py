from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.key_figure.key_figure_compute import Period

from .common import APRIL, JUNE, LATER, MARCH, MAY, TODAY, KeyFigureCommon

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
        "sending": 51.0,  # not sent: 10 March to 30 April
        "promise_kept": None,
        "promise_received": None,
        "match_automatic": None,
        "match_items": None,
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
        "sending": 21.5,  # 5 to 8 April, and not sent: 20 April to 30 May
        "promise_kept": None,
        "promise_received": None,
        "match_automatic": None,
        "match_items": None,
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
        "sending": 46.0,  # not sent: 15 May to 30 June
        "promise_kept": 33.33,  # 1 of 3
        "promise_received": 50.0,  # 900 of 1000 ÷ (900 + 500 + 400)
        "match_automatic": 100.0,  # the one payment of the month
        "match_items": 50.0,  # 3 of 6
        "match_wrong": 25.0,
    },
}


# Of the other company: 500 in sales, and 200 paid ahead.
OTHER_BY_HAND = {
    "dso": 18.6,  # 300 ÷ 500 × 31
    "dso_count_back": 18.6,
    "dso_best": 18.6,  # the payment reduces what is not yet due
    "delinquent": 0.0,
    "collection": 100.0,  # (0 + 500 − 300) ÷ (0 + 500 − 300)
    "disputed": 0.0,
    "resolution": None,
    "first_time": 100.0,
    "notes": 0.0,
    "sending": 0.0,  # in the time zone of the company
    "promise_kept": None,
    "promise_received": None,
    "match_automatic": 0.0,
    "match_items": None,
    "match_wrong": None,
}


@tagged("post_install", "-at_install")
class TestKeyFigure(KeyFigureCommon):
    """Figures by month: right, explained, frozen, and for those who may read them."""

    def test_figures_by_hand(self):
        self._compute(LATER)
        self.assertEqual(self._values(MAY, self.company_b, self.clerk_b), OTHER_BY_HAND)
        for month, expected in BY_HAND.items():
            with self.subTest(month=month):
                self.assertEqual(self._values(month), expected)

    def test_another_company_and_currency(self):
        figure = self._figure("dso", company=self.company_b, user=self.clerk_b)
        self.assertEqual(figure.value, 18.6)
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

    def test_exchange_difference_posted_later(self):
        """Would have caught items that are paid in their own currency, and were counted
        as not yet due until the exchange difference was posted."""
        move = self._issued(
            "2026-05-03", 100.0, "2026-07-01", currency=self.foreign_currency
        )
        rate = {
            "currency_id": self.foreign_currency.id,
            "company_id": self.company_a.id,
        }
        rate |= {"name": "2026-05-24", "rate": 4.0}
        self.env["res.currency.rate"].sudo().create(rate)
        payment = self._pay(move, payment_date="2026-05-25").move_id
        items = self._receivable_of(move + payment)
        exchange = items.matched_debit_ids.exchange_move_id
        self.assertEqual(len(exchange), 1)
        # As where the period of the payment is locked.
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE account_partial_reconcile SET max_date = '2026-06-01'
                    WHERE debit_move_id IN %(ids)s OR credit_move_id IN %(ids)s""",
                ids=tuple(exchange.line_ids.ids),
            )
        )
        self.env.cr.execute(
            SQL(
                "UPDATE account_move_line SET date = '2026-06-01' WHERE move_id = %s",
                exchange.id,
            )
        )
        self.env.invalidate_all()
        period = Period(self.company_a.id, MAY, date(2026, 5, 31))
        read = self.figures.sudo()._read_balance([period])[period.key]
        # 50 dollars less the 25 that the euros were worth; in euros nothing is open.
        self.assertEqual((read["receivables"], read["not_due"]), (2725.0, 2300.0))

    def test_credits_reduce_what_is_overdue_first(self):
        """Would have caught an effectiveness above 100%, and negative days delinquent,
        of a company whose customers pay ahead."""
        period = Period(self.company_a.id, MAY, date(2026, 5, 31))
        for amount, expected in ((300.0, 2300.0), (600.0, 1800.0)):
            self._pay_ahead(amount, "2026-05-30")
            self.env.flush_all()
            read = self.figures.sudo()._read_balance([period])[period.key]
            with self.subTest(amount=amount):
                self.assertEqual(read["not_due"], expected)
                self.assertLessEqual(read["not_due"], read["receivables"])

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
                self.assertLessEqual(figure.inputs(), labels.keys())

    def test_trend(self):
        dso = self._figure("dso")
        self.assertEqual((dso.change_text, dso.verdict), ("▲ 236.5", "worse"))
        self.assertEqual((dso.previous_text, dso.better), ("42.5", "lower"))
        self.assertFalse(dso.last_year_text)
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
        root = self.env.ref("base.user_root")
        for user in (self.clerk, self.supervisor, self.auditor, root):
            mine = figure.with_user(user)
            for refused in (
                lambda mine=mine: mine.write({"value": 1.0}),
                lambda mine=mine: mine.create(values),
                mine.unlink,
            ):
                with (
                    self.subTest(user=user.login),
                    self.assertRaises(UserError),
                    self.env.cr.savepoint(),
                ):
                    refused()
        # The guard, and not only the access rights.
        with self.assertRaisesRegex(AccessError, "until they are final"):
            figure.with_user(root).write({"value": 1.0})
        forged = figure.with_user(root).with_context(default_value=1.0)
        self.assertNotIn("value", forged.default_get(["value"]))
        loaded = figure.with_user(self.supervisor).load(
            [".id", "value"], [[str(figure.id), "1.0"]]
        )
        self.assertFalse(loaded["ids"])
        self.assertEqual(figure.value, 279.0)

    def test_roles(self):
        for user in (self.clerk, self.supervisor, self.auditor):
            with self.subTest(user=user.login):
                self.assertTrue(self._figure("dso", user=user).calculation_text)
                found = self._figure("resolution", user=user)
                self.assertFalse(found.calculation_text)
                self.assertIn("billing errors closed: 2", found.inputs_text)
        self.assertFalse(self._figure("dso", user=self.clerk_b))
        with self.assertRaises(AccessError):
            self._figure("dso").with_user(self.clerk_b).read(["value"])
        with self.assertRaises(AccessError):
            self._figure("dso", user=self.outsider)
