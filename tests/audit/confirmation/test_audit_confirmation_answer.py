import base64

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.tests.audit.confirmation.common import (
    ConfirmationCommon,
)


@tagged("post_install", "-at_install")
class TestConfirmationAnswer(ConfirmationCommon):
    """Replies of customers, and follow-up by auditors."""

    def setUp(self):
        super().setUp()
        self.customer = self._customers(1)
        self.run = self._asked(self.customer)
        self.confirmation = self.run.confirmation_ids

    def _two_invoices(self, **dates):
        """Return a customer with two invoices, and the request sent to it."""
        partner = self.env["res.partner"].create(
            {"name": "Two Invoices", "email": "two@customer.example.com"}
        )
        old = self._posted((1, 100.0), partner=partner, taxes=self.no_tax)
        new = self._posted(
            (1, 40.0),
            partner=partner,
            taxes=self.no_tax,
            **{"invoice_date": "2026-01-16", **dates},
        )
        return old, new, self._asked(partner).confirmation_ids

    def test_agrees(self):
        self.postbox.mails.clear()
        self._answer(self.confirmation)
        self.assertRecordValues(
            self.confirmation,
            [
                {
                    "state": "agreed",
                    "answer_way": "portal",
                    "signed_by": "Ada",
                    "answer_ip": "203.0.113.9",
                    "difference_company": 0,
                    "evidence_company": 101,
                }
            ],
        )
        self.assertTrue(self.confirmation.answered_on)
        self.assertEqual(self.confirmation.balance_ids.answered, 101)
        self.assertTrue(self.confirmation.is_answer_intact)
        self.assertFalse(self.confirmation.difference_ids)
        self.assertEqual((self.run.answered_count, self.run.evidence_amount), (1, 101))

    def test_changed_response_is_detected(self):
        self._answer(self.confirmation)
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE clerk_audit_confirmation_balance SET answered = 7"
                " WHERE confirmation_id = %s",
                self.confirmation.id,
            )
        )
        self.env.invalidate_all()
        self.assertFalse(self.confirmation.is_answer_intact)

    def test_differs_and_is_compared_document_by_document(self):
        old, new, confirmation = self._two_invoices(invoice_date="2026-01-28")
        self._answer(confirmation, self._content((old.name, "90.00"), USD="90.00"))
        self.assertEqual(
            (confirmation.state, confirmation.difference_company), ("differs", -50)
        )
        self.assertRecordValues(
            confirmation.difference_ids,
            [
                {
                    "move_id": old.id,
                    "our_amount": 100,
                    "customer_amount": 90,
                    "amount": -10,
                    "cause": False,
                },
                {
                    "move_id": new.id,
                    "our_amount": 40,
                    "customer_amount": 0,
                    "amount": -40,
                    "cause": "invoice",
                },
            ],
        )
        self.assertEqual(confirmation.balance_ids.unexplained, 0)
        self.assertFalse(confirmation.is_explained)
        self.assertEqual(confirmation.answer_note, "As our ledger says")

    def test_likely_causes(self):
        old, new, confirmation = self._two_invoices()
        self._pay(old, payment_date="2026-02-03")
        self._open_error(new)
        self._answer(confirmation, self._content(("X-77", "5"), USD="5"))
        causes = {line.name: line.cause for line in confirmation.difference_ids}
        self.assertEqual(
            causes, {"X-77": False, old.name: "payment", new.name: "dispute"}
        )
        self.assertTrue(
            confirmation.difference_ids.filtered("cause")[0].explanation, "it says why"
        )

    def test_another_currency(self):
        self._answer(self.confirmation, self._content(USD="101", EUR="20"))
        self.assertEqual(self.confirmation.state, "differs")
        self.assertRecordValues(
            self.confirmation.balance_ids,
            [
                {"stated": 101, "answered": 101, "difference": 0},
                {"stated": 0, "answered": 20, "difference": 20},
            ],
        )
        # Two of them buy one of ours.
        self.assertEqual(self.confirmation.difference_company, 10)

    def test_resolved_if_fully_explained(self):
        old, new, confirmation = self._two_invoices()
        self._answer(confirmation, self._content((old.name, "90"), USD="90.00"))
        confirmation = confirmation.with_user(self.auditor)
        with self.assertRaisesRegex(UserError, "enter the cause"):
            confirmation.action_resolve()
        first, second = confirmation.difference_ids
        second.unlink()
        first.cause = "error"
        with self.assertRaisesRegex(UserError, "40.00 of the difference"):
            confirmation.action_resolve()
        confirmation.difference_ids = [
            Command.create(
                {
                    "name": "A cheque",
                    "amount": -40,
                    "cause": "payment",
                    "document_currency_id": self.currency_a.id,
                }
            )
        ]
        for user in (self.clerk, self.supervisor):
            with self.assertRaises(AccessError):
                confirmation.with_user(user).action_resolve()
        confirmation.action_resolve()
        self.assertRecordValues(
            confirmation,
            [
                {
                    "state": "resolved",
                    "misstated_company": -10,
                    "evidence_company": 130,
                    "concluded_by_id": self.auditor.id,
                }
            ],
        )
        with self.assertRaisesRegex(UserError, "between the reply"):
            first.cause = "payment"
        with self.assertRaisesRegex(UserError, "the conclusion is final"):
            confirmation.conclusion = "Other than before"

    def test_amounts_of_records_are_guarded(self):
        old, _new, confirmation = self._two_invoices()
        self._answer(confirmation, self._content((old.name, "90"), USD="90.00"))
        lines = confirmation.with_user(self.auditor).difference_ids
        for name, value in (
            ("our_amount", 1),
            ("customer_amount", 1),
            ("is_proposed", True),
        ):
            with self.assertRaisesRegex(AccessError, "from the customer's reply"):
                lines[:1].write({name: value})
        values = {"confirmation_id": confirmation.id, "name": "A cheque", "amount": -40}
        with self.assertRaisesRegex(AccessError, "from the customer's reply"):
            lines.create({**values, "customer_amount": 5})
        forged = lines.with_context(default_theirs=5).create(values)
        self.assertEqual((forged.customer_amount, forged.amount), (0, -40))

    def test_error_becomes_a_billing_error_of_a_clerk(self):
        old, _new, confirmation = self._two_invoices()
        self._answer(confirmation, self._content((old.name, "90"), USD="90.00"))
        line = confirmation.difference_ids.filtered("item_id")[0]
        with self.assertRaisesRegex(UserError, "neither a dispute nor our error"):
            line.with_user(self.clerk).action_open_billing_error()
        line.with_user(self.auditor).cause = "error"
        lines = self.env["clerk.audit.confirmation.difference"].with_user(self.clerk)
        self.assertEqual(lines.search([("is_for_clerks", "=", True)]), line)
        with self.assertRaises(AccessError):
            line.with_user(self.auditor).action_open_billing_error()
        line.with_user(self.clerk).action_open_billing_error()
        error = line.billing_error_ids
        self.assertRecordValues(
            error,
            [
                {
                    "origin": "confirmation",
                    "move_ids": old.ids,
                    "confirmation_difference_id": line.id,
                }
            ],
        )
        self.assertIn(confirmation.name, error.description)
        line.with_user(self.clerk).action_open_billing_error()
        self.assertEqual(line.billing_error_ids, error)
        self.assertFalse(lines.search([("is_for_clerks", "=", True)]))

    def test_no_billing_error_without_our_document(self):
        _old, _new, confirmation = self._two_invoices()
        self._answer(confirmation, self._content(("X-77", "150"), USD="150"))
        line = confirmation.difference_ids.filtered(lambda each: each.name == "X-77")
        line.with_user(self.auditor).cause = "error"
        with self.assertRaisesRegex(
            UserError, "not one of our invoices or credit notes"
        ):
            line.with_user(self.clerk).action_open_billing_error()

    def test_no_second_reply(self):
        self._answer(self.confirmation)
        with self.assertRaisesRegex(UserError, "Ada replied to this request on"):
            self._answer(self.confirmation)
        with self.assertRaises(UserError):
            self.confirmation.with_user(self.auditor).action_record_answer()

    def test_name_and_signature_are_required(self):
        confirmation_sudo = self.confirmation.sudo()
        with self.assertRaisesRegex(UserError, "fill in your reply"):
            confirmation_sudo._sign("Ada", self.signature, "203.0.113.9")
        confirmation_sudo._propose(
            {"agrees": True, "balances": {}, "items": [], "note": ""}
        )
        for name, signature in ((" ", self.signature), ("Ada", "")):
            with self.assertRaisesRegex(UserError, "name and your signature"):
                confirmation_sudo._sign(name, signature, "203.0.113.9")
        self.assertEqual(self.confirmation.state, "sent")

    def test_no_reply_after_the_closing(self):
        self.audit.action_close()
        with self.assertRaisesRegex(UserError, "audit is closed"):
            self._answer(self.confirmation)

    def test_late_reply(self):
        self.confirmation.with_user(self.auditor).action_give_up()
        self.confirmation.with_user(self.auditor).action_alternative()
        self._answer(self.confirmation)
        self.assertEqual(self.confirmation.state, "agreed")

    def test_auditor_is_notified(self):
        self._answer(self.confirmation, self._content(USD="90"))
        message = self.confirmation.sudo().message_ids[0]
        self.assertIn("90.00", message.body)
        self.assertEqual(message.notified_partner_ids, self.auditor.partner_id)

    def test_on_paper(self):
        action = self.confirmation.with_user(self.auditor).action_record_answer()
        papers = self.env["clerk.audit.confirmation.paper"].with_user(self.auditor)
        paper = papers.with_context(**action["context"]).create(
            {
                "signed_by": "Bob",
                "document": base64.b64encode(self.png),
                "document_name": "answer.png",
            }
        )
        self.assertEqual(paper.line_ids.document_currency_id, self.currency_a)
        paper.line_ids.amount = 100.5
        paper.action_record()
        self.assertRecordValues(
            self.confirmation,
            [
                {
                    "state": "differs",
                    "answer_way": "paper",
                    "signed_by": "Bob",
                    "recorded_by_id": self.auditor.id,
                    "answer_ip": False,
                    "difference_company": -0.5,
                }
            ],
        )
        self.assertEqual(self.confirmation.answer_document_id.raw, self.png)
        with self.assertRaises(AccessError):
            self.confirmation.with_user(self.clerk).action_record_answer()

    def test_invalid_scan(self):
        action = self.confirmation.with_user(self.auditor).action_record_answer()
        papers = self.env["clerk.audit.confirmation.paper"].with_user(self.auditor)
        paper = papers.with_context(**action["context"]).create(
            {"signed_by": "Bob", "document": base64.b64encode(b"#!/bin/sh\necho")}
        )
        with self.assertRaisesRegex(UserError, "cannot be used.*PDF"):
            paper.action_record()
        self.assertEqual(self.confirmation.state, "sent")

    def test_document_of_a_reply_cannot_be_deleted(self):
        confirmation_sudo = self.confirmation.sudo()
        confirmation_sudo._propose(
            self._content(USD="90"), ("list.png", self.png, "image/png")
        )
        confirmation_sudo._sign("Ada", self.signature, "203.0.113.9")
        document = self.confirmation.answer_document_id
        self.assertEqual(document.name, "list.png")
        with self.assertRaises(AccessError):
            document.with_user(self.clerk).write({"raw": b"other"})
        self._tamper(document, b"other")
        self.assertFalse(self.confirmation.is_answer_intact)
        self.assertIn("list.png", self.confirmation.evidence_problem)


