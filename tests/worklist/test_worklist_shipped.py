from datetime import timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.correction.common import (
    CorrectionCommon,
)
from odoo.addons.invoicing_clerk.tests.worklist.common import WorklistCommon

TODAY = "2026-03-10"


class ShippedCommon(WorklistCommon):
    freeze_time = freeze_time(TODAY)

    def _list(self, name):
        worklist = self.env.ref(f"invoicing_clerk.worklist_{name}").sudo()
        self.assertTrue(worklist._refresh(), worklist.refresh_error)
        return worklist

    def _contained(self, name, records):
        """Return the records that the list contains."""
        listed = self._listed(self._list(name))
        return records.filtered(lambda record: record.id in listed)

    def _assert_contains(self, name, caught, neighbours):
        """Check that a list contains the former and not the latter, by label."""
        listed = self._listed(self._list(name))
        for label, record in caught.items():
            with self.subTest(list=name, caught=label):
                self.assertIn(record.id, listed)
        for label, record in neighbours.items():
            with self.subTest(list=name, passed_over=label):
                self.assertNotIn(record.id, listed)

    def _reasons(self, name, record):
        item = self._open_items(self._list(name))
        return item.filtered(lambda each: each.res_id == record.id).why


@tagged("post_install", "-at_install")
class TestShippedWorklists(ShippedCommon):
    """The shipped lists can be refreshed, and explain what they are for."""

    def test_every_list_can_be_refreshed(self):
        shipped = self.worklists.with_context(active_test=False).search([])
        self.assertGreater(len(shipped), 12)
        for worklist in shipped:
            self.assertTrue(worklist._refresh(), worklist.refresh_error)
            self.assertTrue(worklist.empty_text and worklist.instructions)
            self.assertTrue(worklist.rule_ids, worklist.name)

    def test_supervisors_may_change_every_list(self):
        shipped = self.worklists.with_context(active_test=False).search([])
        for worklist in shipped.with_user(self.supervisor):
            worklist.domain = worklist.domain + " "
            trial = worklist.action_test()
            self.assertFalse(self.env[trial["res_model"]].browse(trial["res_id"]).error)

    def test_balances_are_brought_up_to_date_once_a_run(self):
        names = ("overdue", "unapplied", "credit_limit")
        lists = self.worklists.browse(
            self.env.ref(f"invoicing_clerk.worklist_{name}").id for name in names
        )
        lists.active = True
        model = type(self.env["clerk.receivable"])
        counts = []
        original = model._update_from_ledger

        def counted(records):
            counts.append(1)
            return original(records)

        self.patch(model, "_update_from_ledger", counted)
        lists.with_user(self.clerk).action_refresh()
        self.assertEqual(len(counts), 1)
        lists.with_user(self.clerk).action_refresh()
        self.assertEqual(len(counts), 2, "and again with the next")

    # Invoices

    def test_drafts(self):
        posted = self._posted((1, 100.0))
        draft = posted.copy({"invoice_date": False})
        self._assert_contains(
            "draft",
            {
                "without a date": draft,
                "of today": draft.copy({"invoice_date": TODAY}),
                "a credit note": self._posted(move_type="out_refund").copy(),
            },
            {
                "posted": posted,
                "of tomorrow": draft.copy({"invoice_date": "2026-03-11"}),
                "posted by itself": draft.copy({"auto_post": "at_date"}),
                "without customer": draft.copy({"partner_id": False}),
                "without amount": self._empty(),
                "a bill": self._posted(move_type="in_invoice").copy(),
            },
        )

    def _empty(self):
        return self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": self.partner_a.id}
        )

    def test_unsent(self):
        unsent, sent, paid, sending = (self._posted((1, 10.0)) for _each in range(4))
        sent.is_move_sent = True
        self._pay(paid)
        sending.sending_data = {"sending_methods": ["email"]}
        self._assert_contains(
            "unsent",
            {
                "never sent": unsent,
                "a credit note": self._posted(move_type="out_refund"),
            },
            {
                "sent": sent,
                "paid": paid,
                "being sent": sending,
                "a draft": unsent.copy(),
                "a bill": self._posted(move_type="in_invoice"),
            },
        )

    def test_sending_failed(self):
        moves = {
            status: self._mailed(status)
            for status in ("bounce", "exception", "sent", "ready")
        }
        self._assert_contains(
            "sending_failed",
            {key: moves[key] for key in ("bounce", "exception")},
            {
                **{key: moves[key] for key in ("sent", "ready")},
                "never sent": self._posted((1, 10.0)),
            },
        )

    def _mailed(self, status):
        move = self._posted((1, 10.0))
        message = self.env["mail.message"].create(
            {"model": move._name, "res_id": move.id, "message_type": "email"}
        )
        self.env["mail.notification"].sudo().create(
            {
                "mail_message_id": message.id,
                "res_partner_id": self.partner_a.id,
                "notification_type": "email",
                "notification_status": status,
            }
        )
        return move

    def test_bills_and_receipts(self):
        types = ("in_invoice", "in_refund", "in_receipt", "out_receipt")
        drafts = {kind: self._posted(move_type=kind).copy() for kind in types}
        self._assert_contains(
            "bills",
            drafts,
            {
                "posted": self._posted(move_type="in_invoice"),
                "an invoice": self._posted((1, 1.0)).copy(),
            },
        )

    # Billing errors

    def test_billing_errors_move_from_list_to_list(self):
        error = self._open_error(self._posted((2, 50.0)), {"claimed_quantity": 1})
        self.assertEqual(self._lists_of(error), {"error_new"})
        error.action_investigate()
        self.assertEqual(self._lists_of(error), {"error_ours"})
        with freeze_time(error.deadline + timedelta(days=1)):
            self.assertEqual(self._lists_of(error), {"error_late"})
            error._take_step("cancel")
            self.assertEqual(self._lists_of(error), set())

    def _lists_of(self, error):
        names = ("error_new", "error_ours", "error_late")
        return {name for name in names if self._contained(name, error)}

    def test_approvals_are_for_supervisors(self):
        worklist = self._list("approve")
        worklist.active = True
        lists = self.env["clerk.worklist"]
        for user, seen in (
            (self.clerk, False),
            (self.supervisor, True),
            (self.auditor, True),
        ):
            found = lists.with_user(user).search([("id", "=", worklist.id)])
            self.assertEqual(bool(found), seen, user.login)


