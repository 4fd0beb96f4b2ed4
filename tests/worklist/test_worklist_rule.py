from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo import fields
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.rules.worklist import score as rules
from odoo.addons.invoicing_clerk.tests.properties import property_of
from odoo.addons.invoicing_clerk.tests.worklist.common import WorklistCommon

PROPERTY = property_of(40)


@tagged("post_install", "-at_install")
class TestWorklistRule(WorklistCommon):
    """Every score is the sum of its rules, and explains itself."""

    def _score(self, worklist, record):
        (row,) = (row for row in worklist._query_rows() if row["res_id"] == record.id)
        return row["score"]

    @PROPERTY
    @given(
        fact=st.decimals(-170, 170, places=4) | st.just(Decimal(0)),
        weight=st.decimals(-20, 20, places=4),
        cap=st.sampled_from([0, 5, 50]),
        curve=st.sampled_from([name for name, _label in rules.CURVES]),
        signed=st.booleans(),
    )
    def test_sql_computes_the_same_as_the_rules(self, fact, weight, cap, curve, signed):
        with self.env.cr.savepoint() as savepoint:
            partner = self._partners(1, partner_longitude=float(fact))
            worklist = self._customers_list(
                {
                    "kind": "measure",
                    "measure_path": "partner_longitude",
                    "weight": float(weight),
                    "cap": cap,
                    "curve": curve,
                    "is_signed": signed,
                }
            )
            factor = rules.Factor(weight, Decimal(cap), curve, signed)
            self.assertEqual(self._score(worklist, partner), rules.points(factor, fact))
            savepoint.rollback()

    def test_breakdown(self):
        partner = self._partners(1, color=3, comment="late payer")
        worklist = self._customers_list(
            {
                "name": "colours",
                "kind": "measure",
                "measure_path": "color",
                "weight": 10,
            },
            {"name": "disputed", "domain": "[('comment', '!=', False)]", "points": -12},
            {"name": "abroad", "domain": "[('country_id.code', '=', 'XX')]"},
        )
        worklist._refresh()
        item = self._open_items(worklist)
        self.assertEqual(item.score, 18)
        self.assertEqual(item.why, "3 colours +30 · disputed −12")
        partner.color = 0
        worklist._refresh()
        self.assertEqual(item.why, "disputed −12")

    def test_deleted_rule_leaves_points_without_a_name(self):
        self._partners(1)
        worklist = self._customers_list({"domain": "[]", "points": 4})
        worklist._refresh()
        worklist.rule_ids.unlink()
        self.assertEqual(self._open_items(worklist).why, "… +4")

    def test_breakdown_is_translated(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self._partners(1)
        worklist = self._customers_list({"name": "disputed", "domain": "[]"})
        worklist.rule_ids.with_context(lang="fr_FR").name = "contesté"
        worklist._refresh()
        item = self._open_items(worklist)
        self.assertEqual(item.with_context(lang="fr_FR").why, "contesté +10")
        self.assertEqual(item.why, "disputed +10")

    def test_days_since_a_date(self):
        invoice = self._posted((1, 10.0), invoice_date_due="2026-01-15")
        worklist = self._invoices_list(
            {"kind": "measure", "measure_path": "invoice_date_due", "cap": 0}
        )
        days = (fields.Date.context_today(worklist) - invoice.invoice_date_due).days
        self.assertEqual(self._score(worklist, invoice), days)

    def test_division_by_zero_adds_no_points(self):
        rule = {"kind": "measure", "measure_path": "color", "weight": 10}
        worklist = self._customers_list({**rule, "divisor_path": "partner_latitude"})
        half = self._partners(1, color=1, partner_latitude=2.0)
        zero = self._partners(1, color=1, partner_latitude=0.0)
        worklist._refresh()
        by_record = self._open_items(worklist).grouped("res_id")
        self.assertEqual(by_record[half.id].score, 5)
        self.assertEqual(by_record[zero.id].score, 0)
        self.assertEqual(by_record[half.id].why, "0.50 rule +5")

    def test_empty_values_add_no_points(self):
        partner = self._partners(1)
        worklist = self._customers_list(
            {"kind": "measure", "measure_path": "country_id.create_date"}
        )
        self.assertEqual(self._score(worklist, partner), 0)

    def test_amounts_are_scored_in_company_currency(self):
        rule = {"kind": "measure", "measure_path": "amount_total", "cap": 0}
        worklist = self._invoices_list(rule)
        ours = self._posted((1, 100.0), taxes=self.env["account.tax"])
        theirs = self._posted(
            (1, 200.0), taxes=self.env["account.tax"], currency=self.foreign_currency
        )
        self.assertEqual(self._score(worklist, ours), 100)
        self.assertEqual(self._score(worklist, theirs), 100)

    def test_points_are_bounded(self):
        partner = self._partners(1, color=2_000_000_000)
        rule = {"kind": "measure", "measure_path": "color", "weight": 1000, "cap": 0}
        worklist = self._customers_list(rule, rule)
        self.assertEqual(self._score(worklist, partner), 2 * rules.MOST_POINTS)

    def test_test_button_adds_no_items(self):
        self._partners(3, color=2)
        worklist = self._customers_list(
            {"name": "colours", "kind": "measure", "measure_path": "color"}
        )
        action = worklist.with_user(self.supervisor).action_test()
        trial = self.env[action["res_model"]].browse(action["res_id"])
        trial = trial.with_user(self.supervisor)
        self.assertEqual(trial.record_count, 3)
        self.assertEqual(trial.line_ids.mapped("score"), [2, 2, 2])
        self.assertEqual(trial.line_ids[0].why, "2 colours +2")
        self.assertFalse(worklist.item_ids)

    def test_test_button_shows_the_error(self):
        worklist = self._customers_list()
        self.env.cr.execute(
            "UPDATE clerk_worklist SET amount_path = 'gone' WHERE id = %s",
            [worklist.id],
        )
        worklist.invalidate_recordset()
        action = worklist.with_user(self.supervisor).action_test()
        trial = self.env[action["res_model"]].sudo().browse(action["res_id"])
        self.assertIn("no field", trial.error)

    def test_rule_without_a_measure_is_refused(self):
        with self.assertRaisesRegex(Exception, "choose the number or date"):
            self._customers_list({"kind": "measure"})

    def test_rules_are_copied(self):
        worklist = self._customers_list({"domain": "[]"}, {"domain": "[]"})
        copied = worklist.copy()
        self.assertEqual(len(copied.rule_ids), 2)
