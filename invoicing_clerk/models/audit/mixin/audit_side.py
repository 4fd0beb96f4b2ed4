from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError

CLERK = "clerk"
AUDITOR = "auditor"
SIDES = (CLERK, AUDITOR)


class ClerkAuditSide(models.AbstractModel):
    """What two sides work on: each has its own fields, and its own steps.

    A model says which step and which field is whose. The auditors' side is theirs
    alone; a supervisor stands there too where an engagement names no auditor. The same
    guard holds for buttons, imports and calls from outside.
    """

    _name = "clerk.audit.side"
    _description = "Two Sides of an Audit"

    my_sides = fields.Json(
        compute="_compute_my_sides", help="The sides on which whoever looks stands."
    )

    @api.depends("audit_id.auditor_ids")
    @api.depends_context("uid")
    def _compute_my_sides(self):
        for record in self:
            record.my_sides = sorted(record._sides())

    def _sides(self):
        """On which sides the caller stands with all of these.

        What is not saved yet has no sides: whoever may create it fills it in.
        """
        if self.env.su:
            return set(SIDES)
        sides = set()
        if self.env.user.has_group("invoicing_clerk.group_clerk"):
            sides.add(CLERK)
        if all(audit._may_settle() for audit in self._origin.audit_id):
            sides.add(AUDITOR)
        return sides

    @api.model
    def _fields_of(self, side):
        """Names of the fields that a side writes."""
        return set()

    @api.model
    def _fields_at_birth(self):
        """Names of the fields that only who creates a record gives it."""
        return {"audit_id"}

    @api.model
    def _step_side(self, before, after):
        """Which side takes a step; None where there is no such step."""
        return None

    @api.model_create_multi
    def create(self, vals_list):
        born_with = self._fields_at_birth().union(*map(self._fields_of, SIDES))
        for vals in vals_list:
            self._check_fields(vals, born_with)
        first = self._fields["state"].default(self)
        if any(vals.get("state", first) != first for vals in vals_list):
            raise UserError(
                self.env._(
                    "%(kind)s starts as %(state)s; move it on from there.",
                    kind=self._description,
                    state=self._state_label(first),
                )
            )
        # What is brought along as a default would pass the checks above.
        context = {
            key: value
            for key, value in self.env.context.items()
            if not key.startswith("default_") or key[len("default_") :] in born_with
        }
        named = self.with_context(context)  # pylint: disable=context-overridden
        return super(ClerkAuditSide, named).create(vals_list)

    def write(self, vals):
        """:raises AccessError: a field or a step of the other side
        :raises UserError: there is no such step"""
        self._check_fields(vals, set().union(*map(self._fields_of, self._sides())))
        if not self.env.su:
            self._check_moment(vals)
        if "state" not in vals:
            return super().write(vals)
        moving = self.filtered(lambda record: record.state != vals["state"])
        moving._check_step(vals["state"], vals)
        if staying := self - moving:
            # Nobody takes a step again: who took it and when stands.
            kept = {name: value for name, value in vals.items() if name != "state"}
            super(ClerkAuditSide, staying).write(kept)
        values = {**self._step_values(vals["state"]), **vals}
        return super(ClerkAuditSide, moving).write(values)

    def _check_fields(self, vals, allowed):
        if self.env.su:
            return
        thread = self.env["mail.thread"]._fields.keys()
        common = {"state", *thread, *self.env["mail.activity.mixin"]._fields}
        if foreign := vals.keys() - allowed - common:
            raise AccessError(
                self.env._(
                    "%(record)s: it is not for you to change %(fields)s.",
                    record=self[:1].display_name or self._description,
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in sorted(foreign)
                    ),
                )
            )

    def _check_moment(self, vals):
        """:raises UserError: it is too late, or too early, for a change"""

    def _check_step(self, new_state, vals):
        for record in self:
            side = self._step_side(record.state, new_state)
            if side is None:
                raise UserError(record._refuse_step(new_state))
            if side not in record._sides():
                raise AccessError(record._refuse_side(side))
            if missing := record._obstacle(new_state, vals):
                raise UserError(
                    self.env._(
                        "%(record)s: %(missing)s",
                        record=record.display_name,
                        missing=missing,
                    )
                )

    def _obstacle(self, new_state, vals):
        """What a step still needs, in words; nothing where it can be taken."""
        return None

    def _refuse_step(self, new_state):
        return self.env._(
            "%(record)s is %(state)s and cannot become %(new_state)s.",
            record=self.display_name,
            state=self._state_label(self.state),
            new_state=self._state_label(new_state),
        )

    def _refuse_side(self, side):
        if side == AUDITOR:
            return self.env._(
                "%s: that is for the auditors to decide.", self.display_name
            )
        return self.env._("%s: that is for billing to do.", self.display_name)

    def _step_values(self, new_state):
        """What changes by itself when a record takes this step."""
        return {}

    def _transition(self, new_state, **values):
        """Take every record to a state, or none and say why."""
        self.check_access("write")
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else is working on %s right now. Reload to see what "
                    "they did.",
                    ", ".join(self.mapped("display_name")),
                )
            ) from error
        if same := self.filtered(lambda record: record.state == new_state):
            raise UserError(
                self.env._(
                    "%(records)s: already %(state)s.",
                    records=", ".join(same.mapped("display_name")),
                    state=self._state_label(new_state),
                )
            )
        return self.write({**values, "state": new_state})

    @api.model
    def _state_label(self, state):
        labels = dict(self._fields["state"]._description_selection(self.env))
        return labels.get(state, state)