@tagged("post_install", "-at_install")
class TestShippedCorrectionLists(ShippedCommon, CorrectionCommon):
    """The lists of corrections, from approval to the customer."""

    @classmethod
    def _allow_clerks_anything(cls):
        """Limits are as shipped."""

    def _corrected(self, move, remedy, **values):
        return super()._corrected(move, remedy, user=self.supervisor, **values).sudo()

    def test_resend(self):
        invoice = self._posted((1, 100.0))
        invoice.is_move_sent = True
        credited = self._posted((1, 100.0))
        credited.is_move_sent = True
        credit = self._corrected(credited, "credit_full").document_ids
        self._corrected(invoice, "reissue", reference="PO 4711")
        self._assert_contains(
            "resend",
            {"a credit note": credit, "a reissued invoice": invoice},
            {"the credited invoice": credited, "never sent": self._posted((1, 1.0))},
        )
        self._assert_contains("unsent", {}, {"listed there": credit, "here": invoice})
        (credit + invoice).is_move_sent = True
        self._assert_contains("resend", {}, {"sent": credit, "sent again": invoice})

    def test_resend_waits_for_a_mail_that_is_queued(self):
        invoice = self._posted((1, 100.0))
        correction = self._corrected(invoice, "credit_full", send_to_customer=True)
        credit = correction.document_ids
        self._assert_contains("resend", {}, {"being sent": credit})
        correction._inside().sending_state = "failed"
        self._assert_contains("resend", {"not sent": credit}, {})
        self.assertIn("its email failed +25", self._reasons("resend", credit))

    def test_approvals(self):
        waiting, draft = (
            self._correction(self._posted((1, 9000.0)), remedy="credit_full")
            for _each in range(2)
        )
        waiting.action_request_approval()
        self._assert_contains("approve", {"waiting": waiting}, {"a draft": draft})


