from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...rules.worklist.worklist import OPEN_STATES


class MailActivity(models.Model):
    """A colleague's question to billing: an activity of one type, on any record.

    Whoever asks need not know who answers. The question belongs to nobody until a
    clerk takes it from the worklist, and whoever asked is told the answer.
    """

    _inherit = "mail.activity"

    is_question = fields.Boolean(
        compute="_compute_is_question", search="_search_is_question"
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
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        self.exists()._tell_askers(feedback)
        return result

    @api.model
    def _search_is_question(self, operator, value):
        if operator != "in":
            return NotImplemented
        question = self._question_type()
        asked = (
            Domain("activity_type_id", "=", question.id) if question else Domain.FALSE
        )
        return asked if True in value else ~asked

    @api.model
    def _work_items_domain(self):
        """Activities with work items: core asks of each apart who may read it."""
        items = self.env["clerk.work.item"]
        # Ids alone, of which core then asks whether the caller may read them.
        found = items._search([("res_model", "=", self._name)], bypass_access=True)
        return Domain(
            "id", "in", found.subselect(SQL.identifier(items._table, "res_id"))
        )

    @api.model
    def _unassign_questions(self, vals_list):
        """Give nobody a question that its asker only seems to keep.

        The dialog assigns what it schedules to whoever schedules it.
        """
        question = self._question_type()
        for vals in vals_list:
            if (
                question
                and vals.get("activity_type_id") == question.id
                and vals.get("res_id")
                and vals.get("user_id") == self.env.uid
            ):
                vals["user_id"] = False

    # Answers

    def _check_answer(self):
        """Lock the question, and see to it that it has an answer and waits for one.

        :return: the answer
        :raises UserError: somebody else answers or has answered it, or nothing is said
        """
        self.ensure_one()
        if not self.env.user.has_group("invoicing_clerk.group_clerk"):
            raise AccessError(self.env._("Only clerks answer questions for billing."))
        self.check_access("write")
        if not self.try_lock_for_update():
            raise UserError(
                self.env._(
                    "Somebody is answering “%s” at this moment. Reload to see what.",
                    self.display_name,
                )
            )
        self.invalidate_recordset()
        if not self.active:
            raise UserError(
                self.env._(
                    "“%(question)s” was answered already: %(answer)s",
                    question=self.display_name,
                    answer=self.feedback or "–",
                )
            )
        answer = (self.feedback or "").strip()
        if not answer:
            raise UserError(
                self.env._("Write what you answer to %s first.", self.create_uid.name)
            )
        return answer

    def action_answer(self):
        """Answer and be done: the record's chatter and whoever asked get the answer."""
        answer = self._check_answer()
        self._finish_work_items(answer)
        self.action_feedback(feedback=answer)
        return self._told(self.env._("%s was told.", self.create_uid.name))

    def action_reply(self):
        """Write to whoever asked, and keep the question open."""
        answer = self._check_answer()
        self._record().message_post(
            body=answer,
            partner_ids=self.create_uid.partner_id.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )
        self.feedback = False
        return self._told(
            self.env._("%s was told. The question stays open.", self.create_uid.name)
        )

    def _told(self, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _record(self):
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id)

    def _finish_work_items(self, answer):
        """Be done with the items that are free or the caller's.

        A colleague's items leave by themselves with the next refresh.
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
            items._done("solved", note=answer)

    def _tell_askers(self, answer):
        """Tell who asked what the answer is, whatever way it was given."""
        for question in self.filtered("is_question"):
            asker = question.create_uid
            if asker == self.env.user or not asker.active:
                continue
            self.env["mail.thread"].message_notify(
                model=question.res_model,
                res_id=question.res_id,
                partner_ids=asker.partner_id.ids,
                subject=self.env._("Answer: %s", question.display_name),
                body=answer
                or self.env._("%s is done, nothing was said.", question.display_name),
            )
