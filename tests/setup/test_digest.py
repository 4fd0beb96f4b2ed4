from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.models.setup.digest import KEY_FIGURES
from odoo.addons.invoicing_clerk.rules.key_figure.key_figure import (
    FIGURES,
    last_day,
    shift,
)
from odoo.addons.invoicing_clerk.tests.promise.common import PromiseCommon

KPIS = (
    "kpi_clerk_error_open",
    "kpi_clerk_error_resolved",
    "kpi_clerk_promise_kept",
    "kpi_clerk_overdue_collected",
    "kpi_clerk_dso",
    "kpi_clerk_collection",
    "kpi_clerk_first_time",
)


@tagged("post_install", "-at_install")
class TestDigest(PromiseCommon):
    """Figures of the digest emails, by company, for those who may read them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.digest = (
            cls.env["digest.digest"]
            .sudo()
            .create(
                {
                    "name": "Collection",
                    "company_id": cls.company_a.id,
                    **dict.fromkeys(KPIS, True),
                }
            )
        )

    def _value(self, name, days=1, until=1, digest=None, user=None):
        """Return a figure of the days that end ``until`` days from now."""
        end = fields.Datetime.now() + timedelta(days=until)
        digest = (digest or self.digest).with_user(user or self.clerk)
        digest.invalidate_recordset()
        period = {"start_datetime": end - timedelta(days=days), "end_datetime": end}
        return digest.with_context(**period)[f"{name}_value"]

    def test_billing_errors(self):
        before = self._value("kpi_clerk_error_open", until=2)
        errors = [self._open_error(self._posted()) for _at in range(3)]
        self.assertEqual(self._value("kpi_clerk_error_open", until=2), before + 3)
        errors[0]._take_step("resolve", resolution="Right.")
        errors[1]._take_step("reject", resolution="Wrong.")
        self.assertEqual(self._value("kpi_clerk_error_open", until=2), before + 1)
        self.assertEqual(self._value("kpi_clerk_error_resolved", days=3, until=2), 1)
        self.assertEqual(self._value("kpi_clerk_error_resolved", days=1, until=-5), 0)

    def test_promises(self):
        kept, broken, third = (
            self._old_promise(self._untaxed(), days=10) for _at in range(3)
        )
        for promise in (kept, third):
            self._paid_on(promise.move_ids, -9)
        (kept | broken | third)._judge()
        share = self._value("kpi_clerk_promise_kept", days=20)
        self.assertAlmostEqual(share, 200 / 3)
        self.assertEqual(self._value("kpi_clerk_promise_kept", days=1, until=-30), 0.0)

    def test_overdue_collected(self):
        """Payments only: neither credit notes, nor what was paid on time."""
        term = self.env.ref("account.account_payment_term_immediate")
        overdue, early, credited = (
            self._untaxed(invoice_payment_term_id=term.id) for _at in range(3)
        )
        for move in (overdue, credited):
            move.line_ids.filtered("date_maturity").date_maturity = self._day(-9)
        early.line_ids.filtered("date_maturity").date_maturity = self._day(9)
        self._paid_on(overdue, -1, 60.0)
        self._paid_on(early, -1)
        self._credited_on(credited, -1, 100.0)
        name = "kpi_clerk_overdue_collected"
        self.assertEqual(self._value(name, days=4), 60.0)
        self.assertEqual(self._value(name, days=2, until=-5), 0.0)
        payment = overdue.matched_payment_ids
        payment.action_draft()
        self.assertEqual(self._value(name, days=4), 0.0)

    def test_key_figures(self):
        """Of the last month that had ended, or is final where errors can be reported;
        left out, not 0, where there is none."""
        ended = shift(self.today.replace(day=1), -1)
        final = FIGURES["first_time"].last_known(self.today)
        self._untaxed(300.0, invoice_date=final)
        figures = self.env["clerk.key.figure"].sudo()
        figures._compute_months(self.today)
        self.assertLess(final, ended)
        self.assertEqual(self._value("kpi_clerk_first_time", until=0), 100.0)
        self.assertNotIn("kpi_clerk_dso", self._shown())
        self.assertIn("kpi_clerk_first_time", self._shown())
        self._untaxed(300.0, invoice_date=ended)
        figures.search([("state", "=", "open")]).unlink()
        figures.search([("month", "=", ended)])._inside().write({"state": "open"})
        figures._compute_months(self.today)
        days = last_day(ended).day
        self.assertEqual(self._value("kpi_clerk_dso", until=0), 2 * days)
        self.assertIn("kpi_clerk_dso", self._shown())

    def _shown(self):
        digest = self.digest.with_company(self.company_a)
        kpis = digest._compute_kpis(self.company_a, self.clerk.sudo())
        return {kpi["kpi_name"] for kpi in kpis}

    def test_companies_and_cost(self):
        """One query for a figure, for any number of digests."""
        self._open_error(
            self._posted(company_data=self.company_b_data), user=self.clerk_b
        )
        other = self.digest.copy({"company_id": self.company_b.id})
        both = self.digest | other
        name = "kpi_clerk_error_open_value"
        end = fields.Datetime.now() + timedelta(days=2)
        period = {"start_datetime": end - timedelta(days=1), "end_datetime": end}
        counts = {}
        for digests in (both, self.digest, both):
            digests = digests.with_user(self.clerk).with_context(**period)
            counts[len(digests)] = self._count_queries(digests.mapped, name)
        self._assert_no_more_queries(counts[1], counts[2])

    def test_companies_of_others_stay_closed(self):
        """A digest of another company, which anybody may open, shows no figures of it.

        Would have caught figures that were counted as superuser.
        """
        error = self._open_error(
            self._posted(company_data=self.company_b_data), user=self.clerk_b
        )
        other = self.digest.copy({"company_id": error.company_id.id})
        for user, expected in ((self.clerk, 0), (self.clerk_b, 1)):
            with self.subTest(user=user.login):
                value = self._value("kpi_clerk_error_open", 2, 2, other, user)
                self.assertEqual(value, expected)

    def test_only_readers(self):
        """Core leaves out what the recipient may not read. There are no key figures."""
        known = {kpi for kpi in KPIS if kpi not in KEY_FIGURES}
        for user, expected in (
            (self.clerk, known),
            (self.auditor, known),
            (self.outsider, set()),
        ):
            digest = self.digest.with_company(self.company_a)
            figures = digest._compute_kpis(self.company_a, user.sudo())
            names = {figure["kpi_name"] for figure in figures}
            with self.subTest(user=user.login):
                self.assertEqual(names & set(KPIS), expected)
        for action in digest._compute_kpis_actions(self.company_a, self.clerk).values():
            if action.startswith("invoicing_clerk."):
                self.assertTrue(self.env.ref(action))

    def test_without_a_period(self):
        """Would have caught: reading a figure outside of an email failed."""
        values = self.digest.with_user(self.clerk).read(
            [f"{kpi}_value" for kpi in KPIS]
        )
        self.assertEqual(len(values), 1)
