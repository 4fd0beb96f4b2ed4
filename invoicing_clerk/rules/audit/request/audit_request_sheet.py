"""The request list as a spreadsheet: from cells to requests, or to faults."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

COLUMNS = ("number", "area", "name", "description", "date_due", "user_id")
LARGEST_NUMBER = 99_999
LONGEST_LIST = 5_000

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


def day(cell: object) -> date | None:
    """Return the date in a cell, entered as a date or as text; None if empty.

    :raises ValueError: it is not a date

    >>> day(datetime(2026, 3, 1, 12)), day("2026-03-01"), day(" ")
    (datetime.date(2026, 3, 1), datetime.date(2026, 3, 1), None)
    >>> day("soon")
    Traceback (most recent call last):
    ValueError: Invalid isoformat string: 'soon'
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    return date.fromisoformat(text(cell)) if text(cell) else None


def number(cell: object) -> int | None:
    """Return the number in a cell; None if empty.

    :raises ValueError: it is not a whole number from 1 to ``LARGEST_NUMBER``

    >>> number(4.0), number("1"), number("99999"), number(None)
    (4, 1, 99999, None)
    >>> for cell in ("1.5", 0, 100_000):
    ...     try:
    ...         number(cell)
    ...     except ValueError as error:
    ...         print("refused:", error)
    refused: 1.5
    refused: 0
    refused: 100000
    """
    content = text(cell)
    if not content:
        return None
    value = int(content) if content.isascii() and content.isdigit() else 0
    if not 1 <= value <= LARGEST_NUMBER:
        raise ValueError(content)
    return value


def read(
    rows: Iterable[Row], header: Mapping[str, str], areas: Mapping[str, str]
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

    >>> sheet = [("No", "Request"), *[("", "Ageing"), ("1.5", "Ageing")] * 2_501]
    >>> requests, faults = read(sheet, titles, {})
    >>> len(requests), len(faults), faults[-1]
    (2500, 2501, Fault(row=5002, code='length', value='5000'))
    """
    numbered = _filled(rows)
    places = _places(numbered, header)
    requests: list[Line] = []
    faults: list[Fault] = []
    numbers: dict[int, int] = {}
    for at, row in numbered:
        if len(requests) + len(faults) >= LONGEST_LIST:
            faults.append(Fault(at, "length", str(LONGEST_LIST)))
            break
        cells = {name: row[place] for name, place in places.items() if place < len(row)}
        values, wrong = _values(at, cells, areas)
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
    at: int, cells: Mapping[str, object], areas: Mapping[str, str]
) -> tuple[dict[str, object], list[Fault]]:
    values: dict[str, object] = {}
    faults = []
    for name, cell in cells.items():
        value = _value_or_fault(at, name, cell, areas)
        if isinstance(value, Fault):
            faults.append(value)
        else:
            values[name] = value
    return values, faults


def _value_or_fault(
    at: int, name: str, cell: object, areas: Mapping[str, str]
) -> object:
    try:
        return _value(name, cell, areas)
    except (ValueError, KeyError):
        return Fault(at, name, text(cell))


def _value(name: str, cell: object, areas: Mapping[str, str]) -> object:
    if name == "number":
        return number(cell)
    if name == "date_due":
        return day(cell)
    if name == "area":
        return areas[text(cell).lower()] if text(cell) else None
    if name == "name" and not text(cell):
        raise ValueError(name)
    return text(cell)


def _duplicates(at: int, value: object, numbers: dict[int, int]) -> list[Fault]:
    if not isinstance(value, int):
        return []
    first = numbers.setdefault(value, at)
    return [] if first == at else [Fault(at, "twice", str(value))]
