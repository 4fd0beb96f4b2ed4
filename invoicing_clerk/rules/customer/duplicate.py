"""Two records of one customer: how certain that is, and why.

Facts that are the same on both sides count for it, each once, as independent evidence.
What is different on both sides limits it: other tax IDs, another name in the group.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from . import customer_name as names
from .party import MIN_PHONE, Party

# From here on the customer exists already; from there on somebody has to look.
STOP, ASK = 0.9, 0.5
# The most that is certain while something speaks against it.
DOUBT, AGAINST = 0.85, 0.45

# What nobody else has, even if it was typed with an error.
OWN_NUMBERS = {"registry", "account", "vat_alike"}

REASONS = (
    *("vat", "registry", "account", "name", "name_alike", "name_part", "address"),
    *("zip", "city", "phone", "email", "domain", "vat_alike", "script"),
    *("other_vat", "other_registry", "other_account", "other_name", "other_site"),
    *("other_kind", "other_form", "other_place"),
)
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


@dataclass(frozen=True)
class Score:
    """Certainty that two records are of one customer, and the reasons.

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
    >>> nova = {"phones": ("+49 30 123456",), "emails": ("ap@tax.example",), **lyon}
    >>> show({"name": "Nova GmbH"}, {"name": "Nora GmbH"}, **nova)
    0.85 name_alike phone email zip
    >>> show({"street": "5 High St"}, {"street": "9 Mill Rd"}, name="Subway", **nova)
    0.85 name phone email zip

    The same digits, of one country and of none:

    >>> show({"name": "A", "vat": "12345678"}, {"name": "B", "vat": "HU12345678"})
    0.85 vat

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
            if not is_named and not self._has_same_country():
                # The same digits may be those of another country.
                yield "", DOUBT
            return
        if self.name == names.APART:
            yield "other_name", 0.6 if self.is_person else DOUBT
        elif not is_named:
            # The name of another customer in the same building, with the same bank.
            yield "", DOUBT
        if {True, False} == {self.one.kind, self.other.kind}:
            yield "other_kind", DOUBT
        if self.name == names.ALIKE and not found & OWN_NUMBERS:
            # Two neighbours with one switchboard: a letter makes another company.
            yield "", DOUBT
        if "account" not in found:
            yield from self._other_circumstances(found)

    def _has_same_country(self) -> bool:
        return self.one.tax_id[0][:2] == self.other.tax_id[0][:2]

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
        if one.street_key and other.street_key and "address" not in found:
            # Shops of one brand have its name, email and telephone.
            yield "", DOUBT
        if self.is_person and not found & {"phone", "email", "vat_alike"}:
            yield "", DOUBT


def _same_tax_id(one: str, other: str) -> bool:
    """Return whether tax IDs agree, one of them perhaps without its country."""
    return one == other or one[2:] == other or other[2:] == one


def _same_phone(one: str, other: str) -> bool:
    """Return whether numbers agree, one of them perhaps without country or area.

    >>> _same_phone("+3221234567", "21234567"), _same_phone("+3221234567", "1234567")
    (True, False)
    >>> _same_phone("+14155550101", "+334155550101")
    False
    >>> _same_phone("+3221234567", "+21234567"), _same_phone("112345678", "12345678")
    (False, True)
    """
    if one == other or (one[0] == other[0] == "+"):
        return one == other
    shorter, longer = sorted((one.lstrip("+"), other.lstrip("+")), key=len)
    return longer.endswith(shorter) and (len(shorter) > MIN_PHONE or shorter == longer)


def _same_street(one: Party, other: Party) -> bool:
    """Return whether streets agree: with two errors, or one in a short name.

    >>> def same(*streets):
    ...     return _same_street(*(Party(street=each) for each in streets))
    >>> same("5 Hauptst", "5 Heuptzt"), same("5 Hauptst", "5 Heuptzd")
    (True, False)
    >>> same("5 Mainst", "5 Meinst"), same("5 Mainst", "5 Meinzt")
    (True, False)
    """
    mine, theirs = one.street_key, other.street_key
    if not theirs or re.findall(r"^\d+[a-z]?\b|^\d+", mine) != re.findall(
        r"^\d+[a-z]?\b|^\d+", theirs
    ):
        return False
    limit = 2 if min(len(mine), len(theirs)) >= names.LONG else 1
    return names.distance(mine, theirs, limit) <= limit
