import doctest

from odoo.tests import BaseCase, tagged

from ..rules import expense


@tagged("at_install", "-post_install")
class TestDoctests(BaseCase):
    """Run the examples in the docstrings of the rules."""

    def test_expense(self):
        self.assertFalse(doctest.testmod(expense).failed)
