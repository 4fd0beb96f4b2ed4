from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from odoo.fields import Command
from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules.input_value import misfit
from odoo.addons.invoicing_clerk.rules.limits import maximum
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


LARGEST_ID = 2_147_483_647
LARGEST_NUMBER = LARGEST_ID**2


class Record:
    """Values that Odoo gives for a reference field, and for new records."""

    _name = "res.partner"


@tagged("post_install", "-at_install")
class TestInputValue(BaseCase):
    """Values that fit a field, and those refused before anything computes with them."""

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


@tagged("post_install", "-at_install")
class TestInputValueLimits(BaseCase):
    """Values at the limits of what a field can hold, and one step beyond."""

    def _check(self, kind, fits=(), **misfits):
        for value in fits:
            with self.subTest(kind=kind, value=value):
                self.assertIsNone(misfit(kind, value))
        for fault, values in misfits.items():
            for value in values:
                with self.subTest(kind=kind, value=value):
                    self.assertEqual(misfit(kind, value), fault)

    def test_texts(self):
        longest = "a" * maximum("char")
        self._check(
            "char",
            ["", longest, b"Ann", 7, 2.5, -LARGEST_NUMBER],
            text=[["Ann"], {"en_US": "Ann"}],
            length=[longest + "a", LARGEST_NUMBER + 1, 10**5000],
            character=["nul\x00"],
        )

    def test_numbers(self):
        self._check(
            "integer",
            [LARGEST_ID, -LARGEST_ID, "12"],
            size=[LARGEST_ID + 1, str(LARGEST_ID + 1), 10**12],
            number=["1.5", [1], "seven", 10**400],
        )
        self._check(
            "monetary",
            [1e13, -1e13, "12.5"],
            size=[1e13 + 1, -1e13 - 1],
            number=["1,5", float("inf"), {}],
        )

    def test_dates(self):
        self._check(
            "date",
            ["1900-01-01", "2999-12-31", "2026-02-28 23:59:59"],
            date=["2026-02-30", "soon", 20260228],
            year=["1899-12-31", "3000-01-01"],
        )
        self._check(
            "datetime",
            ["2026-02-28", "2026-02-28 23:59:59", "2026-02-28 23:59:59.123456"],
            date=["2026-02-28 24:00:00", "2026-02-28 23:59:61"],
            year=[datetime(1899, 12, 31)],
        )

    def test_records(self):
        self._check(
            "many2one",
            [
                1,
                LARGEST_ID,
                False,
                None,
                "virtual_1",
                Record(),
                [7, "Ann"],
                [],
                [False],
            ],
            record=[0, -1, LARGEST_ID + 1, True, "7", 1.5, ["Ann", 7], [[7]]],
        )

    def test_references(self):
        self._check(
            "reference",
            [f"res.partner,{LARGEST_ID}", Record()],
            record=[
                f"res.partner,{LARGEST_ID + 1}",
                ",7",
                "res.partner",
                "res.partner,seven",
                "res.\x00partner,7",
                7,
            ],
        )

    def test_commands(self):
        self._check(
            "one2many",
            [
                [],
                [7, "virtual_1", Record()],
                [(5,), (5, 0), (0, 0, {}), (0, "virtual_1", {}), (1, 7, {})],
                [(2, 7), (3, 7), (4, 7), (4, 7, 0), (4, 7, True)],
                [(6, 0, [1, 2]), (6, 0, []), (6, 0, None), (6, 0)],
                Record(),
            ],
            records=[
                "all",
                7,
                {"0": {}},
                [0],
                [()],
                [(4, 7, 0, 0)],
                [(True, 0, {})],
                [(7, 7)],
                [(-1, 7)],
                [("4", 7)],
                [([4], 7)],
                [(0, 0, [])],
                [(1, 7, None)],
                [(1, 0, {})],
                [(4, 0)],
                [(6, 0, "12")],
                [(6, 0, 1)],
                [(6, 0, {"1": 1})],
                [(6, 0, [0])],
            ],
        )

    def test_files(self):
        self._check("binary", ["QQ==", b"QQ=="], file=["Q", 7, ["QQ=="]])
        largest = "A" * (maximum("file") // 3 * 4)
        self.assertIsNone(misfit("binary", largest))
        self.assertEqual(misfit("binary", largest + "AAAA"), "file_size")

    def test_booleans(self):
        self._check("boolean", [True, 0, [], {}, "yes"], boolean=[[1], {"a": 1}])
        self._check("char", [None, False])

    def test_json(self):
        self._check(
            "json",
            [{"a": ["b", {"c": 1}]}, "text", 7],
            character=[{"a\x00": 1}, {"a": ["b", {"c": "d\x00"}]}, ["\x00"], "\x00"],
        )
