"""Positive pay files: how a company reports the checks it has issued to its bank.

The bank pays only checks that agree with the file. Each bank has a format of its own,
so that formats are data: delimited values, or fields at fixed positions of a line.
"""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

KINDS = [
    ("delimited", "Delimited"),
    ("fixed", "Fixed Width"),
]
RECORDS = [
    ("header", "Header"),
    ("check", "Check"),
    ("trailer", "Trailer"),
]
SOURCES = [
    ("account", "Account Number"),
    ("number", "Check Number"),
    ("date", "Date"),
    ("amount", "Amount"),
    ("payee", "Payee"),
    ("kind", "Issue or Void"),
    ("count", "Number of Checks"),
    ("constant", "Constant"),
]
PADS = [
    ("space", "Spaces"),
    ("zero", "Zeros"),
]
SIDES = [
    ("left", "Left"),
    ("right", "Right"),
]
AMOUNTS = [
    ("implied", "Implied Decimals"),
    ("point", "Decimal Point"),
]
DATES = [
    ("mm_dd_yyyy", "MM/DD/YYYY"),
    ("mmddyyyy", "MMDDYYYY"),
    ("mmddyy", "MMDDYY"),
    ("yyyymmdd", "YYYYMMDD"),
    ("yyyy_mm_dd", "YYYY-MM-DD"),
]
DATE_PATTERNS = {
    "mm_dd_yyyy": "%m/%d/%Y",
    "mmddyyyy": "%m%d%Y",
    "mmddyy": "%m%d%y",
    "yyyymmdd": "%Y%m%d",
    "yyyy_mm_dd": "%Y-%m-%d",
}
LINE_ENDS = [
    ("crlf", "CR LF"),
    ("lf", "LF"),
]
DELIMITERS = [
    ("comma", "Comma"),
    ("semicolon", "Semicolon"),
    ("bar", "Vertical Bar"),
    ("tab", "Tab"),
]
DELIMITER_CHARACTERS = {"comma": ",", "semicolon": ";", "bar": "|", "tab": "\t"}
PAD_CHARACTERS = {"space": " ", "zero": "0"}
LINE_END_BYTES = {"crlf": b"\r\n", "lf": b"\n"}
MAX_LENGTH = 1000
# Letters that are more than a letter of ASCII with a mark.
LETTERS = str.maketrans(
    {
        "Æ": "AE",
        "æ": "ae",
        "Œ": "OE",
        "œ": "oe",
        "ß": "ss",
        "Ø": "O",
        "ø": "o",
        "Ł": "L",
        "ł": "l",
        "Đ": "D",
        "đ": "d",
        "Þ": "Th",
        "þ": "th",
        "ð": "d",
    }
)


class PositivePayError(ValueError):
    """A value that the format has no room for."""

    def __init__(self, source: str, value: str, length: int) -> None:
        super().__init__(source)
        self.source, self.value, self.length = source, value, length


@dataclass(frozen=True)
class Row:
    """A check as it is reported; the totals are rows as well.

    :param is_void: the check was reported before, and is not to be paid
    :param count: the number of checks, for header and trailer
    """

    account: str
    date: datetime.date
    amount: Decimal
    number: str = ""
    payee: str = ""
    is_void: bool = False
    count: int = 0


@dataclass(frozen=True)
class Field:
    """A field of a format.

    :param start: position of the first character, from 1; of fixed width only
    :param length: the number of characters; at most this number if delimited, and any
        number if 0
    """

    source: str
    record: str = "check"
    start: int = 0
    length: int = 0
    pad: str = "space"
    justify: str = "left"
    amount_format: str = "point"
    date_format: str = "mm_dd_yyyy"
    issue_value: str = ""
    void_value: str = ""
    constant: str = ""

    def text(self, row: Row) -> str:
        """Return the value of a row, without padding.

        >>> day, amount = datetime.date(2026, 1, 5), Decimal("7.50")
        >>> row = Row("0012", day, amount, "00042", "É & Co")
        >>> cents = Field("amount", amount_format="implied")
        >>> Field("amount").text(row), cents.text(row)
        ('7.50', '750')
        >>> Field("date", date_format="mmddyy").text(row), Field("number").text(row)
        ('010526', '42')
        >>> Field("payee").text(row), Field("kind", issue_value="I").text(row)
        ('E & Co', 'I')
        >>> Field("count").text(row)
        '0'
        """
        texts = {
            "account": lambda: row.account,
            "number": lambda: row.number.lstrip("0"),
            "date": lambda: row.date.strftime(DATE_PATTERNS[self.date_format]),
            "amount": lambda: self._amount(row.amount),
            "payee": lambda: row.payee,
            "kind": lambda: self.void_value if row.is_void else self.issue_value,
            "count": lambda: str(row.count),
            "constant": lambda: self.constant,
        }
        return plain(texts[self.source]())

    def _amount(self, amount: Decimal) -> str:
        text = f"{amount:.2f}"
        return text.replace(".", "") if self.amount_format == "implied" else text

    def fitted(self, row: Row) -> str:
        """Return the value of a row, as long as the field.

        Names are cut off, and nothing else is.

        >>> day, amount = datetime.date(2026, 1, 5), Decimal("7.50")
        >>> row = Row("12", day, amount, payee="Partner A")
        >>> Field("payee", length=4).fitted(row), Field("account", length=4).fitted(row)
        ('Part', '12  ')
        >>> Field("account", length=4, pad="zero", justify="right").fitted(row)
        '0012'
        >>> Field("amount", length=4).fitted(row)
        '7.50'
        >>> try:
        ...     Field("amount", length=3).fitted(row)
        ... except PositivePayError as error:
        ...     print(error.source, error.value, error.length)
        amount 7.50 3

        :raises PositivePayError: the value is longer than the field
        """
        text = self.shortened(row)
        pad = PAD_CHARACTERS[self.pad]
        width = self.length
        return (
            text.rjust(width, pad)
            if self.justify == "right"
            else text.ljust(width, pad)
        )

    def shortened(self, row: Row) -> str:
        """Return the value of a row without padding, cut off if it is a name.

        :raises PositivePayError: the value is longer than the field
        """
        text = self.text(row)
        if not self.length or len(text) <= self.length:
            return text
        if self.source != "payee":
            raise PositivePayError(self.source, text, self.length)
        return text[: self.length]


