from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon
from odoo.addons.invoicing_clerk.tests.properties import property_of

# Amounts of invoices and of payments, in a few values so that sums often meet.
AMOUNTS = st.lists(st.sampled_from((10.0, 20.0, 30.0, 45.5, 50.0)), max_size=4)


@tagged("post_install", "-at_install")
class TestMatch(ClerkCommon):
    """Proposals for unapplied money: each with its reason, applied and undone."""

    freeze_time = freeze_time("2026-03-10")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner_a.clerk_match_rule = "oldest"

    def _invoice(self, amount, due="2026-02-01", **values):
        return self._posted(
            (1, amount),
            taxes=self.env["account.tax"],
            invoice_payment_term_id=False,
            invoice_date_due=due,
            **values,
        )

    def _payment(self, amount, memo="", **values):
        company = values.pop("company_data", self.company_data)
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.partner_a.id,
                "amount": amount,
                "memo": memo,
                "date": "2026-03-01",
                "journal_id": company["default_journal_bank"].id,
                **values,
            }
        )
        payment.action_post()
        return payment

    def _row(self, user=None, company=None):
        self.env["clerk.receivable"].sudo()._update_from_ledger()
        return (
            self.env["clerk.receivable"]
            .with_user(user or self.clerk)
            .search(
                [
                    ("partner_id", "=", self.partner_a.id),
                    ("company_id", "=", (company or self.company_a).id),
                ]
            )
        )

    def _match(self, user=None):
        action = self._row(user).action_match()
        match = self.env[action["res_model"]].with_user(user or self.clerk)
        return match.browse(action["res_id"])

    def _open(self, *moves):
        for move in moves:
            move.invalidate_recordset()
        return [move.amount_residual for move in moves]

    def test_reasons(self):
        first = self._invoice(50.0, "2026-01-05")
        named = self._invoice(90.0, "2026-02-05")
        exact = self._invoice(70.0, "2026-02-06")
        both = self._invoice(33.0, "2026-02-07")
        self._payment(60.0, f"part of {named.name}")
        self._payment(70.0)
        self._payment(13.0)
        self._payment(20.0)
        self._payment(21.5)
        lines = self._match().line_ids
        self.assertEqual(
            [(line.reason, line.amount, line.charge_ids.move_id) for line in lines],
            [
                ("named", 60.0, named),
                ("item", 70.0, exact),
                ("sum", 33.0, both),
                ("oldest", 21.5, first),
            ],
        )
        self.assertEqual(len(lines[2].credit_ids), 2, "two credits for one invoice")
        for line in lines:
            self.assertTrue(line.explanation)
            self.assertIn(line.charge_ids.move_id.name, line.charge_names)

    def test_oldest_first_only_where_agreed(self):
        self.partner_a.clerk_match_rule = False
        first, second = self._invoice(50.0, "2026-01-05"), self._invoice(70.0)
        self._payment(60.0)
        with self.assertRaisesRegex(UserError, "no payment or credit"):
            self._match()
        self.partner_a.clerk_match_rule = "oldest"
        line = self._match().line_ids
        self.assertEqual(line.charge_ids.move_id, first + second)

    def test_no_credit_note_because_its_amount_fits(self):
        self._invoice(50.0)
        self._invoice(50.0, move_type="out_refund")
        with self.assertRaisesRegex(UserError, "no payment or credit"):
            self._match()

    def test_applied_and_undone(self):
        old, new = self._invoice(50.0, "2026-01-05"), self._invoice(70.0)
        payment = self._payment(100.0)
        match = self._match()
        match.line_ids.action_apply()
        self.assertEqual(self._open(old, new), [0.0, 20.0])
        self.assertEqual(self._row().unapplied, 0.0)
        self.assertEqual(match.line_ids.state, "applied")
        with self.assertRaises(UserError):
            match.line_ids.action_apply()
        match.line_ids.action_undo()
        self.assertEqual(self._open(old, new), [50.0, 70.0])
        self.assertEqual(self._row().unapplied, 100.0)
        with self.assertRaises(UserError):
            match.line_ids.action_undo()
        match.line_ids.action_apply()
        self.assertEqual(self._open(old, new), [0.0, 20.0])
        # Undone elsewhere
        match.line_ids.applied_id.partial_ids.unlink()
        with self.assertRaisesRegex(UserError, "no longer applied"):
            match.line_ids.action_undo()
        match.action_propose()
        match.line_ids.filtered(lambda line: line.state == "proposed").action_apply()
        self.assertTrue(payment.move_id.line_ids.matched_debit_ids)

    def test_undo_leaves_other_reconciliations(self):
        invoice = self._invoice(100.0)
        self._pay(invoice, 30.0)
        self._payment(70.0)
        match = self._match()
        match.line_ids.action_apply()
        self.assertEqual(self._open(invoice), [0.0])
        match.line_ids.action_undo()
        self.assertEqual(self._open(invoice), [70.0])

    # Undone later, from the page of the customer

    def _applied(self, user=None):
        applied = self.env["clerk.applied.payment"].with_user(user or self.clerk)
        return applied.search([("partner_id", "=", self.partner_a.id)])

    def test_undone_later_by_another_clerk(self):
        """Only the dialog knew what it had applied; closed, it was forgotten."""
        invoice = self._invoice(50.0)
        self._payment(50.0)
        match = self._match()
        match.line_ids.action_apply()
        match.sudo().unlink()
        applied = self._applied(self.supervisor)
        self.assertEqual((applied.amount, applied.state), (50.0, "applied"))
        self.assertEqual(applied.create_uid, self.clerk)
        applied.action_undo()
        self.assertEqual(self._open(invoice), [50.0])
        self.assertEqual(self._row().unapplied, 50.0)
        self.assertRecordValues(
            applied, [{"state": "undone", "undone_by_id": self.supervisor.id}]
        )
        with self.assertRaisesRegex(UserError, "no longer applied"):
            applied.action_undo()

    def test_page_lists_what_can_be_undone(self):
        self._invoice(50.0)
        self._invoice(30.0)
        self._payment(50.0)
        match = self._match()
        match.line_ids.action_apply()
        row = self._row()
        self.assertEqual(row.applied_ids, self._applied())
        row.applied_ids.action_undo()
        self.assertFalse(self._row().applied_ids)

    def test_locked_period(self):
        invoice = self._invoice(50.0)
        payment = self._payment(50.0)
        self._match().line_ids.action_apply()
        latest = max(invoice.date, payment.date)
        for field in ("fiscalyear_lock_date", "hard_lock_date"):
            with self.subTest(lock=field), self.cr.savepoint() as savepoint:
                self.company_a.sudo()[field] = latest
                with self.assertRaisesRegex(UserError, "are locked"):
                    self._applied().action_undo()
                self.assertEqual(self._open(invoice), [0.0])
                savepoint.rollback()
                self.env.invalidate_all()
        self.company_a.sudo().fiscalyear_lock_date = "2026-01-31"
        self._applied().action_undo()
        self.assertEqual(self._open(invoice), [50.0])

    def test_applied_in_a_locked_period(self):
        """Payments applied after the lock can be undone after it."""
        invoice, payment = self._invoice(50.0), self._payment(50.0)
        latest = max(invoice.date, payment.date)
        self.company_a.sudo().fiscalyear_lock_date = latest
        self._match().line_ids.action_apply()
        self._applied().action_undo()
        self.assertEqual(self._open(invoice), [50.0])

    def test_who_may_undo(self):
        self._invoice(50.0)
        self._payment(50.0)
        self._match().line_ids.action_apply()
        applied = self._applied()
        for user in (self.auditor, self.outsider):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                applied.with_user(user).action_undo()
        for values in ({"amount": 1.0}, {"partial_ids": False}):
            with self.assertRaises(AccessError):
                applied.write(values)

    def test_a_credit_note_names_its_invoice(self):
        first, second = self._invoice(80.0, "2026-01-01"), self._invoice(80.0)
        reversal = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=second.ids)
            .create({"journal_id": second.journal_id.id})
        )
        refund = self.env["account.move"].browse(reversal.refund_moves()["res_id"])
        refund.action_post()
        refund.line_ids.remove_move_reconcile()
        line = self._match().line_ids
        self.assertEqual((line.reason, line.charge_ids.move_id), ("named", second))
        self.assertTrue(first)

    def test_disputed_invoices_are_left_out_of_oldest_first(self):
        disputed, other = self._invoice(50.0, "2026-01-05"), self._invoice(70.0)
        self._open_error(disputed, {"claimed_quantity": 0})
        self._payment(60.0)
        line = self._match().line_ids
        self.assertEqual(line.charge_ids.move_id, other)

    def test_currencies_do_not_mix(self):
        self._invoice(50.0)
        foreign = self._invoice(50.0, currency=self.foreign_currency)
        self._payment(50.0, currency_id=self.foreign_currency.id)
        line = self._match().line_ids
        self.assertEqual(line.charge_ids.move_id, foreign)
        self.assertEqual(line.currency_id, self.foreign_currency)
        line.action_apply()
        self.assertEqual(self._open(foreign), [0.0])
        line.action_undo()
        self.assertEqual(self._open(foreign), [50.0])

    def test_companies_do_not_mix(self):
        self._invoice(50.0)
        self._payment(
            50.0, company_data=self.company_b_data, company_id=self.company_b.id
        )
        with self.assertRaisesRegex(UserError, "no payment or credit"):
            self._match()

    def test_changed_in_the_meantime(self):
        invoice = self._invoice(50.0)
        self._payment(50.0)
        line = self._match().line_ids
        self._pay(invoice, 10.0)
        with self.assertRaisesRegex(UserError, "changed"):
            line.action_apply()
        match = line.match_id
        match.action_propose()
        line = match.line_ids
        self.assertEqual((line.reason, line.amount), ("oldest", 40.0))
        line.action_apply()
        self.assertEqual(self._open(invoice), [0.0])

    def test_roles(self):
        self._invoice(50.0)
        self._payment(50.0)
        self._match(self.supervisor).line_ids.action_apply()
        self._invoice(60.0)
        self._match_refused(self.auditor)
        self._match_refused(self.outsider)

    def test_closing_goes_where_something_is_open(self):
        self._invoice(50.0)
        self._payment(50.0)
        match = self._match()
        self.assertEqual(match.action_close()["type"], "ir.actions.act_window_close")
        match.line_ids.action_apply()
        action = match.action_close()
        self.assertEqual(action["res_model"], "clerk.receivable")
        self.assertEqual(action["target"], "main")
        self.assertFalse(self._row())

    def _match_refused(self, user):
        row = self._row().with_user(user)
        with self.assertRaises(AccessError):
            row.action_match()

    def test_proposals_are_of_who_asked(self):
        self._invoice(50.0)
        self._payment(50.0)
        line = self._match().line_ids
        with self.assertRaises(AccessError):
            line.with_user(self.colleague).action_apply()
        with self.assertRaises(AccessError):
            line.credit_ids = False

    def _queries(self):
        return self._count_queries(self._row().action_match)

    def test_queries_do_not_grow_with_items(self):
        self._invoice(50.0)
        self._payment(50.0)
        self._queries()
        few = self._queries()
        for index in range(8):
            self._invoice(60.0 + index)
            self._payment(60.0 + index)
        self._assert_no_more_queries(few, self._queries(), margin=2)

    @given(AMOUNTS, AMOUNTS)
    @property_of(examples=12)
    def test_applying_all_leaves_nothing_on_one_side(self, charges, payments):
        """Proposals can be applied, the last one first, and in the end either
        no invoice is open or no money is unapplied."""
        with self.env.cr.savepoint() as savepoint:
            invoices = [self._invoice(amount) for amount in charges]
            credits = [self._payment(amount) for amount in payments]
            if charges and payments:
                match = self._match()
                while lines := match.line_ids.filtered(
                    lambda line: line.state == "proposed"
                ):
                    lines[-1:].action_apply()
            owed = sum(self._open(*invoices))
            lines = [p.move_id.line_ids for p in credits]
            unapplied = -sum(
                each.filtered(
                    lambda line: line.account_id.account_type == "asset_receivable"
                ).amount_residual
                for each in lines
            )
            expected = sum(charges) - sum(payments)
            self.assertAlmostEqual(owed, max(expected, 0.0))
            self.assertAlmostEqual(unapplied, max(-expected, 0.0))
            savepoint.rollback()
        self.env.invalidate_all()
