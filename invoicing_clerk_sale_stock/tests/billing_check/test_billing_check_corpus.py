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
        self._compare_all(CODES)

    @classmethod
    def _subject(cls, finding):
        return super()._subject(finding) or finding.order_id.with_env(cls.env)

    def _run_whole(self, companies):
        result = super()._run_whole(companies)
        # Drafts build the table of balances anew, for their order lines only.
        self._compare_with_rules()
        return result

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
