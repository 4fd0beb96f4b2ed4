from unittest.mock import patch

from odoo.exceptions import AccessError, LockError, UserError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.worklist.common import WorklistCommon


@tagged("post_install", "-at_install")
class TestQuestion(WorklistCommon):
    """Colleagues ask, a clerk answers, and the colleague is notified."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.question_type = cls.env.ref("invoicing_clerk.mail_activity_type_question")
        cls.worklist = cls.env.ref("invoicing_clerk.worklist_question").sudo()
        cls.worklist.active = True
        cls.outsider.email = "sales@example.com"
        # A plain user reads and writes no invoice, but may post on customers.
        cls.sales = cls._new_user("sales_a", "base.group_user")
        cls.sales.group_ids += cls.env.ref("base.group_partner_manager")

    def _ask(self, record=None, user=None, **values):
        record = (record or self.partner_a).with_user(user or self.sales)
        return record.activity_schedule(
            "invoicing_clerk.mail_activity_type_question",
            summary="Which purchase order?",
            **{"user_id": self.sales.id, **values},
        ).sudo()

    def _item(self, question):
        self.worklist._refresh()
        return self._open_items(self.worklist).filtered(
            lambda item: item.res_id == question.id
        )

    def _answer(self, question, text="PO 4711", user=None):
        question = question.with_user(user or self.clerk)
        question.feedback = text
        return question.action_answer()

    def _notifications(self, user):
        """Return the messages that notified a user."""
        messages = self.env["mail.message"].sudo()
        return messages.search(
            [
                ("message_type", "=", "user_notification"),
                ("partner_ids", "in", user.partner_id.ids),
            ]
        )

    # Asking

    def test_questions_are_not_assigned_to_their_author(self):
        self.assertFalse(self._ask().user_id)
        self.assertEqual(self._ask(user_id=self.clerk.id).user_id, self.clerk)
        call = self.partner_a.with_user(self.sales).activity_schedule(
            "mail.mail_activity_data_call", user_id=self.sales.id
        )
        self.assertEqual(call.user_id, self.sales, "other activities are as they were")

    def test_question_becomes_an_item_of_the_user_who_was_asked(self):
        question, given = self._ask(), self._ask(user_id=self.colleague.id)
        item = self._item(question)
        self.assertFalse(item.user_id)
        self.assertEqual(item.partner_id, self.sales.partner_id)
        self.assertEqual(item.date, question.date_deadline)
        self.assertEqual(self._item(given).user_id, self.colleague)

    def test_other_activities_are_no_questions(self):
        call = self.partner_a.activity_schedule("mail.mail_activity_data_call")
        self.assertFalse(call.is_question)
        self.assertFalse(self._item(call))

    # Rights

    def test_visible_to_people_who_may_read_the_record(self):
        invoice = self._posted((1, 10.0))
        item = self._item(self._ask(invoice, user=self.supervisor))
        items = self.env["clerk.work.item"]
        for user, seen in (
            (self.clerk, True),
            (self.supervisor, True),
            (self.auditor, True),
            (self.clerk_b, False),
        ):
            found = items.with_user(user).search([("id", "=", item.id)])
            self.assertEqual(bool(found), seen, user.login)
        with self.assertRaises(AccessError):
            items.with_user(self.outsider).search([("id", "=", item.id)])

    def test_only_clerks_answer(self):
        question = self._ask(self._posted((1, 10.0)), user=self.supervisor)
        for user in (self.auditor, self.outsider, self.clerk_b):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                question.with_user(user).action_answer()
        self.assertTrue(question.active)

    def test_reading_items_costs_the_same_for_many_activities(self):
        counts = []
        for number in (1, 20):
            for _each in range(number):
                self._ask()
            self.worklist._refresh()
            items = self.env["clerk.work.item"].with_user(self.clerk)
            counts.append(self._count_queries(items.search, []))
        self._assert_no_more_queries(*counts)

    # Answering

    def test_answer(self):
        question = self._ask()
        item = self._item(question)
        self._answer(question)
        self.assertFalse(question.active)
        self.assertIn("PO 4711", self._notifications(self.sales).body)
        self.assertEqual(
            self._notifications(self.sales).author_id, self.clerk.partner_id
        )
        done = self.partner_a.message_ids.filtered(
            lambda each: each.mail_activity_type_id == self.question_type
        )
        self.assertIn("PO 4711", done.body)
        self.assertEqual((item.state, item.done_by_id), ("done", self.clerk))
        self.assertFalse(self._item(question))

    def test_answering_offers_the_next_question(self):
        """From the list of questions the bar comes with the answer."""
        question, other = self._ask(), self._ask()
        self._item(question)
        then = self._answer(question)["params"]["next"]
        self.assertEqual((then["res_id"], then["target"]), (question.id, "main"))
        record = question.with_user(self.clerk).with_context(**then["context"])
        bar = record.web_read({"work_bar": {}, "work_bar_actions": {}})[0]
        self.assertIn("Finished", bar["work_bar"])
        self.assertIn("next", bar["work_bar_actions"])
        self.assertEqual(record.action_work_next()["res_id"], other.id)

    def test_only_one_answers(self):
        question = self._ask()
        with (
            patch.object(type(question), "lock_for_update", side_effect=LockError("")),
            self.assertRaisesRegex(LockError, "Somebody else is answering “Which pur"),
        ):
            self._answer(question)
        self.assertTrue(question.active)

    def test_answer_of_an_opened_item_reloads_its_bar(self):
        question = self._ask()
        action = self._item(question).with_user(self.clerk).action_open_record()
        opened = question.with_user(self.clerk).with_context(**action["context"])
        opened.feedback = "PO 4711"
        then = opened.action_answer()["params"]["next"]
        self.assertEqual(then["tag"], "soft_reload")

    def test_answer_from_the_chatter_is_notified_too(self):
        question = self._ask()
        item = self._item(question)
        question.with_user(self.supervisor).action_feedback(feedback="PO 4711")
        self.assertIn("PO 4711", self._notifications(self.sales).body)
        self._item(question)
        self.assertEqual(item.state, "left")

    def test_author_who_answers_is_not_notified(self):
        question = self._ask(user=self.clerk)
        self._answer(question)
        self.assertFalse(self._notifications(self.clerk))

    def test_markup_in_answers_is_text(self):
        self._answer(self._ask(), "<b>no</b>")
        self.assertIn("&lt;b&gt;", self._notifications(self.sales).body)

    def test_reply_keeps_it_open(self):
        question = self._ask().with_user(self.clerk)
        question.feedback = "Of which delivery?"
        question.action_reply()
        self.assertTrue(question.active)
        self.assertFalse(question.feedback)
        message = self.partner_a.message_ids[0]
        self.assertIn("Of which delivery?", message.body)
        self.assertIn(self.sales.partner_id, message.notified_partner_ids)
        self.assertTrue(self._item(question))

    def test_answer_is_required(self):
        with self.assertRaisesRegex(UserError, "Write an answer"):
            self._answer(self._ask(), "  ")

    def test_second_answer_is_refused(self):
        question = self._ask()
        self._answer(question)
        with self.assertRaisesRegex(UserError, "already been answered: PO 4711"):
            question.with_user(self.colleague).action_answer()

    def test_item_of_a_colleague_is_closed_by_the_refresh(self):
        question = self._ask()
        item = self._item(question)
        item.with_user(self.colleague).action_claim()
        self._answer(question)
        self.assertEqual(item.state, "in_progress")
        self._item(question)
        self.assertEqual(item.state, "left")

    def test_record_deleted(self):
        partner = self._partners(1)
        question = self._ask(partner)
        item = self._item(question).with_user(self.clerk)
        partner.unlink()
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "deleted"):
            item.action_open_record()
        self.worklist._refresh()
        self.assertEqual(item.sudo().state, "left")

    # Screen

    def test_item_opens_the_question(self):
        question = self._ask()
        item = self._item(question).with_user(self.clerk)
        action = item.action_open_record()
        form = self.env.ref("invoicing_clerk.clerk_question_view_form")
        self.assertEqual(action["res_id"], question.id)
        self.assertEqual(action["views"], [(form.id, "form")])
        self.assertEqual(
            question.with_user(self.clerk).action_open_document()["res_id"],
            self.partner_a.id,
        )

    def test_filter(self):
        question = self._ask()
        call = self.partner_a.activity_schedule("mail.mail_activity_data_call")
        activities = (question + call).with_user(self.clerk)
        for wanted, found in ((True, question), (False, call)):
            domain = [("id", "in", activities.ids), ("is_question", "=", wanted)]
            self.assertEqual(activities.search(domain), found)
