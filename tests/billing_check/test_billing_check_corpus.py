from odoo.tests import tagged

from .corpus import CODES
from .corpus_address import AddressCases


@tagged("post_install", "-at_install")
class TestBillingCheckCorpus(AddressCases):
    """Every check on documents of which it is known what is wrong with them.

    For each check, there are twenty documents with one error and twenty or more that
    look like it. Everything that is wrong is found, and hardly anything else.
    """

    def test_recall_and_precision(self):
        self._compare_all(CODES)
