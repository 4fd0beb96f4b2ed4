from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules.customer.duplicate import Score, compare
from odoo.addons.invoicing_clerk.rules.customer.party import Party

SHOP = {"zip": "69001", "street": "5, rue Haute"}
# One name, mailbox and phone: 0.958, if nothing speaks against it.
KNOWN = {"name": "Acme", "emails": ("ap@acme.be",), "phones": ("+32 2 123 45 67",)}
FACTS = "name phone email"
# Both have one name. What else both have, with the certainty of both.
SHARED = (
    ({"registry": "HRB 123456"}, 0.985, "registry name"),
    ({"accounts": ("BE71 0961 2345 6769",)}, 0.985, "account name"),
    (SHOP, 0.91, "name address"),
    ({"city": "Lyon"}, 0.775, "name city"),
    ({"emails": ("ap@acme.be",)}, 0.895, "name email"),
    ({"website": "www.acme.be"}, 0.79, "name domain"),
    # With four decimals.
    (
        {"registry": "HRB 123456", "zip": "69001", "emails": ("ap@acme.be",)},
        *(0.9966, "registry name email zip"),
    ),
)
# What each of both has, with the certainty and its reasons.
PAIRS = (
    ({"name": "Meyer Logistics"}, {"name": "Meyer Logistik"}, 0.6, "name_alike"),
    ({"name": "Acme"}, {"name": "Acme Consulting"}, 0.4, "name_part"),
    ({"name": "東京"}, {"name": "Tokyo KK"}, 0.1, "script"),
    (
        {"name": "Acme", "vat": "BE0477472701"},
        {"name": "Acme", "vat": "BE0477472711"},
        *(0.85, "vat_alike name"),
    ),
    (
        {"name": "Acme", "vat": "HU12345678"},
        {"name": "Acme", "vat": "12345678"},
        *(1.0, "vat name"),
    ),
    (
        {"name": "Acme", "website": "acme.be"},
        {"name": "Acme", "website": "acme.fr"},
        *(0.7, "name"),
    ),
    # Of a person and a customer of whom it is not known, a letter is an error.
    (
        {"name": "Anna Meyer", "is_company": False},
        {"name": "Anne Meyer"},
        *(0.6, "name_alike"),
    ),
)
# What speaks against one customer, beside all that is known.
DIFFERENT = (
    ({}, {}, 0.958, ""),
    # Tax IDs: both are right, one of them is wrong, or they are of two countries.
    ({"vat": "PT850792940"}, {"vat": "PT250792940"}, 0.45, "other_vat"),
    ({"vat": "BE0477472701"}, {"vat": "BE0428759490"}, 0.85, "other_vat"),
    ({"vat": "BE0477472701"}, {"vat": "FR83404833048"}, 0.85, "other_vat"),
    # Numbers of a register: with one error, or another one.
    ({"registry": "HRB 123456"}, {"registry": "HRB 123457"}, 0.85, "other_registry"),
    ({"registry": "HRB 123456"}, {"registry": "HRB 987654"}, 0.45, "other_registry"),
    ({"accounts": ("BE71 0961",)}, {"accounts": ("BE68 5390",)}, 0.85, "other_account"),
    ({"name": "Acme GmbH"}, {"name": "Acme AG"}, 0.85, "other_form"),
    ({"country": "BE"}, {"country": "FR"}, 0.85, "other_place"),
    # Who has one name, mailbox and phone may have moved.
    ({"city": "Lyon"}, {"city": "Paris"}, 0.958, ""),
    (
        {"city": "Lyon", "emails": ()},
        {"city": "Paris", "emails": ()},
        *(0.85, "other_place"),
    ),
)


@tagged("at_install", "-post_install")
class TestDuplicateRules(BaseCase):
    """Each fact for one customer by itself, and each fact against it."""

    def _check(self, one, other, value, reasons):
        with self.subTest(one=one, other=other):
            found = compare(Party(**one), Party(**other))
            self.assertEqual((found.value, " ".join(found.reasons)), (value, reasons))

    def test_what_both_have(self):
        for values, value, reasons in SHARED:
            values = {"name": "Acme", **values}
            self._check(values, values, value, reasons)

    def test_what_each_has(self):
        for pair in PAIRS:
            self._check(*pair)

    def test_what_speaks_against_it(self):
        for one, other, value, against in DIFFERENT:
            facts = FACTS if one.get("emails") is None else "name phone"
            reasons = " ".join(filter(None, (facts, against)))
            self._check({**KNOWN, **one}, {**KNOWN, **other}, value, reasons)

    def test_other_numbers_of_a_register_with_one_tax_id(self):
        same = {**KNOWN, "vat": "BE0477472701"}
        one, other = ({**same, "registry": each} for each in ("HRB 12345", "HRB 98765"))
        self._check(one, other, 0.85, f"vat {FACTS} other_registry")

    def test_people_in_one_house(self):
        person = {"name": "Ann Roy", **SHOP, "is_company": False}
        self._check(person, person, 0.85, "name address")
        person["phones"] = ("04 11 22 33 44",)
        self._check(person, person, 0.964, "name phone address")

    def test_the_certainty_that_stops_or_asks(self):
        for value, stops, asks in (
            (0.9, True, True),
            (0.8999, False, True),
            (0.5, False, True),
            (0.4999, False, False),
        ):
            score = Score(value)
            self.assertEqual((score.stops, score.asks), (stops, asks))
