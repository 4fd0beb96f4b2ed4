from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.rules.key_figure.formula import Formula
from odoo.addons.invoicing_clerk.rules.key_figure.key_figure import FIGURES, Figure

from .common import APRIL, JUNE, LATER, MARCH, TODAY, KeyFigureCommon


@tagged("post_install", "-at_install")
class TestKeyFigureCompute(KeyFigureCommon):
    """Months are computed until they are final, then frozen, and again by a step."""

    def test_not_known_yet(self):
        """Errors are still reported, invoices still sent: the youngest month would
        always be the best."""
        for code in ("first_time", "match_wrong", "sending"):
            figure = self._figure(code)
            with self.subTest(code=code):
                self.assertEqual(figure.empty_reason, "unsettled")
                self.assertEqual((figure.state, figure.value_text), ("open", "–"))
                self.assertFalse(figure.change_text or figure.verdict)
        self.assertEqual(
            self._figure("first_time").empty_text, "Not known until 09/09/2026"
        )
        self.assertEqual(self._figure("sending").last_known_text, "21.5 (April 2026)")
        self.assertFalse(self._figure("dso").last_known_text)
        self._compute(LATER)
        self.assertEqual(self._figure("first_time").value, 100.0)

    def test_not_before_the_first_document(self):
        """Would have caught months that were frozen as empty before a company began."""
        ours = self.figures.with_user(self.clerk).search(
            [("company_id", "=", self.company_a.id)], order="month"
        )
        self.assertEqual(ours[0].month, MARCH)

    def test_compute_again(self):
        """After the import of earlier documents, by a supervisor, with the reason."""
        figure = self._figure("dso", APRIL)
        self._issued("2026-04-30", 600.0, "2026-05-31")
        dialogs = self.env["clerk.key.figure.again"]
        values = {"figure_ids": figure.ids, "reason": "Imported"}
        dialogs.with_user(self.supervisor).create(values).action_confirm()
        self.assertEqual(figure.value, 40.0)  # 4000 ÷ 3000 × 30
        self.assertEqual((figure.state, figure.computed_afterwards), ("frozen", True))
        for part in (self.supervisor.name, "Imported", "42.5"):
            self.assertIn(part, figure.recomputations)

    def test_compute_again_refused(self):
        figure = self._figure("dso")
        for user in (self.clerk, self.auditor):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                figure.with_user(user)._compute_again("Imported")
        with self.assertRaises(AccessError):
            figure.with_user(self.clerk_b)._compute_again("Imported")
        supervised = figure.with_user(self.supervisor)
        with self.assertRaisesRegex(UserError, "Enter the reason"):
            supervised._compute_again(" ")
        in_time = self._figure("first_time", user=self.supervisor)
        with self.assertRaisesRegex(UserError, "computed afterwards"):
            (supervised | in_time)._compute_again("Imported")
        self.assertFalse(figure.recomputations)

    def test_frozen_late(self):
        """An open figure that nobody computed for months is marked, however old."""
        self._compute(date(2028, 1, 1))
        self.assertTrue(self._figure("first_time").computed_afterwards)
        self.assertEqual(self._figure("first_time").state, "frozen")
        self.assertEqual(self._figure("dso", JUNE).state, "frozen")

    def test_a_source_fails(self):
        """For one company: its figures stay, with the error; the others go on."""
        kind = self.registry["clerk.key.figure"]
        original = kind._read_promise

        def read_promise(figures, periods):
            if any(each.company == self.company_a.id for each in periods):
                raise UserError(figures.env._("No rate."))
            return original(figures, periods)

        self.patch(kind, "_read_promise", read_promise)
        kept = self._figure("promise_kept", JUNE)
        before = kept.empty_reason
        self._issued("2026-06-02", 100.0, "2026-06-30")
        self._compute(date(2026, 7, 1))
        self.assertEqual((kept.error, kept.empty_reason), ("No rate.", before))
        self.assertEqual(kept.until, TODAY)
        other = self._figure("promise_kept", JUNE, self.company_b, self.clerk_b)
        self.assertFalse(other.error)
        self.assertEqual(other.until, date(2026, 6, 30))
        self.assertEqual(self._figure("dso", JUNE).until, date(2026, 6, 30))
        july = date(2026, 7, 1)
        self.assertEqual(self._figure("promise_kept", july).empty_reason, "failed")
        self.patch(kind, "_read_promise", original)
        self._compute(date(2026, 7, 1))
        self.assertFalse(kept.error)

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
        self._compute(LATER)
        late = self._figure("first_time")
        self.assertEqual((late.state, late.computed_afterwards), ("frozen", False))

    def test_empty_company_and_cost(self):
        """A company without documents has no figures; it costs no further query."""
        few = self._count_queries(self._compute, times=2)
        companies = self.env["res.company"].sudo()
        companies = companies.create([{"name": f"Empty {at}"} for at in range(3)])
        self._issued("2026-06-02", 10.0, "2026-06-30")
        many = self._count_queries(self._compute, times=2)
        self._assert_no_more_queries(few, many)
        figures = self.figures.sudo().search([("company_id", "in", companies.ids)])
        self.assertFalse(figures)

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
