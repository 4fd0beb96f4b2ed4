from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.worklist.common import WorklistCommon


@tagged("post_install", "-at_install")
class TestWorkItemBulk(WorklistCommon):
    """Steps with many items: what can be done is done, the others say why.

    Would have caught: one item that a colleague had taken kept everybody from claiming
    the other nineteen, and invoices were sent one by one.
    """

    def setUp(self):
        super().setUp()
        self.results = self.env["clerk.work.result"]
        partners = self.partner_a | self.partner_b
        partners.invoice_sending_method = "email"
        self.partner_b.email = False

    def _list_of(self, moves, **values):
        """Return a list of these invoices with its items."""
        worklist = self._worklist(
            [("id", "in", moves.ids), ("is_move_sent", "=", False), *values.pop("and")],
            model="account.move",
            **values,
        )
        worklist._refresh()
        return worklist

    def _unsent(self, *moves):
        moves = self.env["account.move"].union(*moves)
        worklist = self._list_of(moves, **{"and": [("state", "=", "posted")]})
        return worklist.item_ids.with_user(self.clerk)

    def _drafts(self, moves):
        worklist = self._list_of(moves, **{"and": [("state", "=", "draft")]})
        return worklist.item_ids.with_user(self.clerk)

    def _item(self, items, record):
        return items.filtered(lambda item: item.res_id == record.id)

    def _result(self, action, user=None):
        """Return the result that an action shows, and its reasons by record."""
        self.assertEqual(action["res_model"], "clerk.work.result")
        result = self.results.with_user(user or self.clerk).browse(action["res_id"])
        return result, {line.item_id.res_id: line.reason for line in result.line_ids}

    # Claim

    def test_claim_takes_what_is_free_and_names_the_others(self):
        self._partners(4)
        worklist = self._customers_list()
        worklist._refresh()
        items = worklist.item_ids
        items[0].with_user(self.colleague).action_claim()
        items[1].with_user(self.clerk)._finish("solved")
        result, reasons = self._result(items.with_user(self.clerk).action_claim())
        self.assertEqual(result.summary, "2 claimed, 2 not:")
        self.assertIn("clerk_a2", reasons[items[0].res_id])
        self.assertIn("is Done", reasons[items[1].res_id])
        self.assertEqual(
            items.mapped("state"), ["in_progress", "done", "in_progress", "in_progress"]
        )
        self.assertEqual(items[2:].user_id, self.clerk)

    def test_claim_of_free_items_says_how_many(self):
        self._partners(3)
        worklist = self._customers_list()
        worklist._refresh()
        action = worklist.item_ids.with_user(self.clerk).action_claim()
        self.assertEqual(action["params"]["message"], "3 claimed.")

    # Send

    def test_twenty_sent_but_those_that_cannot_be(self):
        good = [self._posted((1, 10.0 + n)) for n in range(18)]
        nobody = self._posted((1, 5.0), partner=self.partner_b)
        by_hand = self._posted(
            (1, 6.0), partner=self.partner_a.copy({"invoice_sending_method": "manual"})
        )
        items = self._unsent(*good, nobody, by_hand)
        result, reasons = self._result(items.action_send())
        self.assertEqual(result.summary, "18 sent, 2 not:", reasons)
        self.assertEqual(set(reasons), {nobody.id, by_hand.id})
        self.assertIn("has no email address", reasons[nobody.id])
        self.assertIn("open it and press Send", reasons[by_hand.id])
        sent = self.env["account.move"].union(*good)
        self.assertTrue(all(sent.mapped("is_move_sent")))
        self.assertTrue(all(sent.mapped("invoice_pdf_report_id")))
        self.assertFalse(nobody.is_move_sent or by_hand.is_move_sent)
        states = {item.res_id: item.state for item in items.sudo()}
        self.assertEqual({states[move.id] for move in sent}, {"left"})
        self.assertEqual({states[nobody.id], states[by_hand.id]}, {"open"})
        # Once the address is there, the same result sends it.
        self.partner_b.email = "accounts@partner-b.example.com"
        result, reasons = self._result(result.action_try_again())
        self.assertEqual(result.summary, "1 sent, 1 not:")
        self.assertTrue(nobody.is_move_sent)
        self.assertEqual(result.action_open_records()["domain"][0][2], [by_hand.id])

    def test_one_that_fails_does_not_keep_the_others(self):
        moves = [self._posted((1, 10.0)) for _each in range(3)]
        broken = moves[1]
        template = self.env.ref("account.email_template_edi_invoice").sudo()
        wrong = f"object.id == {broken.id} and object.no_such_field or object.name"
        template.subject = f"{{{{ {wrong} }}}}"
        items = self._unsent(*moves)
        result, reasons = self._result(items.action_send())
        self.assertEqual(result.summary, "2 sent, 1 not:")
        self.assertEqual(set(reasons), {broken.id})
        self.assertTrue(reasons[broken.id])
        self.assertTrue(moves[0].is_move_sent and moves[2].is_move_sent)
        mails = self.env["mail.mail"].sudo().search([("model", "=", "account.move")])
        mails = mails.filtered(lambda mail: mail.res_id in [m.id for m in moves])
        self.assertEqual(
            sorted(mails.mapped("res_id")), sorted([moves[0].id, moves[2].id])
        )
        self.assertEqual(set(mails.mapped("state")), {"outgoing"})

    def test_items_of_colleagues_are_left_to_them(self):
        moves = [self._posted((1, 10.0)), self._posted((1, 20.0))]
        items = self._unsent(*moves)
        self._item(items, moves[0]).with_user(self.colleague).action_claim()
        _result, reasons = self._result(items.action_send())
        self.assertIn("clerk_a2", reasons[moves[0].id])
        self.assertFalse(moves[0].is_move_sent)
        self.assertTrue(moves[1].is_move_sent)

    def test_all_sent_says_so(self):
        items = self._unsent(self._posted((1, 10.0)))
        self.assertEqual(items.action_send()["params"]["message"], "1 sent.")

    def test_who_may_not(self):
        items = self._unsent(self._posted((1, 10.0)))
        for user in (self.auditor, self.outsider, self.clerk_b):
            for step in ("send", "post", "claim", "promise"):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    items.with_user(user)._bulk(step)

    def test_customers_are_not_sent(self):
        self._partners(2)
        worklist = self._customers_list()
        worklist._refresh()
        action = worklist.item_ids.with_user(self.clerk).action_send()
        result, reasons = self._result(action)
        self.assertEqual(result.done_count, 0)
        self.assertEqual(len(reasons), 2)

    # Post

    def test_post_drafts_in_the_order_of_their_dates(self):
        drafts = self._posted().copy({"invoice_date": "2026-02-03"})
        drafts |= self._posted().copy({"invoice_date": "2026-02-01"})
        empty = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": self.partner_a.id}
        )
        items = self._drafts(drafts | empty)
        result, reasons = self._result(items.action_post())
        self.assertEqual(result.summary, "2 posted, 1 not:")
        self.assertEqual(set(reasons), {empty.id})
        self.assertEqual(drafts.mapped("state"), ["posted", "posted"])
        self.assertLess(drafts[1].sequence_number, drafts[0].sequence_number)

    def test_a_module_that_asks_before_posting(self):
        """Would have caught: drafts were posted around what other modules ask."""
        draft = self._posted().copy({"invoice_date": "2026-02-03"})
        items = self._drafts(draft)
        self.patch(type(draft), "action_post", lambda moves: {"target": "new"})
        result, reasons = self._result(items.action_post())
        self.assertEqual(result.summary, "0 posted, 1 not:")
        self.assertIn("asks for a confirmation", reasons[draft.id])
        self.assertEqual(draft.state, "draft")

    def test_posted_ones_are_named(self):
        move = self._posted()
        items = self._unsent(move)
        _result, reasons = self._result(items.action_post())
        self.assertIn("is not a draft", reasons[move.id])

    # Open

    def test_records_as_a_list_of_their_own(self):
        moves = self._posted((1, 10.0)) | self._posted((1, 20.0))
        action = self._unsent(moves).action_open_records()
        self.assertEqual(action["res_model"], "account.move")
        self.assertEqual(set(action["domain"][0][2]), set(moves.ids))

    def test_records_of_several_kinds(self):
        self._partners(1)
        customers = self._customers_list()
        customers._refresh()
        items = self._unsent(self._posted()) | customers.item_ids.with_user(self.clerk)
        with self.assertRaisesRegex(UserError, "of one kind"):
            items.action_open_records()
        with self.assertRaisesRegex(UserError, "of one kind"):
            items.browse().action_open_records()

    # Cost

    def test_claiming_costs_the_same_for_many(self):
        costs = []
        for number in (2, 30):
            self.env["res.partner"].search([("ref", "=", "WL")]).ref = False
            self._partners(number)
            worklist = self._customers_list()
            worklist._refresh()
            items = self.items.browse(worklist.item_ids.ids).with_user(self.clerk)
            costs.append(self._count_queries(items.action_claim))
        self._assert_no_more_queries(*costs)

    def test_result_without_failures_has_nothing_to_try_again(self):
        result = self.results.with_user(self.clerk).create({"step": "send"})
        for name in ("action_try_again", "action_open_records"):
            with self.assertRaisesRegex(UserError, "Nothing is left"):
                getattr(result, name)()

    def test_supervisor_with_an_absent_clerk(self):
        """Items that a clerk has claimed are handed over first."""
        items = self._unsent(self._posted())
        items.action_claim()
        _result, reasons = self._result(
            items.with_user(self.supervisor).action_send(), self.supervisor
        )
        self.assertIn("clerk_a", next(iter(reasons.values())))
