import ast
from datetime import datetime, timezone
from unittest.mock import patch

from dateutil.tz import gettz
from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules import filter as rules
from odoo.addons.invoicing_clerk.tests.properties import property_of

CLOCK = rules.Clock(
    datetime(2026, 3, 31, 22, 30, tzinfo=timezone.utc), gettz("Europe/Brussels"), uid=7
)
# What Odoo's own editor writes, and what it means at the moment above, which is
# half past midnight of April 1 in Brussels.
ACCEPTED = {
    "[]": [],
    "": [],
    "[('a', '=', True), ('b', 'in', [1, 2.5, False])]": [
        ("a", "=", True),
        ("b", "in", [1, 2.5, False]),
    ],
    "['|', '!', ('a', '=', -1), ('b', '=', None)]": [
        *("|", "!"),
        ("a", "=", -1),
        ("b", "=", None),
    ],
    '["&", ["a", "=", true], ["b", "=", false]]': [
        "&",
        ["a", "=", True],
        ["b", "=", False],
    ],
    "[('user_id', '=', uid)]": [("user_id", "=", 7)],
    "[('date', '<', 'today -7d')]": [("date", "<", "today -7d")],
    "[('date', '=', context_today().strftime('%Y-%m-%d'))]": [
        ("date", "=", "2026-04-01")
    ],
    "[('d', '<', (context_today() + relativedelta(months=-1)).strftime('%Y-%m-%d'))]": [
        ("d", "<", "2026-03-01")
    ],
    "[('d', '<', (context_today() - datetime.timedelta(days=7))"
    ".strftime('%Y-%m-%d'))]": [("d", "<", "2026-03-25")],
    "[('at', '>=', datetime.datetime.combine(context_today() + relativedelta(days=1),"
    ' datetime.time(0, 0, 0)).to_utc().strftime("%Y-%m-%d %H:%M:%S"))]': [
        ("at", ">=", "2026-04-01 22:00:00")
    ],
    "[('line_ids', 'any', [('a.b_id.c', '=', 1)])]": [
        ("line_ids", "any", [("a.b_id.c", "=", 1)])
    ],
    "[(1, '=', 1), (0, '=', 1)]": [(1, "=", 1), (0, "=", 1)],
}
REFUSED = {
    "1": "syntax",
    "[(": "syntax",
    "\x00": "syntax",
    "(" * 5000: "syntax",
    "[" * 150 + "]" * 150: "depth",
    "-" * 9000 + "1": "syntax",
    "[('a', '=', " + "1+" * 4000 + "1)]": "syntax",
    "[" + "1," * 3000 + "]": "values",
    "[('a', '=', '" + "x" * 20_000 + "')]": "length",
    "[1] * 50000000": "expression",
    "[('a', '=', 9 ** 9 ** 9)]": "expression",
    "[('a', '=', 1 + 1)]": "expression",
    "[('a', '=', 1e999)]": "expression",
    "[('a', '=', 99999999999999999999)]": "expression",
    "[('a', '=', 1j)]": "expression",
    "[('a', '=', b'x')]": "expression",
    "[('a', '=', ...)]": "expression",
    "[('a', '=', f'{uid}')]": "expression",
    "[('a', '=', '%s' % uid)]": "expression",
    "[('a', '=', -'x')]": "expression",
    "[('a', '=', -True)]": "expression",
    "[('a', '=', uid.__class__)]": "expression",
    "[('a', '=', context_today().year)]": "expression",
    "[('a', '=', lambda: 1)]": "expression",
    "[('a', '=', [x for x in [1]])]": "expression",
    "[('a', '=', 1 if uid else 2)]": "expression",
    "[('a', '=', uid and 1)]": "expression",
    "[('a', '=', uid == 1)]": "expression",
    "[('a', '=', (x := 1))]": "expression",
    "[('a', '=', {'b': 1})]": "expression",
    "[('a', '=', {1})]": "expression",
    "[('a', '=', [1][0])]": "expression",
    "[*uid]": "expression",
    "[('a', '=', relativedelta(**uid))]": "expression",
    "[('a', '=', '{0.__globals__}'.format(uid))]": "call",
    "[('a', '=', ''.join(['a']))]": "call",
    "[('a', '=', time.sleep(9))]": "call",
    "[('a', '=', __import__('os'))]": "call",
    "[('a', '=', datetime.datetime.strptime('1', '%c'))]": "call",
    "[('a', '=', context_today().replace(1))]": "call",
    "[('a', '=', (lambda: 1)())]": "call",
    "[('a', '=', context_today().strftime('%c' * 9))]": "expression",
    "[('a', '=', context_today().strftime('%9999d'))]": "argument",
    "[('a', '=', relativedelta(years=999999999))]": "argument",
    "[('a', '=', relativedelta(days=0.5))]": "argument",
    "[('a', '=', relativedelta(dt1=1))]": "argument",
    "[('a', '=', datetime.date(2026, 2, 30))]": "argument",
    "[('a', '=', datetime.datetime(1, 1, 1).to_utc())]": "argument",
    "[('a', '=', context_today() + relativedelta(years=9000))]": "date",
    "[('a', '=', context_today() + 1)]": "expression",
    "[('a', '=', 1 + relativedelta(days=1))]": "expression",
    "[('a', '=', other)]": "name",
    "[('a', '=', self)]": "name",
    "['a']": "operator",
    "[('a', 1, 1)]": "operator",
    "[('a', '=')]": "condition",
    "[1]": "condition",
    "[('a', 'any', 1)]": "condition",
    "[('__class__', '=', 1)]": "path",
    "[('a.__dict__.b', '=', 1)]": "path",
    "[('a b', '=', 1)]": "path",
    "['!', ('__class__', '=', 1)]": "path",
    "[('" + "a." * 200 + "b', '=', 1)]": "path",
    "[('x', 'any', [('a..b', '=', 1)])]": "path",
}
# By the error above a limit: the limit, and the text of a filter of a size.
LIMITS = {
    "length": (10_000, lambda size: "[]".ljust(size)),
    "depth": (19, lambda size: f"[('a', 'in', {'[' * size}{']' * size})]"),
    "values": (1_995, lambda size: f"[('a', 'in', [{'1,' * size}])]"),
    "path": (250, lambda size: f"[('{'a' * size}', '=', 1)]"),
    "expression": (2**63 - 1, lambda size: f"[('a', '=', {size})]"),
    "argument": (
        100_000,
        lambda size: f"[('a', '=', context_today() + relativedelta(days={size}))]",
    ),
}
POSITIONS = {
    "1": 0,
    " " * 10_001: 0,
    "\x00": 0,
    "-" * 9000 + "1": 0,
    "[(]": 3,
    "['a']": 1,
    "[('a', '=', other)]": 13,
}
PLAIN_TYPES = (type(None), bool, int, float, str, datetime)


