from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.models.receivable.open_items import SHOWN_ITEMS
from odoo.addons.invoicing_clerk.tests.call.common import CallCommon

PAGE = ["last_contact", "next_action", "promise_count", "line_ids", "applied_ids"]
PAGE += ["call_count", "statement_count", "billing_error_count", "work_item_count"]
PAGE += ["balance_html", "history_html", "items_text", "items_total"]
# All of the page, without what core asks to open any form. There were 38 for a few
# items, and 95 for 20,000.
MOST_QUERIES = 25
ITEM = ["is_ticked", "hold_text", "purchase_reference", "unsettled", "move_name"]


@tagged("post_install", "-at_install")
class TestCallReceivable(CallCommon):
    """The customer page: totals, contacts, and steps on ticked items."""

    freeze_time = freeze_time("2026-03-10")

    def _invoice(self, amount, **values):
        return self._posted(
            (1, amount),
            taxes=self.env["account.tax"],
            invoice_payment_term_id=False,
            invoice_date_due="2026-02-01",
            **values,
        )

    def _row(self, user=None):
        self.env["clerk.receivable"].sudo()._before_refresh()
        rows = self.env["clerk.receivable"].with_user(user or self.clerk)
        return rows.search(
            [
                ("partner_id", "=", self.partner_a.id),
                ("company_id", "=", self.company_a.id),
            ]
        )

    def _items(self, row=None):
        action = (row or self._row()).action_view_items()
        return (
            self.env["account.move.line"].with_user(self.clerk).search(action["domain"])
        )

    def test_items_add_up_to_the_balance(self):
        for amount in (10.01, 20.02, 31750.0):
            self._invoice(amount)
        self._invoice(40.0, currency=self.foreign_currency)
        self._invoice(5.55, move_type="out_refund")
        self._pay(self._invoice(70.0), 20.0)
        row = self._row()
        items = self._items(row)
        self.assertEqual(
            items, row.line_ids.sorted(lambda item: items.ids.index(item.id))
        )
        total = sum(items.mapped("unsettled_company"))
        self.assertEqual(self.currency_a.compare_amounts(total, row.balance), 0)
        self.assertEqual(self.currency_a.compare_amounts(total, 31844.48), 0)

    def test_disputed_and_promised_items(self):
        disputed, promised = self._invoice(100.0), self._invoice(60.0)
        foreign = self._invoice(40.0, currency=self.foreign_currency)
        self._open_error(disputed, {"claimed_quantity": 0})
        self.env["clerk.promise"].with_user(self.clerk).create(
            {"move_ids": promised.ids, "date": "2026-03-20"}
        )
        row = self._row()
        by_move = {item.move_id: item for item in self._items(row)}
        self.assertEqual(by_move[disputed].disputed_open, 100.0)
        self.assertEqual(by_move[promised].promised_open, 60.0)
        self.assertEqual(by_move[foreign].disputed_open, 0.0)
        self.assertEqual(row.disputed, 100.0)
        self.assertEqual(row.promised, 60.0)

    def test_steps_on_ticked_items(self):
        first, second = self._invoice(100.0), self._invoice(60.0)
        items = self._items()
        both = items.filtered(lambda item: item.move_id in first + second)
        call = self.env["clerk.call"].browse(both.action_items_call()["res_id"])
        self.assertEqual(
            (call.partner_id, call.move_ids), (self.partner_a, first + second)
        )
        self.assertEqual(call.direction, "out")
        promise = both.action_items_promise()
        self.assertEqual(promise["context"]["default_item_ids"], both.ids)
        dispute = both.action_items_dispute()
        self.assertEqual(
            set(dispute["context"]["default_move_ids"]), set((first + second).ids)
        )
        self.assertIn("account.move.send", both.action_items_copies()["res_model"])
        statement = both.action_items_statement()
        self.assertEqual(statement["res_model"], "clerk.statement")

    def test_one_page(self):
        """The customer page and the pad: same items, sums, ticks and sections."""
        for amount in (100.0, 60.5):
            self._invoice(amount)
        self._invoice(40.0, currency=self.foreign_currency)
        self._invoice(9.25, move_type="out_refund")
        row, call = self._row(), self._call()
        self.assertEqual(call.line_ids, row.line_ids)
        ticked = row.line_ids[:2]
        ticked.action_tick()
        for page in (row, call):
            page.invalidate_recordset()
            with self.subTest(page=page._name):
                self.assertEqual(page.items_total, row.balance)
                self.assertEqual(page._ticked(), ticked)
                self.assertEqual(page.ticked_count, 2)
                self.assertIn("Selected: 2", page.items_text)
                self.assertIn("Open items: 4", page.items_text)
                for words in ("Questions", "Promises", "billing errors", "Calls"):
                    self.assertIn(words, page.history_html)
        self.assertEqual(str(row.history_html).count("/odoo/calls/"), 1)
        others = row.line_ids.with_user(self.supervisor)
        self.assertFalse(any(others.mapped("is_ticked")), "ticks of somebody else")
        call.action_untick()
        row.line_ids.invalidate_recordset()
        self.assertFalse(row._ticked())

    def test_sums_of_selected_items(self):
        first, second = self._invoice(100.25), self._invoice(60.5)
        foreign = self._invoice(40.0, currency=self.foreign_currency)
        credit = self._invoice(0.75, move_type="out_refund")
        row = self._row()

        def item_of(move):
            return row.line_ids.filtered(lambda item: item.move_id == move)

        for moves, words in (
            (first + second, "Selected: 2 ($\xa0160.75)"),
            (first + credit, "Selected: 2 ($\xa099.50)"),
            (foreign + first, "= $\xa0120.25)"),
        ):
            item_of(first + second + foreign + credit)
            row.action_untick()
            row.line_ids.filtered(lambda item, m=moves: item.move_id in m).action_tick()
            row.invalidate_recordset()
            row.line_ids.invalidate_recordset()
            with self.subTest(words=words):
                self.assertIn(words, row.items_text)

    def test_steps_of_the_page_are_about_ticked_items(self):
        first, second = self._invoice(100.0), self._invoice(60.0)
        row, call = self._row(), self._call()
        for name in ("dispute", "copies"):
            with self.assertRaisesRegex(UserError, "Select the open items"):
                getattr(row, f"action_{name}")()
        items = row.line_ids.filtered(lambda item: item.move_id == first)
        items.with_context(clerk_call_id=call.id).action_tick()
        self.assertEqual(call.move_ids, first)
        self.assertEqual(row.action_promise()["context"]["default_item_ids"], items.ids)
        promise = call.action_promise()["context"]
        self.assertEqual(promise["default_item_ids"], items.ids)
        dispute = row.action_dispute()["context"]
        self.assertEqual(set(dispute["default_move_ids"]), set(first.ids))
        self.assertIn("account.move.send", row.action_copies()["res_model"])
        new = self.env["clerk.call"].browse(row.action_new_call()["res_id"])
        self.assertEqual(new.move_ids, first)
        items.with_context(clerk_call_id=call.id).action_tick()
        self.assertFalse(call.move_ids)
        new = self.env["clerk.call"].browse(row.action_new_call()["res_id"])
        self.assertFalse(new.move_ids)
        self.assertTrue(second)

    def test_row_buttons_of_the_pad_link_their_document(self):
        invoice = self._invoice(100.0)
        call = self._call()
        item = call.line_ids.with_context(clerk_call_id=call.id)
        promise = item.action_items_promise()["context"]
        self.assertEqual(promise["default_call_ids"], call.ids)
        self.assertEqual(call.move_ids, invoice)
        dispute = item.action_items_dispute()["context"]
        self.assertEqual(dispute["default_call_ids"], call.ids)
        for user in (self.auditor, self.outsider):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                item.with_user(user).action_tick()

    def test_reference_and_status_of_items(self):
        invoice = self._invoice(100.0, ref="PO-7", invoice_origin="SO-8")
        credit = self._invoice(5.0, move_type="out_refund")
        self._open_error(invoice, {"claimed_price_unit": 60.0})
        by_move = {item.move_id: item for item in self._row().line_ids}
        self.assertEqual(by_move[invoice].purchase_reference, "PO-7 · SO-8")
        self.assertEqual(by_move[invoice].hold_text, "Disputed $\xa040.00")
        self.assertEqual(by_move[credit].hold_text, "Unapplied")

    def test_questions_are_on_the_page(self):
        """Questions of colleagues were on no page of the customer."""
        invoice = self._invoice(100.0)
        kind = self.env.ref("invoicing_clerk.mail_activity_type_question")
        for record in (self.partner_a, invoice, self.partner_b):
            self.env["mail.activity"].create(
                {
                    "activity_type_id": kind.id,
                    "res_model_id": self.env["ir.model"]._get_id(record._name),
                    "res_id": record.id,
                    "summary": f"Ask {record._name} {record.id}",
                    "user_id": False,
                }
            )
        for page in (self._row(), self._call()):
            self.assertIn(f"Ask res.partner {self.partner_a.id}", page.history_html)
            self.assertIn(f"Ask account.move {invoice.id}", page.history_html)
            self.assertNotIn(f"Ask res.partner {self.partner_b.id}", page.history_html)

    def test_apply_ticked_items_only(self):
        self._invoice(50.0)
        wanted = self._invoice(50.0)
        refund = self._invoice(50.0, move_type="out_refund")
        items = self._items().filtered(lambda item: item.move_id in wanted + refund)
        action = items.action_items_apply()
        match = self.env["clerk.match"].with_user(self.clerk).browse(action["res_id"])
        self.assertEqual(match.line_ids.charge_ids.move_id, wanted)
        match.line_ids.action_apply()
        self.assertEqual(wanted.amount_residual, 0.0)

    def test_items_of_several_customers_are_refused(self):
        items = (
            self._invoice(10.0).line_ids
            + self._invoice(20.0, partner=self.partner_b).line_ids
        )
        items = items.with_user(self.clerk)
        receivable = items.filtered(
            lambda item: item.account_id.account_type == "asset_receivable"
        )
        for name in ("call", "promise", "dispute", "copies", "statement", "apply"):
            for chosen in (receivable, items, items.browse()):
                with (
                    self.subTest(step=name, items=len(chosen)),
                    self.assertRaises(UserError),
                ):
                    getattr(chosen, f"action_items_{name}")()

    def test_auditors_and_outsiders_take_no_steps(self):
        self._invoice(10.0)
        items = self._items()
        for user in (self.auditor, self.outsider):
            for name in ("call", "promise", "dispute", "apply"):
                with (
                    self.subTest(step=name, user=user.login),
                    self.assertRaises(AccessError),
                ):
                    getattr(items.with_user(user), f"action_items_{name}")()

    def test_last_contact_and_next_action(self):
        self._invoice(10.0)
        row = self._row()
        self.assertFalse(row.last_contact)
        done = self._finished("resolved", topic_id=self.topic.id)
        self._call(
            state="planned",
            direction="out",
            planned_on=fields.Datetime.now() + timedelta(days=2),
        )
        row.invalidate_recordset()
        self.assertEqual(row.last_contact, done.date)
        self.assertEqual(row.last_outcome, self._outcome_of("resolved").name)
        self.assertEqual(row.next_action_date, fields.Date.to_date("2026-03-12"))

    def _entry(self, count):
        """Post an entry with open items of 1, 2, 3 …, due one day after another."""
        account = self.company_data["default_account_receivable"]
        revenue = self.company_data["default_account_revenue"]
        start = fields.Date.to_date("2026-02-01")
        lines = [
            {
                "account_id": account.id,
                "partner_id": self.partner_a.id,
                "debit": number,
                "date_maturity": start + timedelta(days=number),
            }
            for number in range(1, count + 1)
        ]
        total = {"account_id": revenue.id, "credit": count * (count + 1) / 2}
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": "2026-01-15",
                "line_ids": [fields.Command.create(each) for each in [*lines, total]],
            }
        )
        entry.action_post()
        return entry

    def test_many_items_are_added_up_and_the_first_shown(self):
        """The page read all items: 20,000 took 7.6 seconds."""
        count = SHOWN_ITEMS + 5
        entry = self._entry(count)
        row, call = self._row(), self._call()
        last = entry.line_ids.filtered(lambda line: line.debit == count)
        for page in (row, call):
            with self.subTest(page=page._name):
                self.assertEqual(page.line_ids.mapped("debit"), [*range(1, 201)])
                self.assertEqual(page.items_total, count * (count + 1) / 2)
                self.assertEqual(page.items_total, row.balance)
                self.assertIn(f"Open items: {count} ($", page.items_text)
                self.assertIn(f"Shown here: {SHOWN_ITEMS}", page.items_text)
                self.assertEqual(len(page._open_items()), count)
        last.with_user(self.clerk).action_tick()
        for page in (row, call):
            page.invalidate_recordset()
            with self.subTest(page=page._name, ticked=last.debit):
                self.assertEqual(page.line_ids[-1], last, "ticked items are shown")
                self.assertEqual(page._ticked(), last)
                self.assertIn("Selected: 1 ($\xa0205.00)", page.items_text)

    def test_items_on_hold_do_not_depend_on_those_read(self):
        """Amounts on hold of some items as of all: documents and promises are
        allocated whole. Each item alone against all together."""
        self._entry(3)
        first, second, third = (self._invoice(amount) for amount in (100.0, 60.0, 30.0))
        self._open_error(first, {"claimed_price_unit": 60.0})
        promises = self.env["clerk.promise"].with_user(self.clerk)
        moves = second + third
        promises.create({"move_ids": moves.ids, "date": "2026-03-20", "amount": 70.0})
        items = self._row()._open_items()
        amounts = items._amounts_on_hold()
        self.assertGreaterEqual(
            len([each for each in amounts.values() if any(each)]), 2
        )
        for item in items:
            self.assertEqual(item._amounts_on_hold()[item.id], amounts[item.id])

    def _queries(self):
        row = self._row()

        def read():
            row.read(PAGE)
            row.line_ids.read(ITEM)

        return self._count_queries(read, first=lambda: self._begin_request(row))

    def test_queries_do_not_grow_with_items(self):
        for _index in range(2):
            self._open_error(self._invoice(10.0), {"claimed_quantity": 0})
            self._finished("resolved", topic_id=self.topic.id)
        self._queries()
        few = self._queries()
        for _index in range(8):
            self._open_error(self._invoice(10.0), {"claimed_quantity": 0})
            self._finished("resolved", topic_id=self.topic.id)
        self._assert_no_more_queries(few, self._queries())
        self.assertLessEqual(few, MOST_QUERIES)
