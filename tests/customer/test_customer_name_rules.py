from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules.customer.customer_name import (
    distance,
    relation,
    word_likeness,
)

# Two words, and how alike they are.
ALIKE = (
    # The shortest words have no errors, but sounds.
    ("pax", "pex", ""),
    ("paxa", "pexa", "alike"),
    ("a", "aa", ""),
    ("al", "all", "same"),
    # Words that tell sites and companies of a group apart.
    ("north", "norte", ""),
    ("holding", "holdinc", ""),
    # Another first letter makes another word, if it is short.
    ("foods", "goods", ""),
    ("foodex", "goodex", "alike"),
    # Two errors in eight letters, one in seven.
    ("baumgart", "boumgert", "alike"),
    ("baumgart", "boumgent", ""),
    ("bergman", "bargman", "alike"),
    ("bergman", "bargmin", ""),
    # Errors in what is written in another way, of five sounds.
    ("moeller", "mollar", "alike"),
    ("moelle", "malle", ""),
    ("moeller", "molle", ""),
    ("molle", "moeller", ""),
)
COMPANIES = (
    ("", "東京", "unlike"),
    ("Anna Meyer", "Anne Meyer", "alike"),
    ("Shop 12", "Shop 14", "site"),
    ("Acme A", "Acme B", "site"),
    ("Acme", "Acme XY", "part"),
    # Divided into words in other places, with two errors in eight letters.
    ("Data Soft", "Detasofd", "alike"),
    ("Data Soft", "Detasifd", "unlike"),
    ("Data Sof", "Datasaf", "unlike"),
    ("Mat Sun", "Matsun", "alike"),
    # As many words, and each of them is another one.
    ("Foods Pax", "Goods Pex", "unlike"),
)
PEOPLE = (
    ("Gabriel Meyer", "Gabriol Meyer", "alike"),
    ("Martin Meyer", "Marvin Meyer", "apart"),
    ("Kral Meyer", "Karl Meyer", "alike"),
    ("J. Meyer", "Karl Meyer", "site"),
    ("Jo Meyer", "John Meyer", "apart"),
)


@tagged("at_install", "-post_install")
class TestCustomerNameRules(BaseCase):
    """Names with as many errors as one name can have, and with one more."""

    def test_distances_at_their_limit(self):
        for one, other, limit, expected in (
            ("", "ab", 2, 2),
            ("paper", "pap", 2, 2),
            ("paper", "papr", 1, 1),
            ("paper", "pap", 1, 2),
            ("aaa", "a", 2, 2),
            ("ab", "ba", 2, 1),
            ("abcdef", "abcduvwx", 2, 3),
        ):
            with self.subTest(one=one, other=other):
                self.assertEqual(distance(one, other, limit), expected)

    def test_words(self):
        for one, other, expected in ALIKE:
            with self.subTest(one=one, other=other):
                self.assertEqual(word_likeness(one, other), expected)

    def test_companies(self):
        for one, other, expected in COMPANIES:
            with self.subTest(one=one, other=other):
                self.assertEqual(relation(one, other), expected)

    def test_people(self):
        for one, other, expected in PEOPLE:
            with self.subTest(one=one, other=other):
                self.assertEqual(relation(one, other, is_person=True), expected)
