from collections import Counter

from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules.customer.duplicate import compare

from .duplicate_corpus import Corpus

SEEDS = (20261130, 1, 2)
LEAST_STOPPED, LEAST_ASKED, MOST_ASKED = 0.90, 0.98, 0.75


@tagged("at_install", "-post_install")
class TestDuplicateCorpus(BaseCase):
    """Pairs of records with known truth: none of two customers is stopped."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.runs = {
            seed: [(pair, compare(pair.one, pair.other)) for pair in Corpus(seed).pairs]
            for seed in SEEDS
        }

    def _share(self, run, wanted, truth):
        tried = [getattr(s, wanted) for pair, s in run if pair.is_duplicate is truth]
        self.assertEqual(len(tried), 1000)
        return sum(tried) / len(tried)

    def _kinds(self, run, wanted):
        return Counter(pair.kind for pair, score in run if wanted(pair, score))

    def test_nothing_is_stopped_wrongly(self):
        for seed, run in self.runs.items():
            with self.subTest(seed=seed):
                self.assertEqual(
                    self._kinds(run, lambda p, s: s.stops and not p.is_duplicate), {}
                )

    def test_most_duplicates_are_stopped(self):
        for seed, run in self.runs.items():
            missed = self._kinds(run, lambda p, s: p.is_duplicate and not s.stops)
            with self.subTest(seed=seed, missed=missed):
                share = self._share(run, "stops", True)
                self.assertGreaterEqual(share, LEAST_STOPPED)

    def test_nearly_all_duplicates_are_asked_about(self):
        for seed, run in self.runs.items():
            missed = self._kinds(run, lambda p, s: p.is_duplicate and not s.asks)
            with self.subTest(seed=seed, missed=missed):
                self.assertGreaterEqual(self._share(run, "asks", True), LEAST_ASKED)
                # Who asks about everything says nothing.
                self.assertLess(self._share(run, "asks", False), MOST_ASKED)

    def test_order_makes_no_difference(self):
        for pair, score in self.runs[SEEDS[0]]:
            again = compare(pair.other, pair.one)
            self.assertEqual(again.value, score.value)
            self.assertEqual({*again.reasons}, {*score.reasons})
            self.assertTrue(score.reasons or not score.value)
