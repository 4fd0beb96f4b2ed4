"""Read the filters that users type or click together, as data and never as code.

A filter is the text of an Odoo domain. It is parsed to a syntax tree, of which a few
kinds of nodes are allowed: literals, lists, tuples, signs, sums of dates and durations,
and the names and calls that Odoo's own domain editor writes (`uid`, `context_today()`,
`relativedelta(…)`, `datetime.datetime.combine(…).to_utc()`, `….strftime(…)`). Nothing
is ever evaluated by Python. Errors name the place, never a value: what a filter holds
may be confidential, and what it asks for must not be read back from an error.
"""

import ast
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from typing import Any, NamedTuple

from dateutil.relativedelta import relativedelta  # type: ignore[import-untyped]

from .limits import is_storable

MAX_LENGTH = 10_000
MAX_DEPTH = 20
MAX_VALUES = 2_000
PARSE_ATTEMPTS = 20
MAX_UNITS = 100_000
MAX_INTEGER = 2**63 - 1
# Fields joined by dots, as `partner_id.country_id.code`; no name of Python's own.
MAX_PATH_LENGTH = 250
_NAME = r"[A-Za-z](?:_?[A-Za-z0-9])*_?"
_PATH = re.compile(rf"{_NAME}(?:\.{_NAME})*\Z")

OPERATORS = frozenset({"&", "|", "!"})
# Only these, and as they are spelled here: core takes "ANY" for "any".
COMPARISONS = frozenset(
    {"=", "!=", "<>", "<", ">", "<=", ">=", "in", "not in", "any", "not any"}
    | {"like", "not like", "ilike", "not ilike", "=like", "not =like", "=ilike"}
    | {"not =ilike", "=?", "child_of", "parent_of"}
)
CONDITION_PARTS = 3
Duration = relativedelta | timedelta
_DURATION_UNITS = frozenset(
    {"years", "months", "weeks", "days", "hours", "minutes", "seconds"}
    | {"year", "month", "day", "hour", "minute", "second", "weekday"}
)
_TIMEDELTA_UNITS = frozenset({"weeks", "days", "hours", "minutes", "seconds"})
_FORMATS = frozenset({"%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y"})


class FilterError(ValueError):
    """A text is not a filter, or is a filter that is not allowed.

    ``code`` says what is wrong, one of `MESSAGES`; ``position`` is the column of the
    text where it was found, counted from 1, or 0 for the text as a whole.
    """

    def __init__(self, code: str, position: int = 0) -> None:
        super().__init__(MESSAGES[code])
        self.code = code
        self.position = position


MESSAGES = {
    "syntax": "the text is not a list of conditions",
    "length": "the text is too long",
    "depth": "too many levels of brackets",
    "values": "too many values",
    "name": "unknown name",
    "expression": "this expression is not allowed",
    "call": "this function is not allowed",
    "argument": "wrong argument",
    "condition": "a condition needs a field, an operator and a value",
    "operator": "unknown operator",
    "path": "this is not the name of a field",
    "date": "the date or duration is out of range",
}


class Clock(NamedTuple):
    """The moment and the person that a filter is read for.

    ``now`` is a moment in UTC with its time zone, ``zone`` the person's own time zone,
    ``uid`` the id of the user whom `uid` stands for, or None where it means no user.
    """

    now: datetime
    zone: tzinfo = timezone.utc
    uid: int | None = None

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()


def parse(text: str, clock: Clock, names: Mapping[str, Any] | None = None) -> list[Any]:
    """Return the domain that a text means: its operators and conditions as lists.

    :param names: values that a filter may name besides, such as ``date_from``
    :raises FilterError: the text is not a filter, with what is wrong and where

    >>> noon = Clock(datetime(2026, 3, 31, 12, tzinfo=timezone.utc), uid=7)
    >>> parse("[('user_id', '=', uid), ('amount', '>', -1.5)]", noon)
    [('user_id', '=', 7), ('amount', '>', -1.5)]
    >>> month_ago = "(context_today() + relativedelta(months=-1)).strftime('%Y-%m-%d')"
    >>> parse(f"['|', ('date', '<', {month_ago}), ('date', '=', False)]", noon)
    ['|', ('date', '<', '2026-02-28'), ('date', '=', False)]
    >>> parse("[('line_ids', 'any', [('date', '>=', date_from)])]", noon,
    ...       {"date_from": "2026-01-01"})
    [('line_ids', 'any', [('date', '>=', '2026-01-01')])]
    >>> parse("[('name', '=', '{0.__class__}'.format(uid))]", noon)
    ... # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    ...
    FilterError: this function is not allowed
    """
    domain = _Reader(clock, names or {}).domain(text)
    if not isinstance(domain, list):
        raise FilterError("syntax")
    check_domain(domain)
    return domain