@tagged("at_install", "-post_install")
class TestFilter(BaseCase):
    """Filters of users are data: what the editor writes is read, all else refused."""

    def test_what_the_editor_writes(self):
        for text, domain in ACCEPTED.items():
            with self.subTest(text=text):
                self.assertEqual(rules.parse(text, CLOCK), domain)

    def test_all_else_is_refused(self):
        for text, code in REFUSED.items():
            with self.subTest(text=text[:80]):
                with self.assertRaises(rules.FilterError) as caught:
                    rules.parse(text, CLOCK)
                self.assertEqual(caught.exception.code, code)

    def test_limits_are_inclusive(self):
        for code, (limit, text_of) in LIMITS.items():
            with self.subTest(code=code):
                self.assertIsInstance(rules.parse(text_of(limit), CLOCK), list)
                with self.assertRaises(rules.FilterError) as caught:
                    rules.parse(text_of(limit + 1), CLOCK)
                self.assertEqual(caught.exception.code, code)

    def test_positions(self):
        for text, position in POSITIONS.items():
            with self.subTest(text=text[:80]):
                with self.assertRaises(rules.FilterError) as caught:
                    rules.parse(text, CLOCK)
                self.assertEqual(caught.exception.position, position)

    def test_the_position_of_a_path_alone(self):
        with self.assertRaises(rules.FilterError) as caught:
            rules.check_path("__class__")
        self.assertEqual(caught.exception.position, 0)

    def test_the_refusal_names_the_position_and_no_value(self):
        with self.assertRaises(rules.FilterError) as caught:
            rules.parse("[('a', '=', 'secret'.format(1))]", CLOCK)
        self.assertEqual(caught.exception.position, 13)
        self.assertNotIn("secret", str(caught.exception))
        self.assertIsNone(caught.exception.__cause__)

    def test_nobody_is_meant_without_a_user(self):
        with self.assertRaises(rules.FilterError):
            rules.parse("[('user_id', '=', uid)]", CLOCK._replace(uid=None))

    def test_python_fails_because_of_another_thread(self):
        """Would have caught a filter refused with "AST constructor recursion depth
        mismatch", once in thousands on a served database."""
        parse, failures = ast.parse, [SystemError(), SystemError()]

        def parse_or_fail(text, mode):
            if failures:
                raise failures.pop()
            return parse(text, mode=mode)

        with patch.object(rules.ast, "parse", parse_or_fail):
            self.assertEqual(rules.parse("[('a', '=', 1)]", CLOCK), [("a", "=", 1)])
            failures += [SystemError() for _attempt in range(rules.PARSE_ATTEMPTS)]
            with self.assertRaises(rules.FilterError):
                rules.parse("[('a', '=', 1)]", CLOCK)

    @property_of(500)
    @given(st.text(alphabet="[]()'\",.=-+*{}%:!&|abuidx_019 \n\x00é", max_size=200))
    def test_no_text_ends_in_another_error(self, text):
        try:
            domain = rules.parse(text, CLOCK)
        except rules.FilterError:
            return
        self.assertTrue(_is_plain(domain), text)


def _is_plain(value):
    if isinstance(value, list | tuple):
        return all(_is_plain(each) for each in value)
    return isinstance(value, PLAIN_TYPES)
