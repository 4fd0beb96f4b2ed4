import doctest

from odoo.tests import BaseCase, tagged

from ..rules import count, delivery_check


@tagged("at_install", "-post_install")
class TestDoctests(BaseCase):
    """Run the examples in the docstrings of the rules."""

    def test_count(self):
        self.assertFalse(doctest.testmod(count).failed)

    def test_delivery_check(self):
        self.assertFalse(doctest.testmod(delivery_check).failed)