def check_domain(domain: list[Any], position: int = 1) -> None:
    """Refuse what is not a domain in shape.

    :raises FilterError: an operator or condition is wrong

    >>> check_domain(["!", ("name", "=", "x")])
    >>> check_domain([("name", "ilike", "a"), ("id", "child_of", [1])])
    >>> check_domain([("name", ["="], "a")])  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    ...
    FilterError: the operator is not one of Odoo's
    >>> check_domain([("name", "=")])  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    ...
    FilterError: a condition needs a field, an operator and a value
    """
    for part in domain:
        if isinstance(part, str):
            if part not in OPERATORS:
                raise FilterError("operator", position)
            continue
        if not isinstance(part, list | tuple) or len(part) != CONDITION_PARTS:
            raise FilterError("condition", position)
        left, operator, right = part
        if not isinstance(operator, str) or operator not in COMPARISONS:
            raise FilterError("operator", position)
        # Odoo's constants TRUE and FALSE: (1, "=", 1) and (0, "=", 1).
        if not (isinstance(left, int) and operator == "=" and right == 1):
            check_path(left, position)
        if operator in ("any", "not any"):
            if not isinstance(right, list):
                raise FilterError("condition", position)
            check_domain(right, position)


def check_path(path: Any, position: int = 0) -> str:
    """Return a path of fields as it is, or refuse it.

    :raises FilterError: it is not names of fields joined by dots

    >>> check_path("partner_id.country_id.code")
    'partner_id.country_id.code'
    >>> check_path("partner_id.__class__")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    ...
    FilterError: this is not the name of a field
    """
    if (
        not isinstance(path, str)
        or len(path) > MAX_PATH_LENGTH
        or not _PATH.match(path)
    ):
        raise FilterError("path", position)
    return path


def _parsed(text: str) -> ast.Expression:
    """Return the syntax tree of an expression.

    Python before 3.11.8 counts the depth of all threads that parse together, so that a
    text may fail because of another one. It is parsed again then.
    """
    for _attempt in range(PARSE_ATTEMPTS):
        with suppress(SystemError):
            return ast.parse(text, mode="eval")
    raise FilterError("syntax")


class _Reader:
    """Walks the syntax tree of one text, and counts what it holds."""

    def __init__(self, clock: Clock, names: Mapping[str, Any]) -> None:
        self._clock = clock
        self._names = names
        self._count = 0

    def domain(self, text: str) -> Any:
        if len(text) > MAX_LENGTH:
            raise FilterError("length")
        try:
            tree = _parsed(text.strip() or "[]")
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise FilterError("syntax", getattr(error, "offset", 0) or 0) from None
        return self._value(tree.body, 0)

    def _value(self, node: ast.expr, depth: int) -> Any:
        self._count += 1
        if self._count > MAX_VALUES:
            raise FilterError("values", _position(node))
        if depth > MAX_DEPTH:
            raise FilterError("depth", _position(node))
        reader = _READERS.get(type(node))
        if reader is None:
            raise FilterError("expression", _position(node))
        return reader(self, node, depth + 1)

    def _constant(self, node: ast.Constant, _depth: int) -> Any:
        value = node.value
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str) and is_storable(value):
            return value
        if isinstance(value, int | float) and abs(value) <= MAX_INTEGER:
            return value
        raise FilterError("expression", _position(node))

    def _list(self, node: ast.List, depth: int) -> list[Any]:
        return [self._value(each, depth) for each in node.elts]

    def _tuple(self, node: ast.Tuple, depth: int) -> tuple[Any, ...]:
        return tuple(self._value(each, depth) for each in node.elts)

    def _name(self, node: ast.Name, _depth: int) -> Any:
        if node.id == "uid" and self._clock.uid is not None:
            return self._clock.uid
        # As JavaScript writes them, which Odoo's editor accepts too.
        if node.id in ("true", "false"):
            return node.id == "true"
        if node.id not in self._names:
            raise FilterError("name", _position(node))
        return self._names[node.id]

    def _sign(self, node: ast.UnaryOp, depth: int) -> Any:
        value = self._value(node.operand, depth)
        negates = isinstance(node.op, ast.USub)
        allowed = isinstance(value, int | float | Duration)
        if not negates or not allowed or isinstance(value, bool):
            raise FilterError("expression", _position(node))
        return -value

    def _sum(self, node: ast.BinOp, depth: int) -> date:
        left = self._value(node.left, depth)
        right = self._value(node.right, depth)
        adds, subtracts = isinstance(node.op, ast.Add), isinstance(node.op, ast.Sub)
        dated = isinstance(left, date) and isinstance(right, Duration)
        if not dated or not (adds or subtracts):
            raise FilterError("expression", _position(node))
        try:
            moved: date = left + right if adds else left - right
            return moved
        except (OverflowError, ValueError):
            raise FilterError("date", _position(node)) from None

    def _call(self, node: ast.Call, depth: int) -> Any:
        function = self._function(node.func, depth)
        values = [self._value(each, depth) for each in node.args]
        named = {}
        for keyword in node.keywords:
            if keyword.arg is None:
                raise FilterError("expression", _position(node))
            named[keyword.arg] = self._value(keyword.value, depth)
        try:
            return function(*values, **named)
        except (OverflowError, ValueError, TypeError):
            raise FilterError("argument", _position(node)) from None

    def _function(self, node: ast.expr, depth: int) -> Callable[..., Any]:
        """Return what a call means: a function by its name, or a method of a date."""
        name = _dotted(node)
        if name in _FUNCTIONS:
            return _FUNCTIONS[name](self._clock)
        if isinstance(node, ast.Attribute) and node.attr in _METHODS:
            value = self._value(node.value, depth)
            if isinstance(value, date):
                return _METHODS[node.attr](self._clock, value)
        raise FilterError("call", _position(node))


