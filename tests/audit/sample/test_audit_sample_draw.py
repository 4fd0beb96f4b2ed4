import gzip
from base64 import b64decode
from hashlib import sha256
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.models.audit.sample import (
    audit_sample_population as population,
)
from odoo.addons.invoicing_clerk.tests.audit.sample.common import (
    AuditSampleCommon,
)


@tagged("post_install", "-at_install")
class TestAuditSampleDraw(AuditSampleCommon):
    """Selection depends on plan, population and seed only."""

    def test_monetary_units(self):
        sample = self._drawn()
        self.assertEqual(sample.state, "selected")
        self.assertEqual(sample.population_count, 10)
        self.assertEqual(sample.population_total, 5000)
        # 2.9957 / (1,500 / 5,000) = 9.99
        self.assertEqual((sample.size, sample.interval), (10, 500))
        self.assertLessEqual(sample.start, 500)
        reached = {}
        total = 0
        for invoice in self.invoices.sorted("id"):
            total += invoice.amount_total
            reached[invoice.id] = total
        for item in sample.item_ids:
            self.assertLess(reached[item.res_id] - item.book_amount, item.unit)
            self.assertGreaterEqual(reached[item.res_id], item.unit)
            self.assertAlmostEqual((item.unit - sample.start) % 500, 0)
            self.assertEqual(item.is_certain, item.book_amount >= 500)
            self.assertEqual(item.audited_amount, item.book_amount)
            self.assertFalse(item.is_recorded)
        certain = sample.item_ids.filtered("is_certain").mapped("book_amount")
        self.assertEqual(sorted(certain), [500, 820, 3000])
        self.assertEqual(
            sample.stratum_ids.mapped(lambda each: (each.count, each.total)),
            [(3, 4320), (7, 680)],
        )

    def test_preview_of_the_size(self):
        sample = self._sample()
        message = sample.action_preview()["params"]["message"]
        sample.action_draw()
        self.assertIn(f"{len(sample.item_ids)} of 10 records", message)
        self.assertIn("3 of them individually significant", message)
        with self.assertRaisesRegex(UserError, "not available"):
            sample.action_preview()
        with self.assertRaisesRegex(UserError, "returns no records"):
            self._sample(population="receipts").action_preview()

    def test_names_and_details_are_stored(self):
        item = self._item(self._drawn(), self.invoices[3])
        self.assertEqual(item.name, self.invoices[3].display_name)
        self.assertIn(self.partner_a.name, item.details)
        self.assertEqual(item.action_open_record()["res_id"], self.invoices[3].id)

    def test_the_same_seed_draws_the_same(self):
        values = {"method": "random", "size_given": 4, "tolerable": 5000}
        first, again = self._drawn(**values), self._drawn(**values)
        units = first.item_ids.mapped(lambda item: (item.res_id, item.unit))
        self.assertEqual(
            units, again.item_ids.mapped(lambda item: (item.res_id, item.unit))
        )
        self.assertEqual(first.fingerprint, again.fingerprint)
        others = [
            self._drawn(seed=str(seed), **values).item_ids.mapped("res_id")
            for seed in range(8)
        ]
        self.assertGreater(len({tuple(other) for other in others}), 1)

    def test_parts_of_a_population_are_the_whole(self):
        """Table: rows read at a time. They give one population, of the same order."""
        sample = self._sample()
        query = sample._sampled_query()
        whole = sample._population_now(query)
        self.assertEqual(len(whole.ids), 10)
        for rows in (1, 3, 5, 10, 11):
            with self.subTest(rows=rows), patch.object(population, "FETCHED", rows):
                self.assertEqual(sample._population_now(query), whole)

    def test_each_draft_has_a_seed_of_its_own(self):
        samples = self.env["clerk.audit.sample"].with_user(self.auditor)
        seeds = {
            samples.create({"audit_id": self.audit.id}).seed for _sample in range(3)
        }
        self.assertEqual({len(seed) for seed in seeds}, {8})
        self.assertEqual(len(seeds), 3)

    def test_population_is_stored(self):
        sample = self._drawn()
        text = gzip.decompress(b64decode(sample.sudo().population_file)).decode()
        lines = [
            f"{invoice.id},{invoice.amount_total:.2f}"
            for invoice in self.invoices.sorted("id")
        ]
        self.assertEqual(text.splitlines(), ["id,amount", *lines])
        self.assertEqual(sample.fingerprint, sha256(text.encode()).hexdigest())

    def test_control_total_is_reconciled(self):
        sample = self._drawn()
        self.assertEqual((sample.ledger_total, sample.ledger_difference), (5000, 0))
        self.assertIn("This agrees with the general ledger.", sample.reconciliation)
        stored = self._drawn(population="query", query_id=self._query().id)
        self.assertFalse(stored.has_ledger_total)
        self.assertIn("has no total", stored.reconciliation)

    def test_difference_to_the_ledger(self):
        sample = self._drawn()
        line = self.invoices[0].line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET balance = balance + 7 WHERE id = %s",
            [line.id],
        )
        self.env.invalidate_all()
        sample = self._drawn()
        self.assertEqual(sample.ledger_difference, -7)
        self.assertIn("a difference of", sample.reconciliation)

    def test_credits_are_a_separate_stratum(self):
        credit = self._invoice(80, move_type="out_refund")
        query = self._query(domain="[('move_type', 'like', 'out_')]")
        values = {"population": "query", "query_id": query.id}
        charges = self._drawn(**values)
        self.assertEqual((charges.other_count, charges.other_total), (1, -80))
        self.assertEqual(charges.population_total, 4920)
        self.assertFalse(self._item(charges, credit))
        credits = self._drawn(sign="negative", **values)
        self.assertEqual(credits.item_ids.mapped("book_amount"), [-80])
        self.assertEqual((credits.other_count, credits.other_total), (10, 5000))

    def test_credit_notes_are_sampled_as_credits(self):
        self._invoice(80, move_type="out_refund")
        sample = self._drawn(population="credit_notes")
        self.assertEqual(sample.sign, "negative")
        self.assertEqual(sample.item_ids.book_amount, -80)
        self.assertEqual(sample.ledger_difference, 0)

    def test_random(self):
        sample = self._drawn(method="random", size_given=4)
        # The 3,000 are above the tolerable 1,500, and certain.
        self.assertEqual(len(sample.item_ids), 5)
        certain = sample.item_ids.filtered("is_certain")
        self.assertEqual(certain.book_amount, 3000)
        # 9 records of at most 820, of which 4 are drawn.
        self.assertEqual((sample.size, sample.interval), (4, 1845))

    def test_systematic(self):
        sample = self._drawn(
            purpose="attribute", method="systematic", size_given=4, tolerable_rate=0.5
        )
        numbers = self.invoices.sorted("id").ids
        start = sample.start_place
        self.assertEqual(
            sample.item_ids.mapped("res_id"),
            [numbers[(start + step * 10) // 4] for step in range(4)],
        )

    def test_stratified(self):
        sample = self._drawn(method="stratified", strata_number=2, size_given=4)
        strata = sample.stratum_ids
        self.assertEqual(strata.mapped("count"), [1, 2, 7])
        self.assertEqual(strata.mapped("total"), [3000, 1320, 680])
        self.assertEqual(
            [
                len(sample.item_ids.filtered(lambda item, s=each: item.stratum_id == s))
                for each in strata
            ],
            strata.mapped("size"),
        )

    def test_open_items_as_of_a_date(self):
        self._pay(self.invoices[0], payment_date="2026-02-01")
        sample = self._drawn(population="open")
        self.assertEqual(sample.population_total, 4900)
        self.assertEqual(sample.ledger_difference, 0)

    def test_foreign_invoices_count_in_company_currency(self):
        self._invoice(1000, currency=self.foreign_currency)
        self.assertEqual(self._drawn().population_total, 5500)

    def test_companies_and_branches(self):
        data = self.company_b_data
        self._posted((1, 999), taxes=self.no_tax, company_data=data)
        self.assertEqual(self._drawn().population_total, 5000)

    # The plan stands

    def test_plan_is_fixed_once_drawn(self):
        sample = self._drawn()
        for change in ({"seed": "1"}, {"tolerable": 9}, {"method": "random"}):
            with self.assertRaisesRegex(UserError, "not available"):
                sample.write(change)
        with self.assertRaisesRegex(UserError, "not available"):
            sample.action_draw()
        with self.assertRaisesRegex(UserError, "is kept as evidence"):
            sample.unlink()
        sample.note = "Delivery notes"

    def test_back_to_the_plan(self):
        sample = self._drawn()
        items = sample.item_ids
        sample.action_reset()
        self.assertFalse(items.exists())
        self.assertEqual(sample.state, "draft")
        self.assertIn("2026", sample.message_ids[0].body)
        sample.seed = "2027"
        sample.action_draw()
        sample.item_ids[0].is_recorded = True
        with self.assertRaisesRegex(UserError, "1 results are recorded"):
            sample.action_reset()
        copy = sample.copy()
        self.assertEqual((copy.state, copy.item_count), ("draft", 0))
        self.assertFalse(copy.fingerprint)
        self.assertNotEqual(copy.seed, sample.seed)

    # What cannot be drawn

    def _refused(self, sentence, **values):
        sample = self._sample(**values)
        with self.assertRaisesRegex(UserError, sentence):
            sample.action_draw()
        self.assertEqual(sample.state, "draft")
        self.assertFalse(sample.item_ids)

    def test_an_empty_population(self):
        self._refused("returns no records", population="receipts")

    def test_all_negative(self):
        self._invoice(80, move_type="out_refund")
        self._refused(
            "the only record.*80.*above zero.*Credits",
            population="credit_notes",
            sign="positive",
        )
        self._refused("below zero.*Debits", sign="negative")

    def test_no_seed(self):
        self._refused("has no seed", seed=False)
        self._refused("has no seed", seed="  ")

    def test_more_expected_than_tolerable(self):
        self._refused(
            "expected misstatement of .*1,500.00 is not below .*1,500.00", expected=1500
        )
        self._refused("is not below", expected=2000, size_given=10)
        self._refused(
            "3 expected deviations in 10",
            purpose="attribute",
            method="random",
            expected_deviations=3,
            size_given=10,
        )

    def test_expected_too_close_to_tolerable(self):
        self._refused("so close", expected=1499.99)

    def test_nothing_tolerable(self):
        self._refused("tolerable misstatement", tolerable=0)
        self._refused(
            "tolerable deviation rate",
            purpose="attribute",
            method="random",
            tolerable_rate=0,
        )

    def test_no_amount(self):
        query = self._query(amount_path=False)
        values = {"population": "query", "query_id": query.id}
        self._refused("has no amount", **values)
        attribute = {"purpose": "attribute", **values}
        self._refused("has no amount", method="stratified", **attribute)
        self.assertEqual(len(self._drawn(method="random", **attribute).item_ids), 10)

    def test_no_query(self):
        self._refused("choose the query", population="query")

    def test_invalid_plans(self):
        elsewhere = self._audit(name="Other")
        query = self._query(audit_id=elsewhere.id)
        for values in (
            {"purpose": "attribute", "method": "mus"},
            {"tolerable": 10001},
            {"population": "query", "query_id": query.id},
        ):
            with self.assertRaises(ValidationError):
                self._sample(**values)

    def test_size_out_of_range(self):
        for size in (-1, 2_000_000_000):
            with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
                self._sample(size_given=size)

    def test_an_item_above_materiality(self):
        self.audit.with_user(self.auditor).write(
            {"performance_materiality": 1500, "materiality": 2000}
        )
        for method in ("mus", "random", "systematic", "stratified"):
            sample = self._drawn(method=method, size_given=1)
            self.assertTrue(self._item(sample, self.invoices[3]).is_certain, method)
            self.assertIn(self.invoices[3].name, sample.warning)
            self.assertIn("3,000.00", sample.warning)

    def test_warning_of_a_sample_too_small(self):
        self.assertFalse(self._drawn().warning)
        sample = self._drawn(size_given=2)
        self.assertIn("7,489.33", sample.warning)

    # Cost

    def test_queries_do_not_grow_with_the_size(self):
        counts = []
        for size in (2, 9):
            sample = self._sample(method="random", size_given=size, tolerable=5000)
            counts.append(self._count_queries(sample.action_draw))
            self.assertEqual(len(sample.item_ids), size)
        self._assert_no_more_queries(*counts)
