from datetime import timedelta
from functools import cache

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import split_every

from ...rules.document.request import WAITING_STATES, stage_due
from ..mixin.attempt import attempt_in_parts, reason_of
from ..mixin.roles import spread_over_supervisors
from ..mixin.working_day import closed_days

BEFORE_ALL = -1000
# Calendar days around a due date that hold the working days of all reminders.
MOST_DAYS = 2 * 250
# Recipients whose digests are made between two commits.
BATCH = 50
REMINDER = "invoicing_clerk.mail_template_document_reminder"


def closed_days_by_company(today):
    """Return a function that returns the closed days around today of a company."""
    around = today - timedelta(MOST_DAYS), today + timedelta(MOST_DAYS)
    return cache(lambda company: closed_days(company, *around))


class ClerkDocumentRequestItem(models.Model):
    """The reminders that a requested document has had."""

    _inherit = "clerk.document.request.item"
    _guarded_fields = frozenset({"reminded_stage", "reminded_on"})

    reminded_stage = fields.Integer(
        string="Last Reminder",
        readonly=True,
        copy=False,
        default=BEFORE_ALL,
        exportable=False,
    )
    reminded_on = fields.Date(readonly=True, copy=False, index="btree_not_null")

    @api.model
    def _reminder_domain(self, today):
        """Return the items whose next reminder is due, or that were found wrong."""
        waiting = Domain("state", "in", WAITING_STATES)
        stages = self.env["clerk.document.chaser"].search(Domain.TRUE).mapped("days")
        closed = closed_days_by_company(today)
        due = Domain("state", "=", "wrong")
        groups = self._read_group(waiting, ["company_id", "date_due:day"])
        for company, day in groups:
            stage = day and stage_due(day, today, stages, closed(company))
            if stage is not None and stage is not False:
                due |= Domain(
                    [
                        ("company_id", "=", company.id),
                        ("date_due", "=", day),
                        ("reminded_stage", "<", stage),
                    ]
                )
        return waiting & due

    def _chasers(self, today):
        """Return the last reminder that is due for each item: ``{item: reminder}``.

        It is empty before the first one.
        """
        chasers = self.env["clerk.document.chaser"].search(Domain.TRUE)
        of_stage = {each.days: each for each in chasers}
        closed = closed_days_by_company(today)
        by_day = self.grouped(lambda item: (item.company_id, item.date_due))
        return {
            item: of_stage.get(
                stage_due(day, today, of_stage, closed(company)), chasers.browse()
            )
            for (company, day), items in by_day.items()
            for item in items
        }

    def _stages(self, today):
        """Return the days of the last reminders that are due: ``{item: days}``."""
        return {
            item: chaser.days if chaser else BEFORE_ALL
            for item, chaser in self._chasers(today).items()
        }

    def _ask(self):
        """Do not remind on the day on which documents are requested."""
        asked = super()._ask()
        self._restart_reminders(fields.Date.context_today(self))
        return asked

    def _restart_reminders(self, today):
        """Remind only of what is due after today."""
        for stage, items in self.grouped(self._stages(today).get).items():
            items._inside().write({"reminded_stage": stage})

    def _split_by_target(self, today):
        """Return the items to remind recipients of, and those for supervisors."""
        chasers = self._chasers(today)
        above = self.filtered(
            lambda item: item.state != "wrong" and chasers[item].target == "supervisor"
        )
        return self - above, above

    def _note_reminder(self, today):
        stages = self._stages(today)
        by_stage = self.grouped(lambda item: max(stages[item], item.reminded_stage))
        for stage, items in by_stage.items():
            items._inside()._write_step(
                "remind", reminded_on=today, reminded_stage=stage
            )


