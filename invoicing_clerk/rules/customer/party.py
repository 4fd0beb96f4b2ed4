"""Data of a customer in forms that can be compared."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from stdnum import get_cc_module
from stdnum.exceptions import ValidationError

from ..mail_address import addresses
from ..party_name import name_key, name_words, plain
from .customer_data import NOT_SUBJECT, PREFIXES

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
# Below these, each label is somebody else's.
HOSTS = frozenset(
    {
        *("wixsite.com", "github.io", "myshopify.com", "wordpress.com"),
        *("blogspot.com", "business.site", "webnode.com", "jimdofree.com"),
        *("weebly.com", "squarespace.com"),
    }
)
# A made-up domain, such as example.com, in any country.
PLACEHOLDER = "example"
# Second levels of countries, below which companies have their domains.
SECOND_LEVELS = frozenset({"ac", "co", "com", "edu", "gov", "gv", "net", "or", "org"})
MIN_PHONE, MIN_NUMBER = 7, 5
# A number that more contacts have belongs to a provider or an accountant, or is a
# placeholder: it is no evidence. Tax IDs and company IDs are, however many have them.
MOST_SHARED = 10
SHAREABLE = frozenset("bdmp")
# Longer names are found by their trigrams, with an error in them, too.
SHORT_NAME = 10
STREET_WORDS = {
    **dict.fromkeys(("street", "strasse", "straat", "str"), "st"),
    **dict.fromkeys(("road", "avenue", "boulevard", "platz", "lane"), ""),
    **dict.fromkeys(("rd", "ave", "av", "bd", "blvd", "pl", "ln", "rue", "via"), ""),
}


@dataclass(frozen=True)
class Party:
    """Data of a customer, as entered.

    :param shared: keys that do not count, as many have them: see `without`
    """

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
    shared: frozenset[str] = frozenset()

    @cached_property
    def tax_id(self) -> tuple[str, bool]:
        return tax_id(self.vat, self.country)

    @cached_property
    def registry_key(self) -> str:
        return registry_key(self.registry)

    @cached_property
    def account_keys(self) -> frozenset[str]:
        return self._own("b", map(compact, self.accounts))

    @cached_property
    def phone_keys(self) -> frozenset[str]:
        return self._own("p", map(phone_key, self.phones))

    @cached_property
    def mailboxes(self) -> frozenset[str]:
        return self._own("m", self._addresses())

    @cached_property
    def domains(self) -> frozenset[str]:
        return self._own("d", map(domain, (*self._addresses(), self.website)))

    def _addresses(self) -> set[str]:
        return {a.lower() for text in self.emails for a in addresses(text or "")}

    def _own(self, kind: str, found: Iterable[str]) -> frozenset[str]:
        """Return those of a kind that are there, and that do not belong to many."""
        return frozenset(
            each for each in found if each and key(kind, each) not in self.shared
        )

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

        >>> Party("A", "BE 0477.472.701", emails=("Ap@acme.be",),
        ...     phones=("+32 2 123 45 67",), street="Main Street 5", zip="10").keys()
        ['a:5mainst10', 'd:acme.be', 'm:ap@acme.be', 'p:1234567', 'v:0477472701']
        """
        found = {key("p", each) for each in self.phone_keys}
        found |= {key("m", each) for each in self.mailboxes}
        found |= {key("d", each) for each in self.domains}
        if self.tax_id[0]:
            found.add(f"v:{self.tax_id[0].lstrip(LETTERS_BEFORE)}")
        if self.registry_key:
            found.add(f"r:{self.registry_key}")
        if self.street_key and self.postcode:
            found.add(f"a:{self.street_key}{self.postcode}")
        found |= {f"n:{each}" for each in spellings(self.name)}
        return sorted(each for each in found if " " not in each)

    def shareable(self) -> set[str]:
        """Return keys that count only as long as few have them, with accounts.

        >>> party = Party("Shop", "BE0477472701", accounts=("BE71 0961",),
        ...     phones=("+32 2 123 45 67",), emails=("ap@acme.be",))
        >>> sorted(party.shareable())
        ['b:BE710961', 'd:acme.be', 'm:ap@acme.be', 'p:1234567']
        """
        found = {*self.keys(), *(key("b", each) for each in self.account_keys)}
        return {each for each in found if each[0] in SHAREABLE}

    def without(self, shared: Collection[str]) -> Party:
        """Return the customer without what many have, however it is entered.

        >>> party = Party(phones=("+32 2 123 45 67",), website="www.acme.be",
        ...     emails=("ap@acme.be",), accounts=("BE71 0961",))
        >>> party.without({"p:1234567", "d:acme.be", "b:BE710961"}).shareable()
        {'m:ap@acme.be'}
        """
        return replace(self, shared=self.shared | frozenset(shared))


def key(kind: str, text: str) -> str:
    """Return the key of a number; of telephones, whatever comes before the last digits.

    >>> key("p", "+3221234567"), key("d", "acme.be")
    ('p:1234567', 'd:acme.be')
    """
    return f"{kind}:{text[-MIN_PHONE:] if kind == 'p' else text}"


def spellings(name: str | None) -> set[str]:
    """Return a short name as one word, and without each of its letters.

    Two with one typing error have one in common, while their trigrams differ.

    >>> sorted(spellings("Lidl AG")), spellings("Nokia") & spellings("Nokai") != set()
    (['idl', 'ldl', 'lid', 'lidl', 'lil'], True)
    >>> spellings("O Neill") == spellings("O'Neill"), spellings("International Shoe")
    (True, set())
    """
    word = name_key(name or "").replace(" ", "")
    if not 2 < len(word) <= SHORT_NAME:
        return set()
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


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

    A number with its country begins with a plus sign.

    >>> phone_key("+32 (0)2 123.45.67 ext. 8"), phone_key("02 123 45 67")
    ('+3221234567', '21234567')
    >>> phone_key("0032/2/1234567"), phone_key("12"), phone_key("000 000 000")
    ('+3221234567', '', '')
    """
    text = re.split(r"(?i)ext|dw|x|#", number or "")[0].replace("(0)", "")
    sign = "+" if text.strip(" (").startswith(("+", "00")) else ""
    digits = re.sub(r"\D", "", text).lstrip("0")
    is_number = len(digits) >= MIN_PHONE and len(set(digits)) > 2
    return f"{sign}{digits}" if is_number else ""


def domain(text: str | None) -> str:
    """Return the domain of a company from an email address or a website.

    >>> domain("ap@mail.acme.co.uk"), domain("https://www.acme.com/contact")
    ('acme.co.uk', 'acme.com')
    >>> domain("jane@gmail.com"), domain("n/a"), domain(None)
    ('', '', '')
    >>> domain("ap@www.acme.wixsite.com"), domain("ap@acme.example.com")
    ('acme.wixsite.com', 'acme.example.com')
    >>> [*map(domain, ("a@example.com", "a@example.co.uk", "a@acme.example"))]
    ['', '', 'acme.example']
    """
    host = re.sub(r"^\w+://", "", (text or "").strip().lower()).split("@")[-1]
    labels = re.split(r"[/:?#]", host)[0].strip(".").split(".")
    if len(labels) < 2:
        return ""
    is_country = len(labels) > 2 and labels[-2] in SECOND_LEVELS
    own = 3 if is_country else 2
    found = ".".join(labels[-own:])
    is_placeholder = labels[-own] == PLACEHOLDER
    if is_placeholder or found in HOSTS:
        # The next label names a customer; without one, the domain names none.
        found = ".".join(labels[-own - 1 :]) if len(labels) > own else ""
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
