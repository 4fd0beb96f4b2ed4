"""The request list as a spreadsheet: from cells to requests, or to faults."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time

from ... import date_text as dates

COLUMNS = ("number", "area", "name", "description", "date_due", "user_id")
LARGEST_NUMBER = 99_999
LONGEST_LIST = 5_000
LONGEST_REFERENCE = 32
# Letters and Roman numbers that count requests: B, c), (iv).
LETTERS = re.compile(r"\(?(?:[A-Za-z]|[ivxIVX]{2,5})[.)]{0,2}")

Row = Sequence[object]


@dataclass(frozen=True)
class Fault:
    """A fault of a row: a code for the message, and the invalid value."""

    row: int
    code: str
    value: str = ""


@dataclass(frozen=True)
class Line:
    """A valid row of the sheet. ``values`` holds the columns that the sheet has.

    ``doubt`` is a due date that could also be another day.
    """

    row: int
    values: Mapping[str, object] = field(default_factory=dict)
    doubt: str = field(default="", repr=False)


class NoHeaderError(Exception):
    """No row of the sheet has the title of the required column."""


def text(cell: object) -> str:
    """Return a cell as text, without characters that cannot be stored.

    >>> text(None), text("  a "), text(3.0), text(2.5), text("a\\x00b")
    ('', 'a', '3', '2.5', 'ab')
    >>> text(0.1 + 1.0 + 1.1), text(1e12), text(999_999_999_999.5)
    ('2.2', '1000000000000', '1000000000000')
    """
    if cell is None:
        return ""
    if isinstance(cell, float):
        cell = f"{cell:.12g}" if abs(cell) < 1e11 else f"{cell:.0f}"
    return "".join(
        each
        for each in str(cell)
        if each in "\n\t" or unicodedata.category(each) not in ("Cc", "Cs")
    ).strip()


def displayed(value: object, number_format: str) -> object:
    """Return a number with the decimals that its cell shows: 1.10 is not 1.1.

    >>> displayed(1.1, "0.00"), displayed(1.1, "General"), displayed("1.10", "@")
    ('1.10', 1.1, '1.10')
    >>> displayed(True, "0.00")
    True
    """
    shown = re.fullmatch(r"[#,]*0\.(0+)", number_format or "")
    if not shown or not isinstance(value, int | float) or isinstance(value, bool):
        return value
    return f"{value:.{len(shown[1])}f}"


def day(cell: object, habits: dates.Habits = dates.DEFAULT) -> date | None:
    """Return the date in a cell, entered as a date, a number or a text; None if empty.

    :raises ValueError: it is not a date

    >>> from datetime import datetime
    >>> day(datetime(2026, 3, 1, 12)), day("2026-03-01"), day(" ")
    (datetime.date(2026, 3, 1), datetime.date(2026, 3, 1), None)
    >>> same = ("2026-12-31 00:00:00", "2026-12-31T10:15:00Z", "31.12.2026",
    ...     "31.12.26", "31/12/2026", "12/31/2026", "31-12-2026 9:30", 46387, 46387.75,
    ...     "46387", "46387.0", 20261231, "2026/12/31", "31 Dec 2026",
    ...     "December 31, 2026")
    >>> {str(day(cell)) for cell in same}
    {'2026-12-31'}

    The order of the language counts where both are possible:

    >>> str(day("03/04/2026")), str(day("03/04/2026", dates.Habits(day_first=False)))
    ('2026-04-03', '2026-03-04')
    >>> str(day("03.04.2026", dates.Habits(day_first=False)))
    '2026-04-03'
    >>> [str(day(cell)) for cell in ("1900-01-01", 20_000, 80_000, "2999-12-31")]
    ['1900-01-01', '1954-10-03', '2119-01-11', '2999-12-31']

    In words, in many languages, with a weekday or a time:

    >>> same = ("31. Dezember 2026", "31 déc. 2026", "Thu, Dec 31st, 2026 5 pm",
    ...     "31 de diciembre de 2026", "31 Dec 26", "2026年12月31日", "31 – 12 – 2026")
    >>> {str(day(cell)) for cell in same}
    {'2026-12-31'}

    >>> day("-"), day("n/a")
    (None, None)
    >>> for cell in ("soon", "31/31/2026", "1899-12-31", "3000-01-01", 19_999, 80_001):
    ...     try:
    ...         day(cell)
    ...     except ValueError as error:
    ...         print("refused:", cell)
    refused: soon
    refused: 31/31/2026
    refused: 1899-12-31
    refused: 3000-01-01
    refused: 19999
    refused: 80001
    >>> for cell in ("9999-12-31", True, 7, "0", "Dec 2026"):
    ...     try:
    ...         day(cell)
    ...     except ValueError as error:
    ...         print("refused:", cell)
    refused: 9999-12-31
    refused: True
    refused: 7
    refused: 0
    refused: Dec 2026
    """
    return dates.day(cell, text(cell), habits)


def number(cell: object) -> int | str | None:
    """Return the number in a cell, or the reference of another kind; None if empty.

    :raises ValueError: it is a whole number outside 1 to ``LARGEST_NUMBER``, a date, as
        which spreadsheets take 1-2, a word, or too long

    >>> number(4.0), number("1"), number("99999"), number(None)
    (4, 1, 99999, None)
    >>> number("PBC-1"), number(1.1), number("1.10"), number("A 7")
    ('PBC-1', '1.1', '1.10', 'A 7')
    >>> len(number("A1" * 16))
    32
    >>> number("２"), number("(iv)"), number("B"), number("PBC\\n7")
    (2, '(iv)', 'B', 'PBC 7')
    >>> for cell in ("total", 0, 100_000, -3, "A1" * 16 + "B", date(2026, 1, 2)):
    ...     try:
    ...         number(cell)
    ...     except ValueError as error:
    ...         print("refused:", str(cell)[:6])
    refused: total
    refused: 0
    refused: 100000
    refused: -3
    refused: A1A1A1
    refused: 2026-0
    """
    content = " ".join(unicodedata.normalize("NFKC", text(cell)).split())
    if not content:
        return None
    if isinstance(cell, bool | date | time):
        raise ValueError(content)
    if content.isdecimal():
        content = "".join(str(unicodedata.decimal(each)) for each in content)
    if not re.fullmatch(r"-?[0-9]+", content):
        counts = any(map(str.isdecimal, content)) or LETTERS.fullmatch(content)
        if len(content) > LONGEST_REFERENCE or not counts:
            raise ValueError(content)
        return content
    if len(content) > len(str(LARGEST_NUMBER)):
        raise ValueError(content)
    if not 1 <= int(content) <= LARGEST_NUMBER:
        raise ValueError(content)
    return int(content)


def read(
    rows: Iterable[Row],
    header: Mapping[str, str],
    areas: Mapping[str, str],
    habits: dates.Habits = dates.DEFAULT,
) -> tuple[list[Line], list[Fault]]:
    """Return the valid rows of a sheet, and the faults of the others.

    :param rows: the cells, from the first row on
    :param header: columns by their possible titles, in lower case
    :param areas: areas by their possible labels, in lower case
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

    >>> sheet = [("No", "Request"), *[("", "Ageing"), ("0", "Ageing")] * 2_501]
    >>> requests, faults = read(sheet, titles, {})
    >>> len(requests), len(faults), faults[-1]
    (2500, 2501, Fault(row=5002, code='length', value='5000'))
    """
    numbered = _filled(rows)
    places = _places(numbered, header)
    requests: list[Line] = []
    faults: list[Fault] = []
    numbers: dict[object, int] = {}
    for at, row in numbered:
        if len(requests) + len(faults) >= LONGEST_LIST:
            faults.append(Fault(at, "length", str(LONGEST_LIST)))
            break
        cells = {name: row[place] for name, place in places.items() if place < len(row)}
        values, wrong = _values(at, cells, areas, habits)
        wrong += _duplicates(at, values.get("number"), numbers)
        faults += wrong
        if not wrong:
            requests.append(
                Line(at, values, dates.doubt(text(cells.get("date_due")), habits))
            )
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
    at: int, cells: Mapping[str, object], areas: Mapping[str, str], habits: dates.Habits
) -> tuple[dict[str, object], list[Fault]]:
    values: dict[str, object] = {}
    faults = []
    for name, cell in cells.items():
        value = _value_or_fault(at, name, cell, areas, habits)
        if isinstance(value, Fault):
            faults.append(value)
        else:
            values[name] = value
    return values, faults


def _value_or_fault(
    at: int, name: str, cell: object, areas: Mapping[str, str], habits: dates.Habits
) -> object:
    try:
        return _value(name, cell, areas, habits)
    except (ValueError, KeyError, OverflowError):
        return Fault(at, name, text(cell))


def _value(
    name: str, cell: object, areas: Mapping[str, str], habits: dates.Habits
) -> object:
    if name == "number":
        return number(cell)
    if name == "date_due":
        return day(cell, habits)
    if name == "area":
        return areas[text(cell).lower()] if text(cell) else None
    if name == "name" and not text(cell):
        raise ValueError(name)
    return text(cell)


def _duplicates(at: int, value: object, numbers: dict[object, int]) -> list[Fault]:
    if value is None:
        return []
    first = numbers.setdefault(value, at)
    return [] if first == at else [Fault(at, "twice", str(value))]
