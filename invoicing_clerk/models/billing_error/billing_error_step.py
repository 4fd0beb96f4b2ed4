from odoo import api, fields, models

from ...rules.billing_error import billing_error as rules

# What people enter when they take a step, written along with the new state.
STEP_INPUT = frozenset({"waiting_for_id", "waiting_reason", "resolution"})


class ClerkBillingError(models.Model):
    """The steps of a billing error, from opening it to closing it.

    Buttons take a step, and so does whoever writes ``state`` by import or on the board.
    """

    _inherit = "clerk.billing.error"
    _lifecycle = rules.LIFECYCLE
    _writable_state = True
    _state_subtypes = {
        "proposed": "subtype_billing_error_proposed",
        "resolved": "subtype_billing_error_resolved",
        "rejected": "subtype_billing_error_rejected",
    }
    _guarded_fields = frozenset({"date_opened", "date_closed", "reopened_count"}) | (
        STEP_INPUT
    )

    state = fields.Selection(
        rules.STATES,
        string="Status",
        default="new",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand="_group_expand_state",
    )
    date_opened = fields.Datetime(
        string="Opened",
        # The time of the transaction, so that documents made in it count.
        default=lambda self: self.env.cr.now().replace(microsecond=0),
        required=True,
        readonly=True,
        copy=False,
    )
    date_closed = fields.Datetime(string="Closed", readonly=True, copy=False)
    days_to_resolve = fields.Float(
        string="Days to Resolve",
        compute="_compute_days_to_resolve",
        store=True,
        aggregator="avg",
        help="Days from opening to closing.",
    )
    reopened_count = fields.Integer(string="Times Reopened", readonly=True, copy=False)
    waiting_for_id = fields.Many2one(
        "res.partner", readonly=True, copy=False, tracking=True
    )
    waiting_reason = fields.Char(
        string="Requested Information",
        readonly=True,
        copy=False,
        help="The information or action that the case is waiting for.",
    )
    resolution = fields.Text(
        readonly=True, copy=False, help="Explanation that can be shown to the customer."
    )

    @api.model
    def _group_expand_state(self, states, domain):
        # The board shows open states even if empty, and closed ones only if not.
        shown = {*rules.OPEN_STATES, *states}
        return [state for state, _label in rules.STATES if state in shown]

    @api.depends("date_opened", "date_closed")
    def _compute_days_to_resolve(self):
        for error in self:
            taken = error.date_closed and error.date_closed - error.date_opened
            error.days_to_resolve = taken.total_seconds() / 86400 if taken else 0.0

    def write(self, vals):
        reopened = self.browse()
        if vals.get("state") in rules.OPEN_STATES:
            reopened = self.filtered(lambda error: error.state in rules.CLOSED_STATES)
        done = super().write(vals)
        for count, errors in reopened.grouped("reopened_count").items():
            errors._inside().reopened_count = count + 1
        reopened._restart_deadline()
        return done

    def _forged(self, vals, creates):
        names = super()._forged(vals, creates)
        return names if creates or "state" not in vals else names - STEP_INPUT

    @api.model
    def _guard_hint(self):
        return self.env._("Use the buttons of the billing error instead.")

    def _step_values(self, step):
        values = {"date_closed": False}
        if self._life().target(step) in rules.CLOSED_STATES:
            values["date_closed"] = fields.Datetime.now()
        if step != "wait":
            values |= {"waiting_for_id": False, "waiting_reason": False}
        return values

    def _obstacle(self, step, vals):
        if step == "wait" and not (
            vals.get("waiting_for_id") and vals.get("waiting_reason")
        ):
            return self.env._(
                "Enter whom you are waiting for, and what you need from them."
            )
        if step == "reject" and not vals.get("resolution"):
            return self.env._("Enter the reason for rejecting the claim.")
        if step == "resolve" and not vals.get("resolution"):
            return self._unsettled_reason()
        return super()._obstacle(step, vals)

    def _refuse_step(self, why=""):
        states = map(self._state_label, self._life().next_states(self.state))
        return why or super()._refuse_step(
            self.env._("Possible next statuses: %s.", ", ".join(states))
        )

    def _enumerate(self):
        return ", ".join(self.mapped("name"))

    def action_investigate(self):
        """Start or continue to work on the case, or reopen it."""
        closed = self.filtered(lambda error: error.state in rules.CLOSED_STATES)
        if closed:
            closed._take_step("reopen")
        if active := self - closed:
            active._take_step("investigate")

    def action_resolve(self):
        """Resolve settled cases at once; ask for an explanation of others."""
        if any(not error._is_zero(error.amount_open) for error in self):
            return self._close_action("resolve")
        self._take_step("resolve")
        return True

    def action_reject(self):
        return self._close_action("reject")

    def action_cancel(self):
        return self._close_action("cancel")

    def _close_action(self, step):
        """Ask for the explanation that closing a case needs."""
        self.check_access("write")
        titles = {
            "resolve": self.env._("Resolve"),
            "reject": self.env._("Reject"),
            "cancel": self.env._("Cancel"),
        }
        return {
            "type": "ir.actions.act_window",
            "name": titles[step],
            "res_model": "clerk.billing.error.close",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_error_ids": self.ids,
                "default_outcome": self._life().target(step),
            },
        }
