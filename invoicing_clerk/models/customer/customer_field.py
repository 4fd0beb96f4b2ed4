from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError

from ...rules.customer import customer_change as rules


class Guard(NamedTuple):
    """Requirements of a change of guarded data."""

    needs_call: bool
    days: int


class ClerkCustomerField(models.Model):
    """Data of customers that one person proposes to change and another approves.

    Supervisors add to what is guarded. As it binds them as well, only administrators
    take away from it.
    """

    _name = "clerk.customer.field"
    _description = "Guarded Customer Data"
    _inherit = ["clerk.guarded", "clerk.thread"]
    _writable_fields = frozenset({"active", "needs_call", "days"})
    _order = "sequence, id"
    _rec_name = "kind"

    active = fields.Boolean(string="Guarded", default=True, tracking=True)
    sequence = fields.Integer(default=10, exportable=False)
    kind = fields.Selection(rules.KINDS, string="Data", required=True, readonly=True)
    needs_call = fields.Boolean(
        string="Call Back",
        tracking=True,
        help="Somebody calls the customer at a number that was on file before the "
        "change was proposed. Without the call it cannot be approved.",
    )
    days = fields.Integer(
        string="Waiting Period (Days)",
        tracking=True,
        help="An approved change is applied after these days. Until then it can be "
        "refused.",
    )

    _one_per_kind = models.Constraint(
        "UNIQUE (kind)", "Each kind of data is listed once."
    )
    _days_in_range = models.Constraint(
        "CHECK (days BETWEEN 0 AND 90)", "The waiting period must be 0 to 90 days."
    )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    def write(self, vals):
        """:raises AccessError: less would be guarded"""
        self._check_guarded(vals)
        self._check_not_weakened(vals)
        done = super().write(vals)
        self.env.registry.clear_cache()
        return done

    def _check_not_weakened(self, vals):
        if self.env.su or self.env.user.has_group("base.group_system"):
            return
        for record in self:
            weaker = (
                (record.active and not vals.get("active", True))
                or (record.needs_call and not vals.get("needs_call", True))
                or vals.get("days", record.days) < record.days
            )
            if weaker:
                raise AccessError(
                    self.env._(
                        "%s: you can require more for a change. Ask an administrator "
                        "to require less, as the rule applies to supervisors, too.",
                        record.display_name,
                    )
                )

    def unlink(self):
        done = super().unlink()
        self.env.registry.clear_cache()
        return done

    @api.model
    @tools.ormcache()
    def _guards(self):
        """Return what is guarded: ``{kind: Guard}``."""
        # sudo: what is guarded binds people who cannot read it.
        return {
            each.kind: Guard(each.needs_call, each.days)
            for each in self.sudo().search([])
        }

    @api.model
    def _label(self, kind):
        """Return the label of a kind of data in the user's language."""
        labels = dict(self._fields["kind"]._description_selection(self.env))
        return labels.get(kind, "")