@tagged("post_install", "-at_install")
class TestConfirmationEvidence(ConfirmationCommon):
    """Alternative procedures: subsequent receipts and the evidence they give."""

    def _without_reply(self, *partners):
        run = self._asked(self.env["res.partner"].union(*partners))
        run.confirmation_ids.action_give_up()
        return run

    def test_subsequent_receipts(self):
        paid, early, credited = (
            self._posted((1, 100.0), taxes=self.no_tax) for _number in range(3)
        )
        run = self._without_reply(self.partner_a)
        confirmation = run.confirmation_ids
        self._pay(paid, amount=60.0, payment_date="2026-02-03")
        self._pay(paid, amount=30.0, payment_date="2026-02-05")
        # On the account before the day: no later receipt, though matched later.
        deposit = self._entry(-25, "2026-01-30", partner=self.partner_a)
        (self._receivable_lines(early) + deposit).reconcile()
        note = self._posted(
            (1, 100.0),
            move_type="out_refund",
            taxes=self.no_tax,
            invoice_date="2026-02-10",
        )
        self._receivable_lines(credited + note).reconcile()
        run.action_find_receipts()
        received = {item.move_id: item.received for item in confirmation.item_ids}
        self.assertEqual(received, {paid: 90, early: 0, credited: 0})
        item = confirmation.item_ids.filtered(lambda each: each.move_id == paid)
        self.assertEqual(str(item.received_on), "2026-02-03")
        self.assertRecordValues(
            confirmation,
            [{"state": "alternative", "received_company": 90, "evidence_company": 90}],
        )
        self._pay(early, payment_date="2026-02-20")
        run.action_find_receipts()
        self.assertEqual(confirmation.received_company, 165)

    def test_foreign_receipts(self):
        move = self._posted(
            (1, 100.0), currency=self.foreign_currency, taxes=self.no_tax
        )
        run = self._without_reply(self.partner_a)
        self._pay(move, currency_id=self.foreign_currency.id, payment_date="2026-02-03")
        run.action_find_receipts()
        self.assertRecordValues(
            run.confirmation_ids.item_ids,
            [{"amount": 100, "received": 100, "received_company": 50}],
        )

    def test_conclusion_required_without_evidence(self):
        customers = self._customers(1)
        run = self._without_reply(customers)
        confirmation = run.confirmation_ids
        with self.assertRaisesRegex(UserError, "not available"):
            confirmation.action_conclude()
        run.action_find_receipts()
        with self.assertRaisesRegex(UserError, "no evidence for .*101.00"):
            confirmation.action_conclude()
        confirmation.conclusion = "Insolvent since; written down."
        confirmation.action_conclude()
        self.assertEqual((confirmation.state, run.open_count), ("done", 0))

    def test_no_conclusion_required_if_fully_received(self):
        move = self._posted((1, 100.0), taxes=self.no_tax)
        run = self._without_reply(self.partner_a)
        self._pay(move, payment_date="2026-02-03")
        run.action_find_receipts()
        run.confirmation_ids.action_conclude()
        self.assertEqual(run.evidence_percent, 100)

    def test_finding(self):
        run = self._without_reply(self._customers(1))
        action = run.confirmation_ids.action_raise_finding()
        finding = self.env["clerk.audit.finding"].browse(action["res_id"])
        self.assertIn("did not confirm", finding.condition)
        self.assertEqual(finding.audit_id, self.audit)

    def test_coverage_by_state(self):
        customers = self._customers(4)
        run = self._asked(customers[:3])
        self._answer(self._confirmation(run, customers[0]))
        self._answer(self._confirmation(run, customers[1]), self._content(USD="100"))
        rows = {row["name"]: row for row in run._summary_rows()}
        self.assertEqual(set(rows), {"Sent", "Agreed", "Differences"})
        self.assertEqual(rows["Agreed"]["count"], 1)
        self.assertEqual(rows["Agreed"]["evidence"], 101)
        self.assertEqual(run.population_amount, 410)
        self.assertEqual(run.requested_percent, 74.6)
        section = self.audit.with_user(self.clerk)._confirmation_section()
        self.assertEqual(section.rows, [[run.name, 3, 2, "74.6", "24.6", "$\xa00.00"]])
        self.assertIn("2 of 3 customers replied", section.text)
        self.assertEqual(run.evidence_percent, 24.6)
        html = self.env["ir.actions.report"].with_user(self.auditor)
        page, _kind = html._render_qweb_html(
            "invoicing_clerk.report_audit_confirmation_summary", run.ids
        )
        self.assertIn(customers[0].name, page.decode())
        self.assertIn("74.6", page.decode())

    def test_queries_do_not_grow_with_the_receipts(self):
        self._assert_no_more_queries(self._queries(3), self._queries(30))

    def _queries(self, number):
        run = self._asked(self._customers(number))
        run.confirmation_ids.action_give_up()
        return self._count_queries(run.action_find_receipts)
