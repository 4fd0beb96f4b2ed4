from collections import Counter

from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules.receipt.receipt_match import propose

from .corpus import Corpus

# Of the payments that name something and may be applied without asking.
LEAST_APPLIED = 0.85
# Of all that name something: applied, and proposed rightly, asking or not.
LEAST_OF_NAMED, LEAST_RIGHT = 0.54, 0.7
SEEDS = (20260310, 1, 2, 3)


@tagged("at_install", "-post_install")
class TestReceiptMatchCorpus(BaseCase):
    """Payments with known truth: nothing is applied wrongly without asking."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.runs = {}
        for seed in SEEDS:
            corpus = Corpus(seed)
            book = corpus.book()
            cls.runs[seed] = [
                (case, propose(case.payment, book)) for case in corpus.cases
            ]

    def test_nothing_is_applied_wrongly(self):
        for seed, run in self.runs.items():
            wrong = [
                (case, found)
                for case, found in run
                if found.automatic and not is_right(case, found)
            ]
            with self.subTest(seed=seed):
                self.assertFalse(wrong)

    def test_most_references_are_applied(self):
        for seed, run in self.runs.items():
            tried = [found for case, found in run if case.may_be_automatic]
            applied = sum(found.automatic for found in tried)
            with self.subTest(seed=seed):
                self.assertGreater(len(tried), 500)
                self.assertGreaterEqual(applied / len(tried), LEAST_APPLIED)

    def test_share_of_all_that_name_something(self):
        """Parts, sums that are over or short, and doubtful names are asked about."""
        for seed, run in self.runs.items():
            named = [(case, found) for case, found in run if case.referenced]
            applied = sum(found.automatic for _case, found in named)
            right = sum(
                bool(found.parts) and is_right(case, found) for case, found in named
            )
            with self.subTest(seed=seed):
                self.assertGreater(len(named), 1_500)
                self.assertGreaterEqual(applied / len(named), LEAST_OF_NAMED)
                self.assertGreaterEqual(right / len(named), LEAST_RIGHT)

    def test_every_proposal_says_why(self):
        for case, found in self.runs[SEEDS[0]]:
            with self.subTest(payment=case):
                self.assertTrue(found.reason or found.notes)
                if found.parts:
                    self.assertGreater(found.confidence, 0)
                    self.assertTrue(found.customer)

    def test_most_proposals_are_right_too(self):
        """Those that ask: rarely is another solution proposed than the true one."""
        asked = [
            (case, found)
            for case, found in self.runs[SEEDS[0]]
            if found.parts and not found.automatic
        ]
        right = sum(is_right(case, found) for case, found in asked)
        self.assertGreater(right / len(asked), 0.6)

    def test_every_kind_is_there(self):
        kinds = Counter(case.kind for case, _found in self.runs[SEEDS[0]])
        self.assertEqual(sum(kinds.values()), 2000)
        self.assertGreater(len(kinds), 35)
        self.assertGreater(min(kinds.values()), 20)


def is_right(case, found):
    """Return whether a proposal applies what the payment is for, and nothing else."""
    parts = {part.item: part.amount for part in found.parts}
    return found.customer == case.customer and parts == case.parts
