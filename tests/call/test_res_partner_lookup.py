from hypothesis import example, given
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.call.res_partner_lookup import TAIL
from odoo.addons.invoicing_clerk.rules.call import call_number
from odoo.addons.invoicing_clerk.tests.common import ClerkCommon
from odoo.addons.invoicing_clerk.tests.properties import property_of

# Numbers with typing errors.
TYPED = st.text(st.sampled_from("0123456789 +-./()#;,xeté٣"), max_size=40)


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

        def count(number):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._find(number)
            return self.cr.sql_log_count - before

        count(many)
        self.assertEqual(count(many), count(one))

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
        self.assertIn("res_partner_phone_tail", plan)

    @given(TYPED)
    @example("tel. 02 555 12 12 / 13 x7")
    @property_of(examples=60)
    def test_the_index_agrees_with_the_rule(self, typed):
        self.env.cr.execute(SQL("SELECT %s", SQL(TAIL, None, typed)))
        self.assertEqual(self.env.cr.fetchone()[0] or "", call_number.tail(typed))