_READERS: dict[type, Callable[[_Reader, Any, int], Any]] = {
    ast.Constant: _Reader._constant,
    ast.List: _Reader._list,
    ast.Tuple: _Reader._tuple,
    ast.Name: _Reader._name,
    ast.UnaryOp: _Reader._sign,
    ast.BinOp: _Reader._sum,
    ast.Call: _Reader._call,
}


def _position(node: ast.expr) -> int:
    return node.col_offset + 1


def _dotted(node: ast.expr) -> str:
    """Return names joined by dots as they stand, or an empty text for anything else."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(names)]) if isinstance(node, ast.Name) else ""


def _duration(**units: Any) -> relativedelta:
    _check_units(units, _DURATION_UNITS)
    return relativedelta(**units)


def _timedelta(**units: Any) -> timedelta:
    _check_units(units, _TIMEDELTA_UNITS)
    return timedelta(**units)


def _check_units(units: Mapping[str, Any], allowed: frozenset[str]) -> None:
    whole = all(type(value) is int for value in units.values())
    if not whole or units.keys() - allowed:
        raise TypeError
    if any(abs(value) > MAX_UNITS for value in units.values()):
        raise OverflowError


def _to_utc(clock: Clock, value: date) -> Callable[[], datetime]:
    def to_utc() -> datetime:
        if not isinstance(value, datetime):
            raise TypeError
        local = value.replace(tzinfo=clock.zone)
        return local.astimezone(timezone.utc).replace(tzinfo=None)

    return to_utc


def _strftime(_clock: Clock, value: date) -> Callable[[Any], str]:
    def strftime(pattern: Any) -> str:
        if pattern not in _FORMATS:
            raise ValueError
        return value.strftime(pattern)

    return strftime


_FUNCTIONS: dict[str, Callable[[Clock], Callable[..., Any]]] = {
    "context_today": lambda clock: lambda: clock.today,
    "relativedelta": lambda _clock: _duration,
    "datetime.timedelta": lambda _clock: _timedelta,
    "datetime.date.today": lambda clock: lambda: clock.today,
    "datetime.datetime.now": lambda clock: lambda: clock.now.replace(tzinfo=None),
    "datetime.datetime.today": lambda clock: lambda: clock.now.replace(tzinfo=None),
    "datetime.date": lambda _clock: date,
    "datetime.datetime": lambda _clock: datetime,
    "datetime.time": lambda _clock: time,
    "datetime.datetime.combine": lambda _clock: datetime.combine,
}
_METHODS: dict[str, Callable[[Clock, date], Callable[..., Any]]] = {
    "strftime": _strftime,
    "to_utc": _to_utc,
}
