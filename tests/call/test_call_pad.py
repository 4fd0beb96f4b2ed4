from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.rules.call import call as rules
from odoo.addons.invoicing_clerk.tests.call.common import CallCommon

PAD = ["money_html", "history_html", "identity_html", "shown_move_ids", "caller_ids"]


@tagged("post_install", "-at_install")
class TestCallPad(CallCommon):
    """What a clerk sees of a customer, exactly and at a bounded cost."""

    def _due(self, day, amount, **values):
        return self._posted(
            (1, amount),
            taxes=self.env["account.tax"],
            invoice_payment_term_id=False,
            invoice_date_due=day,
            **values,
        )

    def _balances(self, call):
        call.invalidate_recordset()
        return call._balances()

    @freeze_time("2026-06-30")
    def test_buckets_are_those_of_the_rule(self):
        days = {
            "2026-07-10": 1.0,
            "2026-06-29": 2.0,
            "2026-05-31": 4.0,
            "2026-05-30": 8.0,
            "2026-04-15": 16.0,
            "2026-03-15": 32.0,
            "2026-03-01": 64.0,
        }
        expected = [0.0] * 6
        today = fields.Date.today()
        for day, amount in days.items():
            self._due(day, amount)
            overdue = (today - fields.Date.to_date(day)).days
            expected[rules.bucket(overdue)] += amount
        self._due("2026-06-01", 5.0, move_type="out_refund")
        (row,) = self._balances(self._call())
        self.assertEqual(row["buckets"], expected)
        self.assertEqual(row["credit"], -5.0)
        self.assertEqual(row["total"], 122.0)
        self.assertEqual(row["company"], self.partner_a.credit)

    def test_each_currency_has_its_row(self):
        self._due("2026-01-15", 100.0)
        self._due("2026-01-15", 40.0, currency=self.foreign_currency)
        rows = {row["currency"]: row for row in self._balances(self._call())}
        self.assertEqual(rows[self.currency_a]["total"], 100.0)
        self.assertEqual(rows[self.foreign_currency]["total"], 40.0)
        self.assertEqual(sum(row["company"] for row in rows.values()), 120.0)

    def test_other_customers_and_companies_do_not_count(self):
        self._due("2026-01-15", 100.0, partner=self.partner_b)
        self._posted(company_data=self.company_b_data)
        self._pay(self._due("2026-01-15", 100.0))
        self.assertFalse(self._balances(self._call()))

    def test_open_and_latest_invoices(self):
        old = self._due("2025-01-15", 10.0, invoice_date="2025-01-15")
        paid = [
            self._due("2026-02-01", 10.0, invoice_date=f"2026-02-{day:02}")
            for day in range(1, 6)
        ]
        for move in paid:
            self._pay(move)
        call = self._call()
        self.assertEqual(
            list(call.shown_move_ids.ids), [old.id, *(m.id for m in paid[:1:-1])]
        )

    def test_what_is_shown(self):
        error = self._open_error(self._posted(), {"claimed_quantity": 0})
        other = self._finished("resolved", topic_id=self.topic.id)
        self.partner_a.sudo().write(
            {"clerk_legal_hold": True, "clerk_alert": "Ask for Ada"}
        )
        call = self._call()
        for words in ("Legal hold", "Ask for Ada", "115.00"):
            self.assertIn(words, call.money_html)
        for words in (error.name, f"/odoo/calls/{call.id}/billing-errors/{error.id}"):
            self.assertIn(words, call.history_html)
        self.assertIn(f"/odoo/calls/{other.id}", call.history_html)

    def test_over_the_credit_limit(self):
        self.company_a.account_use_credit_limit = True
        self.partner_a.with_company(self.company_a).credit_limit = 100.0
        call = self._call()
        self._due("2026-01-15", 100.0)
        self.assertNotIn("credit limit", call.money_html)
        self._due("2026-01-15", 0.01)
        call.invalidate_recordset()
        self.assertIn("credit limit", call.money_html)

    def test_first_contact(self):
        def at(moment, **values):
            return self._call(start=moment, topic_id=self.topic.id, **values)

        first = at("2026-01-05 10:00:00")
        repeat = at("2026-01-12 10:00:00")
        later = at("2026-01-19 10:00:01")
        other = self._call(start="2026-01-19 11:00:00")
        calls = first + repeat + later + other
        self.assertEqual(calls.mapped("is_first_contact"), [True, False, True, True])
        calls.sudo().write({"state": "done"})
        self.env.flush_all()
        report = self.env["clerk.call.report"].with_user(self.clerk)
        rows = report.search([("call_id", "in", calls.ids)], order="id")
        self.assertEqual(rows.mapped("is_repeat"), [False, True, False, False])
        ((rate, hour),) = report._read_group(
            [("call_id", "in", calls.ids)], [], ["resolution:avg", "hour:array_agg"]
        )
        self.assertAlmostEqual(rate, 100 * rules.resolution_rate(3, 1))
        self.assertEqual(sorted(hour), ["10", "10", "10", "11"])

    def test_first_contact_is_of_each_company_and_of_those_who_call(self):
        moment = {"topic_id": self.topic.id, "start": "2026-01-05 10:00:00"}
        self._call(**moment)
        moment["start"] = "2026-01-06 10:00:00"
        both = self.clerk
        both.company_ids |= self.company_b
        elsewhere = self._call(company_id=self.company_b.id, **moment)
        ours = self._call(direction="out", **moment)
        planned = self._call(state="planned", direction="out", topic_id=self.topic.id)
        repeat = self._call(**moment)
        calls = elsewhere + ours + planned + repeat
        calls = calls.with_context(
            allowed_company_ids=(self.company_a + self.company_b).ids
        )
        self.assertEqual(calls.mapped("is_first_contact"), [True, True, True, False])

    def _cost(self, call):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        call.read(PAD)
        call.shown_move_ids.read(["name", "amount_residual", "payment_state"])
        return self.env.cr.sql_log_count - before

    def test_cost_does_not_grow_with_the_customer(self):
        self._open_error(self._posted(), {"claimed_quantity": 0})
        self._finished("resolved", topic_id=self.topic.id)
        call = self._call()
        self._cost(call)
        few = self._cost(call)
        for _index in range(12):
            self._open_error(self._posted(), {"claimed_quantity": 0})
            self._finished("resolved", topic_id=self.topic.id)
        self.assertLessEqual(self._cost(call), few)
        self.assertLess(few, 60)


