from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.worklist.common import WorklistCommon

BAR = {"work_bar": {}, "work_bar_actions": {}}


@tagged("post_install", "-at_install")
class TestWorkBar(WorklistCommon):
    """The bar of a work item on the record that was opened for it."""

    def setUp(self):
        super().setUp()
        for color, partner in enumerate(self._partners(3)):
            partner.color = color
        self.worklist = self._customers_list(
            {
                "name": "Colour",
                "kind": "measure",
                "measure_path": "color",
                "weight": 10,
            },
            instructions="Call them",
        )
        self.worklist._refresh()

    def _next(self, user=None):
        return self.worklist.with_user(user or self.clerk).action_next()

    def _record(self, action, user=None):
        """Return the record as the form of an action has it."""
        record = self.env[action["res_model"]].browse(action["res_id"])
        return record.with_user(user or self.clerk).with_context(**action["context"])

    def _bar(self, record):
        values = record.web_read(BAR)[0]
        return str(values["work_bar"]), values["work_bar_actions"] or []

    def _state(self, action):
        return self.items.browse(action["context"]["work_item_id"]).state

    def test_form_has_the_bar_only_for_an_item(self):
        context = self._next()["context"]
        for name in ("res.partner", "account.move", "clerk.receivable"):
            model = self.env[name].with_user(self.clerk)
            without = etree.fromstring(model.get_view(view_type="form")["arch"])
            self.assertFalse(without.xpath("//field[@name='work_bar']"), name)
            with_bar = model.with_context(**context).get_view(view_type="form")
            arch = etree.fromstring(with_bar["arch"])
            self.assertEqual(len(arch.xpath("//field[@name='work_bar']")), 1, name)
            self.assertIn("action_work_done_next", with_bar["arch"])

    def test_outsiders_get_no_bar(self):
        model = self.env["res.partner"].with_user(self.outsider)
        arch = model.with_context(work_bar_view_ref="1").get_view(view_type="form")
        self.assertNotIn("work_bar", arch["arch"])

    def test_every_shipped_list_has_it(self):
        xml_ids = self.env["ir.model.data"].search(
            [("module", "=", "invoicing_clerk"), ("model", "=", "clerk.worklist")]
        )
        worklists = self.worklists.browse(xml_ids.mapped("res_id"))
        self.assertGreater(len(worklists), 10)
        for worklist in worklists:
            self.assertIn(
                "work_bar", self.env[worklist.model]._fields, worklist.display_name
            )

    def test_bar_says_why_and_what_to_do(self):
        text, actions = self._bar(self._record(self._next()))
        for words in ("Test list", "Colour", "Call them", "1 of 3"):
            self.assertIn(words, text)
        self.assertEqual(
            set(actions),
            {"done", "snooze", "hand_over", "release", "ask", "next"},
        )

    def test_position_is_the_rank_in_the_list(self):
        second = self.worklist.item_ids.sorted("score", reverse=True)[1]
        action = second.with_user(self.clerk).action_open_record()
        text, _actions = self._bar(self._record(action))
        self.assertIn("No. 2 of 3", " ".join(text.split()))

    def test_done_next_replaces_the_page(self):
        first = self._next()
        second = self._record(first).action_work_done_next()
        self.assertEqual(self._state(first), "done")
        self.assertEqual(second["target"], "main")
        self.assertNotEqual(second["res_id"], first["res_id"])
        self.assertEqual(self._state(second), "in_progress")

    def test_skip_leaves_the_item_to_colleagues(self):
        first = self._next()
        second = self._record(first).action_work_skip()
        self.assertEqual(self._state(first), "open")
        third = self._record(second).action_work_done_next()
        self.assertEqual(len({first["res_id"], second["res_id"], third["res_id"]}), 3)
        last = self._record(third).action_work_done_next()
        self.assertEqual(last["tag"], "display_notification")
        self.assertIn("no more items", last["params"]["message"])
        self.assertEqual(last["params"]["next"]["target"], "main")
        self.assertEqual(self._next(self.colleague)["res_id"], first["res_id"])

    def test_item_closes_when_its_record_leaves_the_list(self):
        action = self._next()
        record = self._record(action)
        self._bar(record)
        self.assertEqual(self._state(action), "in_progress")
        record.sudo().ref = "gone"
        text, actions = self._bar(record)
        self.assertEqual(self._state(action), "left")
        self.assertIn("Finished", text)
        self.assertEqual(actions, ["next"])
        self.assertNotEqual(record.action_work_next()["res_id"], record.id)

    def test_list_that_cannot_be_queried_closes_nothing(self):
        action = self._next()
        self.env.cr.execute(
            "UPDATE clerk_worklist SET domain = '[(1' WHERE id = %s",
            [self.worklist.id],
        )
        self.env.invalidate_all()
        self._bar(self._record(action))
        self.assertEqual(self._state(action), "in_progress")

    def test_item_of_another_record_shows_nothing(self):
        """A context is the caller's: items of other records, of no type, of nobody."""
        action = self._next()
        item_id = action["context"]["work_item_id"]
        record = self._record(action)
        other = record.browse(self.partner_a.id)
        for each, odd_id in (
            (other, item_id),
            (record, 0),
            (record, -1),
            (record, 2**31 - 1),
            (record, "1"),
            (record, [item_id]),
            (record, None),
        ):
            each = each.with_context(work_item_id=odd_id)
            self.assertEqual(self._bar(each)[1], [], odd_id)
            for name in ("next", "done_next", "skip", "claim", "undo", "snooze"):
                with self.assertRaisesRegex(UserError, "from a worklist first"):
                    getattr(each, f"action_work_{name}")()
        self.assertEqual(self._state(action), "in_progress")

    def test_forged_list_of_skipped_items(self):
        record = self._record(self._next())
        for odd in (["x"], "x", 5, [None, {}], [2**40]):
            record = record.with_context(skipped_work_items=odd)
            action = record.action_work_skip()
            self.assertNotEqual(action["res_id"], record.id)
            record = self._record(action)

    def test_item_of_a_colleague(self):
        action = self._next(self.colleague)
        text, actions = self._bar(self._record(action))
        self.assertIn(self.colleague.name, text)
        self.assertNotIn("done", actions)
        self.assertIn("next", actions)

    def test_auditor_reads_the_bar_and_has_no_steps(self):
        action = self._next()
        record = self._record(action, self.auditor)
        record.sudo().ref = "gone"
        _text, actions = self._bar(record)
        self.assertFalse(set(actions) - {"ask"})
        self.assertEqual(self._state(action), "in_progress")

    def test_ask_a_colleague(self):
        action = self._record(self._next()).action_work_ask()
        self.assertEqual(action["res_model"], "mail.activity.schedule")

    def test_who_is_asked_about_records_without_activities(self):
        self._posted()
        self.env["clerk.receivable"].sudo()._before_refresh()
        row = self.env["clerk.receivable"].with_user(self.clerk)
        row = row.search([("partner_id", "=", self.partner_a.id)], limit=1)
        self.assertEqual(row._asked_about(), self.partner_a)
        invoice = self._posted().with_user(self.clerk)
        self.assertEqual(invoice._asked_about(), invoice)
        files = self.env["clerk.invoice.file"].with_user(self.clerk)
        file = files.new({"move_id": invoice.id})
        self.assertEqual(file._asked_about(), invoice)
        self.assertFalse(self.env["clerk.receivable"]._asked_about())

    def test_cost_of_the_bar_does_not_grow_with_the_list(self):
        costs = []
        for number in (1, 40):
            self._partners(number)
            self.worklist._refresh()
            record = self._record(self._next())
            self._bar(record)
            costs.append(self._count_queries(self._bar, record))
        self._assert_no_more_queries(*costs)
