from collections import Counter

from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.billing_check.corpus import CASES

from .corpus_contract import ContractCases
from .corpus_order import DiscountCases, OrderCases
from .corpus_price import PriceCases

CODES = ("ENTITY", "PARTNER", "CURR", "PO", "TERMS", "PRICE", "DISC", "CONTRACT")


@tagged("post_install", "-at_install")
class TestBillingCheckCorpus(ContractCases, OrderCases, PriceCases, DiscountCases):
    """Every check of orders on invoices of which it is known what is wrong with them.

    For each check, there are twenty invoices with one error and twenty or more that
    look like it. All checks of the addon run too, and must not take orders for errors.
    """

    def test_recall_and_precision(self):
        wrong = {
            (code, self._case("wrong", code, number).id)
            for code in CODES
            for number in range(CASES)
        }
        self.assertEqual(len(wrong), CASES * len(CODES))
        for code in CODES:
            for number in range(CASES):
                self.assertTrue(self._case("right", code, number))
        found = self._found()
        right = Counter(code for code, _move in found & wrong)
        alarms = Counter(code for code, _move in found)
        for code in CODES:
            with self.subTest(code):
                self.assertEqual(self._named(code, wrong - found), [], "missed")
                false_alarms = self._named(code, found - wrong)
                self.assertGreaterEqual(right[code] / alarms[code], 0.95, false_alarms)
        others = [
            (code, *self._named(code, found - wrong))
            for code in alarms.keys() - {*CODES}
        ]
        self.assertGreaterEqual(len(found & wrong) / len(found), 0.98, others)

    def _found(self):
        """Run all checks, and return codes and documents of what is found."""
        self._of_other_bridges().active = False
        checks = self.checks.browse()
        companies = self.company_a | self.company_b
        for company in companies:
            checks._run_all(company)
        drafts = self.env["account.move"].search(
            [("state", "=", "draft"), ("company_id", "in", companies.ids)]
        )
        checks._check_moves(drafts)
        self.assertEqual(self.checks.filtered("run_error").mapped("run_error"), [])
        findings = self.findings.search([("state", "=", "open")])
        return {(each.check_id.code, each.move_id.id) for each in findings}

    def _of_other_bridges(self):
        """Return checks of quantities: units are billed by the dozen here, too many."""
        modules = {"invoicing_clerk", "invoicing_clerk_sale"}
        names = self.checks.get_external_id()
        return self.checks.filtered(
            lambda each: names[each.id].partition(".")[0] not in modules
        )

    def _named(self, code, pairs):
        moves = self.env["account.move"].browse(
            move for of_code, move in pairs if of_code == code
        )
        findings = self.findings.search([("move_id", "in", moves.ids)])
        return moves.sorted("id").mapped("display_name") + findings.mapped(
            "explanation"
        )
