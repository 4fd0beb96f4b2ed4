from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import ReceiptCommon


@tagged("post_install", "-at_install")
class TestReceiptMatch(ReceiptCommon):
    """Payments are proposed for, applied, undone and counted."""

    freeze_time = freeze_time("2026-03-10")

    def test_named_invoices_are_certain(self):
        first, second = self._invoice(50.0), self._invoice(80.0)
        match = self._propose(self._payment(80.0, f"re {second.name}"))
        self.assertRecordValues(
            match,
            [
                {
                    "partner_id": self.partner_a.id,
                    "reason": "named",
                    "evidence": "registered",
                    "applied_amount": 80.0,
                    "unapplied_amount": 0.0,
                    "is_automatic": True,
                    "state": "proposed",
                    "item_names": second.name,
                }
            ],
        )
        self.assertIn("names the invoices", match.explanation)
        match.action_apply()
        self.assertEqual(self._open(first, second), [50.0, 0.0])
        self.assertRecordValues(
            match,
            [
                {
                    "state": "applied",
                    "applied_by_id": self.clerk.id,
                    "was_automatic": False,
                }
            ],
        )

    def test_references_of_all_kinds_are_found(self):
        invoice = self._invoice(50.0, payment_reference="RF18 5390 0754 7034")
        order = self._invoice(60.0, ref="PO-7788")
        self._invoice(70.0)
        for amount, text, expected in (
            (50.0, "RF18539007547034", invoice),
            (50.0, invoice.name.lower().replace("/", " "), invoice),
            (50.0, invoice.name.replace("/", ""), invoice),
            (60.0, "your order po-7788", order),
        ):
            with self.subTest(text=text):
                match = self._propose(self._payment(amount, text))
                self.assertEqual(match.line_ids.move_id, expected)
                self.assertTrue(match.is_automatic)

    def test_payments_without_customer(self):
        """The number finds the customer; applying writes it on the payment."""
        invoice = self._invoice(50.0)
        self._invoice(50.0, partner=self.partner_b)
        payment = self._payment(50.0, invoice.name, partner_id=False)
        unknown = self._payment(50.0, "thanks", partner_id=False)
        match, other = self._propose(payment, unknown).sorted(
            lambda each: each.item_id.move_id != payment.move_id
        )
        self.assertEqual(
            (match.partner_id, match.evidence), (self.partner_a, "reference")
        )
        self.assertEqual((other.evidence, other.line_ids.ids), ("unidentified", []))
        self.assertIn("not known", other.explanation)
        match.action_apply()
        self.assertEqual(self._open(invoice), [0.0])
        self.assertEqual(match.item_id.partner_id, self.partner_a)
        with self.assertRaisesRegex(UserError, "no proposal"):
            other.action_apply()

    def test_numbers_of_others_are_asked_about(self):
        other = self._invoice(50.0, partner=self.partner_b)
        self._invoice(50.0)
        match = self._propose(self._payment(50.0, other.name))
        self.assertFalse(match.is_automatic)
        self.assertIn("third_party", match.notes)

    def test_paid_invoices_are_not_paid_again(self):
        paid, twin = self._invoice(50.0), self._invoice(50.0)
        self._pay(paid, 50.0)
        match = self._propose(self._payment(50.0, paid.name))
        self.assertEqual(match.notes, ["settled"])
        self.assertFalse(match.line_ids)
        self.assertEqual(self._open(twin), [50.0])

    def test_undo_is_counted(self):
        invoice = self._invoice(50.0)
        match = self._propose(self._payment(50.0, invoice.name))
        match.action_apply()
        match.with_user(self.colleague).action_undo()
        self.assertEqual(self._open(invoice), [50.0])
        self.assertRecordValues(
            match, [{"state": "undone", "undone_by_id": self.colleague.id}]
        )
        self.assertEqual((match.wrong_share, match.wrong_line_count), (1.0, 1))
        with self.assertRaises(UserError):
            match.action_undo()
        with self.subTest("undone on the page of the customer"):
            again = self._propose(match.payment_id)
            again.action_apply()
            again.applied_id.action_undo()
            self.assertEqual(again.state, "undone")

    def test_credit_notes_that_are_named(self):
        invoice = self._invoice(80.0)
        refund = self._invoice(30.0, move_type="out_refund")
        match = self._propose(self._payment(50.0, f"{invoice.name} less {refund.name}"))
        self.assertTrue(match.is_automatic)
        match.action_apply()
        self.assertEqual(self._open(invoice, refund), [0.0, 0.0])
        match.action_undo()
        self.assertEqual(self._open(invoice, refund), [80.0, 30.0])

    def test_overpayment_stays_unapplied(self):
        invoice = self._invoice(50.0)
        payment = self._payment(70.0, invoice.name)
        match = self._propose(payment)
        self.assertEqual((match.unapplied_amount, match.is_automatic), (20.0, True))
        match.action_apply()
        self.assertEqual(match.item_id.amount_residual, -20.0)

    def test_foreign_currency(self):
        self._invoice(50.0)
        foreign = self._invoice(50.0, currency=self.foreign_currency)
        payment = self._payment(
            50.0, foreign.name, currency_id=self.foreign_currency.id
        )
        match = self._propose(payment)
        match.action_apply()
        self.assertEqual(self._open(foreign), [0.0])
        match.action_undo()
        self.assertEqual(self._open(foreign), [50.0])
        with self.subTest("the figure in another currency"):
            wrong = self._propose(self._payment(50.0, foreign.name))
            self.assertEqual((wrong.notes, wrong.line_ids.ids), (["currency"], []))

    def test_early_payment_discount(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "2% in 10 days",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "early_pay_discount_computation": "included",
                "line_ids": [(0, 0, {"value": "percent", "value_amount": 100})],
            }
        )
        invoice = self._posted(
            (1, 100.0),
            invoice_payment_term_id=term.id,
            invoice_date="2026-02-25",
        )
        paid = invoice.amount_total * 0.98
        match = self._propose(self._payment(paid, invoice.name))
        self.assertEqual((match.notes, match.is_automatic), (["discount"], True))
        match.action_apply()
        self.assertEqual(self._open(invoice), [0.0])
        self.assertTrue(match.item_id.reconciled)
        match.action_undo()
        self.assertEqual(self._open(invoice), [invoice.amount_total])
        entry = match.line_ids.discount_move_id
        self.assertTrue(entry.reversal_move_ids, "the discount is reversed")
        late = self._propose(
            self._payment(
                paid, self._posted((1, 100.0), invoice_payment_term_id=term.id).name
            )
        )
        self.assertFalse(late.is_automatic and "discount" in late.notes)

    def test_remedies_of_a_short_payment_are_named(self):
        rest = "Report it as a short payment, or apply the payment and keep the rest"
        for limit, first in (
            (5.0, ""),
            (10.0, "It is within the limit for write-offs. "),
        ):
            self.company_a.clerk_write_off_limit = limit
            invoice = self._invoice(100.0)
            match = self._propose(self._payment(90.0, invoice.name))
            self.assertIn(f"{first}{rest}", match.explanation)
            self.assertEqual("limit" in match.explanation, bool(first))

    def test_short_payments_become_a_billing_error(self):
        invoice = self._invoice(80.0)
        match = self._propose(self._payment(70.0, invoice.name))
        self.assertEqual((match.short_amount, match.is_automatic), (10.0, False))
        action = match.action_report_short()
        error = self.env["clerk.billing.error"].browse(action["res_id"])
        self.assertEqual(error.reason_id.code, "SHORT")
        self.assertEqual(error.move_ids, invoice)
        with self.assertRaisesRegex(UserError, "reported already"):
            match.action_report_short()
        match.action_apply()
        self.assertEqual(self._open(invoice), [10.0])
        exact = self._propose(self._payment(10.0, invoice.name))
        with self.assertRaisesRegex(UserError, "not short"):
            exact.action_report_short()

    def test_changed_in_the_meantime(self):
        invoice = self._invoice(50.0)
        match = self._propose(self._payment(50.0, invoice.name))
        self._pay(invoice, 20.0)
        with self.assertRaisesRegex(UserError, "Propose again"):
            match.action_apply()
        self.assertEqual((match.state, self._open(invoice)), ("proposed", [30.0]))

    def test_one_failure_leaves_the_others(self):
        first, second = self._invoice(50.0), self._invoice(60.0)
        matches = self._propose(
            self._payment(50.0, first.name), self._payment(60.0, second.name)
        )
        self._pay(first, 20.0)
        matches.action_apply()
        self.assertEqual(self._open(first, second), [30.0, 0.0])
        failed = matches.filtered("error")
        self.assertEqual(failed.line_ids.move_id, first)
        self.assertIn("Propose again", failed.error)

    def test_automatic_only_where_the_company_says_so(self):
        invoice = self._invoice(50.0)
        short = self._invoice(90.0)
        self._payment(50.0, invoice.name)
        self._payment(70.0, short.name)
        matches = self.env["clerk.receipt.match"].with_user(self.clerk)
        with self.enter_registry_test_mode():
            cron = self.env.ref("invoicing_clerk.ir_cron_receipt_match")
            cron.method_direct_trigger()
            self.assertEqual(self._open(invoice), [50.0])
            self.company_a.sudo().clerk_match_automatic = True
            cron.method_direct_trigger()
        self.assertEqual(self._open(invoice, short), [0.0, 90.0])
        found = matches.search([("item_id.partner_id", "=", self.partner_a.id)])
        self.assertEqual(
            sorted((match.state, match.was_automatic) for match in found),
            [("applied", True), ("proposed", False)],
        )

    def test_left_on_account(self):
        self._invoice(50.0)
        match = self._propose(self._payment(20.0))
        match.action_dismiss()
        self.assertEqual(match.state, "dismissed")
        matches = self.env["clerk.receipt.match"].with_user(self.clerk)
        matches._propose_for(self.company_a)
        self.assertFalse(matches.search([("state", "=", "proposed")]))
        match.action_reopen()
        self.assertEqual(matches.search([("state", "=", "proposed")]), match)

    def test_proposals_are_replaced(self):
        payment = self._payment(50.0)
        old = self._propose(payment)
        invoice = self._invoice(50.0)
        new = self._propose(payment)
        self.assertEqual((new, new.line_ids.move_id), (old, invoice))
        self._pay(invoice, 50.0)
        self.assertTrue(old.action_propose())
        self.assertFalse(old.line_ids)
        payment.sudo().action_draft()
        action = old.action_propose()
        self.assertFalse(old.exists())
        self.assertEqual(action["res_model"], "clerk.receipt.match")

    # Aliases

    def test_the_payer_is_remembered(self):
        invoice, later = self._invoice(50.0), self._invoice(60.0)
        aliases = self.env["clerk.payer.alias"].with_user(self.clerk)
        aliases._remember(self.partner_a, self.company_a, name="ZEBRA Treasury Ltd")
        aliases._remember(self.partner_a, self.company_a, name="zebra treasury")
        self.assertEqual(len(aliases.search([])), 1)
        twin = {"alias": "Zebra, treasury", "partner_id": self.partner_a.id}
        with self.assertRaisesRegex(ValidationError, "already"), self.cr.savepoint():
            aliases.create(twin)
        found = aliases._customers_of("name", ["Zebra Treasury"], self.company_a)
        self.assertEqual(set().union(*found.values()), {self.partner_a.id})
        self.assertFalse(aliases._customers_of("name", ["Zebra"], self.company_b))
        self.assertTrue(invoice + later)

    def test_assigned_by_a_person(self):
        invoice = self._invoice(50.0)
        match = self._propose(self._payment(50.0, "thanks", partner_id=False))
        self.assertEqual(match.action_assign()["res_model"], "clerk.receipt.assign")
        dialog = (
            self.env["clerk.receipt.assign"]
            .with_user(self.clerk)
            .create({"match_ids": match.ids, "partner_id": self.partner_a.id})
        )
        dialog.action_assign()
        self.assertEqual(match.partner_id, self.partner_a)
        self.assertEqual((match.reason, match.is_automatic), ("item", False))
        match.action_apply()
        self.assertEqual(self._open(invoice), [0.0])

    def test_invoices_on_another_account(self):
        invoice = self._invoice(50.0)
        payment = self._payment(50.0, invoice.name)
        other = self.company_data["default_account_receivable"].copy()
        item = payment.move_id.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        item.account_id = other
        match = self._propose(payment)
        with self.assertRaisesRegex(UserError, "Correct the account of the payment"):
            match.action_apply()
        self.assertEqual((match.state, self._open(invoice)), ("proposed", [50.0]))

    def test_what_was_paid_elsewhere_goes(self):
        invoice = self._invoice(50.0)
        payment = self._payment(50.0, invoice.name)
        match = self._propose(payment)
        (match.item_id + match.line_ids.item_id).sudo().reconcile()
        match._propose_for(self.company_a)
        self.assertFalse(match.exists())

    # Rights

    def test_roles(self):
        invoice = self._invoice(50.0)
        payment = self._payment(50.0, invoice.name)
        match = self._propose(payment)
        for user in (self.auditor, self.outsider):
            for step in ("apply", "dismiss", "propose"):
                action = getattr(match.with_user(user), f"action_{step}")
                with (
                    self.subTest(user=user.login, step=step),
                    self.assertRaises(AccessError),
                ):
                    action()
        self.assertEqual(match.with_user(self.auditor).amount, 50.0)
        with self.assertRaises(AccessError):
            match.with_user(self.clerk_b).read(["amount"])
        for values in ({"state": "applied"}, {"is_automatic": True}, {"amount": 1.0}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                match.write(values)
        match.with_user(self.supervisor).action_apply()
        self.assertEqual(match.state, "applied")

    def test_companies_do_not_mix(self):
        invoice = self._invoice(50.0)
        payment = self._payment(
            50.0,
            invoice.name,
            company_data=self.company_b_data,
            company_id=self.company_b.id,
        )
        match = self._propose(payment, user=self.clerk_b)
        self.assertFalse(match.line_ids)
        self.assertEqual(match.company_id, self.company_b)

    # Cost

    def _queries(self, *payments):
        """Count the queries of proposals, and of replacing them, for payments."""
        items = self._payment_items(*payments)
        propose = items.env["clerk.receipt.match"]._propose
        return [self._count_queries(propose, items) for _time in range(2)]

    def _many_payments(self, first, count):
        """Return payments by different customers who are found in different ways."""
        customers = self.env["res.partner"].create(
            [{"name": f"Query Test {first + each}"} for each in range(count)]
        )
        texts = (lambda invoice: invoice.name, lambda invoice: "", lambda invoice: "?")
        return [
            self._payment(
                50.0 + first + each,
                texts[each % 3](
                    self._invoice(50.0 + first + each, partner=customers[each])
                ),
                partner_id=each % 2 and customers[each].id,
            )
            for each in range(count)
        ]

    def _fewest_queries(self, first, count):
        """Count the queries twice: a cache may be filled by one of them."""
        counts = zip(
            self._queries(*self._many_payments(first, count)),
            self._queries(*self._many_payments(first + count, count)),
            strict=True,
        )
        return [min(pair) for pair in counts]

    def test_queries_do_not_grow_with_payments(self):
        self._queries(*self._many_payments(0, 6))
        few = self._fewest_queries(100, 6)
        many = self._fewest_queries(200, 24)
        self.assertEqual(many, few)
