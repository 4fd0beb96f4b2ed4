"""Messages of phone systems about calls, parsed strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone

from .call import DIRECTIONS

NAMES = ("external_id", "direction", "number", "start", "end", "agent")
REQUIRED = ("external_id", "direction")

# IDs of phone systems: numbers, UUIDs, SIP Call-IDs; no markup.
_ID = re.compile(r"[A-Za-z0-9._:@+/=~!*%-]{1,128}")
_MAX_CHARACTERS = 256
# Earlier times come from clocks that were never set.
_EARLIEST = datetime(2000, 1, 1)


class BadMessageError(ValueError):
    """A value of a message is invalid: its name, the problem, and the value.

    ``problem`` is ``missing``, ``unknown``, ``type``, ``id``, ``direction`` or
    ``time``.
    """

    def __init__(self, name: str, problem: str, value: object = None) -> None:
        super().__init__(name, problem, value)
        self.name, self.problem, self.value = name, problem, value


@dataclass(frozen=True)
class Message:
    """A call as the message describes it; times are naive and in UTC, as in Odoo.

    ``agent`` is a login or the id of a user. ``number`` is not parsed yet.
    """

    external_id: str
    direction: str
    number: str = ""
    start: datetime | None = None
    end: datetime | None = None
    agent: str | int | None = None


def read(values: object) -> Message:
    """Parse a message; optional values may be missing, None or empty.

    >>> read({"external_id": 17, "direction": "in", "number": "02 555 12 34",
    ...     "start": "2026-01-05T09:00:00+01:00", "agent": "ada"})
    ... # doctest: +NORMALIZE_WHITESPACE
    Message(external_id='17', direction='in', number='02 555 12 34',
        start=datetime.datetime(2026, 1, 5, 8, 0), end=None, agent='ada')

    >>> def problem(**values):
    ...     try:
    ...         read({"external_id": "a", "direction": "in", **values})
    ...     except BadMessageError as error:
    ...         return error.name, error.problem
    >>> problem(external_id=""), problem(external_id="<b>"), problem(external_id=True)
    (('external_id', 'missing'), ('external_id', 'id'), ('external_id', 'type'))
    >>> problem(direction="up"), problem(caller="x"), problem(number=5)
    (('direction', 'direction'), ('caller', 'unknown'), ('number', 'type'))
    >>> problem(agent=["ada"]), problem(agent="x" * 300), problem(agent="a\\0")
    (('agent', 'type'), ('agent', 'type'), ('agent', 'type'))

    The limits of texts, of ids of phone systems (64 bits) and of users (32 bits):

    >>> problem(number="1" * 256), problem(number="1" * 257)
    (None, ('number', 'type'))
    >>> problem(external_id=0), problem(external_id=-1)
    (None, ('external_id', 'type'))
    >>> problem(external_id=2**63 - 1), problem(external_id=2**63)
    (None, ('external_id', 'type'))
    >>> problem(agent=2**31 - 1), problem(agent=2**31)
    (None, ('agent', 'type'))
    """
    if not isinstance(values, Mapping):
        raise BadMessageError("values", "type", values)
    for name in values:
        if name not in NAMES:
            raise BadMessageError(str(name), "unknown")
    given = {name: value for name, value in values.items() if value not in (None, "")}
    for name in REQUIRED:
        if name not in given:
            raise BadMessageError(name, "missing")
    return Message(
        external_id=_id(given["external_id"]),
        direction=_direction(given["direction"]),
        number=_text("number", given.get("number", "")),
        start=_time("start", given.get("start")),
        end=_time("end", given.get("end")),
        agent=_agent(given.get("agent")),
    )


def _id(value: object) -> str:
    number = _integer(value, 2**63)
    text = _text("external_id", value) if number is None else str(number)
    if not _ID.fullmatch(text):
        raise BadMessageError("external_id", "id", value)
    return text


def _direction(value: object) -> str:
    if value not in [code for code, _label in DIRECTIONS]:
        raise BadMessageError("direction", "direction", value)
    return str(value)


def _agent(value: object) -> str | int | None:
    if value is None:
        return None
    number = _integer(value, 2**31)
    return _text("agent", value) if number is None else number


def _integer(value: object, end: int) -> int | None:
    """Return a JSON integer below ``end``, None for anything else, even ``True``."""
    return value if type(value) is int and 0 <= value < end else None


def _text(name: str, value: object) -> str:
    if (
        not isinstance(value, str)
        or len(value) > _MAX_CHARACTERS
        or not value.isprintable()
    ):
        raise BadMessageError(name, "type", value)
    return value


def _time(name: str, value: object) -> datetime | None:
    """Parse a time in ISO 8601, in UTC without an offset, and drop its microseconds.

    >>> _time("end", "2026-01-05 09:00:00"), _time("end", "2026-01-05T09:00:00.250Z")
    (datetime.datetime(2026, 1, 5, 9, 0), datetime.datetime(2026, 1, 5, 9, 0))
    >>> _time("start", "2000-01-01 00:00:00")
    datetime.datetime(2000, 1, 1, 0, 0)
    >>> for text in ("soon", "1999-12-31 23:59:59", "0001-01-01T00:00:00+14:00"):
    ...     try:
    ...         _time("end", text)
    ...     except BadMessageError as error:
    ...         print(error.problem)
    time
    time
    time
    """
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(_text(name, value).replace("Z", "+00:00"))
        if moment.tzinfo:
            moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise BadMessageError(name, "time", value) from error
    if moment < _EARLIEST:
        raise BadMessageError(name, "time", value)
    return moment.replace(microsecond=0)
