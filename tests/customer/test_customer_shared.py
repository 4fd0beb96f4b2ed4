from odoo.tests import tagged

from odoo.addons.invoicing_clerk.models.customer.res_partner_duplicate import (
    PARTY_FIELDS,
)
from odoo.addons.invoicing_clerk.rules.customer.party import MOST_SHARED
from odoo.addons.invoicing_clerk.tests.customer.common import CustomerCommon

NAMES = """
Aldermere Borkum Cyprian Dunvegan Elstree Fjordan Gallowgate Hibernia Ixworth
Jorvik Kilmory Lavendon
"""
PHONE, ACCOUNT = "+32 2 987 65 43", "BE71096123456769"


@tagged("post_install", "-at_install")
class TestCustomerShared(CustomerCommon):
    """Keys that many customers share say nothing of any of them."""

    def _customers(self, number, start=0, **values):
        """Create customers of different names with one number."""
        names = NAMES.split()[start : start + number]
        self.assertEqual(len(names), number)
        return self.env["res.partner"].create(
            [
                {
                    "name": name,
                    "is_company": True,
                    "phone": PHONE,
                    "email": f"{name}@bookkeepers-of-ghent.be",
                    **values,
                }
                for name in names
            ]
        )

    def _pairs(self, customers):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(
                "invoicing_clerk.ir_cron_customer_pair"
            ).method_direct_trigger()
        self.env.invalidate_all()
        pairs = self.env["clerk.customer.pair"].with_user(self.supervisor)
        return pairs.search(
            [("partner_id", "in", customers.ids), ("state", "=", "open")]
        )

    def _similar(self, **values):
        """Return the similar customers of a request with these numbers."""
        return self._request(**values).match_ids

    def _alike(self, **values):
        typed = {"phone": PHONE, "email": "vermilion@bookkeepers-of-ghent.be"}
        return self._similar(**{**typed, **values})

    def test_two_with_one_telephone_and_domain_are_a_pair(self):
        two = self._customers(2)
        pair = self._pairs(two)
        self.assertEqual(pair.partner_id + pair.other_id, two)
        self.assertIn("same phone number", pair.explanation)
        self.assertEqual(self._alike(), two)

    def test_twelve_with_one_telephone_and_domain_are_not(self):
        twelve = self._customers(12)
        self.assertFalse(self._pairs(twelve))
        self.assertFalse(self._alike())

    def test_the_most_that_share_it(self):
        """With as many as may have it, all are compared: none is left to chance."""
        most = self._customers(MOST_SHARED)
        self.assertEqual(len(self._pairs(most)), MOST_SHARED * (MOST_SHARED - 1) / 2)
        self.assertTrue(self._alike())

    def test_one_more_closes_the_pairs_of_the_others(self):
        most = self._customers(MOST_SHARED)
        self.assertTrue(self._pairs(most))
        more = self._customers(1, start=MOST_SHARED)
        self.assertFalse(self._pairs(most + more))

    def test_what_many_share_adds_nothing_to_a_name(self):
        """However a pair is found, what many have does not make it more certain."""
        twelve = self._customers(12, city="Gent")
        double = twelve[0].copy({"name": twelve[0].name, "email": False})
        pair = self._pairs(twelve + double)
        self.assertEqual(pair.partner_id + pair.other_id, twelve[0] + double)
        self.assertIn("same name", pair.explanation)
        self.assertNotIn("phone", pair.explanation)
        self.assertFalse(pair.is_certain)
        request = self._request(customer_name="Aldermere", phone=PHONE)
        self.assertEqual(request.match_ids, twelve[0] + double)
        self.assertNotIn("phone", request.match_html)

    def test_bank_account_of_many(self):
        some = self._customers(2, phone=False, email=False)
        self._give_account(some)
        self.assertEqual(self._similar(account=ACCOUNT, email=False), some)
        self.assertTrue(self._pairs(some))
        rest = self._customers(10, start=2, phone=False, email=False)
        self._give_account(rest)
        self.assertFalse(self._similar(account=ACCOUNT, email=False))
        self.assertFalse(self._pairs(some + rest))

    def _give_account(self, partners):
        self.env["res.partner.bank"].create(
            [{"acc_number": ACCOUNT, "partner_id": each.id} for each in partners]
        )

    def test_domains_of_nobody(self):
        some = self._customers(2, phone=False, email=False)
        for host in ("example.be", "example.co.uk", "example.com"):
            with self.subTest(host=host):
                some[0].email, some[1].email = f"a@{host}", f"b@{host}"
                self.assertFalse(some[0]._party().domains)
        some[0].email, some[1].email = "a@acme.be", "b@acme.be"
        self.assertEqual(some[0]._party().domains, {"acme.be"})

    def test_queries_do_not_grow_with_the_contacts(self):
        few = self._customers(2)
        many = few + self._customers(10, start=2)
        self.env.flush_all()
        for contacts in (few, many):
            self.env.invalidate_all()
            contacts.fetch(PARTY_FIELDS)
            with self.assertQueryCount(2):
                contacts._unshared_parties()
