"""Sheets of receipts: which column is which, and what their rows and totals say.

Every bank and lockbox has columns of its own. They are guessed by their titles, a
person says which are meant, and the same header row is known from then on. What could
be read in two ways, such as 1.234 or 03/04/2026, is decided by the other rows, or by
that person, and never by chance.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ..date_text import YEARS, Habits, parsed
from ..sheet import is_filled
from .bank_file import BankFile, BankFileError, Entry
from .remittance import ENTERED, AmountError, amount_of, currency_of

MEANINGS = [
    ("date", "Date"),
    ("amount", "Amount"),
    ("currency", "Currency"),
    ("payer", "Payer"),
    ("account", "Payer's Account"),
    ("number", "Check or Reference No."),
    ("bank", "Drawer's Bank"),
    ("text", "Remittance Text"),
]
DECIMAL_MARKS = [(".", "Point (1,234.50)"), (",", "Comma (1.234,50)")]
DATE_ORDERS = [("day", "Day First"), ("month", "Month First")]
# Words in titles by what they mean; the first that a title has counts.
TITLES: Mapping[str, tuple[str, ...]] = {
    "amount": (
        *("credit amount", "paid in", "amount", "betrag", "umsatz", "montant"),
        *("importe", "importo", "bedrag", "credit", "paid"),
    ),
    "currency": ("currency", "curr.", "währung", "devise", "ccy", "moneda"),
    "date": (
        *("booking date", "posting date", "buchungstag", "buchungsdatum", "date"),
        *("datum", "fecha", "valuta"),
    ),
    "account": ("iban", "account", "konto", "compte", "cuenta", "rekening"),
    "bank": ("bank", "bic", "swift", "banque", "banco"),
    "number": (
        *("check no", "check", "cheque", "scheck", "number", "no.", "nr", "numéro"),
        "reference",
    ),
    "payer": (
        *("payer", "name", "debtor", "customer", "drawer", "auftraggeber", "zahler"),
        *("remitter", "client"),
    ),
    "text": (
        *("remittance", "purpose", "zweck", "detail", "description", "memo", "text"),
        *("communication", "libellé", "concepto"),
    ),
}
# Rows above the header that name the bank, the account and the period.
MOST_ABOVE = 30
# Titles of the totals at the end: more words would be the name of a payer.
TOTAL = re.compile(
    r"(?:grand |control |batch )?(?:totals?|sum|summe|gesamt(?:summe|betrag)?|somme|"
    r"totaa?l(?:e|en)?|suma)(?: amount| général)?[ :.]*"
    r"(?:\(?(\d{1,6})\)?(?: (?:receipts|items|checks|payments|rows|records))?)?[ :.]*",
    re.I,
)
COUNT = re.compile(
    r"(?:(?:number|no\.?|count) of )?(?:receipts|items|checks|payments|rows|records|"
    r"count|anzahl|nombre|aantal)[ :.]*(\d{1,6})?",
    re.I,
)
NUMBER = re.compile(r"\d{1,6}")
WORD, DIGITS = re.compile(r"[^\W\d_]"), re.compile(r"\d\d")
SLASHED = re.compile(r"(\d{1,2}) ?([/ -]) ?(\d{1,2}) ?\2 ?(?:\d{4}|\d{2})\b.*")
MONTHS = 12
GROUP = 3

Row = tuple[int, Sequence[str]]
LETTERS = 26


def letters(position: int) -> str:
    """Return the name of a column in spreadsheets.

    >>> [letters(each) for each in (0, 25, 26, 701, 702)]
    ['A', 'Z', 'AA', 'ZZ', 'AAA']
    """
    left, at = divmod(position, LETTERS)
    return (letters(left - 1) if left else "") + chr(ord("A") + at)


@dataclass(frozen=True)
class Layout:
    """Which columns have which meaning, and how amounts and dates are written.

    Without a decimal mark or an order of dates, the rows have to be clear.
    """

    columns: Mapping[str, Sequence[int]]
    decimal: str = ""
    order: str = ""

    def cell(self, row: Sequence[str], meaning: str) -> str:
        """Return what a row has of a meaning, of several columns together."""
        places = self.columns.get(meaning, ())
        return " ".join(filter(None, (row[at] for at in places if at < len(row))))


# The header row


def key_of(titles: Sequence[str]) -> str:
    """Return what identifies a header row, however it is spaced and capitalized.

    >>> key_of(["Date", " AMOUNT ", ""]) == key_of(["date", "Amount"])
    True
    """
    names = [" ".join(title.split()).casefold() for title in titles]
    while names and not names[-1]:
        names.pop()
    return hashlib.sha256("\0".join(names).encode()).hexdigest()


def header_row(rows: Sequence[Sequence[str]], known: Collection[str] = ()) -> int:
    """Return the index of the row with the titles.

    >>> rows = [["My Bank"], ["", ""], ["Posted", "Paid In"], ["1 May", "5.00"]]
    >>> header_row(rows), header_row([["Day", "Value"], ["1 May", "5.00"]])
    (2, 0)
    >>> header_row([["a", "b"], *rows], {key_of(["My Bank"])})
    1

    :param known: keys of header rows that are known
    :raises BankFileError: there is none
    """
    above = list(enumerate(rows[:MOST_ABOVE]))
    titled = [(at, row) for at, row in above if _are_titles(row)]
    likely = [(at, row) for at, row in titled if "amount" in guess(row)]
    remembered = [(at, row) for at, row in above if key_of(row) in known]
    for at, _row in (*remembered, *likely, *titled):
        return at
    raise BankFileError("no_header" if any(map(is_filled, rows)) else "empty")


def _are_titles(row: Sequence[str]) -> bool:
    cells = [cell for cell in row if cell]
    are_words = all(map(WORD.search, cells)) and not any(map(DIGITS.search, cells))
    return len(cells) > 1 and are_words


def guess(titles: Sequence[str]) -> dict[str, list[int]]:
    """Return the columns that titles seem to mean.

    >>> guess(["Buchungstag", "Auftraggeber", "IBAN", "Verwendungszweck", "Betrag"])
    {'amount': [4], 'date': [0], 'account': [2], 'payer': [1], 'text': [3]}
    >>> guess(["Check No.", "Drawer", "Drawer's Bank", "Amount", "Memo"])
    {'amount': [3], 'bank': [2], 'number': [0], 'payer': [1], 'text': [4]}
    """
    found: dict[str, list[int]] = {}
    free = {at: title.casefold() for at, title in enumerate(titles)}
    for meaning, words in TITLES.items():
        fitting = (at for word in words for at, title in free.items() if word in title)
        at = next(fitting, None)
        if at is not None:
            found[meaning] = [at]
            del free[at]
    return found


# The rows


def read(rows: Sequence[Sequence[str]], header: int, layout: Layout) -> BankFile:
    """Return the receipts in a sheet, and the totals in its last rows.

    >>> rows = [["Date", "Payer", "Amount"], ["31/01/2026", "Acme", "(EUR 1.234,50)"],
    ...     ["01/02/2026", "Total Energies", "1.000"], ["Total (2)", "", "2.234,50"]]
    >>> layout = Layout(guess(rows[0]))
    >>> found = read(rows, 0, layout)
    >>> [(str(each.date), each.payer, str(each.amount)) for each in found.entries]
    [('2026-01-31', 'Acme', '-1234.50'), ('2026-02-01', 'Total Energies', '1000')]
    >>> str(found.total), found.count, found.currencies
    ('2234.50', 2, ['EUR'])

    What can be read in two ways is refused, unless a person has decided:

    >>> def refuse(rows, layout=layout):
    ...     try:
    ...         read(rows, 0, layout)
    ...     except BankFileError as error:
    ...         print(error.code, *error.values.values())
    >>> refuse([rows[0], ["", "A", "1.234"]])
    ambiguous 2 1.234
    >>> refuse([rows[0], ["01/02/2026", "A", "1"]])
    date_order 2 01/02/2026
    >>> chosen = Layout(layout.columns, ",", "month")
    >>> entry = read([rows[0], ["01/02/2026", "A", "1.234"]], 0, chosen).entries[0]
    >>> str(entry.date), str(entry.amount)
    ('2026-01-02', '1234')
    >>> refuse([rows[0], ["", "A", "1.50"]], chosen)
    not_amount 2 1.50

    So is a sheet that was cut off:

    >>> refuse([rows[0], ["", "A", "1"], ["", "B"]])
    row_cut_off 3
    >>> refuse([rows[0], ["", "A", ""]])
    no_amount 2

    :raises BankFileError: says what is wrong, and in which row
    """
    if not layout.columns.get("amount"):
        raise BankFileError("no_column")
    for meaning, places in layout.columns.items():
        if len(places) > 1 and meaning != "text":
            raise BankFileError("same_column", meaning=meaning)
    numbered: Iterable[Row] = enumerate(rows[header + 1 :], header + 2)
    body = [row for row in numbered if is_filled(row[1])]
    total, count = _take_totals(body, layout)
    _check_complete(body, rows[header])
    texts = [(number, layout.cell(row, "amount")) for number, row in body]
    # The total is written like the amounts.
    amounts = _amounts([*texts, *total], layout)
    dates = _dates([(n, layout.cell(row, "date")) for n, row in body], layout)
    return BankFile(
        tuple(_entry(row, layout, amounts[row[0]], dates.get(row[0])) for row in body),
        amounts[total[0][0]] if total else None,
        count if count is not None else len(body) if total else None,
    )


def _entry(row: Row, layout: Layout, amount: Decimal, day: date | None) -> Entry:
    number, cells = row
    currency = layout.cell(cells, "currency")
    mark = currency_of(layout.cell(cells, "amount"))
    if currency and mark.isalpha() and mark.casefold() != currency.casefold():
        raise BankFileError("currencies", names=sorted((currency, mark)))
    return Entry(
        place=str(number),
        amount=amount,
        date=day,
        currency=currency or mark,
        payer=layout.cell(cells, "payer"),
        account=layout.cell(cells, "account").replace(" ", ""),
        bank=layout.cell(cells, "bank"),
        number=layout.cell(cells, "number"),
        text=layout.cell(cells, "text"),
    )


def _check_complete(body: Sequence[Row], titles: Sequence[str]) -> None:
    """:raises BankFileError: the last row ends before the others do"""
    width = max((at for at, title in enumerate(titles, 1) if title), default=0)
    lengths = [len(row) for _number, row in body]
    if lengths and lengths[-1] < width <= min(lengths[:-1], default=width):
        raise BankFileError("row_cut_off", place=str(body[-1][0]))


# Totals


def _take_totals(
    body: list[Row], layout: Layout
) -> tuple[list[tuple[int, str]], int | None]:
    """Remove the last rows that state totals; return row and amount, and the count."""
    total: list[tuple[int, str]] = []
    count: int | None = None
    while body:
        number, row = body[-1]
        label, *others = [cell for cell in row if cell]
        counted, summed = COUNT.fullmatch(label), TOTAL.fullmatch(label)
        digits = [cell for cell in others if NUMBER.fullmatch(cell)]
        if counted and (counted[1] or digits):
            count = int(counted[1] or digits[0])
        elif summed:
            amount = layout.cell(row, "amount") or next(iter(others), "")
            digits = [cell for cell in digits if cell != amount]
            total = [(number, amount)] if amount else []
            if summed[1] or digits:
                count = int(summed[1] or digits[0])
        else:
            break
        body.pop()
    return total, count


# Amounts and dates


def _amounts(texts: Sequence[tuple[int, str]], layout: Layout) -> dict[int, Decimal]:
    """Return amounts by row.

    :raises BankFileError: one is missing, is none, or could be two
    """
    for number, text in texts:
        if not text:
            raise BankFileError("no_amount", place=str(number))
    marks = {mark for _number, text in texts if (mark := _marks(text)[0])}
    decimal = layout.decimal or (marks.pop() if len(marks) == 1 else "")
    return {number: _amount(number, text, decimal, layout) for number, text in texts}


def _amount(number: int, text: str, decimal: str, layout: Layout) -> Decimal:
    place = {"place": str(number), "text": text[:40]}
    mark, unclear = _marks(text)
    if layout.decimal and mark and mark != layout.decimal:
        raise BankFileError("not_amount", **place)
    if unclear and not decimal:
        raise BankFileError("ambiguous", **place)
    if unclear:
        # A fourth decimal makes it clear that three are not a thousand.
        clear = r"\g<0>0" if unclear == decimal else r"\1\2"
        text = re.sub(rf"(\d+){re.escape(unclear)}(\d+)", clear, text)
    try:
        return amount_of(text)
    except AmountError as error:
        raise BankFileError("not_amount", **place) from error


def _marks(text: str) -> tuple[str, str]:
    """Return the decimal mark that an amount shows, and the one that it leaves open.

    >>> _marks("1.234,56"), _marks("12.5"), _marks("1.234.567"), _marks("1234,567")
    ((',', ''), ('.', ''), (',', ''), (',', ''))
    >>> _marks("1.234"), _marks("12"), _marks("0,123"), _marks("n/a")
    (('', '.'), ('', ''), (',', ''), ('', ''))
    """
    found = ENTERED.fullmatch(text.strip())
    digits = re.sub(r"[^\d.,]", "", found[2]) if found else ""
    used = sorted({each for each in digits if each in ".,"}, key=digits.rindex)
    if len(used) > 1:
        return used[-1], ""
    if not used:
        return "", ""
    mark = used[0]
    if digits.count(mark) > 1:
        return "," if mark == "." else ".", ""
    whole, _mark, decimals = digits.partition(mark)
    if len(decimals) != GROUP or len(whole) > GROUP or not whole.strip("0"):
        return mark, ""
    return "", mark


def _dates(texts: Sequence[tuple[int, str]], layout: Layout) -> dict[int, date]:
    """Return the dates by row; rows without one are left to the batch.

    :raises BankFileError: one is none, or could be two
    """
    given = [(number, text) for number, text in texts if text]
    habits = Habits(day_first=_is_day_first(given, layout.order))
    return {number: _date(number, text, habits) for number, text in given}


def _date(number: int, text: str, habits: Habits) -> date:
    try:
        found = parsed(text, habits)
    except ValueError:
        found = date.min
    if found.year not in YEARS:
        raise BankFileError("date", place=str(number), text=text[:40])
    return found


def _is_day_first(texts: Sequence[tuple[int, str]], order: str) -> bool:
    """Return whether the day comes before the month in dates such as 03/04/2026.

    >>> _is_day_first([(2, "01/02/2026"), (3, "31/02/2026")], "")
    True
    >>> _is_day_first([(2, "01/02/2026"), (3, "02-31-2026")], "")
    False

    :raises BankFileError: the dates do not say so, or contradict the order
    """
    numbers = [
        (number, text, int(found[1]), int(found[3]))
        for number, text in texts
        if (found := SLASHED.fullmatch(text))
    ]
    possible = {
        "day": all(month <= MONTHS for *_text, _day, month in numbers),
        "month": all(month <= MONTHS for *_text, month, _day in numbers),
    }
    unclear = [each for each in numbers if each[2] != each[3]]
    if order:
        possible = {name: able and name == order for name, able in possible.items()}
    if unclear and sum(possible.values()) != 1:
        raise BankFileError(
            "date_order", place=str(unclear[0][0]), text=unclear[0][1][:40]
        )
    return possible["day"]
