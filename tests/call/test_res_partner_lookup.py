import time

from hypothesis import example, given
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.call.res_partner_lookup import (
    FIRST_ENDING,
    HAS_LINES,
    LINES_START,
    OTHER_ENDINGS,
    TAILS,
)
from odoo.addons.invoicing_clerk.rules.call import call_number
from odoo.addons.invoicing_clerk.tests.call.phone_forms import FORMS
from odoo.addons.invoicing_clerk.tests.common import ClerkCommon
from odoo.addons.invoicing_clerk.tests.properties import property_of

# Numbers with typing errors.
TYPED = st.text(
    st.sampled_from("0123456789 +-./()#;,:_·xethéTAXI٣３）–’\u00a0"), max_size=50
)
# Several lines in short, and some that are not.
LINES = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(
        [
            "02 555 12 12",
            "02/555.12.12",
            "02-555-12-12",
            "+32 2 5551212",
            "212-555-1200",
        ]
        + ["0161 496 0123", "030 1234", "+33-6-12-34-56", "L0#025551212", "2) 0255512"]
    ),
    st.sampled_from(
        ["-", " - ", "–", "/", ", ", " à ", " or ", " bis ", " & ", ".", " "]
    ),
    st.sampled_from(["1", "13", "120", "1250", "9", "09", "0", "13 14"]),
    st.sampled_from(["", "/14", " or 15", "-16", " / 0485 11 22 33"]),
    st.sampled_from(["", " (Ann)", " h", " ext. 7", "x"]),
)