@tagged("post_install", "-at_install")
class TestCallAccess(CallCommon):
    """Who may do what."""

    MODELS = (
        "clerk.call",
        "clerk.call.topic",
        "clerk.call.disposition",
        "clerk.call.question",
        "clerk.call.report",
    )

    def _may(self, user, operation):
        return [
            model
            for model in self.MODELS
            if self.env[model].with_user(user).has_access(operation)
        ]

    def test_models(self):
        self.assertEqual(self._may(self.outsider, "read"), [])
        self.assertEqual(self._may(self.env.user, "read"), [])
        for user in (self.clerk, self.supervisor, self.auditor):
            self.assertEqual(self._may(user, "read"), list(self.MODELS))
        for operation in ("write", "create", "unlink"):
            self.assertEqual(self._may(self.auditor, operation), [])
            self.assertEqual(self._may(self.clerk, operation), ["clerk.call"])
            self.assertEqual(
                self._may(self.supervisor, operation), list(self.MODELS[:4])
            )

    def test_auditor_reads_the_pad_and_presses_nothing(self):
        invoice = self._posted()
        call = self._call(move_ids=[Command.set(invoice.ids)])
        theirs = call.with_user(self.auditor)
        self.assertIn("115.00", theirs.money_html)
        self.assertEqual(theirs.shown_move_ids.ids, invoice.ids)
        for step in (
            "action_done",
            "action_drop",
            "action_discard",
            "action_billing_error",
            "action_call_back",
            "action_note",
            "action_question",
        ):
            with self.subTest(step=step), self.assertRaises(AccessError):
                call.disposition_id = self._disposition("resolved")
                getattr(theirs, step)()
        for starter in (self.env["clerk.call"], self.partner_a, invoice):
            with self.assertRaises(AccessError):
                starter.with_user(self.auditor).action_new_call()
        arch = theirs.get_view(view_type="form")["arch"]
        self.assertNotIn('type="object" data-hotkey', arch)
        self.assertNotIn("action_done", arch)

    def test_other_companies_see_nothing(self):
        call = self._finished("resolved")
        for record in (call, self.env["clerk.call.report"].browse(call.id)):
            theirs = record.with_user(self.clerk_b)
            self.assertFalse(theirs.search([("id", "in", record.ids)]))
            with self.assertRaises(AccessError):
                theirs.check_access("read")

    def test_accountants_without_our_role_lose_nothing(self):
        partner = self.partner_a.with_user(self.env.user)
        self.assertNotIn("clerk_alert", partner.fields_get())
        self.assertNotIn("call_count", partner.fields_get())
        partner.name = "Still theirs"
