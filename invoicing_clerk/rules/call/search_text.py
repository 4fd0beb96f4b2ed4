"""Search texts, as callers say them: amounts, numbers, names, addresses.

The text is data: whatever is in it, it becomes amounts, digits and words, and patterns
for ``LIKE`` in which only letters and digits of the text appear.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, replace
from decimal import Decimal

from .call_number import is_spelt

# No longer text is searched for.
MAX_CHARACTERS = 128
# Of the words of a text, this many are searched for.
MAX_WORDS = 8
# Amounts have no more digits before the decimal mark.
MAX_DIGITS = 12
# The year in numbers of documents.
YEAR = r"(?:19|20)\d\d"
# Shorter words have no trigrams, so that no index finds them inside a text.
MIN_INSIDE = 3
# Longer texts are not phone numbers.
MAX_PHONE = 64
# Digits that a tax ID or phone number has at least.
MIN_VAT_DIGITS, MIN_PHONE_DIGITS = 6, 6

_SIGNS = str.maketrans({"\u066b": ".", "\u066c": ",", "’": "'", "‘": "'", "´": "'"})
# An amount, with signs, brackets and a currency around it, and "-" for no cents.
_AMOUNT = re.compile(
    r"[-+( ]*(?P<before>[^\W\d_]*)(?:(?<=[^\W\d_])\.)?[-+( ]*"
    r"(?P<number>[0-9.,][0-9.,' ]*?)"
    r"(?:[.,]?-{1,2}|[.,])?[-+) ]*(?P<after>[^\W\d_]*)\.?[-+) ]*"
)
# Credit and debit, beside the names of currencies.
_SIDES = frozenset({"", "cr", "dr"})
# Thousands are grouped by one sign, also by spaces, or apostrophes as in Switzerland.
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?P<mark>[ '.,])[0-9]{3}(?:(?P=mark)[0-9]{3})*")
_INDIAN = re.compile(r"[0-9]{1,2}(?:,[0-9]{2})*,[0-9]{3}")
_PHONE = re.compile(
    r"(?:(?:tel|phone|fax|mobile|ext|x)\b[.:]?|[-+0-9 ().,/#;'\u00a0\u2010-\u2015])+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class SearchText:
    """A text, and what it may mean."""

    text: str
    amounts: frozenset[Decimal] = frozenset()
    words: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    vat: str = ""
    email: str = ""
    phone: str = ""
    # Amounts stand for any amount with the same units.
    is_rough: bool = False

    def __bool__(self) -> bool:
        """Return whether there is anything to search for."""
        return bool(self.words)

    def without_cents(self) -> SearchText | None:
        """Return the search for whole amounts with any cents; None without them.

        >>> found = parse("5,934").without_cents()
        >>> found.amounts, found.is_rough, parse("5,934").is_rough
        (frozenset({Decimal('5934')}), True, False)
        >>> parse("5934.00").without_cents() is parse("INV 5").without_cents() is None
        True
        """
        whole = {each for each in self.amounts if "." not in str(each)}
        return replace(self, amounts=frozenset(whole), is_rough=True) if whole else None

    @property
    def has_name(self) -> bool:
        """Return whether the text may be a name: it has a letter, or only digits.

        >>> [parse(text).has_name for text in ("Azure", "4711", "3M", "5.00", "1-2")]
        [True, True, True, False, False]
        """
        has_letter = any(each.isalpha() for each in self.text)
        return bool(self.patterns) and (has_letter or self.text.isdigit())

    @property
    def name_patterns(self) -> tuple[str, ...]:
        """Return patterns for ``ILIKE`` which a name matches all, in any order.

        The rarest word comes first, see `conditions`.

        >>> parse("Azure interior").name_patterns, parse("3M").name_patterns
        (('%interior%', '%Azure%'), ('3M%',))
        >>> parse("B Ann").name_patterns, parse("Customer 4711").name_patterns
        (('%Ann%', '%B%'), ('%4711%', '%Customer%'))
        """
        if any(len(word) >= MIN_INSIDE for word in self.words):
            return tuple(f"%{word}%" for word in sorted(self.words, key=_commonness))
        return self.references

    def is_customer(self, name: str, ref: str, email: str, vat_id: str) -> bool:
        """Return whether the text is the whole name or another key of a customer.

        >>> keys = ("Azure Interior", "C-17", "ann@example.com", "BE 0477.472.701")
        >>> [parse(text).is_customer(*keys) for text in (
        ...     "azure interior", "c17", "Ann@example.com", "BE0477472701", "Azure")]
        [True, True, True, True, False]
        >>> [parse(text).is_customer(*keys) for text in (
        ...     "bob@example.com", "BE0477472702", "")]
        [False, False, False]
        >>> parse("Azure").is_customer("Bo", "", "", "")
        False
        """
        compact = _compact(self.text)
        if compact and compact in (_compact(name), _compact(ref)):
            return True
        if self.email and self.email.lower() == email.lower():
            return True
        return bool(self.vat) and self.vat == vat_digits(vat_id)


def parse(text: str, currencies: Collection[str] = ()) -> SearchText:
    """Parse what a caller says.

    :param currencies: codes and symbols that may be written with an amount

    >>> found = parse(" INV/2026/00042 ")
    >>> found.text, found.words, found.patterns
    ('INV/2026/00042', ('INV', '2026', '00042'), ('%INV%2026%00042%',))
    >>> parse("5.934,00").amounts
    frozenset({Decimal('5934.00')})
    >>> parse("ann@example.com").email, parse("02 555 12 34").phone
    ('ann@example.com', '02 555 12 34')
    >>> parse("BE 0477.47.27.01").vat
    '0477472701'
    >>> bool(parse(" /%_ ")), bool(parse("")), parse("x" * 500).text == "x" * 128
    (False, False, True)
    >>> parse("eight words of nine are searched for, no more").words[-1]
    'no'
    """
    readable = _readable(text)[:MAX_CHARACTERS].strip()
    words = tuple(_words(readable))[:MAX_WORDS]
    found = amounts(readable, currencies)
    if found and re.search(r"[.,]", readable):
        # Nothing but an amount: its digits are in many numbers by chance.
        return SearchText(text=readable, amounts=found, words=words)
    return SearchText(
        text=readable,
        amounts=found,
        words=words,
        patterns=tuple(patterns(words)),
        references=tuple(references(words)),
        endings=tuple(endings(words)),
        vat=vat(readable),
        email=readable if re.fullmatch(r"[^\s@]*@[^\s@]+", readable) else "",
        phone=readable if is_phone(readable) else "",
    )


def _readable(text: str) -> str:
    """Return text with ASCII digits, plain spaces and without invisible characters."""
    visible = (
        " " if c in "\t\n\r" else c for c in text if unicodedata.category(c) != "Cf"
    )
    plain = unicodedata.normalize("NFKC", "".join(visible).translate(_SIGNS))
    plain = "".join(c for c in plain if c.isprintable())
    return re.sub(r"\d", lambda digit: str(int(digit[0])), plain)


def _words(text: str) -> list[str]:
    """Return the letters and digits of a text, numbers apart from their prefix.

    Other words stay whole: of parts of one or two characters, no index knows anything.

    >>> _words("INV202600042, S00091"), _words("c4ca42 3M RF18"), _words("a_b")
    (['INV', '202600042', 'S', '00091'], ['c4ca42', '3M', 'RF18'], ['a', 'b'])
    """
    words: list[str] = []
    for run in re.findall(r"[^\W_]+", text):
        prefixed = re.fullmatch(r"([^\W\d_]+)(\d{3,})", run)
        words += list(prefixed.groups()) if prefixed else [run]
    return words


# Amounts


def amounts(text: str, currencies: Collection[str] = ()) -> frozenset[Decimal]:
    """Return the amounts that a text may mean, without sign; none if it has none.

    >>> def read(text):
    ...     found = amounts(_readable(text), ("EUR", "USD", "kr"))
    ...     return " or ".join(str(each) for each in sorted(found))
    >>> for text in (
    ...     "5934", "5,934", "5934.00", "5.934,00", "5,934.00", "5 934,00", "5'934.00",
    ...     "5\\u202f934,00", "€ 5.934,00", "EUR 5934", "5934,- eur", "$5,934.00",
    ...     "(5,934.00)", "-5934", "5934.00-", "5,934.00 CR", "٥٬٩٣٤٫٠٠", "0,5", ".50",
    ...     "1.234.567", "1.234.567,8", "12,34,567.89", "1,234,567.005", "5934,5",
    ...     "kr. 12.50",
    ... ):
    ...     print(f"{_readable(text):>16} {read(text)}")
                5934 5934
               5,934 5.934 or 5934
             5934.00 5934.00
            5.934,00 5934.00
            5,934.00 5934.00
            5 934,00 5934.00
            5'934.00 5934.00
            5 934,00 5934.00
          € 5.934,00 5934.00
            EUR 5934 5934
          5934,- eur 5934
           $5,934.00 5934.00
          (5,934.00) 5934.00
               -5934 5934
            5934.00- 5934.00
         5,934.00 CR 5934.00
            5,934.00 5934.00
                 0,5 0.5
                 .50 0.50
           1.234.567 1234567
         1.234.567,8 1234567.8
        12,34,567.89 1234567.89
       1,234,567.005 1234567.005
              5934,5 5934.5
           kr. 12.50 12.50

    Dates, numbers of documents and orders and phone numbers are none, nor is zero:

    >>> for text in (
    ...     "2026-11-28", "28.11.2026", "1.2.3", "INV/2026/00042", "02 555 12 34",
    ...     "12 34", "5,93,4", "0", "0,00", "", "EUR", "1" * 13, "5 % 3", "1e5", "NaN",
    ...     "PO 5934", "S 100", "1.2345",
    ... ):
    ...     assert not amounts(_readable(text)), text
    >>> len(amounts("1" * 12))
    1
    """
    plain = "".join(c for c in text if unicodedata.category(c) != "Sc").strip()
    written = _AMOUNT.fullmatch(re.sub(r"[\u2010-\u2015\u2212]", "-", plain))
    known = _SIDES | {each.strip(".").lower() for each in currencies}
    if (
        not written
        or not {written["before"].lower(), written["after"].lower()} <= known
    ):
        return frozenset()
    found = {_decimal(each) for each in _readings(written["number"].strip())}
    return frozenset(each for each in found if each)


def _decimal(text: str) -> Decimal:
    whole, _mark, _cents = text.partition(".")
    return Decimal(text) if len(whole) <= MAX_DIGITS else Decimal(0)


def _readings(text: str) -> list[str]:
    """Return the ways to read digits and marks, as numbers with a decimal point."""
    if not re.fullmatch(r"[0-9 '.,]*[0-9]", text):
        return []
    readings = [_joined(text)]
    marks = re.sub(r"[0-9]", "", text)
    if marks and marks[-1] in ".," and marks.count(marks[-1]) == 1:
        whole, _mark, cents = text.rpartition(marks[-1])
        if len(cents) <= 3:
            joined = _joined(whole) if whole else "0"
            readings.append(joined and f"{joined}.{cents}")
    return [each for each in readings if each]


def _joined(whole: str) -> str:
    """Return the digits of a whole number, empty where it is not grouped properly.

    >>> _joined("1 234 567"), _joined("12 34"), _joined("1.234,567"), _joined("1234")
    ('1234567', '', '', '1234')
    """
    if whole.isdigit():
        return whole
    is_grouped = _GROUPED.fullmatch(whole) or _INDIAN.fullmatch(whole)
    return re.sub(r"[^0-9]", "", whole) if is_grouped else ""


# Numbers of documents


def patterns(words: tuple[str, ...]) -> list[str]:
    """Return patterns for ``ILIKE`` of texts that have the words in this order.

    Signs between them do not matter, nor do they where there are none:

    >>> def of(text):
    ...     return parse(text).patterns
    >>> of("INV/2026/00042") == of("inv 2026-00042".upper())
    True
    >>> of("INV202600042")
    ('%INV%202600042%', '%INV%2026%00042%', '%INV%2026%00%042%')
    >>> of("INV20260042")
    ('%INV%20260042%', '%INV%2026%0042%')

    Leading zeros may be left out at the end; a short number is the end of another one:

    >>> of("2026/42"), of("42"), of("7")
    (('%2026%42%',), ('%042', '%/42', '42'), ('%07', '%/7', '7'))

    So are words of one or two letters the beginning:

    >>> of("AB"), of("100 %"), of("S_1")
    (('AB%',), ('%100%',), ('S_1%',))
    """
    if not words:
        return []
    *before, last = words
    if not before and len(last) < MIN_INSIDE and last.isdigit():
        return [f"%0{last}", f"%/{last}", last]
    found = references(words)
    year = re.fullmatch(rf"({YEAR})(\d{{3,}})", last)
    if year:
        begin = "".join(f"%{word}" for word in before)
        found.append(f"{begin}%{year[1]}%{year[2]}%")
        if len(year[2]) >= 5:
            found.append(f"{begin}%{year[1]}%{year[2][:2]}%{year[2][2:]}%")
    return found


def references(words: tuple[str, ...]) -> list[str]:
    """Return patterns for ``ILIKE`` of references and names with these words.

    >>> references(("PO", "77310")), references(("AB",)), references(("42",))
    (['%PO%77310%'], ['AB%'], ['42'])
    >>> references(("a", "b"))
    ['a_b%']
    """
    if not words:
        return []
    if max(map(len, words)) < MIN_INSIDE:
        # Only the beginning of a text has trigrams of so short words.
        begin = "_".join(words)
        return [begin if begin.isdigit() else f"{begin}%"]
    found = ["%" + "%".join(words) + "%"]
    if grouped := _grouped_reference("".join(words)):
        found.append(f"%{'%'.join(grouped)}%")
    return found


def conditions(pattern: str) -> list[str]:
    """Return patterns that find the same as one of several words, but sooner.

    An index of trigrams goes through all texts with the rarest trigram of its first
    pattern, and through the lists of all its other trigrams meanwhile. So what many
    texts have, such as the year, comes second: only what the first pattern finds is
    looked up in its lists.

    >>> conditions("%INV%2026%00042%"), conditions("%2026%042")
    (['%00042%', '%INV%2026%00042%'], ['%042%', '%2026%042'])
    >>> conditions("%00042%"), conditions("%PO%42"), conditions("S_1%")
    (['%00042%'], ['%PO%42'], ['S_1%'])
    """
    words = [word for word in pattern.split("%") if len(word) >= MIN_INSIDE]
    if len(words) < 2:
        return [pattern]
    return [f"%{min(words, key=_commonness)}%", pattern]


def _commonness(word: str) -> tuple[bool, bool, int]:
    """Return a key that sorts rare words first: long ones, and numbers but years."""
    return word.isalpha(), bool(re.fullmatch(YEAR, word)), -len(word)


def _grouped_reference(compact: str) -> list[str]:
    """Return the groups in which structured payment references are often written.

    Creditor references of ISO 11649, Belgian ones, and those of Swiss QR bills:

    >>> [" ".join(_grouped_reference(each)) for each in (
    ...     "RF18539007547034", "090933755493", "210000000003139471430009017")]
    ['RF18 5390 0754 7034', '090 9337 55493', '21 00000 00003 13947 14300 09017']
    >>> _grouped_reference("INV202600042")
    []
    """
    if re.fullmatch(r"RF\d\d[A-Z0-9]{5,21}", compact, re.IGNORECASE):
        return re.findall(".{1,4}", compact)
    if re.fullmatch(r"\d{12}", compact):
        return [compact[:3], compact[3:7], compact[7:]]
    if re.fullmatch(r"\d{27}", compact):
        return [compact[:2], *re.findall(".{5}", compact[2:])]
    return []


def endings(words: tuple[str, ...]) -> list[str]:
    """Return patterns for ``ILIKE`` of numbers that end with these words.

    >>> endings(("INV", "42")), endings(("042",)), endings(("Azure",))
    (['%INV%042', '%INV%/42'], ['%042'], [])

    A year is none, unless another number follows:

    >>> endings(("INV", "2026")), endings(("2026", "042"))
    ([], ['%2026%042'])
    """
    if not words or not words[-1].isdigit() or re.fullmatch(YEAR, words[-1]):
        return []
    *before, last = words
    begin = "".join(f"%{word}" for word in before)
    if len(last) >= MIN_INSIDE:
        return [f"{begin}%{last}"]
    return [f"{begin}%0{last}", f"{begin}%/{last}"]


def is_number(name: str, text: str) -> bool:
    """Return whether a text is the whole number of a document, however it is written.

    >>> [is_number("INV/2026/00042", text) for text in (
    ...     "inv/2026/00042", "INV 2026 42", "inv202600042", "00042", "INV/2026/0004")]
    [True, True, True, False, False]
    >>> is_number("", "/")
    False
    """
    if not name or not text:
        return False
    return _compact(name) == _compact(text) or _bare(name) == _bare(text)


def _compact(text: str) -> str:
    return "".join(re.findall(r"[^\W_]+", text)).lower()


def _bare(text: str) -> list[str]:
    words = re.findall(r"[^\W\d_]+|\d+", text.lower())
    return [word.lstrip("0") or "0" for word in words]


# Customers


def vat(text: str) -> str:
    """Return the digits of a tax ID, empty if it is none.

    >>> [vat(each) for each in ("BE0477472701", "FR 40 303 265 045", "ESB12345678")]
    ['0477472701', '40303265045', '12345678']
    >>> [vat(each) for each in ("INV/2026/00042", "12345", "123456", "Azure 1000000")]
    ['', '', '123456', '']
    """
    written = re.sub(r"[ .-]", "", text)
    if not re.fullmatch(r"(?:[A-Z]{2}[A-Z0-9]?)?[0-9]{5,12}[A-Z]?[0-9]{0,3}", written):
        return ""
    digits = vat_digits(written)
    return digits if len(digits) >= MIN_VAT_DIGITS else ""


def vat_digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def is_phone(text: str) -> bool:
    """Return whether a text may be a phone number, and nothing else.

    >>> [is_phone(each) for each in ("+32 2 555 12 34", "025551234 ext. 7", "0032/2")]
    [True, True, False]
    >>> [is_phone(each) for each in ("INV/2026/00042", "5,934.00", "5934.00 EUR")]
    [False, True, False]
    >>> is_phone("02 555 12 34".ljust(64)), is_phone("02 555 12 34".ljust(65))
    (True, False)
    >>> [is_phone(each) for each in ("1-800-FLOWERS", "INV-2026-FLOWERS", "13 rue X")]
    [True, False, False]
    """
    if len(text) > MAX_PHONE:
        return False
    if len(vat_digits(text)) < MIN_PHONE_DIGITS:
        return is_spelt(text)
    return bool(_PHONE.fullmatch(text))


def name_in(text: str) -> str:
    """Return the text where it may be the name of a new customer, otherwise nothing.

    >>> name_in(" Zephyr Wind "), name_in("3M Belgium"), name_in("Bo")
    ('Zephyr Wind', '3M Belgium', 'Bo')
    >>> [name_in(text) for text in (
    ...     "INV/2026/00042", "RINV 42", "PO-77310", "5,934.00", "ann@example.com",
    ...     "+32 2 555 12 34", "BE0477472701", "S00091", "EUR 12", "x")]
    ['', '', '', '', '', '', '', '', '', '']
    """
    name = _readable(text).strip()
    has_word = re.search(r"[^\W\d_]{2}", name)
    has_number = re.search(r"\d\d", name) or "@" in name
    return name if has_word and not has_number else ""
