from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.audit.sample.common import (
    AuditSampleCommon,
)


@tagged("post_install", "-at_install")
class TestAuditSampleEvaluation(AuditSampleCommon):
    """Evaluation: projection, limits and conclusion."""

    def _evaluated(self, sample, **audited):
        self._recorded(sample, **audited)
        sample.action_evaluate()
        return sample

    def _all_drawn(self, **values):
        """Draw a monetary unit sample that happens to select every invoice."""
        return self._drawn(size_given=40, tolerable=5000, **values)

    def test_no_misstatements(self):
        sample = self._evaluated(self._drawn())
        self.assertEqual(sample.state, "evaluated")
        self.assertEqual(
            (sample.over_projected, sample.over_basic, sample.over_upper),
            (0, 1497.87, 1497.87),
        )
        self.assertEqual(sample.under_upper, 1497.87)
        self.assertTrue(sample.is_accepted)
        self.assertIn("1,497.87", sample.conclusion)
        self.assertIn("risk of incorrect acceptance 5%", sample.conclusion)
        self.assertIn("population is accepted", sample.conclusion)
        self.assertIn("population is accepted", sample.message_ids[0].body)

    def test_on_the_summary_of_the_engagement(self):
        audit = self.audit.with_user(self.auditor)
        self.assertIsNone(audit._sample_section())
        drawn = self._drawn()
        self._evaluated(self._drawn())
        rate = self._sample(purpose="attribute", method="random")
        rate.action_draw()
        rate.item_ids.action_agree()
        rate.action_evaluate()
        section = audit._sample_section()
        rows = {row[0]: row[1:] for row in section.rows}
        self.assertEqual(len(section.rows), 3)
        self.assertIn("2 of 3 samples are evaluated", section.text)
        self.assertIn(drawn.display_name, rows)
        self.assertIn(
            ["$\xa01,497.87", "$\xa01,500.00", "Accepted"],
            [row[-3:] for row in section.rows],
        )
        self.assertIn("5%", rows[rate.display_name])

    def test_known_misstatements_are_not_projected(self):
        sample = self._evaluated(self._drawn(), a3000=2900, a500=480)
        self.assertEqual((sample.over_errors, sample.over_known), (2, 120))
        self.assertEqual((sample.over_projected, sample.over_incremental), (120, 0))
        self.assertEqual(sample.over_upper, 1617.87)
        self.assertFalse(sample.is_accepted)
        self.assertIn("population is not accepted", sample.conclusion)

    def test_projection_and_incremental_allowance(self):
        """By hand: half of 500, then a tenth of 500, with the exact factors."""
        sample = self._drawn()
        small = sample.item_ids.filtered(lambda item: not item.is_certain)
        self.assertTrue(small)
        book = small[0].book_amount
        small[0].audited_amount = book / 2
        sample.item_ids.action_agree()
        sample.action_evaluate()
        self.assertEqual((small[0].taint, small[0].projected), (0.5, 250))
        self.assertEqual(sample.over_projected, 250)
        # The factors of one and of no error, 4.74386 and 2.99573, less one.
        self.assertEqual(sample.over_incremental, 187.03)
        self.assertEqual(sample.over_upper, 1934.9)
        [[name, [error]]] = sample._error_rows()
        self.assertEqual(name, "Overstated")
        self.assertEqual(error.item.key, small[0])

    def test_over_and_understatement_are_separate(self):
        sample = self._evaluated(self._drawn(), a3000=3100, a500=400)
        self.assertEqual((sample.over_known, sample.under_known), (100, 100))
        self.assertEqual(sample.over_upper, sample.under_upper)

    def test_credits(self):
        self._invoice(80, move_type="out_refund")
        sample = self._drawn(population="credit_notes")
        sample.item_ids.audited_amount = -60
        sample.action_evaluate()
        self.assertEqual(sample.item_ids.difference, -20)
        self.assertEqual((sample.over_known, sample.under_known), (20, 0))
        # Looked at all: nothing is left to chance.
        self.assertEqual((sample.over_upper, sample.under_upper), (20, 0))

    def test_items_instead_of_units(self):
        sample = self._drawn(method="random", size_given=4)
        small = sample.item_ids.filtered(lambda item: not item.is_certain)[0]
        small.audited_amount = small.book_amount - 8
        sample.item_ids.action_agree()
        sample.action_evaluate()
        # One of four out of nine: 8 * 9 / 4; nine of at most 820: 1,845.
        self.assertEqual(sample.over_projected, 18)
        self.assertEqual(small.projected, 18)
        self.assertEqual(sample.over_basic, 5527.13)
        self.assertFalse(sample.is_accepted)

    def test_more_than_expected(self):
        sample = self._evaluated(self._drawn(expected=50), a3000=2900)
        self.assertIn("exceeds the expected misstatement", sample.conclusion)
        self.assertIn("50.00", sample.conclusion)

    def test_deviations(self):
        sample = self._drawn(
            purpose="attribute", method="random", size_given=5, tolerable_rate=0.5
        )
        sample.item_ids[0].is_deviation = True
        sample.item_ids.action_agree()
        sample.action_evaluate()
        self.assertEqual((sample.deviations, sample.likely_rate), (1, 0.2))
        # 1 - CDF(1; 5, p) = 0.95 at p = 0.65741
        self.assertAlmostEqual(sample.upper_rate, 0.65741, 5)
        self.assertFalse(sample.is_accepted)
        self.assertIn("Deviating items: 1 of 5. Deviation rate 20%", sample.conclusion)
        self.assertIn("65.74%", sample.conclusion)
        self.assertIn("cannot be relied on", sample.conclusion)

    def test_all_items_examined(self):
        sample = self._drawn(purpose="attribute", method="random")
        self.assertEqual(sample.item_count, 10)
        sample.item_ids.action_agree()
        sample.action_evaluate()
        self.assertEqual(sample.upper_rate, 0)
        self.assertIn("can be relied on", sample.conclusion)

    # Recording

    def test_recording(self):
        sample = self._drawn()
        first, *rest = sample.item_ids
        with self.assertRaisesRegex(UserError, "not available"):
            sample.action_evaluate()
        first.audited_amount = first.book_amount
        self.assertTrue(first.is_recorded)
        self.assertFalse(first.is_wrong)
        self.assertEqual((sample.recorded_count, sample.state), (1, "selected"))
        for item in rest:
            item.is_recorded = True
        self.assertEqual(sample.state, "recorded")
        first.is_recorded = False
        self.assertEqual(sample.state, "selected")
        sample.action_agree_rest()
        self.assertEqual(sample.state, "recorded")

    def test_results_are_fixed_once_evaluated(self):
        sample = self._evaluated(self._drawn())
        for change in (
            {"audited_amount": 1},
            {"is_deviation": True},
            {"is_recorded": False},
        ):
            with self.assertRaisesRegex(UserError, "is evaluated"):
                sample.item_ids[0].write(change)
        sample.item_ids[0].note = "Seen the delivery note"
        sample.action_revise()
        self.assertFalse(sample.conclusion)
        self.assertIn("population is accepted", sample.message_ids[0].body)
        sample.item_ids[0].audited_amount = 1
        sample.action_evaluate()
        self.assertEqual(sample.over_errors, 1)

    # The population since

    def test_an_unchanged_population(self):
        sample = self._evaluated(self._drawn())
        self.assertEqual(sample.change_count, 0)
        self.assertIn("has not changed", sample.change_summary)
        self.assertNotIn("has changed", sample.conclusion)

    def test_changed_population_is_reported_with_its_items(self):
        sample = self._drawn()
        self._recorded(sample)
        added = self._invoice(33)
        gone, changed = self.invoices[3], self.invoices[7]
        for move in (gone, changed):
            move.button_draft()
        changed.invoice_line_ids.price_unit = 810
        changed.action_post()
        sample.action_evaluate()
        self.assertRecordValues(
            sample.change_ids.sorted("kind"),
            [
                {
                    "kind": "added",
                    "name": added.name,
                    "amount_before": 0,
                    "amount_now": 33,
                    "item_id": False,
                },
                {
                    "kind": "changed",
                    "name": changed.name,
                    "amount_before": 820,
                    "amount_now": 810,
                    "item_id": self._item(sample, changed).id,
                },
                {
                    "kind": "gone",
                    "name": gone.display_name,
                    "amount_before": 3000,
                    "amount_now": 0,
                    "item_id": self._item(sample, gone).id,
                },
            ],
        )
        self.assertEqual(sample.change_count, 3)
        for move in (added, changed):
            self.assertIn(move.name, sample.conclusion)
        self.assertIn("population as drawn", sample.conclusion)
        self.assertEqual(
            sample.action_view_changes()["domain"], [("sample_id", "=", sample.id)]
        )
        changed.button_draft()
        changed.invoice_line_ids.price_unit = 820
        changed.action_post()
        sample.action_compare()
        self.assertEqual(sample.change_count, 2)

    def test_number_of_listed_changes_is_limited(self):
        sample = self._drawn()
        for amount in range(1, 8):
            self._invoice(amount)
        sample.action_compare()
        self.assertIn("and 2 more", sample.change_summary)

    # What follows

    def test_a_finding(self):
        sample = self._evaluated(self._drawn(), a3000=2900)
        item = self._item(sample, self.invoices[3])
        item.note = "Freight was billed twice."
        action = item.action_raise_finding()
        finding = item.finding_id
        self.assertEqual(action["res_id"], finding.id)
        self.assertEqual((finding.amount, finding.audit_id), (100, self.audit))
        self.assertIn("billed twice", finding.condition)
        self.assertIn("2,900.00", finding.condition)
        self.assertEqual(finding.res_id, self.invoices[3].id)
        self.assertEqual(item.action_raise_finding()["res_id"], finding.id)

    def test_a_billing_error(self):
        sample = self._recorded(self._drawn(), a3000=2900)
        item = self._item(sample, self.invoices[3])
        action = item.with_user(self.clerk).action_open_billing_error()
        self.assertEqual(action["context"]["default_move_ids"], self.invoices[3].ids)
        error = self._open_error(self.invoices[3])
        item.invalidate_recordset()
        self.assertEqual(item.error_count, 1)
        action = item.action_open_billing_error()
        self.assertEqual(action["res_id"], error.id)

    def test_deleted_record(self):
        draft = self.invoices[3].copy()
        query = self._query(domain=f"[('id', '=', {draft.id})]")
        sample = self._drawn(population="query", query_id=query.id)
        draft.unlink()
        with self.assertRaisesRegex(UserError, "no longer exists"):
            sample.item_ids.action_raise_finding()
        sample.action_compare()
        self.assertEqual(sample.change_ids.kind, "gone")
        self.assertEqual(sample.change_ids.name, sample.item_ids.name)

    def test_working_paper(self):
        sample = self._evaluated(self._drawn(), a3000=2900)
        self._invoice(33)
        sample.action_compare()
        report = self.env["ir.actions.report"].with_user(self.auditor)
        content, _kind = report._render_qweb_html(
            "invoicing_clerk.report_audit_sample", sample.ids
        )
        page = content.decode()
        for words in (
            "population is not accepted",
            "This agrees with the general ledger",
            sample.fingerprint,
            "2026",
            "One monetary unit in every",
            self.invoices[3].name,
            "1,597.87",
            "Changes of the population since selection",
        ):
            self.assertIn(words, page)
