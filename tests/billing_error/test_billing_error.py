from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon

CODES = {
    *("PRICE", "CONTRACT", "DISC", "QTY", "NOTDELIV", "RETURN", "DUP", "PARTNER"),
    *("ENTITY", "ADDRESS", "TAX", "PO", "CURR", "RATE", "PERIOD", "TERMS", "EPD"),
    *("FREIGHT", "ROUND", "UNAPP", "MISAPP", "SHORT", "UNBILLED", "ARITH"),
}


@tagged("post_install", "-at_install")
class TestBillingError(ClerkCommon):
    """Opening a case, what it may be about, and what invoices know of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._posted((3, 100.0))

    def _errors(self):
        return self.env["clerk.billing.error"].with_user(self.clerk)

    def test_numbered_and_filled_from_the_invoice(self):
        error = self._open_error(self.invoice)
        self.assertRegex(error.name, r"^BE/\d{4}/\d{5}$")
        self.assertRecordValues(
            error,
            [
                {
                    "partner_id": self.partner_a.id,
                    "company_id": self.company_a.id,
                    "currency_id": self.currency_a.id,
                    "user_id": self.clerk.id,
                    "state": "new",
                }
            ],
        )

    def test_opened_for_a_contact_of_the_customer(self):
        error = self._errors().create({"partner_id": self.contact_a.id})
        self.assertEqual(error.partner_id, self.partner_a)
        self.assertEqual(error.contact_id, self.contact_a)

    def test_customer_is_split_from_the_contact_on_the_form_too(self):
        form = Form(self._errors())
        form.partner_id = self.contact_a
        self.assertEqual(form.partner_id, self.partner_a)
        self.assertEqual(form.contact_id, self.contact_a)

    def test_invoice_on_a_contact_belongs_to_the_customer(self):
        error = self._open_error(self._posted((1, 10.0), partner=self.contact_a))
        self.assertEqual(error.partner_id, self.partner_a)

    def test_reason_sets_the_deadline(self):
        reason = self.env.ref("invoicing_clerk.reason_price")
        reason.with_user(self.supervisor).days_to_resolve = 3
        error = self._open_error(self.invoice, reason_id=reason.id)
        opened = error.date_opened.date()
        self.assertEqual((error.deadline - opened).days, 3)
        self.assertEqual(error.default_remedy_id.code, "correct_lines")
        self.assertTrue(error.own_error)

    def test_draft_cancelled_and_vendor_documents_are_refused(self):
        draft = self._create_invoice_one_line(price_unit=10.0)
        bill = self._posted((1, 10.0), move_type="in_invoice", ref="B1")
        cancelled = self._create_invoice_one_line(price_unit=10.0)
        cancelled.button_cancel()
        for move, sentence in (
            (draft, "is a draft: edit it"),
            (bill, "neither a customer invoice nor a credit note"),
            (cancelled, "is cancelled: there is nothing to dispute"),
        ):
            with (
                self.subTest(sentence=sentence),
                self.assertRaisesRegex(ValidationError, sentence),
            ):
                move.with_user(self.clerk).action_open_billing_error()

    def test_invoice_of_another_customer_is_refused_by_name(self):
        other = self._posted((1, 10.0), partner=self.partner_b)
        with self.assertRaisesRegex(ValidationError, f"{other.name}.*partner_b"):
            self._open_error(self.invoice + other)

    def test_invoice_in_another_currency_is_refused_by_name(self):
        other = self._posted((1, 10.0), currency=self.foreign_currency)
        with self.assertRaisesRegex(ValidationError, f"{other.name}.*is in EUR"):
            self._open_error(self.invoice + other)

    def test_invoice_of_another_company_is_refused_by_name(self):
        other = self._posted((1, 10.0), company_data=self.company_b_data)
        self.clerk.sudo().company_ids += self.company_b
        with self.assertRaisesRegex(ValidationError, "issued by"):
            self._open_error(self.invoice + other)

    def test_several_invoices_of_one_customer_open_one_case(self):
        invoices = self.invoice + self._posted((1, 10.0))
        action = invoices.with_user(self.clerk).action_open_billing_error()
        form = Form(self._errors().with_context(**action["context"]))
        error = form.save()
        self.assertEqual(error.move_ids, invoices)
        self.assertEqual(len(error.line_ids), 2)

    def test_list_of_mixed_customers_is_refused_with_their_invoices(self):
        mixed = self.invoice + self._posted((1, 10.0), partner=self.partner_b)
        with self.assertRaisesRegex(
            ValidationError, "different customers: partner_a: INV.*; partner_b: INV"
        ):
            mixed.with_user(self.clerk).action_open_billing_error()

    def test_invoice_knows_whether_it_is_in_dispute(self):
        self.assertFalse(self.invoice.has_open_billing_error)
        error = self._open_error(self.invoice)
        self.assertTrue(self.invoice.has_open_billing_error)
        second = self._open_error(self.invoice)
        error._take_step("resolve")
        self.assertTrue(self.invoice.has_open_billing_error)
        second._take_step("cancel")
        self.assertFalse(self.invoice.has_open_billing_error)
        error.action_investigate()
        self.assertTrue(self.invoice.has_open_billing_error)
        self.assertIn(
            self.invoice,
            self.env["account.move"].search([("has_open_billing_error", "=", True)]),
        )

    def test_flag_follows_invoices_into_and_out_of_the_case(self):
        other = self._posted((1, 10.0))
        error = self._open_error(self.invoice)
        error.move_ids = [Command.set(other.ids)]
        self.assertFalse(self.invoice.has_open_billing_error)
        self.assertTrue(other.has_open_billing_error)
        self.assertFalse(error.line_ids.filtered(lambda line: line.move_id != other))

    def test_flag_leaves_the_document_as_it_was(self):
        before = self.invoice.is_manually_modified
        values = self.invoice.line_ids.read(["balance", "name", "amount_currency"])
        self._open_error(self.invoice)
        self.assertEqual(self.invoice.is_manually_modified, before)
        self.assertEqual(
            self.invoice.line_ids.read(["balance", "name", "amount_currency"]), values
        )

    def test_hashed_invoice_can_be_disputed(self):
        self.invoice.journal_id.restrict_mode_hash_table = True
        hashed = self._posted((1, 10.0))
        self.assertTrue(hashed.inalterable_hash)
        self._open_error(hashed)
        self.assertTrue(hashed.has_open_billing_error)

    def test_copy_of_a_disputed_invoice_is_not_disputed(self):
        self._open_error(self.invoice)
        copy = self.invoice.copy()
        self.assertFalse(copy.has_open_billing_error)
        self.assertFalse(copy.with_user(self.clerk).billing_error_ids)

    def test_smart_buttons_both_ways(self):
        error = self._open_error(self.invoice)
        invoice = self.invoice.with_user(self.clerk)
        self.assertEqual(invoice.billing_error_count, 1)
        self.assertEqual(invoice.action_view_billing_errors()["res_id"], error.id)
        self.assertEqual(error.action_view_moves()["res_id"], invoice.id)
        customer = self.contact_a.with_user(self.clerk)
        self.assertEqual(customer.billing_error_count, 1)
        action = customer.action_view_billing_errors()
        self.assertEqual(self._errors().search(action["domain"]), error)
        self._open_error(invoice)
        action = invoice.action_view_billing_errors()
        self.assertEqual(len(self._errors().search(action["domain"])), 2)

    def test_new_case_from_the_customer_is_offered_to_clerks_only(self):
        action = self.env.ref("invoicing_clerk.res_partner_action_new_billing_error")
        for user, offered in ((self.clerk, True), (self.auditor, False)):
            bindings = self.env["ir.actions.actions"].with_user(user)
            offers = bindings.get_bindings("res.partner").get("action", ())
            self.assertEqual(action.id in [offer["id"] for offer in offers], offered)

    def test_case_with_work_in_it_is_not_deleted(self):
        error = self._open_error(self.invoice)
        error.action_investigate()
        with self.assertRaisesRegex(UserError, "Cancel it instead"):
            error.with_user(self.supervisor).unlink()

    def test_unused_case_can_be_deleted_and_frees_the_invoice(self):
        self._open_error(self.invoice).with_user(self.supervisor).unlink()
        self.assertFalse(self.invoice.has_open_billing_error)

    def test_assign_to_me(self):
        error = self._open_error(self.invoice, user_id=False)
        error.with_user(self.colleague).action_assign_to_me()
        self.assertEqual(error.user_id, self.colleague)

    def test_all_usual_reason_codes_are_shipped(self):
        codes = self.env["clerk.billing.error.reason"].sudo().search([]).mapped("code")
        self.assertLessEqual(CODES, set(codes))
