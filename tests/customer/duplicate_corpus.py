"""A labelled corpus of pairs of records, of one customer or of two.

It is made by chance from a seed, always the same. Every kind of pair has its own
method, named after it; its docstring says what is difficult about it.
"""

import random
from collections import namedtuple
from dataclasses import replace

from stdnum import luhn
from stdnum.iso7064 import mod_11_10

from odoo.addons.invoicing_clerk.rules.customer.duplicate import Party

Pair = namedtuple("Pair", "kind one other is_duplicate")

SYLLABLE_TEXT = """
ba den kor li mar nov ster tal ven wick zon fel gra hol jen
"""
SYLLABLES = SYLLABLE_TEXT.split()
TRADE_TEXT = """
Logistics Foods Steel Paper Optics Textiles Marine Dental Bakery Transport Energy
Consulting Electronics Furniture Printing Plumbing Catering Pharma Ceramics Timber
"""
TRADES = TRADE_TEXT.split()
GIVEN_TEXT = """
Anna Bruno Clara David Elena Fabian Greta Hugo Ines Jonas Karin Luca
"""
GIVEN = GIVEN_TEXT.split()
FAMILY_TEXT = """
Vandenberghe Kowalczyk Fernandez Lindqvist Oberholzer Petrakis
"""
FAMILIES = FAMILY_TEXT.split()
STREETS = {
    "DE": ("Hauptstraße", "Gartenstr.", "Lindenstrasse", "Bahnhofstr."),
    "FR": ("rue de la Paix", "avenue Foch", "bd Victor Hugo"),
    "BE": ("Kerkstraat", "Stationsstraat", "Molenstraat"),
    "GB": ("High Street", "Church Rd", "Station Road"),
    "IT": ("via Roma", "via Garibaldi", "via Dante"),
}
TOWNS = {
    "DE": (("10115", "Berlin"), ("80331", "München"), ("50667", "Köln")),
    "FR": (("75001", "Paris"), ("69001", "Lyon"), ("13001", "Marseille")),
    "BE": (("1000", "Brussels"), ("2000", "Antwerpen"), ("9000", "Gent")),
    "GB": (("EC1A 1BB", "London"), ("M1 1AE", "Manchester"), ("B1 1AA", "Birmingham")),
    "IT": (("00118", "Roma"), ("20121", "Milano"), ("10121", "Torino")),
}
FORMS = {
    "DE": (("GmbH", "G.m.b.H.", "Gesellschaft mit beschränkter Haftung", "gmbh", ""),),
    "FR": (("SARL", "S.A.R.L.", "sarl", ""), ("SAS", "S.A.S.", "")),
    "BE": (("BV", "B.V.", "bvba", ""), ("NV", "N.V.", "")),
    "GB": (("Ltd", "Limited", "Ltd.", "LTD", ""), ("PLC", "plc", "")),
    "IT": (("S.r.l.", "SRL", "srl", ""), ("S.p.A.", "SpA", "")),
}
PREFIX = {"DE": "+49", "FR": "+33", "BE": "+32", "GB": "+44", "IT": "+39"}


def _french(digits):
    siren = f"9{digits}"
    siren += luhn.calc_check_digit(siren)
    return f"{(12 + 3 * (int(siren) % 97)) % 97:02}{siren}"


def _british(digits):
    total = sum(int(each) * (8 - i) for i, each in enumerate(digits))
    return f"{digits}{-total % 97:02}"


# Valid tax IDs of seven digits.
CHECKED = {
    "DE": lambda digits: f"1{digits}" + mod_11_10.calc_check_digit(f"1{digits}"),
    "FR": _french,
    "BE": lambda digits: f"0{digits}{97 - int(digits) % 97:02}",
    "GB": _british,
    "IT": lambda digits: f"{digits}001" + luhn.calc_check_digit(f"{digits}001"),
}
# How often a second record has it, and what it has otherwise.
KNOWN = {
    "vat": 0.5,
    "registry": 0.2,
    "accounts": 0.15,
    "phones": 0.7,
    "emails": 0.7,
    "website": 0.3,
    "street": 0.8,
}
EMPTY = {name: () if name in ("accounts", "phones", "emails") else "" for name in KNOWN}
IDENTIFYING = ("vat", "phones", "emails")
CYRILLIC = str.maketrans(
    dict(zip("abdefgiklmnoprstuvz", "абдефгиклмнопрстувз", strict=True))
)
SCRIPTS = {"ä": "ae", "ö": "oe", "ü": "ue", "é": "e", "ß": "ss", "f": "ph", "k": "c"}