ANN, BOB = "+3225551212", "+32485112233"
# The phones of contacts without a country in a Belgian company, and who calls.
WRITTEN = (
    # Words around the number
    *(
        (text, [ANN, "02 555 12 12"])
        for text in (
            "02 555 12 12 (Ann)",
            "02 555 12 12 Ann",
            "02 555 12 12 office",
            "02-555-12-12 office",
            "Ann: 02 555 12 12",
            "Tel. 02/555.12.12 (privé)",
            "02 555 12 12 – Ann",
            "02 555 12 12 - Ann",
            "02 555 12 12 (après-midi)",
            "02 555 12 12 [Ann]",
            "Büro 02 555 12 12",
            "02 555 12 12 бухгалтерия",
            "02 555 12 12 \N{TELEPHONE RECEIVER}",
            "02\u00a0555\u00a012\u00a012 Ann",
            "☎ 02 555 12 12",
            "02 555 12 12 *",
            "<02 555 12 12>",
        )
    ),
    # Extensions
    *(
        (text, [ANN, "025551212"])
        for text in (
            "02 555 12 12 Local 212",
            "02 555 12 12 local: 212",
            "02 555 12 12 poste 212",
            "02 555 12 12 p44",
            "02 555 12 12 p. 44",
            "02 555 12 12 x7",
            "02 555 12 12 ext 7",
            "02 555 12 12 ext. 7",
            "02 555 12 12 extension 1234",
            "02 555 12 12 #7",
            "02 555 12 12,,7",
            "02 555 12 12;7",
            "02 555 12 12 DW 33",
            "02 555 12 12 Durchwahl 33",
            "02 555 12 12 int. 12",
            "02 555 12 12 toestel 9",
            "02 555 12 12 доб. 123",
            "02 555 12 12 / 13",
            "02 555 12 12 anexo 4",
        )
    ),
    # Prefixes of phone systems
    *(
        (text, [ANN, "02 555 12 12"])
        for text in (
            "L0#02 555 12 12",
            "L0#025551212",
            "0,02 555 12 12",
            "0, 025551212",
            "9,025551212",
            "0#02 555 12 12",
            "*31#02 555 12 12",
            "0w02 555 12 12",
            "00,02 555 12 12",
        )
    ),
    # Two or three numbers
    *(
        (text, [ANN, BOB, "0485/11.22.33"])
        for text in (
            "02 555 12 12 / 0485 11 22 33",
            "02 555 12 12/0485 11 22 33",
            "025551212/0485112233",
            "02/555.12.12 / 0485/11.22.33",
            "02 555 12 12, 0485 11 22 33",
            "02 555 12 12; 0485 11 22 33",
            "02 555 12 12 or 0485 11 22 33",
            "02 555 12 12 ou 0485 11 22 33",
            "02 555 12 12 & 0485 11 22 33",
            "02 555 12 12 | 0485 11 22 33",
            "02 555 12 12 - 0485 11 22 33",
            "02 555 12 12 – 0485 11 22 33",
            "02 555 12 12 (0485 11 22 33)",
            "02 555 12 12 (Ann), 0485 11 22 33 (Bob)",
            "+32 2 555 12 12 +32 485 11 22 33",
            "+32 2 555 12 12\n+32 485 11 22 33",
            "T 02 555 12 12 M 0485 11 22 33",
            "0485 11 22 33 / 02 555 12 12",
            "02 555 12 11-13 / 0485 11 22 33",
            "02 555 12 12 x7 / 0485 11 22 33",
            "02 111 11 11 / 02 555 12 12 / 0485 112233",
        )
    ),
)
# Several lines in short -> the last digits of 02 555 12 .. that call from one of them,
# and of others.
SHORT = (
    ("02/555.12.12-13", (12, 13), (11, 14, 99)),
    ("02 555 12 12-13", (12, 13), (11, 14)),
    ("02-555-12-12-13", (12, 13), ()),
    ("02 555 12 10 – 19", (10, 15, 19), (20, 9)),
    ("02 555 12 12/13/14", (12, 13, 14), (11, 15)),
    ("02 555 12 12/3", (12, 13), (14, 22)),
    ("02 555 12 12/14", (12, 14), (13,)),
    ("02 555 12 12, 14 or 16", (12, 14, 16), (13, 15)),
    ("025551212/13 (reception)", (12, 13), (14,)),
    ("Tel. 02 555 12 12 à 19", (12, 15, 19), (11, 20)),
    ("02 555 12 10 t/m 20", (10, 15, 20), (21,)),
    ("+32 2 555 12 10 to 20", (10, 15, 20), (21,)),
    ("+32 2 555 12 12 & 14", (12, 14), (13,)),
    ("02 555 12 12 et 13", (12, 13), (14,)),
    ("02 555 12 12-13 h", (), (12,)),
    ("02 555 12 12-11", (), (10,)),
)
# What clerks paste and systems send, where the contact has 02 555 12 12.
PASTED = (
    "02 555 12 12",
    "025551212",
    "+3225551212",
    "0032 2 555 12 12",
    "+32 (0)2 5551212",
    "02 555 12 12 (Ann)",
    "Ann 02 555 12 12",
    "02-555-1212 office",
    "02 555 12 12 Local 212",
    "02 555 12 12 poste 212",
    "02 555 12 12 p44",
    "L0#025551212",
    "0,025551212",
    "L0#003225551212",
    "tel:+32-2-555-12-12;ext=3",
    "sip:+3225551212@pbx.example.com",
    "\u202a+32 2 555 12 12\u202c",
    "（０２）５５５－１２１２",
    "02 555 12 12 / 0499 99 99 99",
    "0499 99 99 99 or 02 555 12 12",
    "02.555.12.12.",
    "02/555 12 12",
    "Tel: 025551212!",
)
# Contacts without country, in countries without area codes: as written, and as sent.
NATIONAL = (
    ("12 34 56 78", "+4512345678"),
    ("22334455", "004722334455"),
    ("+45 32 34 56 78", "32345678"),
    ("6123 4567 (Li)", "+6561234567"),
    ("581 2345", "+3545812345"),
    ("+354 581 2346", "5812346"),
    ("2123 4567 / 9123 4567", "+85291234567"),
)


