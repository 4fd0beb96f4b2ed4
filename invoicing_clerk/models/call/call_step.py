from odoo import api, fields, models
from odoo.exceptions import LockError, UserError, ValidationError

from ...rules.call import call as rules


class ClerkCall(models.Model):
    """The states of a call, its times, and how it is brought to an end.

    ``rules.call.TRANSITIONS`` says which steps there are.
    """

    _inherit = "clerk.call"

    state = fields.Selection(
        rules.STATES,
        default="in_progress",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    planned_on = fields.Datetime(string="Call At", copy=False)
    start = fields.Datetime(copy=False, index="btree_not_null")
    end = fields.Datetime(copy=False)
    date = fields.Datetime(
        compute="_compute_date",
        store=True,
        precompute=True,
        index=True,
        help="When it took place, or is to take place.",
    )
    duration = fields.Float(
        compute="_compute_duration",
        inverse="_inverse_duration",
        store=True,
        help="In minutes. It runs by itself, and typing it sets the end.",
    )
    running = fields.Float(
        string="So Far",
        compute="_compute_running",
        help="Minutes since the call began, as of when it was last shown.",
    )
    disposition_id = fields.Many2one(
        "clerk.call.disposition",
        string="Outcome",
        ondelete="restrict",
        index="btree_not_null",
        copy=False,
        tracking=True,
    )
    next_step = fields.Selection(related="disposition_id.next_step")
    next_action = fields.Char(copy=False, help="What is left to do, in a few words.")
    next_date = fields.Date(string="Next Action By", copy=False)
    next_user_id = fields.Many2one("res.users", string="Next Action Of", copy=False)

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
                raise ValidationError(
                    self.env._("A call cannot take less than no time.")
                )
            if call.start:
                call.end = fields.Datetime.add(call.start, minutes=call.duration)

    @api.constrains("start", "end")
    def _check_times(self):
        latest = fields.Datetime.now() + rules.AHEAD
        for call in self:
            if max(filter(None, (call.start, call.end)), default=latest) > latest:
                raise ValidationError(
                    self.env._(
                        "%s would take place in the future. Plan it instead.",
                        call.display_name,
                    )
                )
            if not (call.start and call.end):
                continue
            if call.end < call.start:
                raise ValidationError(
                    self.env._("%s cannot end before it starts.", call.display_name)
                )
            if call.end - call.start > rules.LONGEST:
                raise ValidationError(
                    self.env._(
                        "%(call)s would have taken %(hours)d hours. Check its start "
                        "and its end.",
                        call=call.display_name,
                        hours=call.duration / 60,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        now = fields.Datetime.now()
        for vals in vals_list:
            if vals.get("state", "in_progress") in ("in_progress", "done"):
                vals.setdefault("start", now)
        return super().create(vals_list)

    def write(self, vals):
        if "state" in vals:
            for call in self.filtered(lambda call: call.state != vals["state"]):
                if not rules.is_allowed(call.state, vals["state"]):
                    raise UserError(call._refuse_step(vals["state"]))
        return super().write(vals)

    # New calls

    def action_new_call(self):
        """Take a call: the pad opens on a record that is saved already.

        Lists offer it too, whatever is chosen in them.
        """
        return self._new_call({})._pad_action()

    @api.model
    def _new_call(self, values):
        """A call that starts now; one that was begun and left empty is taken up."""
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
        nothing = ("number", "partner_id", "topic_id", "summary", "end", "external_id")
        return self.search(
            [
                ("state", "=", "in_progress"),
                ("user_id", "=", self.env.uid),
                ("company_id", "=", self.env.company.id),
                *[(name, "=", False) for name in nothing],
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
        """Make a planned call now; it is then with whoever makes it."""
        self.ensure_one()
        self._check_may_call()
        self._transition(
            "in_progress", start=fields.Datetime.now(), user_id=self.env.uid
        )
        self.activity_feedback(["mail.mail_activity_data_call"], only_automated=False)
        return self._pad_action()

    def action_put_back(self):
        """It was not made after all: back on the list."""
        self._transition("planned", start=False, end=False)
        self._schedule_call()
        return True

    def action_drop(self):
        self._transition("dropped")
        self.activity_unlink(["mail.mail_activity_data_call"], only_automated=False)
        return True

    def action_plan_again(self):
        self._transition("planned")
        self._schedule_call()
        return True

    def action_done(self):
        """End the call; ask when to call back where that is the outcome."""
        if self.next_step == "call_back" and not self.following_ids:
            return self.action_call_back()
        self._finish()
        return True

    def action_done_and_new(self):
        """End the call and take the next one.

        It begins a way of its own: calls in a row do not pile up above the pad.
        """
        asked = self.action_done()
        if asked is not True:
            return asked
        return {**self.action_new_call(), "target": "main"}

    def action_discard(self):
        """There was no call: leave no trace of it."""
        self.unlink()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_call_action"
        )

    def _finish(self):
        self._check_finish()
        running = self.filtered(lambda call: not call.end)
        self._transition("done")
        running.end = fields.Datetime.now()
        self._follow_up()

    def _check_finish(self):
        for call in self:
            if not call.disposition_id:
                raise UserError(
                    self.env._(
                        "%s: say how it ended, as its outcome.", call.display_name
                    )
                )
            if call.disposition_id.needs_identity:
                call._check_identity()

    def _transition(self, new_state, **values):
        """Take every call to ``new_state``, or none and say why."""
        self.check_access("write")
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else has %s open right now. Reload to see who.",
                    self._enumerate(),
                )
            ) from error
        self.invalidate_recordset(["state", "user_id"])
        if same := self.filtered(lambda call: call.state == new_state):
            raise UserError(same[0]._refuse_step(new_state))
        return self.write({**values, "state": new_state})

    def _refuse_step(self, new_state):
        labels = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "%(call)s is %(state)s (%(clerk)s) and cannot become %(new_state)s.",
            call=self.display_name,
            state=labels[self.state],
            clerk=self.user_id.name or self.env._("nobody"),
            new_state=labels.get(new_state, new_state),
        )
