import base64

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.tests.common import blank_pdf
from odoo.addons.invoicing_clerk.tests.customer.common import CustomerCommon


@tagged("post_install", "-at_install")
class TestCustomerRequest(CustomerCommon):
    """A new customer from the first letter to the first invoice."""

    def _refused(self, sentence, action, error=UserError):
        with self.assertRaisesRegex(error, sentence), self.env.cr.savepoint():
            action()

    def _forbidden(self, sentence, action):
        self._refused(sentence, action, AccessError)

    # Duplicates while typing

    def test_similar_customers_are_shown_while_typing(self):
        requests = self.env["clerk.customer.request"].with_user(self.clerk)
        with Form(requests) as form:
            form.kind_id = self.domestic
            form.country_id = self.belgium
            form.customer_name = "Kestrel Optcs"
            self.assertEqual(form.match_level, "ask")
            self.assertIn("Kestrel Optics NV", form.match_html)
            self.assertIn("similar name", form.match_html)
            form.customer_name = "Kestrel Optics"
            form.phone = "03/123.45.67"
            form.street, form.zip = "Kerkstr. 12", "2000"
            form.city = "Antwerpen"
            self.assertEqual(form.match_level, "stop")
            self.assertIn("same phone number", form.match_html)
            form.customer_name = "Borealis"
            form.phone = form.street = form.zip = form.city = False
            self.assertEqual(form.match_level, "none")
        self.assertFalse(form.record.match_ids)

    def test_archived_and_shared_customers_are_compared(self):
        self.known.active = False
        request = self._request(vat="BE 0477.472.701")
        self.assertEqual(request.match_ids, self.known)
        self.assertIn("Archived", request.match_html)
        self.known.write({"active": True, "company_id": self.company_b.id})
        request.invalidate_recordset()
        self.assertFalse(request.match_ids)

    def test_certain_duplicate_stops_and_a_supervisor_may_go_on(self):
        request = self._request(vat="BE0477472701")
        self._refused("Kestrel Optics NV is probably the same", request.action_check)
        self._refused(
            "Only supervisors", lambda: request.action_override("A group"), AccessError
        )
        above = request.with_user(self.supervisor)
        self._refused("Enter a reason", lambda: above.action_override("  "))
        above.action_override("One tax ID for the VAT group")
        request.action_check()
        self.assertEqual(request.override_by_id, self.supervisor)

    def test_reason_of_a_supervisor_does_not_cover_what_is_changed(self):
        request = self._request(vat="BE0477472701")
        request.with_user(self.supervisor).action_override("One VAT group")
        request.customer_name = "Kestrel Optics"
        self.assertFalse(request.override_reason)
        self._refused("is probably the same", request.action_check)

    def test_similar_customer_has_to_be_confirmed_as_another(self):
        request = self._request(customer_name="Kestrel Optics Wholesale")
        self.assertEqual(request.match_level, "none")
        request.phone = "03 123 45 67"
        self._refused("may be the same customer .*confirm", request.action_check)
        request.is_new = True
        request.action_check()
        self.assertEqual(request.state, "checked")

    def test_short_names_with_an_error_are_found(self):
        """Their trigrams differ too much: see `spellings`."""
        for known, typed in (
            ("Nokia", "Nokai"),
            ("Lidl", "Lild"),
            ("O'Neill", "O Neil"),
        ):
            with self.subTest(typed=typed):
                partner = self.known.copy(
                    {"name": known, "vat": False, "phone": False, "email": False}
                )
                request = self._request(customer_name=typed, zip="2000")
                self.assertIn(partner, request.match_ids)

    def test_whoever_overrides_does_not_approve(self):
        request = self._request(vat="BE0477472701")
        above = request.with_user(self.supervisor)
        above.action_override("One tax ID for the VAT group")
        request.action_check()
        self._refused("ask a colleague to approve", above.action_approve)
        request.with_user(self.manager).action_approve()
        self.assertEqual(request.state, "active")

    def test_only_a_similar_customer_is_used(self):
        request = self._request(vat="BE0477472701")
        self._refused(
            "Select which of the similar customers",
            lambda: request.action_use(self.partner_a.id),
        )
        self.assertEqual(request.state, "draft")

    def test_existing_customer_is_used(self):
        request = self._request(vat="BE0477472701")
        action = request.action_use()
        self.assertEqual(action["res_id"], self.known.id)
        self.assertEqual((request.state, request.existing_id), ("existing", self.known))

    # Completeness

    def test_what_is_missing_is_said(self):
        request = self._request(email=False, zip=" ")
        self._refused("Domestic Business: enter ZIP, Email", request.action_check)
        request = self._request(
            kind_id=self.export.id, country_id=self.env.ref("base.us").id
        )
        self._refused("enter Extract of the Company Register", request.action_check)
        content = base64.b64encode(blank_pdf())
        request.document_ids = [
            Command.create({"name": "Extract of the Company Register", "file": content})
        ]
        request.action_check()
        document = request.document_ids
        self._refused("Send it back", lambda: document.write({"name": "Other"}))
        files = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", document._name),
                    ("res_id", "=", document.id),
                    ("res_field", "=", "file"),
                ]
            )
        )
        self._refused(
            "is evidence",
            lambda: files.write({"datas": base64.b64encode(blank_pdf("Other"))}),
            AccessError,
        )

    def test_tax_id_and_country_that_do_not_fit(self):
        cases = {
            "does not have the format": {"vat": "BE0477472702"},
            "is one of Germany, and .* is in Belgium": {"vat": "DE123456788"},
            "does not fit": {
                "kind_id": self.export.id,
                "document_ids": [
                    Command.create(
                        {
                            "name": "Extract of the Company Register",
                            "file": base64.b64encode(blank_pdf()),
                        }
                    )
                ],
            },
        }
        for sentence, values in cases.items():
            with self.subTest(sentence):
                request = self._request(**values)
                self._refused(sentence, request.action_check)
                self.assertEqual(request.state, "draft")

    # Approval

    def test_somebody_else_approves(self):
        request = self._request(user=self.supervisor)
        request.action_check()
        self._refused("entered, changed, checked", request.action_approve)
        self._refused(
            "Only supervisors",
            request.with_user(self.clerk).action_approve,
            AccessError,
        )
        request.with_user(self.manager).action_approve()
        partner = request.partner_id
        self.assertEqual(request.state, "active")
        self.assertEqual(
            (partner.name, partner.city, partner.is_company),
            ("Vermilion Ceramics BV", "Gent", True),
        )
        self.assertEqual(partner.sudo().clerk_customer_state, "approved")

    def test_nothing_is_written_past_the_steps(self):
        request = self._request()
        for values in (
            {"state": "approved"},
            {"approved_by_id": self.clerk.id},
            {"override_reason": "x"},
            {"checked_by_id": self.clerk.id},
        ):
            self._forbidden("not allowed", lambda v=values: request.write(v))
        request.action_check()
        self._refused("Send it back", lambda: request.write({"vat": "BE0428759497"}))
        partner = self.known.with_user(self.clerk)
        for name in ("clerk_customer_state", "clerk_vies_state", "clerk_name_key"):
            self._refused(
                "not allowed|access",
                lambda n=name: partner.write({n: "approved"}),
                AccessError,
            )

    def test_account_with_a_typing_error(self):
        request = self._request(account="BE71 0961 2345 6768")
        self._refused("6768” is not a valid IBAN", request.action_check)
        request.account = "12"
        self._refused("Enter the number of the bank account", request.action_check)
        request.account = "BE71 0961 2345 6769"
        request.action_check()
        # Of a request that was checked before, nothing is created.
        request.sudo()._inside().account = "BE71 0961 2354 6769"
        above = request.with_user(self.supervisor)
        self._refused("2354 6769” is not a valid IBAN", above.action_approve)
        self.assertFalse(request.partner_id)
        request.sudo()._inside().account = "BE71 0961 2345 6769"
        above.action_approve()
        self.assertEqual(
            request.partner_id.bank_ids.sanitized_acc_number, "BE71096123456769"
        )

    def test_contact_that_is_there_is_completed(self):
        prospect = self.env["res.partner"].create(
            {"name": "Vermilion Ceramics B.V.", "city": "Brugge"}
        )
        request = self._request(
            partner_id=prospect.id, phone="+32 9 111 22 33", account="BE71096123456769"
        )
        self._refused("has other values on file: City", request.action_check)
        prospect.city = "gent"
        request.action_check()
        # Changed after the check, it is not what was compared.
        prospect.email = "eve@vermilion.example"
        above = request.with_user(self.supervisor)
        self._refused("has other values on file: Email", above.action_approve)
        prospect.email = False
        self.company_a.sudo().clerk_customer_changes = True
        above.action_approve()
        self.assertEqual(request.partner_id, prospect)
        self.assertEqual(
            (prospect.name, prospect.email, prospect.customer_rank),
            ("Vermilion Ceramics B.V.", "books@vermilion.example", 1),
        )
        self.assertEqual(prospect.bank_ids.mapped("acc_number"), ["BE71096123456769"])

    def test_contacts_that_cannot_be_approved(self):
        person = self.env["res.partner"].create(
            {"name": "Ada", "parent_id": self.known.id}
        )
        request = self._request(partner_id=person.id)
        self._refused("select the company instead", request.action_check)
        blocked = self._approved().partner_id
        # sudo: what a supervisor has decided.
        blocked.sudo()._inside().clerk_customer_state = "blocked"
        request = self._request(partner_id=blocked.id)
        self._refused("is blocked", request.action_check)

    def test_two_requests_for_one_customer(self):
        """Approved together, the second one meets the contact of the first."""
        requests = self._request(vat="BE0428759497") + self._request(vat="BE0428759497")
        requests.action_check()
        partners = self.env["res.partner"]
        before = partners.search_count([])
        above = requests.with_user(self.supervisor)
        self._refused("is probably the same", above.action_approve)
        self.assertEqual(partners.search_count([]), before)

    def test_answers_are_about_what_was_shown(self):
        request = self._request(customer_name="Kestrel Optics Wholesale", is_new=True)
        request.phone = "03 123 45 67"
        self.assertFalse(request.is_new)
        request.is_new = True
        request.action_check()
        self.known.copy({"name": "Kestrel Optics Wholesales", "vat": False})
        self._refused(
            "may be the same customer",
            request.with_user(self.supervisor).action_approve,
        )

    def test_who_adds_a_document_does_not_approve(self):
        request = self._request()
        request.with_user(self.manager).document_ids.create(
            {"request_id": request.id, "name": "Letter"}
        )
        request.action_check()
        self._refused(
            "ask a colleague to approve", request.with_user(self.manager).action_approve
        )

    def test_contact_archived_or_merged_before_approval(self):
        prospect = self.env["res.partner"].create({"name": "Vermilion"})
        request = self._request(partner_id=prospect.id, customer_name="Vermilion")
        request.action_check()
        above = request.with_user(self.supervisor)
        prospect.active = False
        self._refused("Vermilion has been archived", above.action_approve)
        prospect.active = True
        other = self.env["res.partner"].create({"name": "Vermilion Group"})
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo()
        wizard._merge((prospect + other).ids, other.sudo())
        self.env.invalidate_all()
        self._refused("merged with Vermilion Group", above.action_approve)
        self.assertEqual((request.state, request.partner_id), ("checked", other))

    def test_duplicate_that_came_after_the_check(self):
        request = self._request(vat="BE0428759497")
        request.action_check()
        self.known.vat = "BE0428759497"
        before = self.env["res.partner"].search_count([])
        self._refused(
            "is probably the same", request.with_user(self.supervisor).action_approve
        )
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    # Billing

    def test_only_approved_customers_are_billed(self):
        billed = self._draft(self.partner_a)
        billed.action_post()
        self.company_a.sudo().clerk_customer_approval = True
        self.assertEqual(self.partner_a.sudo().clerk_customer_state, "approved")
        billed.copy({"invoice_date": "2026-01-20"}).action_post()
        draft = self._draft(self.known)
        for post in (draft.action_post, lambda: draft.write({"state": "posted"})):
            self._refused("Kestrel Optics NV is not an approved", post)
        request = self._approved()
        invoice = self._draft(request.partner_id)
        above = request.with_user(self.supervisor)
        above.action_block("Returned mail")
        self._refused("is blocked", invoice.action_post)
        above.action_unblock()
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")

    def _draft(self, partner):
        line = {"name": "Work", "price_unit": 10.0, "tax_ids": [Command.clear()]}
        return self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": "2026-01-20",
                "invoice_line_ids": [Command.create(line)],
            }
        )

    def test_who_sees_requests(self):
        request = self._request()
        self.assertEqual(
            request.with_user(self.auditor).customer_name, "Vermilion Ceramics BV"
        )
        self._refused(
            "", lambda: request.with_user(self.auditor).action_check(), AccessError
        )
        self._refused(
            "", lambda: request.with_user(self.outsider).read(["vat"]), AccessError
        )
        self._refused(
            "", lambda: request.with_user(self.clerk_b).read(["vat"]), AccessError
        )
