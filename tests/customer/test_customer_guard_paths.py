from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .change_common import IBAN, ChangeCommon


@tagged("post_install", "-at_install")
class TestCustomerGuardPaths(ChangeCommon):
    """Ways around the second person: other contacts, merges, accounts and undoing."""

    def _refused(self, sentence, work, *args, error=AccessError):
        with self.assertRaisesRegex(error, sentence), self.env.cr.savepoint():
            work(*args)
        self.env.invalidate_all()

    def _new(self, **values):
        contacts = self.env["res.partner"].with_user(self.clerk)
        return contacts.create({"name": "Eve", **values})

    def _account_of(self, partner, **values):
        accounts = self.env["res.partner.bank"].sudo()
        return accounts.create({"acc_number": IBAN, "partner_id": partner.id, **values})

    def _subsidiary(self):
        partners = self.env["res.partner"].sudo()
        return partners.create(
            {"name": "Bay", "is_company": True, "parent_id": self.customer.id}
        )

    def test_invoice_address_that_is_moved(self):
        """Would have caught: a stranger's address that was moved to the customer."""
        address = self._new(type="invoice", phone="+1 555 0666")
        office = self._new(
            child_ids=[Command.create({"name": "Eve", "type": "invoice"})]
        )
        office.child_ids.active = False
        moved = {"parent_id": self.customer.id}
        # Core runs commands for contacts as the user whose request it is.
        self.patch(self.env.transaction, "default_env", address.env)
        for work, vals in (
            (address.write, moved),
            (self._new(type="other").write, {**moved, "type": "invoice"}),
            (office.write, moved),
            (self._contact().write, {"child_ids": [Command.link(address.id)]}),
        ):
            with self.subTest(vals=vals):
                self._refused("invoice address of Bayline", work, vals)
        self.env["ir.default"].sudo().set(
            "res.partner", "type", "invoice", user_id=self.clerk.id
        )
        creates = self.env["res.partner"].with_user(self.clerk).create
        self._refused("invoice address of Bayline", creates, {"name": "Eve", **moved})
        address.write({**moved, "type": "other"})
        self.assertEqual(address.parent_id, self.customer)

    def test_a_new_customer_with_its_invoice_address(self):
        address = Command.create({"name": "Accounts", "type": "invoice"})
        new = self._new(name="Tern Ltd", customer_rank=1, child_ids=[address])
        self.assertEqual(new.child_ids.type, "invoice")
        branch = self._new(
            name="Bay North", is_company=True, parent_id=self.customer.id
        )
        self.assertEqual(branch.commercial_partner_id, branch)
        self._refused("require a second", branch.write, {"street": "2 Harbor Way"})
        creates = self.env["res.partner"].with_user(self.clerk).create
        below = {"name": "Bay South", "parent_id": self.customer.id}
        inner = Command.create({"name": "Bay Hall", "child_ids": [address]})
        stranger = {"name": "AP", "type": "invoice", "parent_id": self.customer.id}
        tag = {"name": "Tag", "partner_ids": [Command.create(stranger)]}
        for vals in (
            {**below, "child_ids": [address]},
            {**below, "child_ids": [inner]},
            {"name": "Tern", "category_id": [Command.create(tag)]},
        ):
            self._refused("invoice address of Bayline", creates, vals)

    def test_a_subsidiary_that_is_entered_as_a_contact(self):
        """It has no data of its own: the guard is that of the customer."""
        branch = self._new(name="Bay South Ltd", parent_id=self.customer.id)
        self.assertEqual(
            (branch.is_company, branch.commercial_partner_id), (False, self.customer)
        )
        branch.write({"phone": "+1 555 0177", "name": "Bay South Inc"})
        for vals in (
            *({"street": "2 Harbor Way"}, {"vat": "US123456788"}, {"type": "invoice"}),
            *({"credit_limit": 9.0}, {"is_company": True, "street": "2 Harbor Way"}),
            {"bank_ids": [Command.create({"acc_number": IBAN})]},
        ):
            with self.subTest(vals=vals):
                self._refused("second person", branch.write, vals)
        creates = self.env["res.partner"].with_user(self.clerk).create
        other = {"name": "Bay West", "parent_id": self.customer.id}
        self._refused("Tax ID of Bayline", creates, {**other, "vat": "US987654321"})
        creates({**other, "street": "3 Quay"})
        self.assertEqual(
            (self.customer.street, self.customer.vat), ("1 Harbor Way", False)
        )
        # As a company it has data of its own, which need two people from then on.
        branch.is_company = True
        self.assertEqual(branch.commercial_partner_id, branch)
        self._refused("second person", branch.write, {"street": "2 Harbor Way"})
        self._refused("second person", branch.write, {"vat": "US123456788"})

    def test_bank_of_a_guarded_account(self):
        bank = self.env["res.bank"].create({"name": "Harbor Bank", "bic": "GEBABEBB"})
        own = bank.with_user(self.clerk)
        own.bic = "KREDBEBB"
        self._account_of(self.customer, bank_id=bank.id)
        self._refused("Harbor Bank is part of", own.write, {"bic": "GEBABEBB"})
        self._refused("Harbor Bank is part of", own.unlink)
        own.write({"phone": "+32 2 555 01 01"})
        self.assertEqual(bank.bic, "KREDBEBB")

    def test_what_makes_it_a_company(self):
        """Would have caught: a subsidiary that loses its own data to its parent."""
        subsidiary = self._subsidiary()
        own = subsidiary.with_user(self.clerk)
        for vals in (
            {"is_company": False},
            {"company_type": "person"},
            {"commercial_partner_id": self.customer.id},
        ):
            with self.subTest(vals=vals):
                self._refused("second person", own.write, vals)
        self._contact().write({"is_company": False})
        self.assertFalse(self.customer.is_company)

    # Merges

    def _merge(self, kept, lost):
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo()
        self.env.flush_all()
        wizard._merge((kept | lost).ids, kept.sudo(), False)

    def _merge_refused(self, sentence, kept, lost):
        self._refused(sentence, self._merge, kept, lost, error=UserError)

    def test_merge_keeps_guarded_data(self):
        other = self.customer.copy({"name": "Bay", "vat": "US123456788"})
        self._merge_refused("Keep Bayline, which is in use", other, self.customer)
        self._merge_refused("from Bay without .* Tax ID", self.customer, other)
        other.write({"vat": False, "credit_limit": 9000.0})
        self._merge_refused("Credit Limit", self.customer, other)
        other.credit_limit = 0.0
        child = self._new(parent_id=other.id, type="invoice")
        child.active = False
        self._merge_refused("address Eve of Bay", self.customer, other)
        child.type = "other"
        self._account_of(child, active=False)
        self._merge_refused("account BE71", self.customer, other)
        child.sudo().unlink()
        self._merge(self.customer, other)
        self.assertFalse(other.exists())

    # Addresses that are to get invoices

    def test_proposed_invoice_address_is_guarded(self):
        other = self._new(
            parent_id=self.customer.id,
            type="other",
            street="7 Quay",
            phone="+1 555 0666",
        )
        change = self._propose({"type": "invoice"}, contact=other)
        self.assertRegex(change.line_ids.new_text, "Eve, 7 Quay, .*0666")
        self._refused("second person", other.write, {"street": "8 Quay"})
        self._approve(change)
        numbers = self._account_change().known_numbers
        self.assertEqual(numbers, {str(self.customer.id): "+1 555 0101"})

    # Accounts, users and companies

    def test_vendor_is_renamed(self):
        """Would have caught: the copy of the name to the account was refused."""
        vendor = self._new(name="Quay Supplies")
        vendor.sudo().supplier_rank = 1
        account = self._account_of(vendor)
        vendor.write({"name": "Quay Supplies Ltd."})
        self.assertEqual(account.acc_holder_name, "Quay Supplies Ltd.")

    def test_account_that_returns_is_not_trusted(self):
        subsidiary = self._subsidiary()
        self._account_of(subsidiary)
        account = self._account_of(self.customer)
        account.allow_out_payment = True
        account.active = False
        change = self._account_change()
        self._confirm(change)
        self._approve(change)
        change.sudo()._inside().apply_on = fields.Date.today()
        change.with_user(self.supervisor).action_retry()
        self.assertEqual(change.line_ids.new_account_id, account)
        self.assertEqual((account.active, account.allow_out_payment), (True, False))

    def test_user_changes_company(self):
        """Would have caught: the company of the user was taken for the contact's."""
        companies = self.company_a | self.company_b
        user = new_test_user(
            self.env(su=True),
            login="staff_of_both",
            groups="base.group_user",
            partner_id=self.customer.id,
            company_id=self.company_a.id,
            company_ids=[Command.set(companies.ids)],
        )
        user.with_user(user).sudo(False).write({"company_id": self.company_b.id})
        self.assertEqual(user.company_id, self.company_b)

    # Undoing

    def test_undo_is_for_somebody_else(self):
        change = self._propose({"city": "Napa"})
        self._approve(change)
        change.with_user(self.supervisor).action_undo()
        undo = change.search([("undo_of_id", "=", change.id)])
        self.assertEqual((undo.state, self.customer.city), ("proposed", "Napa"))
        by_manager = change.with_user(self.manager)
        self.assertIn("undo", by_manager.allowed_actions)
        self.env.ref("invoicing_clerk.customer_field_address").sudo().days = 2
        by_manager.invalidate_recordset(["allowed_actions"])
        self.assertNotIn("undo", by_manager.allowed_actions)

    def test_undo_to_an_archived_value(self):
        term = self.env.ref("account.account_payment_term_15days").copy()
        customer = self.customer.sudo().with_company(self.company_a)
        customer.property_payment_term_id = term
        change = self._propose({"property_payment_term_id": ""})
        self._approve(change)
        term.active = False
        undo = change.with_user(self.manager).action_undo
        self._refused("is archived", undo, error=UserError)

    def test_number_that_was_undone_is_not_called(self):
        change = self._propose({"phone": "+1 555 0199"})
        self._approve(change)
        long_ago = fields.Datetime.now() - timedelta(days=60)
        change.sudo()._inside().applied_on = long_ago
        change.with_user(self.manager).action_undo()
        numbers = self._account_change().known_numbers
        self.assertEqual(numbers, {str(self.customer.id): "+1 555 0199"})
