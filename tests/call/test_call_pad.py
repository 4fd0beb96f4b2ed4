from freezegun import freeze_time
from lxml import etree

from odoo import fields
from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.rules.bucket import bucket
from odoo.addons.invoicing_clerk.rules.call import call as rules
from odoo.addons.invoicing_clerk.tests.call.common import CallCommon

PAD = ["balance_html", "history_html", "identity_html", "shown_move_ids", "caller_ids"]
PAD += ["line_ids", "items_text", "has_errors", "has_promises", "has_statements"]
# There were up to 60.
MOST_QUERIES = 25


@tagged("post_install", "-at_install")
class TestCallPad(CallCommon):
    """The overview of a customer on the call pad, and the number of its queries."""

    def _due(self, day, amount, **values):
        return self._posted(
            (1, amount),
            taxes=self.env["account.tax"],
            invoice_payment_term_id=False,
            invoice_date_due=day,
            **values,
        )

    def _balances(self, call):
        amounts, _shown = call._read_items()
        return call._balances(amounts)

    @freeze_time("2026-06-30")
    def test_buckets_follow_the_rule(self):
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
            expected[bucket(overdue)] += amount
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

    def test_open_items_and_latest_invoices(self):
        old = self._due("2025-01-15", 10.0, invoice_date="2025-01-15")
        paid = [
            self._due("2026-02-01", 10.0, invoice_date=f"2026-02-{day:02}")
            for day in range(1, 6)
        ]
        for move in paid:
            self._pay(move)
        call = self._call(move_ids=[fields.Command.link(paid[0].id)])
        self.assertEqual(call.line_ids.move_id, old)
        self.assertEqual(
            call.shown_move_ids.ids, [*(m.id for m in paid[:1:-1]), paid[0].id]
        )

    def test_no_open_item_is_left_out(self):
        """Only eight invoices were shown, the oldest and the latest, without a word,
        and no unapplied payment."""
        moves = [
            self._due("2026-02-01", 10.0, invoice_date=f"2026-02-{day:02}")
            for day in range(1, 15)
        ]
        big = self._due("2026-02-01", 31750.0, invoice_date="2026-01-15")
        refund = self._due("2026-02-01", 3.0, move_type="out_refund")
        call = self._call()
        self.assertEqual(call.line_ids.move_id, sum(moves, big + refund))
        self.assertEqual(
            sum(call.line_ids.mapped("unsettled_company")),
            sum(row["company"] for row in self._balances(call)),
        )
        self.assertEqual(call.items_total, 31887.0)

    def test_contents_of_the_pad(self):
        error = self._open_error(self._posted(), {"claimed_quantity": 0})
        other = self._finished("resolved", topic_id=self.topic.id)
        self.partner_a.sudo().write(
            {"clerk_legal_hold": True, "clerk_alert": "Ask for Ada"}
        )
        call = self._call()
        for words in ("Legal hold", "Ask for Ada", "115.00"):
            self.assertIn(words, call.balance_html)
        for words in (error.name, f"/odoo/calls/{call.id}/billing-errors/{error.id}"):
            self.assertIn(words, call.history_html)
        self.assertIn(f"/odoo/calls/{other.id}", call.history_html)

    def test_over_the_credit_limit(self):
        self.company_a.account_use_credit_limit = True
        self.partner_a.with_company(self.company_a).credit_limit = 100.0
        call = self._call()
        self._due("2026-01-15", 100.0)
        self.assertNotIn("credit limit", call.balance_html)
        self._due("2026-01-15", 0.01)
        call.invalidate_recordset()
        self.assertIn("credit limit", call.balance_html)

    # What the caller says

    def _form(self, text):
        form = Form(self._call(partner_id=False))
        form.find_text = text
        return form

    def test_any_text_leads_to_the_customer(self):
        invoice = self._posted((1, 5934.0), ref="PO-77310")
        for text, moves in (
            (invoice.name, invoice),
            ("5,934.00", self.env["account.move"]),
            (f"{invoice.amount_total:,.2f}", invoice),
            ("PO-77310", invoice),
            ("+1 555 010 0001", self.env["account.move"]),
            (self.partner_a.email, self.env["account.move"]),
            ("Ada of Partner A", self.env["account.move"]),
        ):
            with self.subTest(text=text):
                call = self._form(text).save()
                found = call.partner_id
                self.assertEqual(found, self.partner_a if text != "5,934.00" else found)
                self.assertEqual(call.move_ids, moves)
        call = self._form("+1 555 010 0002").save()
        self.assertEqual(call.contact_id, self.contact_a)
        self.assertEqual(call.number, "+1 555 010 0002")

    def test_several_results_are_offered(self):
        mine = self._posted((1, 123.0), taxes=self.env["account.tax"])
        other = self._posted(
            (1, 123.0), taxes=self.env["account.tax"], partner=self.partner_b
        )
        call = self._form("123.00").save()
        self.assertFalse(call.partner_id)
        self.assertEqual(call.found_move_ids, mine + other)
        self.assertEqual(call.caller_ids, self.partner_a + self.partner_b)
        other.with_user(self.clerk).with_context(
            clerk_call_id=call.id
        ).action_pick_for_call()
        self.assertEqual((call.partner_id, call.move_ids), (self.partner_b, other))
        self.assertFalse(call.found_move_ids)

    def test_other_companies_are_not_offered(self):
        self._posted(
            (1, 123.0), company_data=self.company_b_data, taxes=self.env["account.tax"]
        )
        self.clerk.company_ids |= self.company_b
        call = self._form("123.00").save()
        self.assertFalse(call.found_move_ids)
        self.assertFalse(call.partner_id)

    def test_no_field_creates_customers(self):
        """Customers were offered to be created with the number of an invoice as name:
        by every field of the pad that takes text and links a contact."""
        arch = etree.fromstring(self._calls().get_view(view_type="form")["arch"])
        fields_of = self.env["clerk.call"]._fields
        count = 0
        for node in arch.iter("field"):
            field = fields_of.get(node.get("name"))
            if not field or field.comodel_name != "res.partner":
                continue
            if field.type == "many2one" and node.get("invisible") != "1":
                self.assertIn("'no_create': True", node.get("options", ""), field)
                count += 1
        self.assertGreaterEqual(count, 2)

    def test_new_customer(self):
        for text, name in (("Zephyr Wind", "Zephyr Wind"), ("INV/2026/99999", "")):
            call = self._form(text).save()
            action = call.action_new_customer()
            self.assertEqual(action["context"]["default_name"], name)
        call = self._form("+1 555 010 7777").save()
        action = call.action_new_customer()
        dialogs = self.env["clerk.call.customer"].with_user(self.clerk)
        dialogs = dialogs.with_context(**action["context"])
        dialogs.create({"name": "Zephyr Wind"}).action_apply()
        self.assertEqual(call.partner_id.phone, "+1 555 010 7777")
        self.assertTrue(call.partner_id.is_company)
        dialogs.create({"name": "Bo of Zephyr"}).action_apply()
        self.assertEqual(call.contact_id.parent_id, call.partner_id)

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

    def test_first_contact_by_company_among_incoming_calls(self):
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

    def _query_count(self, call):
        def read():
            call.read(PAD)
            call.shown_move_ids.read(["name", "amount_residual", "payment_state"])
            call.line_ids.read(["is_ticked", "hold_text", "purchase_reference"])

        return self._count_queries(read, first=lambda: self._begin_request(call))

    def test_queries_do_not_grow_with_the_customer(self):
        # More documents than the latest ones, which are read with their search.
        for _index in range(4):
            self._open_error(self._posted(), {"claimed_quantity": 0})
        self._finished("resolved", topic_id=self.topic.id)
        call = self._call()
        self._query_count(call)
        few = self._query_count(call)
        for _index in range(12):
            self._open_error(self._posted(), {"claimed_quantity": 0})
            self._finished("resolved", topic_id=self.topic.id)
        self._assert_no_more_queries(few, self._query_count(call))
        self.assertLessEqual(few, MOST_QUERIES)
