from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from .change_common import ChangeCommon


@tagged("post_install", "-at_install")
class TestCustomerChangePortal(ChangeCommon, HttpCase):
    """The address form of the portal asks for a change, where the setting is on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        env = cls.env(su=True)
        country = cls.env.ref("base.us")
        state = cls.env.ref("base.state_us_5")
        cls.customer.sudo().write(
            {"zip": "94000", "country_id": country.id, "state_id": state.id}
        )
        cls.person = env["res.partner"].create(
            {
                "name": "Ada",
                "parent_id": cls.customer.id,
                "email": "ada@bayline.example.com",
                "phone": "+1 555 0102",
            }
        )
        cls.user = new_test_user(
            env,
            login="ada_bayline",
            groups="base.group_portal",
            partner_id=cls.person.id,
            name="Ada",
            email="ada@bayline.example.com",
            company_id=cls.company_a.id,
            company_ids=[(6, 0, cls.company_a.ids)],
        )

    def _submit(self, contact, **values):
        self.authenticate(self.user.login, self.user.login)
        form = {
            "csrf_token": self._token(),
            "partner_id": contact.id,
            "name": contact.name,
            "email": contact.email or "",
            "phone": contact.phone or "",
            "street": contact.street or "",
            "city": contact.city or "",
            "zip": contact.zip or "",
            "country_id": contact.country_id.id,
            "state_id": contact.state_id.id,
            "address_type": "billing",
            **values,
        }
        return self.url_open("/my/address/submit", data=form)

    def _token(self):
        page = self.url_open("/my/account").text
        return page.split('name="csrf_token" value="')[1].split('"')[0]

    def _requests(self):
        return self.env["clerk.customer.change"].sudo().search([])

    def test_address_of_the_company_is_requested(self):
        """Would have caught: core writes the address of a person to their company."""
        answer = self._submit(self.person, city="Oakland", phone="+1 555 0103")
        self.assertIn("redirectUrl", answer.json())
        self.assertEqual(self.customer.city, "San Jose")
        self.assertEqual(self.person.phone, "+1 555 0103")
        change = self._requests()
        self.assertEqual(change.contact_id, self.customer)
        self.assertEqual((change.source, change.proposed_by_id), ("portal", self.user))
        self.assertEqual(change.line_ids.mapped("new_text"), ["Oakland"])
        self.assertIn("City: Oakland", self.url_open("/my/addresses").text)
        again = self._submit(self.person, city="Napa").json()
        self.assertRegex(" ".join(again["messages"]), "under way")
        self._approve(change)
        self.assertEqual(self.customer.city, "Oakland")

    def _submit_new(self):
        return self._submit(
            self.env["res.partner"],
            partner_id="",
            name="Accounts",
            email="billing@bayline.example.com",
            street="2 Harbor Way",
            city="Napa",
            zip="94000",
            phone="+1 555 0104",
            country_id=self.env.ref("base.us").id,
            state_id=self.env.ref("base.state_us_5").id,
        )

    def test_new_billing_address(self):
        self.assertIn("redirectUrl", self._submit_new().json())
        change = self._requests()
        self.assertEqual(change.contact_id.type, "other")
        self.assertIn("2 Harbor Way", change.line_ids.new_text)
        self._submit(change.contact_id, city="Oakland")
        self.assertEqual(change.contact_id.city, "Napa")
        self._approve(change)
        self.assertEqual(change.contact_id.type, "invoice")

    def test_new_billing_address_that_is_not_guarded(self):
        """Would have caught: customers who could not enter one at all."""
        self.env.ref("invoicing_clerk.customer_field_address").sudo().active = False
        self.assertIn("redirectUrl", self._submit_new().json())
        self.assertIn("invoice", self.customer.child_ids.mapped("type"))
        self.assertFalse(self._requests())

    def test_contact_of_another_customer(self):
        answer = self._submit(self.partner_b, city="Oakland")
        self.assertEqual(answer.status_code, 403)
        changes = self.env["clerk.customer.change"].with_user(self.user).sudo()
        with self.assertRaisesRegex(AccessError, "another customer"):
            changes._propose_in_portal(self.partner_b.sudo(), {"city": "Oakland"})
        self.assertFalse(self._requests())

    def test_without_the_setting(self):
        self.company_a.sudo().clerk_portal_changes = False
        self._submit(self.person, city="Oakland")
        self.assertEqual(self.customer.city, "Oakland")
        self.assertFalse(self._requests())
