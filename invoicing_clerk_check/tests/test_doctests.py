import doctest

from odoo.tests import BaseCase, tagged

from ..rules import check, check_layout, check_text, positive_pay


@tagged("at_install", "-post_install")
class TestDoctests(BaseCase):
    """Run the examples in the docstrings of the rules."""

    def test_check(self):
        self.assertFalse(doctest.testmod(check).failed)

    def test_check_layout(self):
        self.assertFalse(doctest.testmod(check_layout).failed)

    def test_check_text(self):
        self.assertFalse(doctest.testmod(check_text).failed)

    def test_positive_pay(self):
        self.assertFalse(doctest.testmod(positive_pay).failed)
