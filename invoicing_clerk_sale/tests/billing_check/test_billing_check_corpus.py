from odoo.tests import tagged

from .corpus_combo import ComboCases
from .corpus_contract import ContractCases
from .corpus_discount import DiscountCases
from .corpus_framework import FrameworkCases
from .corpus_loyalty import LoyaltyCases
from .corpus_order import OrderCases
from .corpus_price import PriceCases

CODES = ("ENTITY", "PARTNER", "CURR", "PO", "TERMS", "PRICE", "DISC", "CONTRACT")


@tagged("post_install", "-at_install")
class TestBillingCheckCorpus(
    *(ComboCases, ContractCases, DiscountCases, FrameworkCases),
    *(LoyaltyCases, OrderCases, PriceCases),
):
    """Every check of orders on invoices of which it is known what is wrong with them.

    For each check, there are twenty invoices with one error and twenty or more that
    look like it. All other checks run too, and must not take orders for errors.
    """

    def test_recall_and_precision(self):
        self._compare_all(CODES, self.company_a | self.company_b)