class Corpus:
    """Pairs in equal shares of all kinds, half of them of one customer."""

    def __init__(self, seed=20261130, pairs=2000):
        self.random = random.Random(seed)
        self.used = set()
        self.pairs = []
        kinds = {
            truth: sorted(name for name in dir(self) if name.startswith(start))
            for truth, start in ((True, "same_"), (False, "two_"))
        }
        for number in range(pairs):
            truth = number % 2 == 0
            kind = kinds[truth][number // 2 % len(kinds[truth])]
            one, other = getattr(self, kind)()
            if self.random.random() < 0.5:
                one, other = other, one
            self.pairs.append(Pair(kind, one, other, truth))

    # Customers

    def company(self, country=None, name=None):
        """Return a company with everything that may be known of it."""
        pick = self.random.choice
        country = country or pick(sorted(TOWNS))
        name = name or f"{self.word()} {pick(TRADES)}"
        code, city = pick(TOWNS[country])
        host = f"{self.word().lower()}.{country.lower()}"
        return Party(
            name=f"{name} {pick(FORMS[country])[0]}",
            vat=self.tax_id(country),
            registry=str(self.random.randrange(10**7, 10**8)),
            accounts=(self.account(country),),
            phones=(self.phone(country),),
            emails=(f"{pick(('info', 'ap', 'office'))}@{host}",),
            website=f"https://www.{host}",
            street=self.street(country),
            zip=code,
            city=city,
            country=country,
            is_company=True,
        )

    def person(self):
        company = self.company()
        name = f"{self.random.choice(GIVEN)} {self.random.choice(FAMILIES)}"
        box = name.lower().replace(" ", ".")
        return replace(
            company,
            name=name,
            vat="",
            registry="",
            website="",
            emails=(f"{box}{self.random.randrange(99)}@gmail.com",),
            is_company=False,
        )

    def word(self):
        while True:
            count = self.random.choice((2, 3, 3))
            word = "".join(self.random.sample(SYLLABLES, count)).capitalize()
            if word not in self.used:
                self.used.add(word)
                return word
            if len(self.used) > 1500:
                self.used.clear()

    def tax_id(self, country):
        number = self.random.randrange(10**6, 10**7)
        return country + CHECKED[country](f"{number}")

    def account(self, country):
        return f"{country}{self.random.randrange(10**13, 10**14)}"

    def phone(self, country):
        return f"{PREFIX[country]} {self.random.randrange(10**8, 10**9)}"

    def street(self, country):
        name = self.random.choice(STREETS[country])
        return f"{name} {self.random.randrange(1, 200)}"

    # How it is entered again

    def forget(self, party, keep=()):
        """Return a record in which some of it was left empty.

        Few know the bank account or company ID of a customer; at least one of what
        identifies the customer is entered.
        """
        known = [name for name in EMPTY if getattr(party, name)]
        kept = {*keep, self.random.choice([n for n in known if n in IDENTIFYING])}
        left = [
            name
            for name in known
            if name not in kept and self.random.random() > KNOWN[name]
        ]
        return replace(party, **{name: EMPTY[name] for name in left})

    def typo(self, text):
        place = self.random.randrange(1, len(text) - 2)
        a, b = text[place], text[place + 1]
        wrong = self.random.choice((b + a, a, a + a + b, "n" + b))
        return text[:place] + wrong + text[place + 2 :]

    def rewritten(self, party):
        """Return the numbers as other people write them."""
        phones = tuple(self._phone_again(each, party.country) for each in party.phones)
        vat = party.vat
        if vat:
            bare = vat[2:]
            vat = self.random.choice((vat, bare, f"{vat[:2]} {bare[:4]} {bare[4:]}"))
        return replace(
            party,
            phones=phones,
            vat=vat,
            accounts=tuple(f"{each[:4]} {each[4:]}" for each in party.accounts),
            street=self._street_again(party.street),
            emails=tuple(each.title() for each in party.emails),
        )

    def _phone_again(self, phone, country):
        bare = phone.removeprefix(PREFIX[country]).strip()
        return self.random.choice(
            (phone, f"0{bare[:2]}/{bare[2:]}", f"{PREFIX[country]} (0){bare}")
        )

    def _street_again(self, street):
        again = street.replace("straße", "str.").replace("Street", "St")
        return again.replace("Road", "Rd").replace("avenue", "av.")

    # Records of one customer

    def same_typing_error(self):
        """A letter is wrong in the name."""
        one = self.company()
        word, rest = one.name.split(" ", 1)
        other = self.rewritten(self.forget(one))
        return one, replace(other, name=f"{self.typo(word)} {rest}")

    def same_two_errors(self):
        """The name and the tax ID have a typing error each."""
        one = self.company()
        word, rest = one.name.split(" ", 1)
        other = self.forget(one, keep=("phones", "vat", "street"))
        return one, replace(
            other, name=f"{self.typo(word)} {rest}", vat=self._misread(one.vat)
        )

    def _misread(self, vat):
        place = self.random.randrange(4, len(vat))
        return f"{vat[:place]}{(int(vat[place]) + 1) % 10}{vat[place + 1 :]}"

    def same_legal_form(self):
        """The legal form is written in another way, or left out."""
        one = self.company()
        name = one.name
        for forms in FORMS[one.country]:
            if name.endswith(f" {forms[0]}"):
                name = name.removesuffix(forms[0]) + self.random.choice(forms)
        return one, self.rewritten(self.forget(replace(one, name=name.strip())))

    def same_transcription(self):
        """Accents and other alphabets are transcribed in several ways."""
        word = self.word()
        vowel = self.random.choice("äöüé")
        name = f"{word[0]}{vowel}{word[1:]} {self.random.choice(TRADES)}"
        one = self.company(name=name)
        for letter, letters in SCRIPTS.items():
            name = name.replace(letter, letters)
        other = self.rewritten(self.forget(one))
        return one, replace(other, name=name)

    def same_cyrillic(self):
        """The name is in Cyrillic letters on one side."""
        word = self.word()
        one = self.company(name=f"{word} Zavod")
        name = f"{word} Zavod".lower().translate(CYRILLIC)
        return one, replace(self.forget(one), name=name)

    def same_other_script(self):
        """The name is in letters that nobody here can read."""
        one = self.company()
        name = self.random.choice(("東京物流株式会社", "شركة النور", "삼성물산"))
        return one, replace(self.forget(one), name=name)

    def same_moved(self):
        """The customer has moved, and has a new address and phone number."""
        one = self.company()
        code, city = self.random.choice(TOWNS[one.country])
        other = self.forget(one, keep=("emails",))
        phones = other.phones
        if phones and self.random.random() < 0.5:
            phones = (self.phone(one.country),)
        street = self.street(one.country)
        return one, replace(other, zip=code, city=city, street=street, phones=phones)

    def same_divided(self):
        """Words are divided in another way, or in another order."""
        first, second = self.word(), self.word().lower()
        one = self.company(name=f"{first}{second}")
        name = self.random.choice((f"{first} {second}", f"{second} {first}"))
        if name.startswith(second):
            one = replace(one, name=f"{first} {second}")
        return one, replace(self.rewritten(self.forget(one)), name=name)

    def same_renamed(self):
        """Only numbers are the same: the customer has another name."""
        one = self.company()
        return one, replace(one, name=self.company(one.country).name)

    def same_name_and_address(self):
        """Nothing else is known on one side."""
        one = self.company()
        bare = {"vat": "", "registry": "", "website": ""}
        empty = {"accounts": (), "phones": (), "emails": ()}
        return one, replace(self.rewritten(one), **bare, **empty)

    def same_person(self):
        """A person, first name last."""
        one = self.person()
        given, family = one.name.split()
        return one, replace(self.rewritten(one), name=f"{family}, {given}")

    # Two customers

    def two_of_a_building(self):
        """Other companies at the same address, with the same phone number."""
        one, other = self.company(), self.company()
        keep = ("street", "zip", "city", "country", "phones")
        return one, self.forget(
            replace(other, **{name: getattr(one, name) for name in keep})
        )

    def two_of_a_family(self):
        """The same family name, address, phone and sometimes bank account."""
        one = self.person()
        given, family = one.name.split()
        others = [each for each in GIVEN if each != given]
        other = replace(one, name=f"{self.random.choice(others)} {family}")
        if self.random.random() < 0.5:
            other = replace(other, accounts=(self.account(one.country),))
        return one, other

    def two_of_a_holding(self):
        """The same domain and first word; often the same address and phone number."""
        one = self.company()
        word = one.name.split()[0]
        trade = self.random.choice([t for t in TRADES if t not in one.name])
        other = replace(
            self.company(one.country, f"{word} {trade}"),
            emails=one.emails,
            website=one.website,
            street=one.street,
            zip=one.zip,
            city=one.city,
            phones=one.phones,
        )
        if self.random.random() < 0.3:
            other = replace(other, accounts=one.accounts)
        if self.random.random() < 0.4:
            other = replace(other, vat="", registry="")
        return one, other

    def two_of_one_name(self):
        """The holding and its subsidiary are called the same, but for a word."""
        one = self.company()
        word = self.random.choice(("Holding", "Verwaltungs", "Group", "Immobilien"))
        first, rest = one.name.split(" ", 1)
        other = replace(one, name=f"{first} {word} {rest}", vat="", registry="")
        return one, replace(other, accounts=())

    def two_with_tax_ids(self):
        """All the same, but for two tax IDs that are both valid."""
        one = self.company()
        return one, replace(one, vat=self.tax_id(one.country), registry="")

    def two_shops(self):
        """Branches, told apart by a number; they share tax ID and bank account."""
        word = self.word()
        one = self.company(name=f"{word} Shop 3")
        return one, replace(one, name=one.name.replace("3", "4"))

    def two_branches(self):
        """Branches in two towns, told apart by their names."""
        word = self.word()
        country = self.random.choice(sorted(TOWNS))
        first, second = self.random.sample(TOWNS[country], 2)
        one = replace(
            self.company(country, f"{word} {first[1]}"), zip=first[0], city=first[1]
        )
        name = one.name.replace(first[1], second[1])
        other = replace(one, name=name, zip=second[0], city=second[1])
        return one, replace(
            other, street=self.street(country), phones=(self.phone(country),)
        )

    def two_owner(self):
        """An owner in private, at the address of the company, and the company."""
        person = self.person()
        company = self.company(person.country, person.name)
        keep = ("phones", "emails", "street", "zip", "city", "accounts")
        return replace(
            company, **{name: getattr(person, name) for name in keep}
        ), person

    def two_alike(self):
        """Names that differ by a letter, in one town."""
        one = self.company()
        word, rest = one.name.split(" ", 1)
        other = self.company(one.country, self.typo(word))
        name = f"{self.typo(word)} {rest}"
        return one, self.forget(
            replace(other, name=name, zip=one.zip, city=one.city), keep=("phones",)
        )

    def two_of_one_form(self):
        """A company, and the partnership that it manages from the same address."""
        name = self.word()
        one = self.company("DE", name)
        other = replace(one, name=f"{name} GmbH & Co. KG", vat="", registry="")
        return one, replace(other, accounts=(self.account("DE"),))

    def two_at_random(self):
        """Any two customers."""
        return self.company(), self.company()
