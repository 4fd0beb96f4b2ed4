"""Dates as people enter them in spreadsheets: as a date, a number or a text."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from babel import Locale, UnknownLocaleError

# Excel counts days from here; workbooks of old Macs have another day.
EPOCH = date(1899, 12, 30)
# Days that are likely if they are entered as text: 1954 to 2119.
SERIAL_NUMBERS = range(20_000, 80_001)
YEARS = range(1900, 3000)
CENTURY = 2000
YEAR_DIGITS = 4
# Languages whose months and weekdays are read whatever the language of the user is.
LANGUAGES = (
    *("en", "fr", "de", "es", "it", "nl", "pt", "pl", "cs", "sk", "da", "sv", "nb"),
    *("fi", "hu", "ro", "tr", "hr", "sl", "bg", "el", "ru", "uk", "lt", "lv", "et"),
)
# Short forms that people use, and that no calendar has.
OTHER_MONTHS = {"octo": 10, "deci": 12, "mrz": 3}
# Words around a date.
FILLERS = frozenset(
    {
        *("st", "nd", "rd", "th", "of", "the", "on", "by", "due", "at", "le", "du"),
        *("de", "del", "den", "der", "d", "am", "bis", "el", "il", "à", "a", "um"),
        *("uhr", "г", "er", "kl"),
    }
)
EMPTY = frozenset({"", "n/a", "na", "none", "tbd", "tba", "tbc"})
DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-") | {"。": ".", "'": " ", "’": " "})
EASTERN = re.compile(r"(\d{4})[年년] ?(\d{1,2})[月월] ?(\d{1,2})[日일]")
NUMBERED_DATE = re.compile(r"(\d{1,4})( ?[./-] ?| )(\d{1,2})\2(\d{4}|\d{2})")
TIME_OF_DAY = re.compile(
    r"[,;T ]+(?:at |um |kl\.? ?|à )?"
    r"(?:\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?"
    r"|\d{1,2} ?[AaPp]\.?[Mm]\.?|\d{1,2} ?h(?: ?\d{2})?)"
    r"(?: ?(?:Uhr|h|[A-Z]{3,4}))?$"
)
ZONE = re.compile(r"(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})$")
PARTS = re.compile(r"\d+|[^\W\d_]+")


@dataclass(frozen=True)
class Habits:
    """Order of dates and names of months in the language, and day zero of the file."""

    day_first: bool = True
    epoch: date = EPOCH
    language: str = "en"


DEFAULT = Habits()


@cache
def _names(language: str, kind: str) -> dict[str, int]:
    """Return months or weekdays by their names in a language."""
    tables = getattr(Locale.parse(language), kind)
    return {
        part: number
        for context in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for number, name in tables[context][width].items()
        for part in PARTS.findall(name.lower())
        if not part.isdigit()
    }


@cache
def _months() -> dict[str, int]:
    """Return months by their names in all languages, if these agree.

    >>> _months()["december"], _months()["déc"], _months().get("listopad")
    (12, 12, None)
    >>> [_months()[name] for name in ("juil", "sep", "sept", "octo", "deci", "mrz")]
    [7, 9, 9, 10, 12, 3]
    """
    found: dict[str, set[int]] = defaultdict(set)
    for language in LANGUAGES:
        for name, month in _names(language, "months").items():
            found[name].add(month)
    agreed = {name: each.pop() for name, each in found.items() if len(each) == 1}
    return OTHER_MONTHS | agreed


@cache
def _ignored() -> frozenset[str]:
    """Return the words that do not change a date: weekdays and fillers."""
    weekdays = {name for language in LANGUAGES for name in _names(language, "days")}
    return FILLERS | weekdays


def _month(word: str, language: str) -> int | None:
    with suppress(ValueError, UnknownLocaleError):
        if month := _names(language, "months").get(word):
            return month
    return _months().get(word)


def day(cell: object, text: str, habits: Habits = DEFAULT) -> date | None:
    """Return the date in a cell, given with its text; None if there is none.

    :raises ValueError: it is not a date
    """
    if isinstance(cell, datetime):
        found = cell.date()
    elif isinstance(cell, date):
        found = cell
    elif not text.strip("-–— ") or text.lower() in EMPTY:
        return None
    else:
        found = parsed(text, habits)
    if found.year not in YEARS:
        raise ValueError(text)
    return found


def _plain(content: str) -> str:
    """Return a text in ordinary digits and signs, without time of day.

    >>> _plain("３１／１２／２０２６ 17:00"), _plain("31 – 12 – 2026,  5 pm")
    ('31/12/2026', '31 - 12 - 2026')
    """
    content = unicodedata.normalize("NFKC", content).translate(DASHES)
    content = "".join(
        str(unicodedata.decimal(each)) if each.isdecimal() else each for each in content
    )
    content = " ".join(content.split())
    if ":" in content:
        content = ZONE.sub("", content)
    content = EASTERN.sub(r"\1-\2-\3", content)
    return TIME_OF_DAY.sub("", content).strip(" .,;")


def parsed(content: str, habits: Habits = DEFAULT) -> date:
    """Return the date in a text.

    :raises ValueError: the text is not a date
    """
    content = _plain(content)
    if re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", content):
        if int(content[:5]) in SERIAL_NUMBERS:
            return habits.epoch + timedelta(days=int(content[:5]))
        raise ValueError(content)
    if re.fullmatch(r"[0-9]{8}", content):
        return date.fromisoformat(f"{content[:4]}-{content[4:6]}-{content[6:]}")
    with suppress(ValueError):
        return date.fromisoformat(content)
    candidates = readings(content, habits)
    if not candidates:
        raise ValueError(content)
    return candidates[0]


def readings(content: str, habits: Habits) -> list[date]:
    """Return the days that a text of numbers and words may be, the likely one first.

    >>> [str(each) for each in readings("3/4/2026", Habits())]
    ['2026-04-03', '2026-03-04']
    >>> [str(each) for each in readings("Thursday, December 31st, 2026", Habits())]
    ['2026-12-31']
    >>> readings("1 May June 2026", Habits())
    []
    """
    words = [each for each in PARTS.findall(content.lower()) if not each.isdigit()]
    months = [month for each in words if (month := _month(each, habits.language))]
    unknown = [
        each
        for each in words
        if each not in _ignored() and not _month(each, habits.language)
    ]
    if unknown or len(months) > 1:
        return []
    if months:
        return list(_with_month(re.findall(r"\d+", content), months[0]))
    if words:
        numbers = re.search(r"\d.*\d", content)
        content = numbers[0] if numbers else ""
    return _numbered(content, habits)


def _with_month(numbers: list[str], month: int) -> Iterator[date]:
    """Return the day of a month and two numbers; of two short ones, it comes first."""
    if len(numbers) != 2:
        return
    number, year = numbers
    if len(number) == YEAR_DIGITS:
        number, year = year, number
    if len(year) not in (2, YEAR_DIGITS):
        return
    with suppress(ValueError):
        yield date(_year(year), month, int(number))


def _year(digits: str) -> int:
    return int(digits) + (0 if len(digits) == YEAR_DIGITS else CENTURY)


def _numbered(content: str, habits: Habits) -> list[date]:
    """Return the days that three numbers may be."""
    backwards = re.fullmatch(r"(\d{4})( ?[./-] ?| )(\d{1,2})\2(\d{1,2})", content)
    if backwards:
        with suppress(ValueError):
            return [date(*(int(backwards[part]) for part in (1, 3, 4)))]
    parts = NUMBERED_DATE.fullmatch(content)
    if not parts or len(parts[1]) > 2:
        return []
    first, second, year = int(parts[1]), int(parts[3]), _year(parts[4])
    # With dots, the day always comes first.
    has_dots = parts[2].strip() == "."
    orders = [(first, second), (second, first)]
    days = []
    for number, month in orders if habits.day_first or has_dots else reversed(orders):
        with suppress(ValueError):
            days.append(date(year, month, number))
    return days[:1] if has_dots else sorted(set(days), key=days.index)


def doubt(text: str, habits: Habits) -> str:
    """Return the text of a date that could also be another day, or nothing.

    >>> doubt("03/04/2026", Habits()), doubt("03/03/2026", Habits())
    ('03/04/2026', '')
    >>> doubt("31/12/2026", Habits()), doubt("3.4.2026", Habits()), doubt("7", Habits())
    ('', '', '')
    """
    content = _plain(text)
    with suppress(ValueError):
        date.fromisoformat(content)
        return ""
    return content if len(readings(content, habits)) > 1 else ""
