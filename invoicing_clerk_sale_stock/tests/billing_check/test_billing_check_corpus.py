from collections import Counter
from decimal import Decimal

from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.tests.billing_check.corpus import CASES

from ...rules import delivery_check as rules
from .corpus import BillingCases, DeliveryCases

RULES = {
    "QTY": rules.overbilled,
    "NOTDELIV": rules.undelivered,
    "RETURN": rules.unreturned,
    "UNBILLED": rules.unbilled,
}
CODES = (*RULES, "PERIOD")


@tagged("post_install", "-at_install")
class TestBillingCheckCorpus(DeliveryCases, BillingCases):
    """Every check of deliveries on orders of which it is known what is wrong with them.

    For each check, there are twenty with one error and twenty or more that look like
    it. All other checks run too, and must not take deliveries for errors.
    """

    def test_recall_and_precision(self):
        wrong = {
            (code, self._case("wrong", code, number))
            for code in CODES
            for number in range(CASES)
        }
        self.assertEqual(len(wrong), CASES * len(CODES))
        for code in CODES:
            for number in range(CASES):
                self.assertTrue(self._case("right", code, number))
        found = self._found()
        right = Counter(code for code, _record in found & wrong)
        alarms = Counter(code for code, _record in found)
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
        self._compare_with_rules()

    def _found(self):
        """Run all checks, and return codes and subjects of what is found."""
        self.checks.browse()._run_all(self.company_a)
        self.assertEqual(self.checks.filtered("run_error").mapped("run_error"), [])
        findings = self.findings.search([("state", "=", "open")])
        return {
            (each.check_id.code, each.move_id or each.order_id) for each in findings
        }

    def _named(self, code, pairs):
        """Return how the records of a check were made, and what was found of them."""
        records = [record for of_code, record in pairs if of_code == code]
        findings = self.findings.search([("check_id.code", "=", code)])
        return sorted(
            " ".join(
                [
                    record.display_name,
                    *findings.filtered(
                        lambda each, of=record: of in (each.move_id, each.order_id)
                    ).mapped("explanation"),
                ]
            )
            for record in records
        )

    def _compare_with_rules(self):
        """Compare the quantities of findings with the rules in Python.

        Days and values are left out: what is found must be what the rules say.
        """
        columns = ("ordered", "shipped", "returned", "billed", "draft")
        rows = self.env.execute_query(
            SQL(
                "SELECT order_line_id, by_delivery, is_goods, %s"
                " FROM clerk_order_balance",
                SQL(", ").join(map(SQL.identifier, columns)),
            )
        )
        balances = {
            line: rules.Balance(*map(Decimal, numbers), by_delivery, is_goods)
            for line, by_delivery, is_goods, *numbers in rows
        }
        self.assertGreater(len(balances), CASES * len(CODES))
        for finding in self.findings.search([("state", "=", "open")]):
            code = finding.check_id.code
            if code in RULES:
                line = finding.sale_line_id or finding.move_line_id.sale_line_ids
                name = {"UNBILLED": "quantity_unbilled"}.get(code, "quantity_excess")
                self.assertAlmostEqual(
                    float(RULES[code](balances[line.id])), finding.facts[name], 5
                )
