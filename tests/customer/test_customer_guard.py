from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .change_common import IBAN, OTHER_IBAN, ChangeCommon


@tagged("post_install", "-at_install")
class TestCustomerGuard(ChangeCommon):
    """Guarded data of customers in use are written by changes alone, on every path."""

    def _refused(self, work, *args, sentence="second person", error=AccessError):
        with self.assertRaisesRegex(error, sentence), self.env.cr.savepoint():
            work(*args)
        self.env.invalidate_all()

    def _values(self):
        term = self.env.ref("account.account_payment_term_15days")
        position = self.env["account.fiscal.position"].create({"name": "Export"})
        pricelist = self.env["product.pricelist"].create({"name": "Dealers"})
        return {
            "name": "Baylane",
            "vat": "US123456788",
            "street": "2 Harbor Way",
            "street2": "Suite 2",
            "zip": "94000",
            "city": "Napa",
            "state_id": self.env.ref("base.state_us_5").id,
            "country_id": self.env.ref("base.us").id,
            "type": "invoice",
            "email": "eve@example.com",
            "phone": "+1 555 0666",
            "parent_id": self.partner_b.id,
            "property_payment_term_id": term.id,
            "credit_limit": 5000.0,
            "use_partner_credit_limit": True,
            "clerk_credit_review": "2027-06-30",
            "property_account_position_id": position.id,
            "property_product_pricelist": pricelist.id,
            "specific_property_product_pricelist": pricelist.id,
            "invoice_sending_method": "manual",
        }

    def test_every_field(self):
        """Would catch: a field that is listed as guarded, and written all the same."""
        for user in (self.clerk, self.supervisor):
            contact = self._contact(user)
            for name, value in self._values().items():
                with self.subTest(field=name, user=user.login):
                    self._refused(contact.write, {name: value})

    def test_same_values_and_other_fields_pass(self):
        self._contact().write({"city": "San Jose", "comment": "Call in the morning"})
        self.assertIn("morning", self.customer.comment)

    def test_form_import_and_context(self):
        with (
            self.assertRaisesRegex(AccessError, "second person"),
            Form(self._contact()) as form,
        ):
            form.email = "eve@example.com"
        found = self._contact().load([".id", "city"], [[str(self.customer.id), "Napa"]])
        self.assertRegex(str(found["messages"]), "second person")
        self.assertEqual(self.customer.city, "San Jose")

    def test_by_way_of_contacts_of_the_customer(self):
        contacts = self.env["res.partner"].with_user(self.clerk)
        person = contacts.create({"name": "Ada", "parent_id": self.customer.id})
        # The address of a person is that of the company.
        self._refused(person.write, {"street": "2 Harbor Way"})
        self._refused(person.write, {"vat": "US123456788"})
        self._refused(person.write, {"type": "invoice"})
        self._refused(person.write, {"credit_limit": 9.0})
        self._refused(
            contacts.create,
            {"name": "Eve", "parent_id": self.customer.id, "type": "invoice"},
        )
        self._refused(
            contacts.with_context(
                default_type="invoice", default_parent_id=self.customer.id
            ).create,
            {"name": "Eve"},
        )
        person.write({"phone": "+1 555 0102", "function": "Bookkeeper"})

    def test_new_invoice_address_by_a_change(self):
        contacts = self.env["res.partner"].with_user(self.clerk)
        other = contacts.create(
            {"name": "Accounts", "parent_id": self.customer.id, "type": "other"}
        )
        self._approve(self._propose({"type": "invoice"}, contact=other))
        self.assertEqual(other.type, "invoice")
        self._refused(other.write, {"email": "eve@example.com"})

    def test_bank_accounts(self):
        accounts = self.env["res.partner.bank"]
        known = accounts.sudo().create(
            {"acc_number": IBAN, "partner_id": self.customer.id}
        )
        own = known.with_user(self.clerk)
        new = {"acc_number": OTHER_IBAN, "partner_id": self.customer.id}
        stranger = accounts.with_user(self.clerk).create(
            {
                "acc_number": "12345678",
                "partner_id": self.env["res.partner"].create({"name": "X"}).id,
            }
        )
        for work, vals in (
            (accounts.with_user(self.clerk).create, new),
            (own.write, {"acc_number": OTHER_IBAN}),
            (own.write, {"sanitized_acc_number": "BE1"}),
            (own.write, {"acc_holder_name": "Eve"}),
            (own.write, {"partner_id": self.partner_b.id}),
            (stranger.write, {"partner_id": self.customer.id}),
            (
                self._contact().write,
                {"bank_ids": [Command.create({"acc_number": OTHER_IBAN})]},
            ),
        ):
            with self.subTest(vals=vals):
                self._refused(work, vals)
        self._refused(own.action_archive)
        self._refused(own.unlink)
        own.write({"acc_number": IBAN, "note": "Main account"})

    def test_who_entered_an_account_does_not_trust_it(self):
        trusting = "account.group_validate_bank_account"
        people = [
            new_test_user(
                self.env,
                login=login,
                groups=f"invoicing_clerk.group_supervisor,{trusting}",
                company_id=self.company_a.id,
                company_ids=[Command.set(self.company_a.ids)],
            )
            for login in ("truster_one", "truster_two")
        ]
        stranger = self.env["res.partner"].create({"name": "Not in use"})
        accounts = self.env["res.partner.bank"].with_user(people[0])
        values = {"acc_number": IBAN, "partner_id": stranger.id}
        sentence = "Another user must mark it as trusted"
        with self.assertRaisesRegex(AccessError, sentence), self.env.cr.savepoint():
            accounts.create({**values, "allow_out_payment": True})
        account = accounts.create(values)
        self._refused(account.write, {"allow_out_payment": True}, sentence=sentence)
        account.with_user(people[1]).allow_out_payment = True
        self.assertTrue(account.allow_out_payment)

    def test_bank_statement_enters_no_account(self):
        journal = self.company_data["default_journal_bank"]
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": journal.id,
                "payment_ref": "Refund",
                "amount": 10.0,
                "partner_id": self.customer.id,
                "account_number": IBAN,
            }
        )
        for each in (line.with_user(self.clerk), line.sudo()):
            self.assertFalse(each._find_or_create_bank_account())

    def test_users_of_the_portal(self):
        """Would have caught: core writes users' own preferences as superuser."""
        user = new_test_user(
            self.env(su=True),
            login="portal_bayline",
            groups="base.group_portal",
            partner_id=self.customer.id,
        )
        self._refused(
            user.with_user(user).sudo(False).write, {"email": "eve@example.com"}
        )
        user.with_user(user).write({"tz": "Europe/Brussels"})

    def test_merge(self):
        other = self.customer.copy({"name": "Bayline Inc.", "email": "x@example.com"})
        self.env["res.partner.bank"].sudo().create(
            {"acc_number": IBAN, "partner_id": other.id}
        )
        change = self._propose({"city": "Napa"}, contact=other)
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo()
        self._refused(
            wizard._merge,
            (self.customer | other).ids,
            self.customer.sudo(),
            sentence="without approval",
            error=UserError,
        )
        other.bank_ids.sudo().partner_id = self.partner_b
        wizard._merge((self.customer | other).ids, self.customer.sudo(), False)
        self.assertEqual(change.contact_id, self.customer)
        with self.assertRaisesRegex(UserError, "Bayline Inc. was merged into Bayline"):
            self._approve(change)

    def test_companies_and_settings(self):
        """Data that each company has of its own follow its own setting."""
        contact = self._contact(self.clerk_b)
        contact.with_company(self.company_b).credit_limit = 7.0
        self._refused(contact.write, {"city": "Napa"})
        self._refused(
            contact.write, {"company_id": self.company_b.id}, sentence="not allowed"
        )
        self.company_a.sudo().clerk_customer_changes = False
        self._contact().write({"city": "Napa", "email": "new@bayline.example.com"})
        self.assertEqual(self.customer.city, "Napa")

    def test_supervisors_only_add_to_what_is_guarded(self):
        field = self.env.ref("invoicing_clerk.customer_field_bank")
        field = field.with_user(self.supervisor)
        field.days = 5
        for vals in ({"active": False}, {"needs_call": False}, {"days": 0}):
            self._refused(field.write, vals, sentence="Ask an administrator")
        self._refused(field.with_user(self.clerk).write, {"days": 9}, sentence="")

    def test_changes_are_made_by_dialogs_alone(self):
        changes = self.env["clerk.customer.change"].with_user(self.supervisor)
        self._refused(changes.create, {"contact_id": self.customer.id}, sentence="")
        change = self._propose({"city": "Napa"})
        for vals in (
            {"state": "approved"},
            {"proposed_by_id": self.colleague.id},
            {"known_numbers": {}},
            {"needs_call": False},
            {"line_ids": [Command.clear()]},
        ):
            with self.subTest(vals=vals):
                self._refused(
                    change.with_user(self.supervisor).write, vals, sentence=""
                )
        line = change.line_ids.with_user(self.supervisor)
        self._refused(line.write, {"new_value": "Oakland"}, sentence="")
        self._refused(change.with_user(self.supervisor).unlink, sentence="")
