"""Two records of one customer: how certain that is, and why.

Facts that are the same on both sides count for it, each once, as independent evidence.
What is different on both sides limits it: other tax IDs, another name in the group.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from stdnum import get_cc_module
from stdnum.exceptions import ValidationError

from ..mail_address import addresses
from ..party_name import name_words, plain
from . import customer_name as names
from .customer_data import NOT_SUBJECT, PREFIXES

# From here on the customer exists already; from there on somebody has to look.
STOP, ASK = 0.9, 0.5
# The most that is certain while something speaks against it.
DOUBT, AGAINST = 0.85, 0.45

REASONS = [
    ("vat", "same tax ID"),
    ("registry", "same company ID"),
    ("account", "same bank account"),
    ("name", "same name"),
    ("name_alike", "similar name"),
    ("name_part", "part of the name"),
    ("address", "same address"),
    ("zip", "same ZIP code"),
    ("city", "same city"),
    ("phone", "same phone number"),
    ("email", "same email address"),
    ("domain", "same email domain"),
    ("vat_alike", "similar tax ID"),
    ("script", "name in other letters"),
    ("other_vat", "different tax IDs"),
    ("other_registry", "different company IDs"),
    ("other_account", "different bank accounts"),
    ("other_name", "different companies of a group or members of a family"),
    ("other_site", "different branches"),
    ("other_kind", "a person and a company"),
    ("other_form", "different legal forms"),
    ("other_place", "different places"),
]
WEIGHTS = {
    "vat": 1.0,
    "registry": 0.95,
    "account": 0.95,
    "vat_alike": 0.5,
    "name": 0.7,
    "name_alike": 0.6,
    "name_part": 0.4,
    "script": 0.1,
    "address": 0.7,
    "zip": 0.35,
    "city": 0.25,
    "phone": 0.6,
    "email": 0.65,
    "domain": 0.3,
}
# Mail providers, whose domains everybody may have.
PROVIDERS = """
gmail.com googlemail.com yahoo.com yahoo.fr yahoo.de yahoo.co.uk hotmail.com
hotmail.fr hotmail.co.uk outlook.com outlook.fr outlook.de live.com live.be msn.com
aol.com icloud.com me.com mac.com gmx.de gmx.net gmx.at gmx.ch gmx.com web.de
t-online.de freenet.de mail.com mail.ru yandex.ru yandex.com bk.ru inbox.ru list.ru
proton.me protonmail.com pm.me orange.fr wanadoo.fr free.fr laposte.net sfr.fr
skynet.be telenet.be proximus.be ziggo.nl kpnmail.nl xs4all.nl libero.it virgilio.it
tiscali.it alice.it wp.pl o2.pl onet.pl interia.pl seznam.cz centrum.cz btinternet.com
bluewin.ch zoho.com qq.com 163.com 126.com comcast.net verizon.net att.net
fastmail.com hey.com tutanota.com
"""
SHARED_DOMAINS = frozenset(PROVIDERS.split())
# Second levels of countries, below which companies have their domains.
SECOND_LEVELS = frozenset({"ac", "co", "com", "edu", "gov", "gv", "net", "or", "org"})
MIN_PHONE, MIN_NUMBER, MIN_REGISTRY = 7, 5, 8
STREET_WORDS = {
    **dict.fromkeys(("street", "strasse", "straat", "str"), "st"),
    **dict.fromkeys(("road", "avenue", "boulevard", "platz", "lane"), ""),
    **dict.fromkeys(("rd", "ave", "av", "bd", "blvd", "pl", "ln", "rue", "via"), ""),
}


@dataclass(frozen=True)
class Party:
    """What is known of a customer, as it was entered."""

    name: str = ""
    vat: str = ""
    registry: str = ""
    accounts: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    website: str = ""
    street: str = ""
    zip: str = ""
    city: str = ""
    country: str = ""
    is_company: bool | None = None

    @cached_property
    def tax_id(self) -> tuple[str, bool]:
        return tax_id(self.vat, self.country)

    @cached_property
    def registry_key(self) -> str:
        return registry_key(self.registry)

    @cached_property
    def account_keys(self) -> frozenset[str]:
        return frozenset(filter(None, map(compact, self.accounts)))

    @cached_property
    def phone_keys(self) -> frozenset[str]:
        return frozenset(filter(None, map(phone_key, self.phones)))

    @cached_property
    def mailboxes(self) -> frozenset[str]:
        found = {a.lower() for text in self.emails for a in addresses(text or "")}
        return frozenset(found)

    @cached_property
    def domains(self) -> frozenset[str]:
        found = {domain(each) for each in (*self.mailboxes, self.website)}
        return frozenset(found - {""})

    @cached_property
    def form(self) -> str:
        return name_words(self.name or "")[1]

    @cached_property
    def kind(self) -> bool | None:
        """Return whether it is a company, or None if that is not known."""
        return True if self.form else self.is_company

    @cached_property
    def town(self) -> str:
        return "".join(re.findall(r"[^\W\d_]+", plain(self.city or "")))

    @cached_property
    def postcode(self) -> str:
        return compact(self.zip)

    @cached_property
    def street_key(self) -> str:
        return street_key(self.street)

    def keys(self) -> list[str]:
        """Return texts of which two records of a customer have one in common.

        >>> Party("A", "BE 0477.472.701", emails=("Ap@acme.example",),
        ...     phones=("+32 2 123 45 67",), street="Main Street 5", zip="10").keys()
        ['a:5mainst10', 'd:acme.example', 'm:ap@acme.example', 'p:1234567', \
'v:0477472701']
        """
        found = {f"p:{each[-MIN_PHONE:]}" for each in self.phone_keys}
        found |= {f"m:{each}" for each in self.mailboxes}
        found |= {f"d:{each}" for each in self.domains}
        if self.tax_id[0]:
            found.add(f"v:{self.tax_id[0].lstrip(LETTERS_BEFORE)}")
        if self.registry_key:
            found.add(f"r:{self.registry_key}")
        if self.street_key and self.postcode:
            found.add(f"a:{self.street_key}{self.postcode}")
        return sorted(each for each in found if " " not in each)


LETTERS_BEFORE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def compact(text: str | None) -> str:
    """Return letters and digits of a number.

    >>> compact("BE71 0961-2345 6769"), compact(None)
    ('BE71096123456769', '')
    """
    return re.sub(r"[\W_]", "", text or "").upper()


def tax_id(number: str | None, country: str | None) -> tuple[str, bool]:
    """Return a tax ID with its country, and whether its check digits are right.

    >>> tax_id("0477.472.701", "BE"), tax_id("be 477472701", "FR")
    (('BE0477472701', True), ('BE0477472701', True))
    >>> tax_id("BE0477472702", "BE"), tax_id("/", "BE"), tax_id("n/a", "")
    (('BE0477472702', False), ('', False), ('', False))
    """
    text = compact(number)
    if text == NOT_SUBJECT or sum(each.isdigit() for each in text) < MIN_NUMBER:
        return "", False
    if len(set(text.lstrip(LETTERS_BEFORE))) == 1:
        # 00000000 and the like are placeholders.
        return "", False
    own, prefix = PREFIXES.get(text[:2], text[:2]), (country or "").upper()
    for code in dict.fromkeys((own, prefix)):
        module = get_cc_module(code.lower(), "vat") if code.isalpha() else None
        if module is None:
            continue
        try:
            valid = module.validate(text)
        except ValidationError:
            continue
        return code + valid.removeprefix(code), True
    if text[:1].isdigit() and prefix:
        return prefix + text, False
    return text, False


def registry_key(number: str | None) -> str:
    """Return the digits of a number in a register, or all of a short one.

    >>> registry_key("HRB 123 456 B"), registry_key("FN-12 a"), registry_key("?")
    ('123456', 'FN12A', '')
    """
    text = compact(number)
    digits = re.sub(r"\D", "", text)
    if len(set(digits)) < 2:
        return ""
    return digits if len(digits) >= MIN_NUMBER else text


def phone_key(number: str | None) -> str:
    """Return the digits of a phone number without extension and leading zeros.

    >>> phone_key("+32 (0)2 123.45.67 ext. 8"), phone_key("02 123 45 67")
    ('3221234567', '21234567')
    >>> phone_key("0032/2/1234567"), phone_key("12"), phone_key("000 000 000")
    ('3221234567', '', '')
    """
    text = re.split(r"(?i)ext|dw|x|#", number or "")[0].replace("(0)", "")
    digits = re.sub(r"\D", "", text).lstrip("0")
    return digits if len(digits) >= MIN_PHONE and len(set(digits)) > 2 else ""


def domain(text: str | None) -> str:
    """Return the domain of a company from an email address or a website.

    >>> domain("ap@mail.acme.co.uk"), domain("https://www.acme.com/contact")
    ('acme.co.uk', 'acme.com')
    >>> domain("jane@gmail.com"), domain("n/a"), domain(None)
    ('', '', '')
    """
    host = re.sub(r"^\w+://", "", (text or "").strip().lower()).split("@")[-1]
    labels = re.split(r"[/:?#]", host)[0].strip(".").split(".")
    if len(labels) < 2:
        return ""
    size = 3 if len(labels) > 2 and labels[-2] in SECOND_LEVELS else 2
    found = ".".join(labels[-size:])
    return "" if found in SHARED_DOMAINS or " " in found else found


def street_key(street: str | None) -> str:
    """Return a street with its number, however it is abbreviated; none without one.

    >>> street_key("Hauptstraße 5"), street_key("5, Hauptstr."), street_key("Main Rd")
    ('5hauptst', '5hauptst', '')
    >>> street_key("Hauptstr. 5a") == street_key("Haupt Strasse 5 a")
    True
    """
    text = re.sub(r"(\d)\s+([a-z])\b", r"\1\2", plain(street or ""))
    parts = re.findall(r"[^\W_]+", text)
    numbers = [each for each in parts if each[0].isdigit()]
    if not numbers:
        return ""
    named = [STREET_WORDS.get(each, each) for each in parts if not each[0].isdigit()]
    named = [re.sub(r"(strasse|straat|str)$", "st", each) for each in named]
    return "".join([numbers[0], *named])


@dataclass(frozen=True)
class Score:
    """How certain it is that two records are of one customer, and why.

    :param reasons: keys of ``REASONS``; those against it begin with ``other``
    """

    value: float
    reasons: tuple[str, ...] = ()

    @property
    def stops(self) -> bool:
        return self.value >= STOP

    @property
    def asks(self) -> bool:
        return self.value >= ASK


def compare(one: Party, other: Party) -> Score:
    """Return how certain it is that two records are of one customer.

    >>> def show(one, other, **same):
    ...     found = compare(Party(**one, **same), Party(**other, **same))
    ...     print(round(found.value, 2), *found.reasons)
    >>> acme, lyon = {"name": "Acme SA"}, {"zip": "69001", "city": "Lyon"}
    >>> show(acme, {"name": "ACME S.A."}, phones=("+33 4 11 22 33 44",), **lyon)
    0.92 name phone zip
    >>> show({"vat": "BE0477472701"}, {"vat": "0477 472 701"}, country="BE")
    1.0 vat
    >>> show(acme, {"name": "Acme"})
    0.7 name

    Two companies of a holding, two members of a family, two shops:

    >>> same = {"phones": ("04 11 22 33 44",), "street": "5, rue Haute", **lyon}
    >>> show(acme, {"name": "Acme Transport"}, emails=("ap@acme.example",), **same)
    0.85 name_part phone email address
    >>> show({"name": "Ann Roy"}, {"name": "Bob Roy"}, is_company=False, **same)
    0.6 phone address other_name
    >>> show({"name": "Shop 3"}, {"name": "Shop 4"}, vat="BE0477472701", **lyon)
    0.85 vat zip other_site

    Different tax IDs that are both valid are different customers:

    >>> show({"vat": "BE0477472701"}, {"vat": "BE0428759497"}, name="Acme", **same)
    0.45 name phone address other_vat
    """
    return _Comparison(one, other).score()


class _Comparison:
    """The facts for and against one customer."""

    def __init__(self, one: Party, other: Party) -> None:
        self.one, self.other = one, other
        self.is_person = one.kind is False and other.kind is False
        towns = sorted({one.town, other.town} - {""})
        self.name = names.relation(
            one.name or "", other.name or "", tuple(towns), self.is_person
        )

    def score(self) -> Score:
        found = [*self._numbers(), *self._names(), *self._contact(), *self._place()]
        against = [*self._differences({*found})]
        rest = 1.0
        for fact in found:
            rest *= 1 - WEIGHTS[fact]
        value = min([1 - rest, *(cap for _fact, cap in against)])
        limited = tuple(dict.fromkeys(fact for fact, _cap in against if fact))
        return Score(round(value, 4), (*found, *limited))

    # For it

    def _numbers(self) -> Iterable[str]:
        (mine, _valid), (theirs, _known) = self.one.tax_id, self.other.tax_id
        if mine and theirs and _same_tax_id(mine, theirs):
            yield "vat"
        elif self._is_typed_wrong():
            yield "vat_alike"
        if self.one.registry_key and self.one.registry_key == self.other.registry_key:
            yield "registry"
        if self.one.account_keys & self.other.account_keys:
            yield "account"

    def _is_typed_wrong(self) -> bool:
        (mine, is_valid), (theirs, is_known) = self.one.tax_id, self.other.tax_id
        is_open = bool(mine and theirs) and not (is_valid and is_known)
        return is_open and names.distance(mine, theirs, 1) == 1

    def _names(self) -> Iterable[str]:
        keys = {
            names.SAME: "name",
            names.ALIKE: "name_alike",
            names.PART: "name_part",
            names.UNKNOWN: "script",
        }
        if self.name in keys:
            yield keys[self.name]

    def _contact(self) -> Iterable[str]:
        pairs = ((a, b) for a in self.one.phone_keys for b in self.other.phone_keys)
        if any(_same_phone(*pair) for pair in pairs):
            yield "phone"
        if self.one.mailboxes & self.other.mailboxes:
            yield "email"
        elif self.one.domains & self.other.domains:
            yield "domain"

    def _place(self) -> Iterable[str]:
        one, other = self.one, self.other
        zips = one.postcode and one.postcode == other.postcode
        towns = one.town and names.word_likeness(one.town, other.town or "-")
        if (zips or towns) and one.street_key and _same_street(one, other):
            yield "address"
        elif zips:
            yield "zip"
        elif towns:
            yield "city"

    # Against it

    def _differences(self, found: set[str]) -> Iterable[tuple[str, float]]:
        """Yield what limits the certainty, and how far."""
        is_named = self.name in (names.SAME, names.ALIKE, names.UNKNOWN)
        yield from self._other_numbers(found)
        if self.name == names.SITE:
            yield "other_site", DOUBT
        if "vat" in found:
            return
        if self.name == names.APART:
            yield "other_name", 0.6 if self.is_person else DOUBT
        elif not is_named:
            # The name of another customer in the same building, with the same bank.
            yield "", DOUBT
        if {True, False} == {self.one.kind, self.other.kind}:
            yield "other_kind", DOUBT
        if self.name == names.ALIKE and len(found - {"name_alike"}) < 2:
            yield "", DOUBT
        if not found & {"registry", "account"}:
            yield from self._other_circumstances(found)

    def _other_numbers(self, found: set[str]) -> Iterable[tuple[str, float]]:
        (mine, is_valid), (theirs, is_known) = self.one.tax_id, self.other.tax_id
        if mine and theirs and not found & {"vat", "vat_alike"}:
            is_sure = is_valid and is_known and mine[:2] == theirs[:2]
            yield "other_vat", AGAINST if is_sure else DOUBT
        keys = self.one.registry_key, self.other.registry_key
        if all(keys) and "registry" not in found:
            is_error = names.distance(*keys, 1) == 1
            is_sure = "vat" not in found and not is_error
            yield "other_registry", AGAINST if is_sure else DOUBT
        accounts = self.one.account_keys and self.other.account_keys
        if accounts and not found & {"account", "vat", "registry"}:
            yield "other_account", DOUBT

    def _other_circumstances(self, found: set[str]) -> Iterable[tuple[str, float]]:
        one, other = self.one, self.other
        forms = {one.form, other.form} - {""}
        if len(forms) == 2:
            yield "other_form", DOUBT
        abroad = {one.country, other.country} - {""}
        is_elsewhere = (
            one.town and other.town and not found & {"address", "zip", "city"}
        )
        if len(abroad) == 2 or (
            is_elsewhere and not found >= {"phone", "email", "name"}
        ):
            yield "other_place", DOUBT
        if self.is_person and not found & {"phone", "email", "vat_alike"}:
            yield "", DOUBT


def _same_tax_id(one: str, other: str) -> bool:
    """Return whether tax IDs agree, one of them perhaps without its country."""
    return one == other or one[2:] == other or other[2:] == one


def _same_phone(one: str, other: str) -> bool:
    """Return whether numbers agree, one of them perhaps without country or area."""
    shorter, longer = sorted((one, other), key=len)
    return longer.endswith(shorter) and (len(shorter) > MIN_PHONE or one == other)


def _same_street(one: Party, other: Party) -> bool:
    mine, theirs = one.street_key, other.street_key
    if not theirs or re.findall(r"^\d+[a-z]?\b|^\d+", mine) != re.findall(
        r"^\d+[a-z]?\b|^\d+", theirs
    ):
        return False
    limit = 2 if min(len(mine), len(theirs)) >= names.LONG else 1
    return names.distance(mine, theirs, limit) <= limit
