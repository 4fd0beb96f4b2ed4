from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...rules.call import call as rules
from ...rules.plural import plural


class ClerkCall(models.Model):
    """The lifecycle of a call, from its plan or first ring to its outcome.

    ``rules.call.LIFECYCLE`` declares the steps.
    """

    _inherit = "clerk.call"

    state = fields.Selection(
        rules.STATES,
        string="Status",
        default="in_progress",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    planned_on = fields.Datetime(string="Planned At", copy=False)
    start = fields.Datetime(copy=False, index="btree_not_null")
    end = fields.Datetime(copy=False)
    date = fields.Datetime(
        compute="_compute_date",
        store=True,
        precompute=True,
        index=True,
        help="Start of the call, or the time for which it is planned.",
    )
    duration = fields.Float(
        compute="_compute_duration",
        inverse="_inverse_duration",
        store=True,
        help="In minutes. Counted automatically during the call; entering a duration "
        "sets the end.",
    )
    running = fields.Float(
        string="Elapsed",
        compute="_compute_running",
        exportable=False,
        help="Minutes since the call began, when the page was loaded.",
    )
    outcome_id = fields.Many2one(
        "clerk.call.outcome",
        ondelete="restrict",
        index="btree_not_null",
        copy=False,
        tracking=True,
    )
    next_step = fields.Selection(related="outcome_id.next_step")
    next_action = fields.Char(
        copy=False, help="Brief description of the remaining work."
    )
    next_date = fields.Date(string="Next Action Due", copy=False)
    next_user_id = fields.Many2one(
        "res.users", string="Next Action Assigned To", copy=False
    )

    @api.depends("start", "planned_on")
    def _compute_date(self):
        for call in self:
            call.date = call.start or call.planned_on

    @api.depends("start", "end")
    def _compute_duration(self):
        for call in self:
            call.duration = rules.minutes(call.start, call.end)

    @api.depends("start", "end", "state")
    def _compute_running(self):
        now = fields.Datetime.now()
        for call in self:
            runs = call.state == "in_progress" and not call.end
            call.running = rules.minutes(call.start, now) if runs else 0.0

    def _inverse_duration(self):
        for call in self:
            if call.duration < 0:
                raise ValidationError(self.env._("The duration cannot be negative."))
            if call.start:
                call.end = fields.Datetime.add(call.start, minutes=call.duration)

    @api.constrains("start", "end")
    def _check_times(self):
        for call in self:
            if problem := call._time_problem():
                raise ValidationError(problem)

    def _time_problem(self):
        """Return why the times of a call are impossible, None if they are not."""
        problem = rules.time_problem(self.start, self.end, fields.Datetime.now())
        if problem == "future":
            return self.env._(
                "%s starts or ends in the future. Plan it instead.", self.display_name
            )
        if problem == "order":
            return self.env._("%s cannot end before it starts.", self.display_name)
        if problem == "duration":
            return plural(
                self.duration / 60,
                self.env._(
                    "%(call)s lasts %(hours)d hour. Check its start and end.",
                    call=self.display_name,
                    hours=self.duration / 60,
                ),
                self.env._(
                    "%(call)s lasts %(hours)d hours. Check its start and end.",
                    call=self.display_name,
                    hours=self.duration / 60,
                ),
            )
        return None

    @api.model_create_multi
    def create(self, vals_list):
        self._check_inputs(vals_list)
        now = fields.Datetime.now()
        for vals in vals_list:
            if vals.get("state", "in_progress") in ("in_progress", "done"):
                vals.setdefault("start", now)
        return super().create(vals_list)

    @api.depends("planned_on")
    def _compute_allowed_actions(self):
        return super()._compute_allowed_actions()

    def _is_offered(self, step):
        if step == "put_back" and not self.planned_on:
            return False
        return super()._is_offered(step)

    def _refuse_step(self, why=""):
        if not why and self.user_id:
            why = self.env._("It is assigned to %s.", self.user_id.name)
        return super()._refuse_step(why)

    # New calls

    def action_new_call(self):
        """Log a new call and open the pad on it.

        Lists have the button too; the records that are selected do not matter.
        """
        return self._new_call({})._pad_action()

    def action_ask_caller(self):
        """Ask who is calling, and open the pad of a new call."""
        self.check_access("create")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Call"),
            "res_model": "clerk.call.new",
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "medium"},
        }

    @api.model
    def _new_call(self, values):
        """Return a call that starts now, reusing one that was left empty."""
        self.check_access("create")
        if not values and (empty := self._empty_call()):
            empty.start = fields.Datetime.now()
            return empty
        call = self.create(values)
        if call.direction == "out":
            call._check_may_call()
        return call

    @api.model
    def _empty_call(self):
        unset = (
            *("find_text", "number", "partner_id", "topic_id", "summary", "end"),
            "external_id",
        )
        return self.search(
            [
                ("state", "=", "in_progress"),
                ("user_id", "=", self.env.uid),
                ("company_id", "=", self.env.company.id),
                *[(name, "=", False) for name in unset],
            ],
            limit=1,
        )

    def _pad_action(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_call_action"
        )
        return {
            **action,
            "views": [(False, "form")],
            "view_mode": "form",
            "res_id": self.id,
            "context": {},
        }

    # Steps

    def action_start(self):
        """Start a planned call now, and assign it to the user."""
        self.ensure_one()
        self._check_may_call()
        self._take_step("start", start=fields.Datetime.now(), user_id=self.env.uid)
        self.activity_feedback(["mail.mail_activity_data_call"], only_automated=False)
        self._tick_documents(self.move_ids)
        return self._pad_action()

    def action_put_back(self):
        """Return a call that was not made to the call list."""
        self._take_step("put_back", start=False, end=False)
        self._schedule_call()
        return True

    def action_drop(self):
        self._take_step("drop")
        self.activity_unlink(["mail.mail_activity_data_call"], only_automated=False)
        return True

    def action_plan_again(self):
        self._take_step("plan_again")
        self._schedule_call()
        return True

    def action_done(self):
        """End the call, after what its outcome requires: a call back, a check."""
        if self.next_step == "call_back" and not self.following_ids:
            return self.action_call_back()
        if self.outcome_id.needs_identity and (dialog := self._identity_dialog("done")):
            return dialog
        self._finish()
        return True

    def action_done_and_new(self):
        """End the call and begin the next one, with breadcrumbs of its own."""
        dialog = self.action_done()
        if dialog is not True:
            return dialog
        return {
            **self.action_ask_caller(),
            "target": "main",
            "context": {"clerk_call_page": True},
        }

    def action_discard(self):
        """Delete a call that did not take place."""
        self.unlink()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_call_action"
        )

    def _finish(self):
        self._check_finish()
        running = self.filtered(lambda call: not call.end)
        self._take_step("finish")
        running.end = fields.Datetime.now()
        self._follow_up()

    def _check_finish(self):
        for call in self:
            if not call.outcome_id:
                raise UserError(
                    self.env._("%s: select the outcome first.", call.display_name)
                )
            if call.outcome_id.needs_identity:
                call._check_identity()
