"""The request list as a spreadsheet: from cells to requests, or to faults."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

COLUMNS = ("number", "area", "name", "description", "date_due", "user_id")
LARGEST_NUMBER = 99_999
LONGEST_LIST = 5_000
LONGEST_REFERENCE = 32

# Day zero of the serial numbers of spreadsheets.
EPOCH = date(1899, 12, 30)
CENTURY = range(2000, 2100)
SERIAL = re.compile(r"\d{5}(\.\d+)?")
TYPED_DAY = re.compile(
    r"(\d{4}|\d{1,2})([-./])(\d{1,2})\2(\d{4}|\d{1,2})"
    r"([T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?"
)

Row = Sequence[object]


@dataclass(frozen=True)
class Fault:
    """A fault of a row: a code for the message, and the invalid value."""

    row: int
    code: str
    value: str = ""


@dataclass(frozen=True)
class Line:
    """A valid row of the sheet. ``values`` holds the columns that the sheet has."""

    row: int
    values: Mapping[str, object] = field(default_factory=dict)


class NoHeaderError(Exception):
    """No row of the sheet has the title of the required column."""


def text(cell: object) -> str:
    """Return a cell as text.

    >>> text(None), text("  a "), text(3.0), text(2.5)
    ('', 'a', '3', '2.5')
    """
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()


def day(cell: object, day_first: bool = True) -> date | None:
    """Return the date in a cell, entered as a date or as text; None if empty.

    Text may have a time after the date. Where only slashes say what is the day and what
    the month, ``day_first`` decides, unless one of them cannot be a month.

    :raises ValueError: it is not a date of this century

    >>> [str(day(cell)) for cell in (datetime(2026, 3, 1, 12), "2026-03-01", " ")]
    ['2026-03-01', '2026-03-01', 'None']
    >>> [str(day(cell)) for cell in ("2026-12-31 00:00:00", "2026-12-31T10:00Z",
    ...     "31.12.2026", "1.3.26", "31-12-2026", "2026/12/31", "31.12.2026 10:30")]
    ... # doctest: +NORMALIZE_WHITESPACE
    ['2026-12-31', '2026-12-31', '2026-12-31', '2026-03-01', '2026-12-31', '2026-12-31',
     '2026-12-31']
    >>> str(day("03/04/2026")), str(day("03/04/2026", day_first=False))
    ('2026-04-03', '2026-03-04')
    >>> str(day("12/31/2026")), str(day("31/12/2026", day_first=False))
    ('2026-12-31', '2026-12-31')

    A cell without the format of a date holds the days since 30 December 1899:

    >>> str(day(46387)), str(day("46387.5"))
    ('2026-12-31', '2026-12-31')
    >>> for cell in ("soon", "31.02.2026", "2026-13-01", 12, "9999-12-31", True):
    ...     try:
    ...         day(cell)
    ...     except ValueError:
    ...         print("refused:", cell)
    refused: soon
    refused: 31.02.2026
    refused: 2026-13-01
    refused: 12
    refused: 9999-12-31
    refused: True
    """
    if isinstance(cell, datetime):
        cell = cell.date()
    content = text(cell)
    if not content:
        return None
    found = cell if isinstance(cell, date) else _typed_day(content, day_first)
    if found.year not in CENTURY:
        raise ValueError(content)
    return found


def _typed_day(content: str, day_first: bool) -> date:
    if SERIAL.fullmatch(content):
        return EPOCH + timedelta(days=int(float(content)))
    match = TYPED_DAY.fullmatch(content)
    if not match:
        raise ValueError(content)
    first, separator, second, third = match.groups()[:4]
    if len(first) == 4:
        return date(int(first), int(second), int(third))
    year = int(third) + (2000 if len(third) == 2 else 0)
    days, months = int(first), int(second)
    if separator == "/" and (months > 12 or (not day_first and days <= 12)):
        days, months = months, days
    return date(year, months, days)


def number(cell: object) -> int | str | None:
    """Return the number in a cell, or the auditors' own reference; None if empty.

    :raises ValueError: it is a whole number outside 1 to ``LARGEST_NUMBER``, has no
        digit, or is too long

    >>> number(4.0), number("1"), number("99999"), number(None)
    (4, 1, 99999, None)
    >>> number("PBC-1"), number(1.1), number(" 2.3 a ")
    ('PBC-1', '1.1', '2.3 a')
    >>> for cell in ("x", 0, 100_000, "1" * 40, "A1" * 40):
    ...     try:
    ...         number(cell)
    ...     except ValueError:
    ...         print("refused:", cell if len(str(cell)) < 9 else "a long one")
    refused: x
    refused: 0
    refused: 100000
    refused: a long one
    refused: a long one
    """
    content = text(cell)
    if not content:
        return None
    if content.isascii() and content.isdigit():
        if len(content) <= 9 and 1 <= int(content) <= LARGEST_NUMBER:
            return int(content)
    elif len(content) <= LONGEST_REFERENCE and any(map(str.isdigit, content)):
        return content
    raise ValueError(content)


def read(
    rows: Iterable[Row],
    header: Mapping[str, str],
    areas: Mapping[str, str],
    day_first: bool = True,
) -> tuple[list[Line], list[Fault]]:
    """Return the valid rows of a sheet, and the faults of the others.

    :param rows: the cells, from the first row on
    :param header: columns by their possible titles, in lower case
    :param areas: areas by their possible labels, in lower case
    :param day_first: in dates with slashes, the day comes before the month
    :raises NoHeaderError: no row has the title of the required column

    >>> sheet = [("Request", "Due"), ("Ageing", "2026-03-01"), ("", ""), ("", "soon")]
    >>> requests, faults = read(sheet, {"request": "name", "due": "date_due"}, {})
    >>> requests
    [Line(row=2, values={'name': 'Ageing', 'date_due': datetime.date(2026, 3, 1)})]
    >>> faults
    [Fault(row=4, code='name', value=''), Fault(row=4, code='date_due', value='soon')]

    Numbers are unique, areas are known, and a row may be shorter than the header:

    >>> titles = {"no": "number", "request": "name", "area": "area"}
    >>> sheet = [("No", "Request", "Area"),
    ...     (1, "Ageing", "Revenue"), (1, "Cut-off", "Sales"), (2, "Taxes")]
    >>> requests, faults = read(sheet, titles, {"revenue": "revenue"})
    >>> [request.values for request in requests]
    [{'number': 1, 'name': 'Ageing', 'area': 'revenue'}, {'number': 2, 'name': 'Taxes'}]
    >>> faults
    [Fault(row=3, code='area', value='Sales'), Fault(row=3, code='twice', value='1')]

    A list has at most 5,000 rows, faults included:

    >>> sheet = [("No", "Request"), *[("", "Ageing"), ("x", "Ageing")] * 2_501]
    >>> requests, faults = read(sheet, titles, {})
    >>> len(requests), len(faults), faults[-1]
    (2500, 2501, Fault(row=5002, code='length', value='5000'))
    """
    numbered = _filled(rows)
    places = _places(numbered, header)
    requests: list[Line] = []
    faults: list[Fault] = []
    numbers: dict[int | str, int] = {}
    for at, row in numbered:
        if len(requests) + len(faults) >= LONGEST_LIST:
            faults.append(Fault(at, "length", str(LONGEST_LIST)))
            break
        cells = {name: row[place] for name, place in places.items() if place < len(row)}
        values, wrong = _values(at, cells, areas, day_first)
        wrong += _duplicates(at, values.get("number"), numbers)
        faults += wrong
        if not wrong:
            requests.append(Line(at, values))
    return requests, faults


def _filled(rows: Iterable[Row]) -> Iterator[tuple[int, Row]]:
    for at, row in enumerate(rows, 1):
        if any(text(cell) for cell in row):
            yield at, row


def _places(
    numbered: Iterator[tuple[int, Row]], header: Mapping[str, str]
) -> dict[str, int]:
    """Return the position of each column, from the first row that has the titles."""
    for _at, row in numbered:
        names = [header.get(text(cell).lower(), "") for cell in row]
        if "name" in names:
            return {name: names.index(name) for name in names if name}
    raise NoHeaderError


def _values(
    at: int, cells: Mapping[str, object], areas: Mapping[str, str], day_first: bool
) -> tuple[dict[str, object], list[Fault]]:
    values: dict[str, object] = {}
    faults = []
    for name, cell in cells.items():
        value = _value_or_fault(at, name, cell, areas, day_first)
        if isinstance(value, Fault):
            faults.append(value)
        else:
            values[name] = value
    return values, faults


def _value_or_fault(
    at: int, name: str, cell: object, areas: Mapping[str, str], day_first: bool
) -> object:
    try:
        if name == "date_due":
            return day(cell, day_first)
        return _value(name, cell, areas)
    except (ValueError, KeyError):
        return Fault(at, name, text(cell))


def _value(name: str, cell: object, areas: Mapping[str, str]) -> object:
    if name == "number":
        return number(cell)
    if name == "area":
        return areas[text(cell).lower()] if text(cell) else None
    if name == "name" and not text(cell):
        raise ValueError(name)
    return text(cell)


def _duplicates(at: int, value: object, numbers: dict[int | str, int]) -> list[Fault]:
    if not isinstance(value, (int, str)):
        return []
    first = numbers.setdefault(value, at)
    return [] if first == at else [Fault(at, "twice", str(value))]