@tagged("post_install", "-at_install")
class TestResPartnerLookup(ClerkCommon):
    """Contacts are found by number, however it is written."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.belgium = cls.env.ref("base.be")
        cls.france = cls.env.ref("base.fr")
        cls.company_a.country_id = cls.belgium
        cls.partner_a.write({"country_id": cls.belgium.id, "phone": "02 555 12 12"})
        cls.contact_a.write(
            {"country_id": cls.belgium.id, "phone": "+32 485 11 22 33 ext. 7"}
        )

    def _find(self, number, user=None, company=None):
        partners = self.env["res.partner"].with_user(user or self.clerk)
        return partners._find_callers(number, company or self.company_a).sudo()

    def _contact(self, name, phone, **values):
        country = {"country_id": self.belgium.id}
        return self.env["res.partner"].create(
            {"name": name, "phone": phone, **country, **values}
        )

    def test_formats_of_a_number(self):
        for number in (
            "+32485112233",
            "0485 11 22 33",
            "0485/11.22.33",
            "0032 485 11 22 33",
            "32485112233",
            "+32 (0)485 112233",
            "tel:+32-485-11-22-33;ext=12",
            "0485112233 x9",
            "sip:+32485112233@pbx.example.com",
        ):
            with self.subTest(number=number):
                self.assertEqual(self._find(number), self.contact_a)

    def test_a_contact_leads_to_its_customer(self):
        callers = self._find("0485112233")
        self.assertEqual(callers.commercial_partner_id, self.partner_a)

    def test_numbers_of_other_countries(self):
        paris = self._contact("Paris", "01 42 68 53 00", country_id=self.france.id)
        self.assertEqual(self._find("+33 1 42 68 53 00"), paris)
        self.assertEqual(self._find("0033142685300"), paris)
        self.assertEqual(self._find("0142685300"), paris, "by its last nine digits")

    def test_the_country_of_the_company_reads_a_national_number(self):
        here = self._contact("Here", "0485 99 88 77")
        there = self._contact("There", "+41 48 599 88 77")
        self.assertEqual(self._find("0485998877"), here)
        self.company_a.country_id = self.env.ref("base.ch")
        callers = self._find("0485998877")
        self.assertIn(there, callers)

    def test_exact_number_before_similar_ones(self):
        similar = self._contact("Similar", "+49 30 485112233")
        self.assertEqual(similar.phone_sanitized, "+4930485112233")
        self.assertEqual(self._find("+32485112233"), self.contact_a)
        self.assertEqual(self._find("+4930485112233"), similar)
        both = self._find("(999) 485 11 22 33")
        self.assertEqual(both, self.contact_a | similar, "no exact match")

    def test_what_core_cannot_normalise_is_found_by_its_digits(self):
        odd = self._contact("Odd", "555-01 00 12 34 ext 5")
        self.assertFalse(odd.phone_sanitized)
        self.assertEqual(self._find("555 01001234"), odd)
        inside = self._contact("Inside", "204")
        self.assertEqual(self._find("204"), inside)

    def test_written_in_any_way(self):
        """Names, extensions, prefixes and other numbers beside the number.

        Most of these contacts were not found: core cannot normalise what they have, and
        only the first number was read, up to the first letter of the alphabet of a-z.
        """
        self.assertGreaterEqual(len(WRITTEN), 60)
        self.partner_a.phone = self.contact_a.phone = False
        for text, callers in WRITTEN:
            contact = self._contact(text, text, country_id=False)
            for caller in callers:
                with self.subTest(written=text, caller=caller):
                    self.assertEqual(self._find(caller), contact)
            contact.active = False

    def test_pasted_in_any_way(self):
        for text in PASTED:
            with self.subTest(pasted=text):
                self.assertEqual(self._find(text), self.partner_a)

    def test_pasted_numbers_find_each_caller(self):
        both = self._find("02 555 12 12 / 0485 11 22 33")
        self.assertEqual(both, self.partner_a | self.contact_a)

    def test_national_numbers_without_country(self):
        for written, caller in NATIONAL:
            contact = self._contact(written, written, country_id=False)
            with self.subTest(written=written, caller=caller):
                self.assertIn(contact, self._find(caller))

    def test_forms_of_many_countries(self):
        """Found by its callers, with and without country; and pasted, the contact.

        Not found were numbers in a list, before hours, after a room, behind words that
        Odoo dials (``DW 12``), two with a dash and no zero, two spaces or a dot between
        them, in digits of other scripts, and national numbers of eight
        digits that Odoo cannot read.
        """
        self.assertGreaterEqual(len(FORMS), 140)
        self.partner_a.phone = self.contact_a.phone = False
        for code, text, callers in FORMS:
            country = self.env.ref({"gb": "base.uk"}.get(code, f"base.{code}"))
            self.company_a.country_id = country
            known = self._contact(text, text, country_id=country.id)
            other = self._contact(text, text, country_id=False)
            for caller in callers:
                with self.subTest(country=code, written=text, caller=caller):
                    self.assertLessEqual(known, self._find(caller))
                    known.active = False
                    self.assertLessEqual(other, self._find(caller), "no country")
                    known.active = True
            (known | other).active = False
            plain = self._contact(text, callers[0], country_id=country.id)
            with self.subTest(country=code, pasted=text):
                self.assertLessEqual(plain, self._find(text))
            plain.active = False

    def test_several_lines_in_short(self):
        """A range was one number of eleven digits that nobody has."""
        self.partner_a.phone = self.contact_a.phone = False
        for country in (self.env.ref("base.be").id, False):
            for written, lines, others in SHORT:
                contact = self._contact(written, written, country_id=country)
                for line in lines:
                    with self.subTest(written=written, line=line, country=country):
                        self.assertIn(contact, self._find(f"+3225551{200 + line}"))
                        self.assertIn(contact, self._find(f"02 555 1{200 + line}"))
                for line in others:
                    with self.subTest(written=written, other=line, country=country):
                        self.assertNotIn(contact, self._find(f"+3225551{200 + line}"))
                contact.active = False

    def test_several_lines_are_pasted(self):
        self.partner_a.phone = self.contact_a.phone = False
        for written, lines, _others in SHORT:
            for line in (lines[0], lines[-1]) if lines else ():
                contact = self._contact("One of them", f"02 555 1{200 + line}")
                with self.subTest(written=written, line=line):
                    self.assertIn(contact, self._find(written))
                contact.active = False

    def test_long_texts_cost_no_time(self):
        """No pattern tries the same blanks again and again."""
        start = time.monotonic()
        for part in ("0", " ", "1 ", "1-", "(1) ", "a1", "1 - ", "1   (", "1) ", "1/"):
            call_number.tails(part * 20_000)
            for text in (part * 20, f"02 555 12 12{part * 16}", f"1-800-{part * 18}"):
                text = text[: call_number.MAX_CHARACTERS]
                call_number.lines(text)
                call_number.keypad_tail(text)
        self.assertLess(time.monotonic() - start, 5)

    def test_unknown_number(self):
        self.assertFalse(self._find("+32 485 00 00 01"))

    def test_archived_contacts_are_not_found(self):
        self.contact_a.active = False
        self.assertFalse(self._find("0485112233"))

    def test_number_shared_by_forty(self):
        switchboard = "02 544 10 00"
        main = self._contact("Forty Ltd", switchboard, is_company=True)
        people = self.env["res.partner"].create(
            [
                {"name": f"Person {n}", "parent_id": main.id, "phone": switchboard}
                for n in range(38)
            ]
        )
        owing = self._contact("Owing neighbour", switchboard)
        self._posted((1, 100.0), partner=owing)
        callers = self._find(switchboard)
        self.assertEqual(len(callers), 40)
        self.assertEqual(
            callers[:2],
            owing | main,
            "customers with open items, then the company itself",
        )
        self.assertEqual(set(callers[2:]), set(people))

    def test_customers_with_open_items_come_first(self):
        paid, silent = (self._contact(name, "02 544 20 00") for name in ("Pay", "Not"))
        self._pay(self._posted((1, 100.0), partner=paid))
        self.assertEqual(self._find("025442000"), paid | silent)
        self.assertFalse(paid._owing_customers(self.company_a))
        self._posted((1, 100.0), partner=silent)
        self.assertEqual(self._find("025442000")[0], silent)

    def test_queries_do_not_grow_with_callers(self):
        one = "02 544 30 01"
        self._contact("One A", one)
        self._contact("One B", one)
        many = "02 544 30 02"
        for number in range(12):
            self._contact(f"Many {number}", many)
        self._count_queries(self._find, many)
        self.assertEqual(
            self._count_queries(self._find, many), self._count_queries(self._find, one)
        )

    def test_contacts_of_each_company(self):
        of_company_b = self._contact(
            "Of company B", "02 544 40 00", company_id=self.company_b.id
        )
        of_company_a = self._contact(
            "Of company A", "02 544 40 00", company_id=self.company_a.id
        )
        shared = self._contact("Shared", "02 544 40 00")
        self.assertEqual(self._find("025444000"), of_company_a | shared)
        callers = self._find("+3225444000", user=self.clerk_b, company=self.company_b)
        self.assertEqual(callers, of_company_b | shared)

    def test_record_rules_apply(self):
        rule = self.env["ir.rule"].create(
            {
                "name": "No contact of A",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": [("id", "!=", self.contact_a.id)],
                "groups": [self.env.ref("invoicing_clerk.group_auditor").id],
            }
        )
        self.assertEqual(self._find("0485112233"), self.contact_a)
        self.assertFalse(self._find("0485112233", user=self.auditor), rule.name)

    def test_other_text_is_refused(self):
        for number in ("hello", "", False, "12", "<b>1</b>", "1" * 5000, "+"):
            with (
                self.subTest(number=number),
                self.assertRaisesRegex(UserError, "is not a phone number"),
            ):
                self._find(number)

    def test_the_index_serves_the_search(self):
        self.env.flush_all()
        # A table of tests is too small for any index.
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        partners = self.env["res.partner"]
        query = partners._search(partners._domain_of_tails({"485112233"}))
        self.env.cr.execute(SQL("EXPLAIN %s", query.select()))
        plan = "\n".join(row for (row,) in self.env.cr.fetchall())
        several = [f"phone_tail_{at}" for at in (2, 3, 4)]
        for index in ("phone_tail", *several, "phone_keypad", "phone_lines"):
            self.assertRegex(plan, rf"res_partner__{index}\b|res_partner_{index}\b")

    @given(TYPED)
    @example("tel. 02 555 12 12 / 13 x7")
    @example("L0#02 555 12 12 - 0485 11 22 33 (02 555 12 13)")
    @property_of(examples=200)
    def test_the_index_agrees_with_the_rule(self, typed):
        tails = SQL(", ").join(
            SQL("CASE WHEN %s THEN %s END", SQL(condition), SQL(tail))
            for tail, condition in TAILS
        )
        self.env.cr.execute(
            SQL(
                "SELECT %s FROM (VALUES (NULL, %s)) AS v (phone_sanitized, phone)",
                tails,
                typed,
            )
        )
        found = [tail for tail in self.env.cr.fetchone() if tail]
        spelt = call_number.keypad_tail(typed)
        self.assertEqual(found, call_number.tails(typed) + [spelt] * bool(spelt))

    @given(LINES)
    @example("02 555 12 12/13/14")
    @example("02 555 12 10-12-14")
    @property_of(examples=200)
    def test_lines_in_short_agree_with_the_rule(self, written):
        self.env.cr.execute(
            SQL(
                """SELECT start, first, ARRAY(SELECT other[2] FROM %s AS other)
                     FROM (SELECT %s AS start, %s AS first, phone
                             FROM (VALUES (%s)) AS v (phone) WHERE %s) AS v""",
                SQL(OTHER_ENDINGS),
                SQL(LINES_START),
                SQL(FIRST_ENDING),
                written,
                SQL(HAS_LINES),
            )
        )
        row = self.env.cr.fetchone()
        lines = call_number.lines(written)
        if lines:
            start, first, others = lines
            self.assertEqual(row[:2], (start, first))
            self.assertLessEqual(
                {other for _through, other in others},
                {first[: -len(ending)] + ending for ending in row[2]},
            )
        else:
            # Endings below the first one are no range, and find nobody.
            for ending in row[2] if row else ():
                self.assertLessEqual(row[1][: -len(ending)] + ending, row[1])
