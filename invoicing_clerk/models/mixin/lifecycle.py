from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError

from .locking import lock


class ClerkLifecycle(models.AbstractModel):
    """Records that go from state to state by declared steps, and in no other way.

    **How to use**

    1. Declare the steps in the rules of the capability, and the field in the model::

           LIFECYCLE = Lifecycle(STATES, {
               "withdraw": Step(("open",), "withdrawn", "clerk"),
               "judge": Step(("open", "kept"), ("open", "kept"), SYSTEM),
           })

           _inherit = ["clerk.lifecycle", "mail.thread"]
           _lifecycle = rules.LIFECYCLE
           state = fields.Selection(rules.STATES, default="open", required=True, …)

       ``state`` is a guarded field then (see ``clerk.guarded``). Where people may also
       write it, by import or on a board, set ``_writable_state = True``: to write a
       state is to take the step that leads there, or to be refused.
    2. Buttons call ``self._take_step("withdraw", withdrawn_reason=reason)``. It locks
       the records, checks each again, and writes all or none. Dialogs ask
       ``_check_step("withdraw")`` before they open. What works between lock and write
       calls ``_begin_step`` first, and ``_write_step`` at the end.
    3. Hooks, each about one record: ``_roles`` (what the caller is to it),
       ``_obstacle`` (what a step still needs), ``_is_offered`` (hide a button though
       the state fits). ``_step_values`` is written along with a step.
    4. Views: ``invisible="'withdraw' not in (allowed_actions or [])"``.
    5. Another module adds steps by ``_steps`` in a class of its own, and states by
       ``selection_add``.
    """

    _name = "clerk.lifecycle"
    _description = "Lifecycle"
    _inherit = ["clerk.guarded"]

    _lifecycle = None
    _steps = {}
    _writable_state = False

    allowed_actions = fields.Json(
        compute="_compute_allowed_actions",
        string="Available Actions",
        exportable=False,
        help="Steps that the current user can take now.",
    )

    @api.model
    @tools.ormcache(cache="stable")
    def _life(self):
        """Return the lifecycle with what other modules add to it."""
        added = {}
        for each in reversed(type(self).mro()):
            added |= vars(each).get("_steps", {})
        return self._lifecycle.extended(self._fields["state"].selection, added)

    @api.model
    def _declared_guarded(self):
        names = super()._declared_guarded()
        return names - {"state"} if self._writable_state else names | {"state"}

    def _compute_display_name(self):
        """Keep a name for sentences where people may empty that of a record."""
        result = super()._compute_display_name()
        for record in self.filtered(lambda record: not record.display_name):
            record.display_name = self._description
        return result

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_allowed_actions(self):
        for record in self:
            record.allowed_actions = record._allowed_actions()

    def _allowed_actions(self):
        life, roles = self._life(), {"", *self._roles()}
        return [
            step
            for step in life.steps_from(self.state)
            if life.steps[step].role in roles and self._is_offered(step)
        ]

    def _state_label(self, state=None):
        """Return a state, that of the record if none is given, as the user reads it."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        state = state or self.state
        return labels.get(state, state)

    # For models to extend

    def _roles(self):
        """Return the roles of the caller for this record; the superuser has all."""
        roles = {step.role for step in self._life().steps.values()}
        if self.env.su:
            return roles
        user = self.env.user
        return {
            role
            for role in roles & {"clerk", "supervisor", "auditor"}
            if user.has_group(f"invoicing_clerk.group_{role}")
        }

    def _is_offered(self, step):
        """Return whether to show a step that state and role allow."""
        return True

    def _obstacle(self, step, vals):
        """Return what a step still needs, as a sentence; nothing if it can be taken."""
        return None

    def _step_values(self, step):
        """Return what changes by itself when records take this step."""
        return {}

    def _who_may(self, role):
        """Return a sentence that says who takes the steps of a role."""
        sentences = {
            "clerk": self.env._("Only clerks can do this."),
            "supervisor": self.env._("Only supervisors can do this."),
            "auditor": self.env._("Only auditors can do this."),
        }
        return sentences.get(role) or self.env._("This step is taken automatically.")

    def _check_step_access(self):
        """:raises AccessError: the caller may take no steps with these at all"""
        self.check_access("write")

    # Steps

    def _take_step(self, step, **values):
        """Take a step with every record, or with none and say why.

        :param values: written along with it; ``state`` where the step leads to several
        :raises AccessError: the step belongs to others
        :raises UserError: it is not available, or somebody else is working on one
        """
        self._begin_step(step)
        self._check_needs(step, values)
        self._write_step(step, **values)

    def _begin_step(self, step):
        """Keep others off these records, then look at what they did before."""
        self._check_step_access()
        self._lock_step()
        self._check_step(step)

    def _lock_step(self):
        lock(
            lambda: self.env._(
                "Somebody else is working on %(records)s right now. Reload the "
                "page to see the changes.",
                records=self._enumerate(),
            ),
            self,
        )
        # What was read before the lock may be old.
        self.invalidate_recordset()

    def _enumerate(self, limit=5):
        """Return the names of the first records, and how many more there are."""
        names = ", ".join(self[:limit].mapped("display_name"))
        more = len(self) - limit
        if more <= 0:
            return names
        return self.env._("%(names)s and %(more)s more", names=names, more=more)

    def _check_step(self, step):
        """:raises AccessError: the step belongs to others
        :raises UserError: the state of one does not allow it"""
        life = self._life()
        role = life.steps[step].role
        for record in self:
            if not life.allows(step, record.state):
                raise UserError(record._refuse_step())
            if role and role not in record._roles():
                raise AccessError(record._refuse_step(self._who_may(role)))

    def _check_needs(self, step, vals):
        """:raises UserError: a step needs something first"""
        for record in self:
            if need := record._obstacle(step, vals):
                # The state is no reason, and not named.
                raise UserError(
                    self.env._(
                        "%(record)s: %(need)s", record=record.display_name, need=need
                    )
                )

    def _refuse_step(self, why=""):
        """Return why a record cannot take a step: the one message for it."""
        refusal = self.env._(
            "%(record)s is %(state)s: this action is not available.",
            record=self.display_name,
            state=self._state_label(),
        )
        return f"{refusal} {why}".strip()

    def _write_step(self, step, **values):
        """Write a step that was checked, by access rights of the caller."""
        if state := self._life().target(step, values.get("state")):
            values["state"] = state
        if vals := {**self._step_values(step), **values}:
            self._inside().write(vals)

    # States that are written

    def _check_guarded(self, vals, creates=False):
        """:raises UserError: a record is to begin in the middle of its life"""
        result = super()._check_guarded(vals, creates)
        if creates and self._writable_state and not self._is_inside():
            starts = self._life().starts
            if vals.get("state", starts[0]) not in starts:
                raise UserError(self._refuse_start(starts[0]))
        return result

    @api.model
    def _refuse_start(self, state):
        return self.env._(
            "A new record of the type %(kind)s has the status %(state)s. Use its "
            "buttons to change the status.",
            kind=self._description,
            state=self._state_label(state),
        )

    @api.model
    def _never_by_default(self):
        return super()._never_by_default() | {"state"}

    @api.model
    def _forgeable(self):
        names = super()._forgeable()
        state = self.env.context.get("default_state")
        return names if state in self._life().starts else names | {"state"}

    def write(self, vals):
        """Take the step that leads to a state that is written.

        :raises AccessError: the step belongs to others
        :raises UserError: there is no such step, or it needs something first
        """
        if "state" not in vals or not self._writable_state or self._is_inside():
            return super().write(vals)
        self._check_guarded(vals)
        moving = self.filtered(lambda record: record.state != vals["state"])
        steps = moving.grouped(lambda record: record._step_to(vals["state"]))
        for step, records in steps.items():
            records._check_step(step)
            records._check_needs(step, vals)
        # Nobody takes a step again: who took it, when and why, is kept.
        kept = {"state", *self._guarded_names()}
        rest = {name: value for name, value in vals.items() if name not in kept}
        super(ClerkLifecycle, self - moving).write(rest)
        for step, records in steps.items():
            written = {**records._step_values(step), **vals}
            super(ClerkLifecycle, records._inside_once()).write(written)
        return True

    def _step_to(self, state):
        """:raises UserError: no step leads from the state of the record to this one"""
        step = self._life().between(self.state, state)
        if not step:
            raise UserError(self._refuse_step())
        return step
