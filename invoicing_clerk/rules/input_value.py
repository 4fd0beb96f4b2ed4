"""Decide whether a value from outside fits the type of a field.

Browsers and other programs may send anything for a field: a list for a name, a number
that is not a number, a date that no calendar has. What does not fit is refused with a
sentence before anything computes with it.
"""

import base64
import binascii
import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from .limits import decoded_size, is_storable, maximum

MAX_INTEGER = 2**31 - 1
# One more than it has: the first ones of a larger number are larger, too.
MAX_DIGITS = 11
# Larger amounts cannot be kept to the cent.
MAX_AMOUNT = 1e13
# Later dates overflow once a few days or months are added.
FIRST_YEAR, LAST_YEAR = 1900, 2999
DATETIME_FORMAT = "%Y-%m-%d %H:%M:%S"
DATE_LENGTH, DATETIME_LENGTH = 10, 19
COMMANDS = range(7)
CREATE, UPDATE, LINK, CLEAR, SET = 0, 1, 4, 5, 6
COMMAND_PARTS = 3
# Keys that browsers give to rows of a form that are not saved yet.
UNSAVED = "virtual_"


def whole(text: object, default: int = 0) -> int:
    """Return the whole number that a visitor sent as the id of a record or a page.

    It is never larger than an id can be: Python reads only numbers of some length.

    >>> whole("7"), whole(3), whole("x", 1), whole("-1", 1), whole("²")
    (7, 3, 1, 1, 0)
    >>> whole("9" * 5000) == whole(2**31) == MAX_INTEGER
    True
    """
    digits = str(text)
    if not digits.isdecimal():
        return default
    return min(int(digits[:MAX_DIGITS]), MAX_INTEGER)


def misfit(kind: str, value: Any, options: Collection[Any] = ()) -> str | None:
    """Return what is wrong with a value for a type of field, or None if it fits.

    :param kind: the type, such as ``char`` or ``many2one``
    :param options: the values of a selection

    >>> misfit("char", "Ann"), misfit("char", ["Ann"]), misfit("char", "a" * 10_001)
    (None, 'text', 'length')
    >>> misfit("monetary", "12.5"), misfit("monetary", float("nan"))
    (None, 'number')
    >>> misfit("date", "2026-02-28"), misfit("date", "2026-02-30")
    (None, 'date')
    >>> misfit("date", "9999-12-31")
    'year'
    >>> misfit("selection", "open", ["open", "done"]), misfit("selection", "lost", [])
    (None, 'option')
    >>> misfit("many2one", 7), misfit("many2one", "seven")
    (None, 'record')
    >>> misfit("one2many", [[0, 0, {}]]), misfit("one2many", "all")
    (None, 'records')
    >>> misfit("many2many", [(6, 0, [1, 2])]), misfit("many2many", [(4,)])
    (None, 'records')
    """
    if kind == "boolean":
        return "boolean" if isinstance(value, list | dict) and value else None
    if value is None or value is False:
        return None
    check = _CHECKS.get(kind)
    if kind == "selection":
        return None if _is_option(value, options) else "option"
    return check(kind, value) if check else None


def _is_option(value: Any, options: Collection[Any]) -> bool:
    return isinstance(value, str | int) and (not value or value in options)


def _text(kind: str, value: Any) -> str | None:
    if isinstance(value, bytes):
        value = value.decode(errors="replace")
    if not isinstance(value, str | int | float):
        return "text"
    if isinstance(value, int) and abs(value) > MAX_INTEGER**2:
        # Python does not write numbers of any length.
        return "length"
    text = str(value)
    if len(text) > maximum(kind):
        return "length"
    return None if is_storable(text) else "character"


def _number(kind: str, value: Any) -> str | None:
    whole = kind in ("integer", "many2one_reference")
    if not isinstance(value, str | int | float):
        return "number"
    try:
        number = float(value)
        if whole and isinstance(value, str):
            int(value)
    except (ValueError, OverflowError):
        return "number"
    if not math.isfinite(number):
        return "number"
    return "size" if abs(number) > (MAX_INTEGER if whole else MAX_AMOUNT) else None


def _date(kind: str, value: Any) -> str | None:
    if isinstance(value, str):
        try:
            value = _parsed(kind, value)
        except ValueError:
            return "date"
    if not isinstance(value, date):
        return "date"
    return None if FIRST_YEAR <= value.year <= LAST_YEAR else "year"


def _parsed(kind: str, text: str) -> datetime:
    """Read a date as Odoo does: of a longer text, the beginning counts."""
    length = DATE_LENGTH if kind == "date" else DATETIME_LENGTH
    return datetime.strptime(text[:length], DATETIME_FORMAT[: len(text[:length]) - 2])


