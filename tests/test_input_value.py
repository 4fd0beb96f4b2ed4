from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from odoo.fields import Command
from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules.input_value import misfit
from odoo.addons.invoicing_clerk.tests import hostile
from odoo.addons.invoicing_clerk.tests.properties import property_of

SCALARS = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.text(max_size=20)),
    *(st.floats(), st.binary(max_size=20), st.dates(), st.datetimes()),
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)
# What the web client and our own code send.
FITTING = {
    "char": ("x", "", False, None, 5),
    "html": ("<p>x</p>",),
    "integer": (0, -7, "12", 3.0, 2**31 - 1),
    "monetary": (0, -1.5, "12.34", 9_999_999.99),
    "date": ("2026-02-28", date(2026, 2, 28), "2026-02-28 10:00:00"),
    "datetime": ("2026-02-28 10:00:00", "2026-02-28", datetime(2026, 2, 28)),
    "many2one": (7, False, None),
    "many2many": (
        [Command.set([1, 2]), Command.link(3), Command.unlink(3), Command.clear()],
        [(6, 0, frozenset({1, 2}))],
        [1, 2],
        (),
    ),
    "one2many": (
        [Command.create({}), Command.update(7, {}), Command.delete(7)],
        [[0, "virtual_3", {}], [1, "virtual_3", {}]],
    ),
    "reference": ("res.partner,7", False),
    "binary": ("YQ==", b"YQ==", False),
    "boolean": (True, False, None, 0, 1),
}


@tagged("post_install", "-at_install")
class TestInputValue(BaseCase):
    """What fits a field, and what is refused before anything computes with it."""

    def test_what_clients_send_fits(self):
        for kind, values in FITTING.items():
            for value in values:
                with self.subTest(kind=kind, value=value):
                    self.assertIsNone(misfit(kind, value))

    def test_nothing_but_codes(self):
        """Would have caught a number with a thousand digits, which has no float."""
        for kind, values in hostile.VALUES.items():
            for value in (*values, *hostile.EMPTY, 10**1000, "9" * 5000):
                with self.subTest(kind=kind, value=str(value)[:40]):
                    self.assertIsInstance(misfit(kind, value) or "", str)

    @property_of(500)
    @given(st.sampled_from(sorted(hostile.VALUES)), ANYTHING)
    def test_no_value_ends_in_an_error(self, kind, value):
        self.assertIsInstance(misfit(kind, value, ["a"]) or "", str)