@dataclass(frozen=True)
class Format:
    """The format of a bank.

    :param line_length: of fixed width, filled with spaces to it
    """

    kind: str
    fields: Sequence[Field]
    delimiter: str = "comma"
    line_length: int = 0
    line_end: str = "crlf"

    def file(self, rows: Sequence[Row], total: Row) -> bytes:
        """Return the content of a file.

        :param total: account, day, and the number and amount of all issues
        :raises PositivePayError: a value is longer than its field

        >>> day = datetime.date(2026, 1, 5)
        >>> row = Row("12", day, Decimal("7.50"), "00042", "A, B")
        >>> total = Row("12", day, Decimal("7.50"), count=1)
        >>> fields = [Field("number"), Field("amount"), Field("payee")]
        >>> Format("delimited", fields, line_end="lf").file([row], total)
        b'42,7.50,A  B\\n'
        >>> fields = [
        ...     Field("number", start=1, length=5, pad="zero", justify="right"),
        ...     Field("payee", start=7, length=3),
        ...     Field("count", "trailer", start=1, length=2),
        ... ]
        >>> Format("fixed", fields, line_length=10).file([row], total)
        b'00042 A,  \\r\\n1         \\r\\n'
        """
        lines = [self._line(record, row) for record, row in self._records(rows, total)]
        end = LINE_END_BYTES[self.line_end]
        return b"".join(line.encode("ascii") + end for line in lines)

    def _records(self, rows: Sequence[Row], total: Row) -> Iterator[tuple[str, Row]]:
        used = {field.record for field in self.fields}
        if "header" in used:
            yield "header", total
        for row in rows:
            yield "check", row
        if "trailer" in used:
            yield "trailer", total

    def _line(self, record: str, row: Row) -> str:
        fields = [field for field in self.fields if field.record == record]
        if self.kind == "delimited":
            texts = [field.shortened(row) for field in fields]
            mark = DELIMITER_CHARACTERS[self.delimiter]
            return mark.join(
                text.replace(mark, " ").replace('"', " ") for text in texts
            )
        line = [" "] * self.line_length
        for field in fields:
            begin = field.start - 1
            line[begin : begin + field.length] = field.fitted(row)
        return "".join(line)

    def overlaps(self) -> list[tuple[Field, Field]]:
        """Return pairs of fields that have positions in common.

        >>> one = Field("number", start=1, length=5)
        >>> two = Field("date", start=5, length=8)
        >>> Format("fixed", [two, one]).overlaps() == [(one, two)]
        True
        >>> following = Field("date", start=6, length=8)
        >>> Format("fixed", [one, following]).overlaps()
        []
        """
        ordered = sorted(self.fields, key=lambda field: (field.record, field.start))
        return [
            (before, after)
            for before, after in zip(ordered, ordered[1:], strict=False)
            if before.record == after.record
            and before.start + before.length > after.start
        ]

    def outside(self) -> list[Field]:
        """Return fields that are not on the line.

        >>> late = Field("date", start=5, length=8)
        >>> Format("fixed", [late], line_length=10).outside() == [late]
        True
        >>> def is_outside(**place):
        ...     layout = Format("fixed", [Field("date", **place)], line_length=10)
        ...     return bool(layout.outside())
        >>> [is_outside(start=start, length=length)
        ...     for start, length in ((1, 10), (10, 1), (3, 8))]
        [False, False, False]
        >>> [is_outside(start=start, length=length)
        ...     for start, length in ((0, 5), (5, 0), (4, 8))]
        [True, True, True]

        Without a position, or a length of the line, it has no place:

        >>> is_outside(length=5)
        True
        >>> Format("fixed", [Field("number", start=1, length=1)]).outside() != []
        True
        """
        return [
            field
            for field in self.fields
            if field.start < 1
            or field.length < 1
            or field.start + field.length - 1 > self.line_length
        ]


def plain(text: str) -> str:
    """Return a text in one line of ASCII, as banks read it.

    >>> plain("Müller\\n& Söhne – Zürich"), plain("Łódź")
    ('Muller & Sohne Zurich', 'Lodz')
    """
    parts = unicodedata.normalize("NFKD", text.translate(LETTERS))
    parts = parts.encode("ascii", "ignore").decode()
    printable = "".join(each if each.isprintable() else " " for each in parts)
    return " ".join(printable.split())