def _record(_kind: str, value: Any) -> str | None:
    """Check an id, or the pair of an id and a name that lists of records hold."""
    if isinstance(value, list | tuple):
        value = value[0] if value else None
    return None if value is False or value is None or _is_key(value) else "record"


def _is_key(value: Any) -> bool:
    if isinstance(value, str):
        return value.startswith(UNSAVED)
    if isinstance(value, bool | float | bytes | list | tuple | Mapping | None):
        return False
    # Records, and ids of records that are not stored yet, are objects of Odoo.
    return not isinstance(value, int) or 0 < value <= MAX_INTEGER


def _records(_kind: str, value: Any) -> str | None:
    if isinstance(value, str | bytes | int | float | Mapping):
        return "records"
    if not isinstance(value, list | tuple):
        return None
    return None if all(map(_is_command, value)) else "records"


def _is_command(value: Any) -> bool:
    if not isinstance(value, list | tuple):
        return _is_key(value)
    if not 1 <= len(value) <= COMMAND_PARTS or isinstance(value[0], bool):
        return False
    code, key, content = (*value, None, None)[:COMMAND_PARTS]
    if not isinstance(code, int) or code not in COMMANDS:
        return False
    if code == CREATE:
        return isinstance(content, Mapping)
    if code == UPDATE:
        return isinstance(content, Mapping) and _is_key(key)
    if code == SET:
        listed = not isinstance(content, str | int | float | Mapping)
        return listed and all(map(_is_key, content or ()))
    return code == CLEAR or _is_key(key)


def linked_ids(kind: str, value: Any) -> tuple[set[int], list[Mapping[str, Any]]]:
    """Return the ids that a value links, and the values of rows in it.

    Of a link, the value may also be the form around a row.

    >>> linked_ids("many2one", 7), linked_ids("many2one", (7, "Ann"))
    (({7}, []), ({7}, []))
    >>> linked_ids("many2one", {"id": 7, "partner_id": 3})
    (set(), [{'id': 7, 'partner_id': 3}])
    >>> linked_ids("many2many", [(6, 0, [1, 2]), [4, 3], [0, 0, {"a": 1}], (3, 9)])
    ({1, 2, 3}, [{'a': 1}])
    >>> linked_ids("one2many", [(1, 5, {"move_id": 4})])
    ({5}, [{'id': 5, 'move_id': 4}])
    >>> linked_ids("many2many", "all"), linked_ids("many2one", "virtual_1")
    ((set(), []), (set(), []))

    What no command has, does not count:

    >>> linked_ids("many2many", [
    ...     1, (0, 0, [2]), (6, 0, 3), (4, 5, {"a": 1}), (3, 6, [7])])
    ({1, 5}, [])
    """
    if kind == "many2one":
        if isinstance(value, Mapping):
            return set(), [value]
        key = value[0] if isinstance(value, list | tuple) and value else value
        return _ids([key]), []
    ids: set[int] = set()
    rows: list[Mapping[str, Any]] = []
    for command in value if isinstance(value, list | tuple) else ():
        if not isinstance(command, list | tuple):
            ids |= _ids([command])
            continue
        code, key, content = (*command, None, None, None)[:COMMAND_PARTS]
        if code in (LINK, UPDATE):
            ids |= _ids([key])
        if code in (CREATE, UPDATE) and isinstance(content, Mapping):
            rows.append({"id": key, **content} if code == UPDATE else content)
        elif code == SET and isinstance(content, list | tuple):
            ids |= _ids(content)
    return ids, rows


def _ids(keys: Iterable[Any]) -> set[int]:
    return {key for key in keys if type(key) is int}


def _reference(_kind: str, value: Any) -> str | None:
    if not isinstance(value, str):
        return None if hasattr(value, "_name") else "record"
    model, _comma, key = value.partition(",")
    known = model.strip() and key.isdecimal() and int(key) <= MAX_INTEGER
    return None if known and is_storable(value) else "record"


def _binary(_kind: str, value: Any) -> str | None:
    if not isinstance(value, str | bytes):
        return "file"
    if decoded_size(value) > maximum("file"):
        return "file_size"
    try:
        base64.b64decode(value)
    except (binascii.Error, ValueError):
        return "file"
    return None


def _json(_kind: str, value: Any) -> str | None:
    return None if all(map(is_storable, _texts(value))) else "character"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = [*value.keys(), *value.values()]
    if isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
    if isinstance(value, str):
        yield value


_CHECKS = {
    **dict.fromkeys(("char", "text", "html"), _text),
    **dict.fromkeys(("integer", "float", "monetary", "many2one_reference"), _number),
    **dict.fromkeys(("date", "datetime"), _date),
    **dict.fromkeys(("one2many", "many2many"), _records),
    "many2one": _record,
    "reference": _reference,
    "binary": _binary,
    "image": _binary,
    "json": _json,
}
