"""Changes of master data that two people make: one proposes, another approves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from stdnum.iso7064 import mod_97_10

from ..lifecycle import SYSTEM, Lifecycle, Step

STATES = [
    ("proposed", "Proposed"),
    ("called", "Confirmed by Phone"),
    ("approved", "Approved"),
    ("applied", "Applied"),
    ("refused", "Refused"),
    ("withdrawn", "Withdrawn"),
    ("undone", "Undone"),
]
OPEN_STATES = ("proposed", "called", "approved")
LIFECYCLE = Lifecycle(
    STATES,
    {
        "call_back": Step(("proposed",), "called", "clerk"),
        "approve": Step(("proposed", "called"), "approved", "supervisor"),
        "apply": Step(("approved",), "applied", SYSTEM),
        "retry": Step(("approved",), (), "supervisor"),
        "refuse": Step(OPEN_STATES, "refused", "supervisor"),
        "withdraw": Step(OPEN_STATES, "withdrawn", "clerk"),
        "undo": Step(("applied",), "undone", "supervisor"),
        "reverse": Step(("applied",), (), "clerk"),
        "reversed": Step(("applied",), "undone", SYSTEM),
    },
)

SOURCES = [
    ("call", "Phone Call"),
    ("mail", "Email"),
    ("letter", "Letter"),
    ("portal", "Customer Portal"),
    ("internal", "Internal Decision"),
]
ACCOUNT_STEPS = [
    ("add", "Add an Account"),
    ("replace", "Replace an Account"),
    ("archive", "Archive an Account"),
]

# Data that can be guarded, with the label of each.
KINDS = [
    ("bank", "Bank Account"),
    ("name", "Name"),
    ("vat", "Tax ID"),
    ("address", "Invoice Address"),
    ("email", "Invoicing Email"),
    ("phone", "Phone"),
    ("payer", "Parent Company (Payer)"),
    ("terms", "Payment Terms"),
    ("credit", "Credit Limit"),
    ("fiscal", "Fiscal Position"),
    ("pricelist", "Pricelist"),
    ("delivery", "Invoice Sending"),
]
# The account is no field of the contact: it has records of its own.
BANK = "bank"
# Fields of a contact by kind, in the order in which they are shown.
NAMES: Mapping[str, Sequence[str]] = {
    "name": ("name",),
    "vat": ("vat",),
    "address": (
        *("street", "street2", "zip", "city", "state_id", "country_id", "type"),
    ),
    "email": ("email",),
    "phone": ("phone",),
    "payer": ("parent_id",),
    "terms": ("property_payment_term_id",),
    "credit": ("credit_limit", "clerk_credit_review"),
    "fiscal": ("property_account_position_id",),
    "pricelist": ("specific_property_product_pricelist",),
    "delivery": ("invoice_sending_method",),
}
KIND_OF = {name: kind for kind, names in NAMES.items() for name in names}
# Fields that write another one, or decide whose data count as well as it does.
ALIASES = {
    "commercial_partner_id": "parent_id",
    "company_type": "parent_id",
    "is_company": "parent_id",
    "property_product_pricelist": "specific_property_product_pricelist",
    "use_partner_credit_limit": "credit_limit",
}
# Data that invoices to any contact of the customer take from that contact.
OF_ALL_CONTACTS = ("vat", "terms", "credit", "fiscal", "pricelist", "delivery")
# Data that each company has of its own.
PER_COMPANY = ("terms", "credit", "fiscal", "pricelist", "delivery")
# Data of which the customer is told at the address that is on file.
TOLD = (BANK, "email", "phone")

# Length of the IBAN by country (SWIFT, IBAN registry).
IBANS = """
AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24
DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28
HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21
LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25
QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26
UA29 VA22 VG24 XK20 YE30
"""
IBAN_LENGTHS = {each[:2]: int(each[2:]) for each in IBANS.split()}

# Rows of one spreadsheet of changes.
MAX_ROWS = 500


def kind_of(name: str) -> str:
    """Return the kind of data that a field of a contact belongs to.

    >>> kind_of("city"), kind_of("use_partner_credit_limit")
    ('address', 'credit')
    """
    return KIND_OF[ALIASES.get(name, name)]


def account_problem(number: str) -> str:
    """Return why an account number cannot be right: ``short``, ``check`` or nothing.

    Numbers that begin like an IBAN of a country that has them need its length and its
    check digits (ISO 13616, modulo 97); others only need some digits.

    >>> account_problem("BE71 0961 2345 6769"), account_problem("BE71 0961 2345 6768")
    ('', 'check')
    >>> account_problem("BE71 0961 2345 676"), account_problem("12-345678")
    ('check', '')
    >>> account_problem("NL91 ABNA 0417 1643 00"), account_problem("US12 345678")
    ('', '')
    >>> [account_problem(each) for each in ("", "123", "1234")]
    ['short', 'short', '']
    >>> [account_problem(each) for each in (
    ...     "NL92 ABNA 0417 1643 00", "BEX1 0961 2345", "BE7X 0961 2345")]
    ['check', '', '']
    """
    compact = _compact(number).upper()
    if sum(each.isdigit() for each in compact) < 4:
        return "short"
    length = IBAN_LENGTHS.get(compact[:2])
    if not (length and compact[2:4].isdigit()):
        return ""
    is_valid = len(compact) == length and mod_97_10.is_valid(compact[4:] + compact[:4])
    return "" if is_valid else "check"


def _compact(number: str) -> str:
    return "".join(each for each in number if each.isascii() and each.isalnum())


def masked(number: str) -> str:
    """Return an account number of which only the ends can be read.

    >>> masked("BE71 0961 2345 6769"), masked("12345678"), masked("1234567")
    ('BE71…6769', '…5678', '…')
    >>> masked("1234567890123"), masked("123456789012")
    ('1234…0123', '…9012')
    """
    compact = _compact(number)
    if len(compact) < 8:
        return "…"
    return f"{compact[:4] if len(compact) > 12 else ''}…{compact[-4:]}"


def apply_on(effective: date | None, approved: date, days: int) -> date:
    """Return the day on which an approved change is applied.

    >>> march = [date(2026, 3, day) for day in (2, 5, 9)]
    >>> apply_on(None, march[0], 0).day, apply_on(None, march[0], 3).day
    (2, 5)
    >>> apply_on(march[2], march[0], 3).day, apply_on(march[0], march[1], 0).day
    (9, 5)
    """
    earliest = approved + timedelta(days=days)
    return max(effective or earliest, earliest)


class Line(NamedTuple):
    """An old and a new value, as they are stored."""

    name: str
    old: str
    new: str


def differences(old: Mapping[str, str], new: Mapping[str, str]) -> list[Line]:
    """Return what differs, in the order in which the fields are shown.

    >>> differences({"city": "Gent", "name": "A"}, {"city": "Ghent", "name": "A"})
    [Line(name='city', old='Gent', new='Ghent')]
    >>> new = {"name": "A", "city": "Ghent", "is_company": "True", "vat": "/"}
    >>> [line.name for line in differences({}, new)]
    ['is_company', 'name', 'vat', 'city']
    """
    order = list(KIND_OF)
    names = sorted(new, key=lambda name: order.index(name) if name in order else -1)
    return [
        Line(name, old.get(name, ""), new[name])
        for name in names
        if old.get(name, "") != new[name]
    ]


# Words of the header of a spreadsheet, in lower case, for each of its columns.
HEADERS: Mapping[str, Sequence[str]] = {
    "customer": ("customer", "customer no.", "reference", "tax id", "vat", "contact"),
    "field": ("field", "data", "change"),
    "value": ("new value", "value", "new"),
}


class HeaderError(ValueError):
    """A column of a spreadsheet is missing; ``column`` names it."""

    def __init__(self, column: str) -> None:
        self.column = column
        super().__init__(column)


def columns_of(titles: Sequence[str]) -> dict[str, int]:
    """Return the place of each column of a spreadsheet of changes.

    >>> columns_of(["Field", "Customer No.", "Note", "New Value"])
    {'customer': 1, 'field': 0, 'value': 3}

    Of several columns, the one with the most definite title counts:

    >>> columns_of(["Contact", "Field", "Value", "New Value", "Customer"])
    {'customer': 4, 'field': 1, 'value': 3}
    >>> try:
    ...     columns_of(["Customer", "Value"])
    ... except HeaderError as error:
    ...     print(error)
    field

    :raises HeaderError: a column is missing
    """
    known = [title.strip().casefold() for title in titles]
    places = {}
    for column, words in HEADERS.items():
        found = [known.index(word) for word in words if word in known]
        if not found:
            raise HeaderError(column)
        places[column] = found[0]
    return places


def repeated(keys: Iterable[tuple[object, ...]]) -> set[tuple[object, ...]]:
    """Return the keys that occur twice.

    >>> repeated([(1, "vat"), (1, "name"), (1, "vat")])
    {(1, 'vat')}
    """
    seen: set[tuple[object, ...]] = set()
    twice = set()
    for key in keys:
        if key in seen:
            twice.add(key)
        seen.add(key)
    return twice
