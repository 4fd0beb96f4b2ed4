import base64
from datetime import date, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.tests.common import blank_pdf

from .change_common import IBAN, OTHER_IBAN, ChangeCommon


@tagged("post_install", "-at_install")
class TestCustomerChange(ChangeCommon):
    """One person proposes a change, another approves it, and then it is applied."""

    def _refused(self, sentence, work, *args, error=UserError, **kwargs):
        with self.assertRaisesRegex(error, sentence), self.env.cr.savepoint():
            work(*args, **kwargs)

    def test_proposed_approved_applied_and_undone(self):
        change = self._propose({"city": "Oakland", "street": "1 Harbor Way"})
        self.assertEqual((change.state, len(change.line_ids)), ("proposed", 1))
        self.assertEqual(self.customer.city, "San Jose")
        self._refused("Another supervisor", self._own, error=UserError)
        self._approve(change)
        self.assertEqual((change.state, self.customer.city), ("applied", "Oakland"))
        self.assertEqual(change.line_ids.old_text, "San Jose")
        change.with_user(self.manager).action_undo()
        self.assertEqual((change.state, self.customer.city), ("undone", "San Jose"))

    def _own(self):
        change = self._propose({"name": "Baylane"}, user=self.supervisor)
        change.action_approve()

    def test_clerks_do_not_approve(self):
        change = self._propose({"city": "Oakland"})
        for user in (self.colleague, self.auditor, self.outsider, self.clerk_b):
            with self.subTest(user=user.login):
                self._refused("", self._approve, change, user, error=AccessError)

    def test_every_kind_of_value(self):
        """The proposed values are written, in the company of the change."""
        partners = self.env["res.partner"]
        term = self.env.ref("account.account_payment_term_15days")
        group = partners.create({"name": "Group", "is_company": True})
        position = self.env["account.fiscal.position"].create({"name": "Export"})
        pricelist = self.env["product.pricelist"].create({"name": "Dealers"})
        values = {
            "name": "Bayline Coworking",
            "vat": "US123456788",
            "email": "new@bayline.example.com",
            "phone": "+1 555 0199",
            "parent_id": str(group.id),
            "property_payment_term_id": str(term.id),
            "credit_limit": "5000.0000",
            "clerk_credit_review": "2027-06-30",
            "property_account_position_id": str(position.id),
            "specific_property_product_pricelist": str(pricelist.id),
            "invoice_sending_method": "manual",
        }
        self._approve(self._propose(values))
        customer = self.customer.with_company(self.company_a)
        stored = self.env["clerk.customer.change"]._stored_values(customer, values)
        self.assertEqual(stored, values)
        self.assertNotEqual(
            self.customer.with_company(self.company_b).credit_limit, 5000.0
        )

    def test_old_contact_is_informed(self):
        change = self._propose({"email": "new@bayline.example.com"})
        self.assertEqual(change.informed_emails, "accounts@bayline.example.com")
        mail = self.env["mail.mail"].sudo().search([], order="id desc", limit=1)
        self.assertEqual(mail.recipient_ids, self.customer)
        self.assertNotIn("new@bayline", mail.body_html)
        self.assertFalse(self._propose({"city": "Oakland"}).informed_emails)

    def test_issued_invoices_keep_theirs(self):
        term = self.env.ref("account.account_payment_term_15days")
        invoice = self._posted(partner=self.customer)
        before = (invoice.invoice_payment_term_id, invoice.invoice_date_due)
        self._approve(self._propose({"property_payment_term_id": str(term.id)}))
        self.assertEqual(
            (invoice.invoice_payment_term_id, invoice.invoice_date_due), before
        )

    # Bad input

    def test_nothing_differs(self):
        self._refused("Nothing differs", self._propose, {"city": "San Jose"})

    def test_proposed_twice(self):
        first = self._propose({"city": "Oakland"})
        self._refused(f"under way: {first.name}", self._propose, {"city": "Napa"})
        first.action_withdraw()
        self.assertTrue(self._propose({"city": "Napa"}))

    def test_value_changed_meanwhile(self):
        change = self._propose({"city": "Oakland"})
        self.customer.sudo().city = "Napa"
        self._refused("was “San Jose”.* is “Napa” now", self._approve, change)
        self.assertEqual((change.state, self.customer.city), ("proposed", "Napa"))

    def test_effective_in_a_locked_period(self):
        self.company_a.sudo().sale_lock_date = "2026-01-31"
        self._refused(
            "is locked", self._propose, {"city": "Napa"}, effective_date="2026-01-15"
        )
        change = self._propose({"city": "Napa"}, effective_date=date(2026, 2, 15))
        self.company_a.sudo().sale_lock_date = "2026-02-28"
        self._refused("is locked", self._approve, change)

    def test_archived_meanwhile(self):
        change = self._propose({"city": "Oakland"})
        self.customer.active = False
        self._refused("is archived", self._approve, change)
        self._refused("is archived", self._propose, {"name": "Baylane"})

    def test_merged_meanwhile(self):
        """The customer that remains is another one than the request was about."""
        other = self.customer.copy({"name": "Bayline Inc."})
        change = self._propose({"city": "Oakland"}, contact=other)
        due = self._propose(
            {"name": "Baylane"}, contact=other, effective_date=date(2099, 1, 1)
        )
        self._approve(due)
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo()
        wizard._merge((self.customer | other).ids, self.customer.sudo(), False)
        sentence = "Bayline Inc. was merged into Bayline .* proposed again for Bayline"
        self._refused(sentence, self._approve, change)
        self.assertEqual((change.state, change.contact_id), ("proposed", self.customer))
        with freeze_time("2099-01-02"):
            self._apply_due()
        self.assertRegex(due.problem, sentence)
        self.assertEqual(
            (self.customer.name, self.customer.city), ("Bayline", "San Jose")
        )
        change.with_user(self.supervisor).action_refuse("Another customer.")
        self._approve(self._propose({"city": "Oakland"}))
        self.assertEqual(self.customer.city, "Oakland")

    def test_wrong_values(self):
        for values, sentence in (
            ({"name": ""}, "name of Bayline is required"),
            ({"email": "nobody"}, "not a valid email"),
            ({"credit_limit": "-1.0000"}, "cannot be negative"),
            ({"vat": "BE0477472702"}, "not a valid tax ID"),
            ({"property_payment_term_id": "999999"}, "have access to"),
            ({"parent_id": str(self.customer.id)}, "its own parent"),
        ):
            with self.subTest(values=values):
                self._refused(sentence, self._propose, values)

    def test_credit_limit_above_that_of_the_supervisor(self):
        change = self._propose({"credit_limit": "60000.0000"})
        self._refused("above the limit", self._approve, change)
        less = self._propose({"name": "Bayline Ltd."})
        self._approve(less)
        self.assertEqual(less.state, "applied")

    # Bank accounts

    def test_account_with_a_typing_error(self):
        for number in (
            *("BE71 0961 2345 6768", "BE71 0961 2354 6769", "BE71 0961 2345 676"),
            "NL91 ABNA 0417 1634 00",
        ):
            with self.subTest(number=number):
                self._refused(
                    f"“{number}” is not a valid IBAN", self._account_change, number
                )
        changes = self.env["clerk.customer.change"].with_user(self.clerk)
        self.assertFalse(changes.search([("contact_id", "=", self.customer.id)]))

    def test_account_needs_a_call_and_days(self):
        self._refused("not a valid IBAN", self._account_change, "BE71096123456768")
        change = self._account_change()
        self.assertEqual(change.known_numbers, {str(self.customer.id): "+1 555 0101"})
        self._refused("log the call", self._approve, change)
        self._confirm(change)
        self.assertEqual(change.called_number, "+1 555 0101")
        self._approve(change)
        self.assertEqual(change.state, "approved")
        self.assertFalse(self.customer.bank_ids)
        with freeze_time(fields.Datetime.now() + timedelta(days=4)):
            self._apply_due()
        self.assertEqual(change.state, "applied")
        account = self.customer.bank_ids
        self.assertEqual(account.sanitized_acc_number, IBAN.replace(" ", ""))
        self.assertFalse(account.allow_out_payment)
        self.assertEqual(account.sudo().clerk_changed_on, change.approved_on)
        return account

    def _apply_due(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "invoicing_clerk.ir_cron_customer_change"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def test_account_undone_by_two_people(self):
        account = self.test_account_needs_a_call_and_days()
        changes = self.env["clerk.customer.change"].with_user(self.clerk)
        change = changes.search([], limit=1, order="id desc")
        change.with_user(self.supervisor).action_undo()
        undo = change.search([("undo_of_id", "=", change.id)])
        self.assertEqual(
            (undo.state, undo.line_ids.account_step), ("proposed", "archive")
        )
        self._confirm(undo)
        self._refused("Another supervisor", self._approve, undo)
        self._approve(undo, self.manager)
        with freeze_time(fields.Datetime.now() + timedelta(days=4)):
            self._apply_due()
        self.assertFalse(account.active)
        self.assertEqual(change.state, "undone")

    def test_number_changed_recently_is_not_called(self):
        self._approve(self._propose({"phone": "+1 555 0666"}))
        change = self._account_change()
        self.assertEqual(change.known_numbers, {str(self.customer.id): "+1 555 0101"})
        stranger = self.contact_a
        self._refused(
            "No phone number", change.action_call_back, stranger, "Eve", "Yes."
        )

    @mute_logger("odoo.addons.invoicing_clerk.models.mixin.attempt")
    def test_failure_is_kept_and_tried_again(self):
        change = self._account_change()
        self._confirm(change)
        self._approve(change)
        other = self._propose({"city": "Oakland"}, effective_date=date(2099, 1, 1))
        self._approve(other)
        self.env["res.partner.bank"].sudo().create(
            {"acc_number": IBAN, "partner_id": self.customer.id}
        )
        with freeze_time(fields.Datetime.now() + timedelta(days=4)):
            self._apply_due()
            self.assertRegex(change.problem, "has the account BE71")
            self.assertEqual((change.state, other.state), ("approved", "approved"))
            self.customer.bank_ids.sudo().active = False
            change.with_user(self.supervisor).action_retry()
        self.assertEqual((change.state, change.problem), ("applied", False))

    def test_replaced_account(self):
        old = (
            self.env["res.partner.bank"]
            .sudo()
            .create({"acc_number": IBAN, "partner_id": self.customer.id})
        )
        change = self._account_change(OTHER_IBAN, step="replace", old=old)
        self._confirm(change)
        self._approve(change)
        change.sudo()._inside().apply_on = fields.Date.today()
        self._apply_due()
        self.assertFalse(old.active)
        self.assertEqual(change.line_ids.new_account_id, self.customer.bank_ids)

    # Dialogs

    def test_dialogs(self):
        dialog = self.env["clerk.customer.propose"].with_user(self.clerk)
        with Form(dialog.with_context(default_contact_id=self.customer.id)) as form:
            self.assertEqual(form.city, "San Jose")
            form.city = "Napa"
            form.account_step = "add"
            form.acc_number = IBAN
            form.document = base64.b64encode(blank_pdf())
        action = form.record.action_propose()
        change = self.env["clerk.customer.change"].browse(action["res_id"])
        self.assertEqual(change.line_ids.mapped("kind"), ["address", "bank"])
        files = self.env["ir.attachment"].sudo()
        file = files.search(
            [("res_model", "=", change._name), ("res_field", "=", "document")]
        )
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            file.raw = b"another letter"
        self._call_and_refuse(change)

    def _call_and_refuse(self, change):
        call = self.env["clerk.customer.change.call"].with_user(self.colleague)
        with Form(call.with_context(default_change_id=change.id)) as form:
            self.assertEqual(form.number, "+1 555 0101")
            form.person, form.note = "Ada", "Yes."
        form.record.action_log()
        self.assertEqual(change.state, "called")
        refuse = self.env["clerk.customer.change.refuse"].with_user(self.supervisor)
        refuse.create({"change_id": change.id, "reason": "A fraud."}).action_refuse()
        self.assertEqual((change.state, change.refusal_reason), ("refused", "A fraud."))
