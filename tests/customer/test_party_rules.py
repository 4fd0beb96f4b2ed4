from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules.customer.party import (
    Party,
    domain,
    phone_key,
    registry_key,
    spellings,
    street_key,
    tax_id,
)


@tagged("at_install", "-post_install")
class TestPartyRules(BaseCase):
    """Data that just suffice to recognize a customer, and those that do not."""

    def test_keys(self):
        for values, keys in (
            ({"vat": "12345678"}, ["v:12345678"]),
            ({"street": "Main Street 5"}, []),
            ({"zip": "69001"}, []),
        ):
            self.assertEqual(Party(**values).keys(), keys)

    def test_a_legal_form_makes_a_company(self):
        self.assertEqual((Party("Acme AG").form, Party("Acme AG").kind), ("ag", True))

    def test_short_names(self):
        for name, count in (
            ("Ab", 0),
            ("Abo", 4),
            ("Kapitolmed", 11),
            ("Kapitolmeda", 0),
        ):
            self.assertEqual(len(spellings(name)), count, name)

    def test_tax_ids(self):
        for number, country, expected in (
            ("1234", "", ("", False)),
            ("12345", "", ("12345", False)),
            ("00000000", "BE", ("", False)),
            ("12121212", "", ("12121212", False)),
            ("1A345678", "DE", ("DE1A345678", False)),
            # Greek numbers begin with EL; French ones with two letters, sometimes.
            ("EL123456783", "", ("GR123456783", True)),
            ("NL443061841", "FR", ("FRNL443061841", True)),
        ):
            self.assertEqual(tax_id(number, country), expected, number)

    def test_numbers_of_a_register(self):
        for number, expected in (
            ("HRB 1234", "HRB1234"),
            ("HRB 12345", "12345"),
            ("11111", ""),
        ):
            self.assertEqual(registry_key(number), expected, number)

    def test_phones(self):
        for number, expected in (
            ("1231231", "1231231"),
            ("123123", ""),
            ("1212121", ""),
        ):
            self.assertEqual(phone_key(number), expected, number)

    def test_domains(self):
        self.assertEqual(domain("ap@co.de"), "co.de")

    def test_streets(self):
        for street, expected in (
            ("Hauptstr. 5a", "5ahauptst"),
            ("5, rue du 8 Mai", "5dumai"),
        ):
            self.assertEqual(street_key(street), expected, street)
