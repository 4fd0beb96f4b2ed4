from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...rules.worklist.work_item import OPEN_STATES
from ..mixin.gate import only_one
from ..mixin.locking import lock
from ..mixin.notification import SOFT_RELOAD, notification_action
from ..mixin.traces import reads


class MailActivity(models.Model):
    """A colleague's question to billing: an activity of one type, on any record.

    The colleague need not know who will answer. The question stays unassigned until a
    clerk takes it from the worklist, and the colleague is notified of the answer.
    """

    _name = "mail.activity"
    _inherit = ["mail.activity", "clerk.work.item.link"]

    is_question = fields.Boolean(
        string="Question to Billing",
        compute="_compute_is_question",
        search="_search_is_question",
    )

    @api.model
    def _question_type(self):
        return self.env.ref(
            "invoicing_clerk.mail_activity_type_question", raise_if_not_found=False
        )

    @api.depends("activity_type_id")
    def _compute_is_question(self):
        question = self._question_type()
        for activity in self:
            activity.is_question = bool(question) and (
                activity.activity_type_id == question
            )

    @api.model_create_multi
    def create(self, vals_list):
        self._unassign_questions(vals_list)
        return super().create(vals_list)

    def _action_done(self, feedback=False, attachment_ids=None):
        questions = self.filtered("is_question")
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if questions:
            questions.exists()._notify_askers(feedback)
        return result

    @api.model
    @reads("activity_type_id")
    def _search_is_question(self, operator, value):
        if operator != "in":
            return NotImplemented
        question = self._question_type()
        questions = (
            Domain("activity_type_id", "=", question.id) if question else Domain.FALSE
        )
        return questions if True in value else ~questions

    @api.model
    def _work_items_domain(self):
        """Limit the access check, which core does record by record, to work items."""
        items = self.env["clerk.work.item"]
        # Only ids: core then checks whether the caller may read these activities.
        query = items._search([("res_model", "=", self._name)], bypass_access=True)
        return Domain(
            "id", "in", query.subselect(SQL.identifier(items._table, "res_id"))
        )

    @api.model
    def _unassign_questions(self, vals_list):
        """Leave questions unassigned that would be assigned to their own author.

        The dialog assigns an activity to whoever schedules it.
        """
        # Only the id, which is cached: activities are scheduled without a query more.
        question_id = self.env["ir.model.data"]._xmlid_to_res_id(
            "invoicing_clerk.mail_activity_type_question", raise_if_not_found=False
        )
        for vals in vals_list:
            if (
                question_id
                and vals.get("activity_type_id") == question_id
                and vals.get("res_id")
                and vals.get("user_id") == self.env.uid
            ):
                vals["user_id"] = False

    # Answers

    def _check_answer(self):
        """Lock the question, and return the answer typed into it.

        :raises AccessError: the caller is not a clerk
        :raises UserError: it has no answer, or somebody else answers or has answered it
        """
        only_one(self)
        self._lock_question()
        answer = (self.feedback or "").strip()
        if not answer:
            raise UserError(
                self.env._("Write an answer to %s first.", self.create_uid.name)
            )
        return answer

    def _lock_question(self):
        if not self.env.user.has_group("invoicing_clerk.group_clerk"):
            raise AccessError(
                self.env._("Only clerks can answer questions to billing.")
            )
        self.check_access("write")
        lock(
            lambda: self.env._(
                "Somebody else is answering “%s” right now. Reload the page to see the "
                "answer.",
                self.display_name,
            ),
            self,
        )
        self.invalidate_recordset()
        if not self.active:
            raise UserError(
                self.env._(
                    "“%(question)s” has already been answered: %(answer)s",
                    question=self.display_name,
                    answer=self.feedback or "–",
                )
            )

    def action_answer(self):
        """Answer the question: the answer goes to the chatter and to the colleague."""
        answer = self._check_answer()
        self._finish_work_items(answer)
        self.action_feedback(feedback=answer)
        return self._offer_next(
            self.env._("%s has been notified.", self.create_uid.name)
        )

    def action_reply(self):
        """Reply to the colleague, and keep the question open."""
        answer = self._check_answer()
        self._record().message_post(
            body=answer,
            partner_ids=self.create_uid.partner_id.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )
        self.feedback = False
        return notification_action(
            self.env._(
                "%s has been notified. The question stays open.", self.create_uid.name
            ),
            then=SOFT_RELOAD,
        )

    def _record(self):
        only_one(self)
        return self.env[self.res_model].browse(self.res_id)

    def _finish_work_items(self, answer):
        """Finish the items that are unassigned or assigned to the caller.

        Items of colleagues are closed by the next refresh.
        """
        items = self.env["clerk.work.item"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("state", "in", OPEN_STATES),
                ("user_id", "in", (False, self.env.uid)),
            ]
        )
        if items:
            items._finish("solved", note=answer)

    def _notify_askers(self, answer):
        """Notify the authors of questions of the answer, however it was given."""
        for question in self:
            author = question.create_uid
            if author == self.env.user or not author.active:
                continue
            self.env["mail.thread"].message_notify(
                model=question.res_model,
                res_id=question.res_id,
                partner_ids=author.partner_id.ids,
                subject=self.env._("Answer: %s", question.display_name),
                body=answer
                or self.env._(
                    "%s was closed without a written answer.", question.display_name
                ),
            )
