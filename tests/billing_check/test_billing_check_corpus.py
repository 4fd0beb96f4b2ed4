from collections import Counter

from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.billing_check.corpus import CASES, CODES, Corpus


@tagged("post_install", "-at_install")
class TestBillingCheckCorpus(Corpus):
    """Every check on documents of which it is known what is wrong with them.

    For each check, there are twenty documents with one error and twenty or more that
    look like it. Everything that is wrong is found, and hardly anything else.
    """

    def _case(self, code, kind, number):
        return getattr(self, f"{kind}_{code.lower()}")(number)

    def test_recall_and_precision(self):
        wrong = {
            (code, self._case(code, "wrong", number).id)
            for code in CODES
            for number in range(CASES)
        }
        self.assertEqual(len(wrong), CASES * len(CODES))
        for code in CODES:
            for number in range(CASES):
                self._case(code, "right", number)
        checks = self.checks.browse()
        checks._run_all(self.company_a)
        drafts = self.env["account.move"].search(
            [("state", "=", "draft"), ("company_id", "=", self.company_a.id)]
        )
        checks._check_moves(drafts)
        self.assertEqual(self.checks.filtered("run_error").mapped("run_error"), [])
        findings = self.findings.search([("state", "=", "open")])
        found = {(each.check_id.code, each.move_id.id) for each in findings}
        self._compare(wrong, found)

    def _compare(self, wrong, found):
        right = Counter(code for code, _move in found & wrong)
        alarms = Counter(code for code, _move in found)
        for code in CODES:
            with self.subTest(code):
                missed = self._names(code, wrong - found)
                self.assertEqual(missed, [], "missed")
                false_alarms = self._names(code, found - wrong)
                self.assertGreaterEqual(right[code] / alarms[code], 0.95, false_alarms)
        self.assertGreaterEqual(len(found & wrong) / len(found), 0.98)

    def _names(self, code, pairs):
        moves = self.env["account.move"].browse(
            move for of_code, move in pairs if of_code == code
        )
        return moves.sorted("id").mapped("display_name")
