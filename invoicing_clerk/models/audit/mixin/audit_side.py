from odoo import api, fields, models

CLERK = "clerk"
AUDITOR = "auditor"
SIDES = (CLERK, AUDITOR)


class ClerkAuditSide(models.AbstractModel):
    """Records that billing and auditors work on together, each side in its own role.

    **How to use**

    1. Declare the lifecycle as for `clerk.lifecycle`. The role of a step is the side
       that takes it: ``CLERK`` or ``AUDITOR``.
    2. Declare the fields that each side may change, and with ``_final_fields`` those
       that are set on creation only::

           _side_fields = {CLERK: {"answer"}, AUDITOR: {"name", "description"}}
           _final_fields = frozenset({"audit_id", "template_id"})

    3. ``_check_timing`` refuses changes that come too early or too late.

    Supervisors take the auditors' side in engagements without auditors. Buttons,
    imports and remote calls have the same guard.
    """

    _name = "clerk.audit.side"
    _description = "Work of Billing and Auditors"
    _inherit = ["clerk.lifecycle"]
    _side_fields = {}
    _writable_state = True

    user_sides = fields.Json(
        string="Sides of the User",
        compute="_compute_user_sides",
        exportable=False,
        help="The sides that the current user can take.",
    )

    @api.depends("audit_id.auditor_ids")
    @api.depends_context("uid")
    def _compute_user_sides(self):
        for record in self:
            record.user_sides = sorted(record._roles())

    @api.depends("audit_id.auditor_ids")
    def _compute_allowed_actions(self):
        return super()._compute_allowed_actions()

    def _roles(self):
        """Return the sides that the caller takes for all of these records.

        Nobody takes a side of a record that is not saved yet: its creator may fill in
        all fields.
        """
        if self.env.su:
            return set(SIDES)
        sides = set()
        if self.env.user.has_group("invoicing_clerk.group_clerk"):
            sides.add(CLERK)
        if all(audit._acts_as_auditor() for audit in self._origin.audit_id):
            sides.add(AUDITOR)
        return sides

    def _who_may(self, role):
        if role == AUDITOR:
            return self.env._("Only the auditors of the engagement can do this.")
        return super()._who_may(role)

    # Guard

    @api.model
    def _declared_guarded(self):
        writable = self._declared("_final_fields").union(*self._side_fields.values())
        guarded = self._fields.keys() - writable - self._chatter_names() - {"state"}
        return super()._declared_guarded() | guarded

    def _forged(self, vals, creates):
        names = super()._forged(vals, creates)
        if creates:
            return names
        sides = self._roles()
        return names.union(
            *(
                vals.keys() & side_fields
                for side, side_fields in self._side_fields.items()
                if side not in sides
            )
        )

    def _check_guarded(self, vals, creates=False):
        result = super()._check_guarded(vals, creates)
        if not creates and not self._passes_guard():
            self._check_timing(vals)
        return result

    def _check_timing(self, vals):
        """:raises UserError: the state of a record does not allow the change"""