class ClerkDocumentRequest(models.Model):
    """Reminders: one digest a day for each recipient, until documents are received.

    A digest, and the note that it was made, are one transaction: a run that is stopped
    goes on where it was, and nobody gets a digest twice.
    """

    _inherit = "clerk.document.request"
    _guarded_fields = frozenset({"reminder_error"})

    reminder_error = fields.Char(
        readonly=True,
        copy=False,
        help="The reason why the recipient could not be reminded.",
    )

    @api.model
    def _cron_remind(self):
        """Remind all recipients, and commit after each batch of them."""
        progress = self.env["ir.cron"]
        today = fields.Date.context_today(self)
        digests = self._due_digests(today)
        progress._commit_progress(remaining=len(digests))
        for batch in split_every(BATCH, digests.items(), dict):
            requests = self.browse(each.id for each in batch)
            for part, error in attempt_in_parts(
                requests,
                lambda part, batch=batch: part._remind(
                    {each: batch[each] for each in part}, today
                ),
            ):
                if error:
                    part._inside().reminder_error = reason_of(error)
            if not progress._commit_progress(len(batch)):
                break

    @api.model
    def _due_digests(self, today):
        """Return the items to remind of by recipient: ``{first request: items}``.

        Whoever had a digest today gets the next one on another day.
        """
        items = self.env["clerk.document.request.item"]
        due = items.search(
            items._reminder_domain(today) & Domain("request_state", "=", "open"),
            order="company_id, id",
        )
        reminded = items.search([("reminded_on", "=", today)]).request_id
        had = {request._digest_key() for request in reminded}
        by_key = due.grouped(lambda item: item.request_id._digest_key())
        return {
            of_key[0].request_id: of_key
            for key, of_key in by_key.items()
            if key not in had
        }

    def _digest_key(self):
        return self.company_id, self._recipient()

    def _remind(self, digests, today):
        """Make the digests of these recipients, and note which reminders they had.

        :param digests: the items of each recipient by the first of their requests
        """
        locked = self.try_lock_for_update(allow_referencing=True)
        items = locked.item_ids.browse()
        for request in locked:
            items |= digests[request].filtered_domain([("state", "in", WAITING_STATES)])
        asked, above = items._split_by_target(today)
        above.request_id._escalate(today)
        reachable = asked.request_id._reachable()
        reminded = {
            request: (digests[request] & asked).request_id & reachable
            for request in locked
        }
        items._note_reminder(today)
        self._mail_digests({each: reminded[each] for each in locked if reminded[each]})
        locked.filtered("reminder_error")._inside().reminder_error = False

    @api.model
    def _mail_digests(self, requests):
        """Write each recipient one email about all requests that are due.

        :param requests: the requests of each recipient, by the first of them
        """
        if not requests:
            return
        # sudo: the template is shipped, and checked to be about requests.
        template = self.env.ref(REMINDER).sudo()
        digests = {each.id: of_key for each, of_key in requests.items()}
        template.with_context(clerk_digests=digests)._make_mails_to(
            # sudo: the words of the template may name any field of requests.
            {each.sudo(): each._recipient() for each in requests}
        )

    def _reachable(self):
        """Return the requests whose recipients can answer; warn owners of others."""
        by_problem = self.grouped(
            lambda each: each._recipient_problem() or each._link_problem()
        )
        reachable = by_problem.pop(None, self.browse())
        for problem, requests in by_problem.items():
            requests._warn_owner(problem)
        return reachable

    def _warn_owner(self, problem):
        """Give the owner, or else a supervisor, an activity about a recipient."""
        self._escalate(fields.Date.context_today(self), problem)

    def _people_above(self):
        """Return who is told that a request is not answered: ``{request: user}``."""
        return spread_over_supervisors(self, owner="user_id")

    def _escalate(self, today, problem=None):
        """Give those above the owners an activity, and owners if they are there.

        :param problem: why the recipient cannot be reminded; then it is for the owner
        """
        above = self._people_above()
        kind = self.env.ref("mail.mail_activity_data_todo")
        model = self.env["ir.model"]._get_id(self._name)
        values = []
        for request in self:
            owner = request.user_id.filtered("active") if problem else request.browse()
            user = owner or above.get(request)
            if user:
                values.append(
                    {
                        "activity_type_id": kind.id,
                        "res_model_id": model,
                        "res_id": request.id,
                        "user_id": user.id,
                        "date_deadline": today,
                        "summary": problem or self.env._("Documents are not received"),
                    }
                )
        # Without emails: the activities are enough.
        activities = self.env["mail.activity"].sudo()  # sudo: run by the system.
        activities.with_context(mail_activity_quick_update=True).create(values)

    def _ask_again(self, items):
        """Let recipients send something else; the next digest tells them why."""
        self._extend_links()
        self._end()
        self._schedule_activities()
        for item in items:
            item.request_id._message_log(
                body=self.env._(
                    "%(item)s was refused: %(reason)s",
                    item=item.display_name,
                    reason=item.wrong_reason,
                )
            )

    def action_remind(self):
        """Remind the recipients now of what they have not sent.

        :raises UserError: one had a reminder today, or nothing is outstanding
        """
        self._begin_step("renew")
        today = fields.Date.context_today(self)
        digests = {}
        for request in self:
            items = request._outstanding()
            if not items:
                raise UserError(
                    self.env._("%s: nothing is outstanding.", request.display_name)
                )
            if today in items.mapped("reminded_on"):
                raise UserError(
                    self.env._(
                        "%s has had a reminder today.", request._recipient().name
                    )
                )
            if problem := request._recipient_problem() or request._link_problem():
                raise UserError(": ".join((request.display_name, problem)))
            digests[request] = request
            items._note_reminder(today)
        self._mail_digests(digests)
