from odoo import api, fields, models
from odoo.exceptions import LockError, UserError

from ...rules.billing_error import billing_error as rules


class ClerkBillingError(models.Model):
    """The states of a billing error, and the one way from each to the next.

    ``rules.billing_error.TRANSITIONS`` says which steps there are. Whoever writes
    ``state``, by button, import or RPC, passes the same guard.
    """

    _inherit = "clerk.billing.error"

    state = fields.Selection(
        rules.STATES,
        default="new",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand="_group_expand_state",
    )
    allowed_transitions = fields.Json(compute="_compute_allowed_transitions")
    date_opened = fields.Datetime(
        string="Opened",
        # The time of the transaction: documents made in it count as made since.
        default=lambda self: self.env.cr.now().replace(microsecond=0),
        required=True,
        readonly=True,
        copy=False,
    )
    date_closed = fields.Datetime(string="Closed", readonly=True, copy=False)
    days_to_resolve = fields.Float(
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
        string="Awaited", readonly=True, copy=False, help="What they owe us."
    )
    resolution = fields.Text(
        readonly=True, copy=False, help="How it ended, in words the customer may read."
    )

    @api.model
    def _group_expand_state(self, states, domain):
        # The board shows where work can go, not the archive of what is done.
        kept = {*rules.OPEN_STATES, *states}
        return [state for state, _label in rules.STATES if state in kept]

    @api.depends("state")
    def _compute_allowed_transitions(self):
        for error in self:
            error.allowed_transitions = rules.next_states(error.state)

    @api.depends("date_opened", "date_closed")
    def _compute_days_to_resolve(self):
        for error in self:
            taken = error.date_closed and error.date_closed - error.date_opened
            error.days_to_resolve = taken.total_seconds() / 86400 if taken else 0.0

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("state", "new") != "new" for vals in vals_list):
            raise UserError(
                self.env._("A billing error starts as New; move it on from there.")
            )
        # A state brought along as a default would pass the check above.
        context = {k: v for k, v in self.env.context.items() if k != "default_state"}
        named = self.with_context(context)  # pylint: disable=context-overridden
        return super(ClerkBillingError, named).create(vals_list)

    def write(self, vals):
        if "state" not in vals:
            return super().write(vals)
        moving = self.filtered(lambda error: error.state != vals["state"])
        moving._check_step(vals)
        reopened = moving.filtered(
            lambda error: rules.is_reopening(error.state, vals["state"])
        )
        for count, errors in reopened.grouped("reopened_count").items():
            errors.reopened_count = count + 1
        reopened._restart_deadline()
        return super().write({**self._step_values(vals["state"]), **vals})

    def _transition(self, new_state, **values):
        """Take every case to ``new_state``, or none and say why."""
        self.check_access("write")
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else is working on %(cases)s right now. "
                    "Reload to see what they did.",
                    cases=self._enumerate(),
                )
            ) from error
        if same := self.filtered(lambda error: error.state == new_state):
            raise UserError(
                self.env._(
                    "%(cases)s: already %(state)s.",
                    cases=same._enumerate(),
                    state=same._state_label(new_state),
                )
            )
        return self.write({**values, "state": new_state})

    def _step_values(self, new_state):
        """What changes by itself when a case takes this step."""
        values = {"date_closed": False}
        if new_state in rules.CLOSED_STATES:
            values["date_closed"] = fields.Datetime.now()
        if new_state != "waiting":
            values |= {"waiting_for_id": False, "waiting_reason": False}
        return values

    def _check_step(self, values):
        new_state = values["state"]
        for error in self:
            if not rules.is_allowed(error.state, new_state):
                raise UserError(error._refuse_step(new_state))
        if new_state == "waiting" and not (
            values.get("waiting_for_id") and values.get("waiting_reason")
        ):
            raise UserError(self.env._("Say whom you are waiting for, and for what."))
        if new_state == "rejected" and not values.get("resolution"):
            raise UserError(
                self.env._("Say why the claim is rejected: the customer will ask.")
            )
        if new_state == "resolved" and not values.get("resolution"):
            self._check_nothing_open()

    def _refuse_step(self, new_state):
        return self.env._(
            "%(case)s is %(state)s and cannot become %(new_state)s. "
            "From here it can become: %(options)s.",
            case=self.name,
            state=self._state_label(self.state),
            new_state=self._state_label(new_state),
            options=", ".join(map(self._state_label, self.allowed_transitions)),
        )

    @api.model
    def _state_label(self, state):
        labels = dict(self._fields["state"]._description_selection(self.env))
        return labels.get(state, state)

    def _enumerate(self):
        return ", ".join(self.mapped("name"))

    def action_investigate(self):
        """Start, continue or reopen: the case is being worked on."""
        self._transition("investigating")

    def action_resolve(self):
        """Resolve at once where nothing is open; ask for an explanation elsewhere."""
        if any(not error._is_zero(error.amount_open) for error in self):
            return self._close_action("resolved")
        self._transition("resolved")
        return True

    def action_reject(self):
        return self._close_action("rejected")

    def action_cancel(self):
        return self._close_action("cancelled")

    def _close_action(self, outcome):
        """Ask for the words that closing this way needs."""
        self.check_access("write")
        titles = {
            "resolved": self.env._("Resolve"),
            "rejected": self.env._("Reject"),
            "cancelled": self.env._("Cancel"),
        }
        return {
            "type": "ir.actions.act_window",
            "name": titles[outcome],
            "res_model": "clerk.billing.error.close",
            "view_mode": "form",
            "target": "new",
            "context": {"default_error_ids": self.ids, "default_outcome": outcome},
        }
