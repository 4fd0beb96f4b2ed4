import doctest

from odoo.tests import BaseCase, tagged

from ..rules import billed, period, renewal, revision


@tagged("at_install", "-post_install")
class TestDoctests(BaseCase):
    """Run the examples in the docstrings of the rules."""

    def test_billed(self):
        self.assertFalse(doctest.testmod(billed).failed)

    def test_period(self):
        self.assertFalse(doctest.testmod(period).failed)

    def test_renewal(self):
        self.assertFalse(doctest.testmod(renewal).failed)

    def test_revision(self):
        self.assertFalse(doctest.testmod(revision).failed)
