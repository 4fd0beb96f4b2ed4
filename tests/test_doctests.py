import doctest
import importlib
import pkgutil

from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk import rules


@tagged("at_install", "-post_install")
class TestDoctests(BaseCase):
    """Run the examples in the docstrings of all rules, one test a module."""


def _doctest_of(name):
    def test(self):
        module = importlib.import_module(name)
        result = doctest.testmod(module)
        self.assertFalse(result.failed)

    return test


for _, name, is_package in pkgutil.walk_packages(rules.__path__, f"{rules.__name__}."):
    if not is_package:
        short = name.removeprefix(f"{rules.__name__}.").replace(".", "_")
        setattr(TestDoctests, f"test_{short}", _doctest_of(name))