@tagged("post_install", "-at_install")
class TestShippedCustomerLists(ShippedCommon):
    """The lists of customers: their balances and their data."""

    def _invoice(self, amount, due, **values):
        return self._posted(
            (1, amount),
            taxes=self.env["account.tax"],
            invoice_payment_term_id=False,
            invoice_date_due=due,
            **values,
        )

    def _customers(self, *labels):
        partners = self.env["res.partner"].create([{"name": label} for label in labels])
        return dict(zip(labels, partners, strict=True))

    def _assert_contains_customers(self, name, caught, neighbours):
        self._list(name)
        rows = self.env["clerk.receivable"].sudo().search([])
        row_of = {row.partner_id: row for row in rows}
        self._assert_contains(
            name,
            {label: row_of[partner] for label, partner in caught.items()},
            {
                label: row_of[partner]
                for label, partner in neighbours.items()
                if partner in row_of
            },
        )

    def test_overdue(self):
        who = self._customers("late", "in time", "disputed", "on account", "partly")
        for partner in who.values():
            due = "2026-04-30" if partner == who["in time"] else "2026-03-09"
            invoice = self._invoice(100, due, partner=partner)
            if partner in (who["disputed"], who["partly"]):
                claimed = 0 if partner == who["disputed"] else 60
                self._open_error(invoice, {"claimed_price_unit": claimed})
        self._invoice(100, TODAY, partner=who["on account"], move_type="out_refund")
        caught = {key: who.pop(key) for key in ("late", "partly")}
        self._assert_contains_customers("overdue", caught, who)
        items = self._open_items(self._list("overdue"))
        amounts = {item.partner_id: item.amount for item in items}
        self.assertEqual([amounts[each] for each in caught.values()], [100, 60])

    def test_paid_customers_leave(self):
        invoice = self._invoice(100, "2026-03-09")
        self.assertTrue(self._open_items(self._list("overdue")))
        self._pay(invoice)
        self.assertFalse(self._open_items(self._list("overdue")))

    def test_unapplied(self):
        who = self._customers("credit beside invoice", "credit alone", "invoice alone")
        for label, partner in who.items():
            if label != "credit alone":
                self._invoice(100, "2026-05-31", partner=partner)
            if label != "invoice alone":
                self._invoice(30, TODAY, partner=partner, move_type="out_refund")
        caught = {"both": who.pop("credit beside invoice")}
        self._assert_contains_customers("unapplied", caught, who)

    def test_unapplied_payment_of_a_contact(self):
        self._invoice(100, "2026-05-31", partner=self.contact_a)
        payment = self.env["account.payment"].create(
            {"partner_id": self.contact_a.id, "amount": 40, "payment_type": "inbound"}
        )
        payment.action_post()
        self._assert_contains_customers("unapplied", {"customer": self.partner_a}, {})

    def test_credit_limit(self):
        who = self._customers("above", "at it", "without", "limit alone")
        self.company_a.account_use_credit_limit = True
        for label, partner in who.items():
            if label != "without":
                partner.with_company(self.company_a).credit_limit = 100
            if label != "limit alone":
                amount = 100 if label == "at it" else 101
                self._invoice(amount, "2026-05-31", partner=partner)
        caught = {"above": who.pop("above")}
        self._assert_contains_customers("credit_limit", caught, who)

    # Data

    def _customer(self, **values):
        whole = {
            "name": "Customer",
            "customer_rank": 1,
            "email": "ap@example.com",
            "street": "1 Road",
            "city": "Brussels",
            "country_id": self.env.ref("base.be").id,
            "property_payment_term_id": self.pay_terms_a.id,
        }
        partners = self.env["res.partner"].sudo().with_company(self.company_a)
        return partners.create({**whole, **values})

    def test_data(self):
        checked = {
            "no email for invoices": {"email": False},
            "email bounced": {"message_bounce": 2},
            "no address": {"city": False},
            "no payment terms": {"property_payment_term_id": False},
        }
        caught = {label: self._customer(**values) for label, values in checked.items()}
        whole = self._customer()
        self._assert_contains(
            "customer_data",
            caught,
            {
                "whole": whole,
                "email not needed": self._customer(
                    email=False, invoice_sending_method="manual"
                ),
                "no customer": self._customer(email=False, customer_rank=0),
                "archived": self._customer(email=False, active=False),
                "a contact": self._customer(email=False, parent_id=whole.id),
            },
        )
        for label, partner in caught.items():
            self.assertIn(label, self._reasons("customer_data", partner))

    def test_doubtful_tax_numbers(self):
        numbers = {"wrong": "BE0477472702", "right": "BE0477472701", "none": "/"}
        who = {
            label: self._customer().with_context(no_vat_validation=True)
            for label in numbers
        }
        for label, partner in who.items():
            partner.vat = numbers[label]
        wrong = who.pop("wrong")
        self._assert_contains("customer_data", {"wrong": wrong}, who)
        self.assertEqual(self._reasons("customer_data", wrong), "doubtful tax ID +15")
        wrong.vat = numbers["right"]
        self.assertFalse(wrong.has_doubtful_vat)

    def test_tax_number_used_twice(self):
        number = "BE0477472701"
        one, other = self._customer(vat=number), self._customer(vat="BE 0477.472.701")
        foreign = self._customer(vat="BE0428759497", company_id=self.company_a.id)
        self._customer(vat="BE0428759497", company_id=self.company_b.id)
        contact = self._customer(name="Contact", parent_id=one.id, is_company=False)
        self._assert_contains(
            "customer_data",
            {"one": one, "written otherwise": other},
            {"in another company": foreign, "a contact": contact},
        )
        self.assertTrue(one.has_shared_vat)
        other.active = False
        self.env.invalidate_all()
        self.assertFalse(one.has_shared_vat)
        self.assertFalse(foreign.has_shared_vat)
