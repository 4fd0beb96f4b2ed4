"""The request list as a sheet: from cells to requests, or to what is wrong there."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

COLUMNS = ("number", "area", "name", "description", "date_due", "user_id")
LARGEST_NUMBER = 99_999
LONGEST_LIST = 5_000

Row = Sequence[object]


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row: a code for the sentence, and the value in question."""

    row: int
    code: str
    value: str = ""


@dataclass(frozen=True)
class Asked:
    """A row of the sheet. ``values`` holds the columns that the sheet has."""

    row: int
    values: Mapping[str, object] = field(default_factory=dict)


class NoHeaderError(Exception):
    """No row of the sheet names the column that a list cannot do without."""


def text(cell: object) -> str:
    """A cell as somebody reads it.

    >>> text(None), text("  a "), text(3.0), text(2.5)
    ('', 'a', '3', '2.5')
    """
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()


def day(cell: object) -> date | None:
    """The day in a cell, typed as a date or as text; None in an empty one.

    :raises ValueError: it is no day

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
    """The number in a cell; None in an empty one.

    :raises ValueError: it is not a whole number from 1 to ``LARGEST_NUMBER``

    >>> number(4.0), number("12"), number(None)
    (4, 12, None)
    >>> number("1.5")
    Traceback (most recent call last):
    ValueError: 1.5
    """
    written = text(cell)
    if not written:
        return None
    found = int(written) if written.isascii() and written.isdigit() else 0
    if not 1 <= found <= LARGEST_NUMBER:
        raise ValueError(written)
    return found


def read(
    rows: Iterable[Row], header: Mapping[str, str], areas: Mapping[str, str]
) -> tuple[list[Asked], list[Fault]]:
    """Requests of a sheet, and what is wrong with its rows.

    :param rows: the cells, from the first row on
    :param header: columns by what they may be called, in small letters
    :param areas: areas by what they may be called, in small letters
    :raises NoHeaderError: no row names the column of what is asked for

    >>> sheet = [("Request", "Due"), ("Ageing", "2026-03-01"), ("", ""), ("", "soon")]
    >>> asked, faults = read(sheet, {"request": "name", "due": "date_due"}, {})
    >>> asked
    [Asked(row=2, values={'name': 'Ageing', 'date_due': datetime.date(2026, 3, 1)})]
    >>> faults
    [Fault(row=4, code='name', value=''), Fault(row=4, code='date_due', value='soon')]
    """
    numbered = _filled(rows)
    places = _places(numbered, header)
    asked: list[Asked] = []
    faults: list[Fault] = []
    numbers: dict[int, int] = {}
    for at, row in numbered:
        if len(asked) + len(faults) >= LONGEST_LIST:
            faults.append(Fault(at, "length", str(LONGEST_LIST)))
            break
        cells = {name: row[place] for name, place in places.items() if place < len(row)}
        values, wrong = _values(at, cells, areas)
        wrong += _twice(at, values.get("number"), numbers)
        faults += wrong
        if not wrong:
            asked.append(Asked(at, values))
    return asked, faults


def _filled(rows: Iterable[Row]) -> Iterator[tuple[int, Row]]:
    for at, row in enumerate(rows, 1):
        if any(text(cell) for cell in row):
            yield at, row


def _places(
    numbered: Iterator[tuple[int, Row]], header: Mapping[str, str]
) -> dict[str, int]:
    """Where each column stands, from the first row that names what is asked for."""
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


def _twice(at: int, found: object, numbers: dict[int, int]) -> list[Fault]:
    if not isinstance(found, int):
        return []
    first = numbers.setdefault(found, at)
    return [] if first == at else [Fault(at, "twice", str(found))]
