from odoo import models
from odoo.exceptions import UserError

from ...rules.customer import customer_change as rules
from ..mixin.gate import only_one


class ClerkCustomerChange(models.Model):
    """Changes that are taken back: the old values return, the history stays."""

    _inherit = "clerk.customer.change"

    def action_undo(self):
        """Write the old values, or propose them where two people must undo it, too.

        :raises UserError: a value has changed since, or can no longer be used
        """
        change = only_one(self)
        if "undo" not in (change.allowed_actions or []):
            return change._reverse()._get_records_action()
        change._begin_step("undo")
        contact = change._of_contact()
        change._lock_data(contact)
        change._check_undo(contact)
        change._write_fields(
            contact, {line.field_name: line.old_value for line in change._data()}
        )
        change._write_step("undo", undone_by_id=self.env.uid)
        change._log_on_contact(self.env._("Undid %s.", change.name))
        return None

    def _is_undone_by_two(self):
        """Return whether a single user cannot undo it.

        Either the same change needs a call or days, or the user took part in it.
        """
        guards = self.env["clerk.customer.field"]._guards()
        kinds = self._kinds()
        return (
            rules.BANK in kinds
            or self.needs_call
            or self.days > 0
            or any(any(guards[kind]) for kind in kinds & guards.keys())
            or self.env.user in self.proposed_by_id | self.approved_by_id
        )

    def _check_undo(self, contact):
        """:raises UserError: the contact is archived, a value has changed since, or the
        old one can no longer be used
        """
        self._check_contact(contact)
        for line in self._data():
            name = line.field_name
            now = self._stored(name, contact[name])
            if now != line.new_value:
                raise UserError(self._changed_since_text(line, now))
            field = contact._fields[name]
            if field.type == "many2one" and (
                problem := self._record_problem(
                    contact, field, line.old_value, self.company_id
                )
            ):
                raise UserError(problem)
            if name == "credit_limit" and (
                problem := self._credit_problem(
                    float(line.new_value), float(line.old_value)
                )
            ):
                raise UserError(problem)

    def _changed_since_text(self, line, now):
        return self.env._(
            "%(field)s of %(contact)s is “%(now)s” now, and not “%(new)s” as after "
            "%(change)s. Propose a new change instead.",
            field=line.label,
            contact=self.contact_id.display_name,
            now=self._shown(line.field_name, now, self.company_id)
            or self.env._("empty"),
            new=line.new_text or self.env._("empty"),
            change=self.name,
        )

    def _reverse(self):
        """Return a proposal of the old values, to be approved by somebody else."""
        self._begin_step("reverse")
        new = {line.field_name: line.old_value or "" for line in self._data()}
        return self._propose(
            self.contact_id,
            new,
            self._reversed_account(),
            company_id=self.company_id,
            source="internal",
            note=self.env._("Undo %s.", self.name),
            undo_of_id=self.id,
        )

    def _reversed_account(self):
        line = self._account_line()
        if not line:
            return None
        steps = {"add": "archive", "archive": "add", "replace": "replace"}
        return {
            "step": steps[line.account_step],
            "old": line.new_account_id,
            "number": line.old_text,
            "holder": line.account_id.acc_holder_name,
        }

    def _undo_original(self):
        """Mark the change that an applied one takes back."""
        original = self.undo_of_id
        if original.state == "applied":
            original._write_step("reversed", undone_by_id=self.env.uid)
