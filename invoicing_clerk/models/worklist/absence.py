from odoo import api, fields, models
from odoo.fields import Domain


class ClerkAbsence(models.Model):
    """Days on which a user is away, including the first and the last.

    In the meantime balanced worklists assign nothing to them, and supervisors can share
    their items among colleagues. Only the user and supervisors see the reason.
    """

    _name = "clerk.absence"
    _description = "Absence"
    _inherit = "clerk.checked"
    _order = "date_from desc, id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    date_from = fields.Date(
        string="First Day", required=True, default=fields.Date.context_today
    )
    date_to = fields.Date(
        string="Last Day", required=True, default=fields.Date.context_today
    )
    reason = fields.Char(help="Visible only to the user and supervisors.")
    is_now = fields.Boolean(
        string="Away Today", compute="_compute_is_now", search="_search_is_now"
    )

    _ends_after_it_begins = models.Constraint(
        "CHECK (date_to >= date_from)", "The last day cannot be before the first day."
    )

    @api.depends("date_from", "date_to")
    def _compute_is_now(self):
        today = fields.Date.context_today(self)
        for absence in self:
            first, last = absence.date_from, absence.date_to
            absence.is_now = bool(first and last and first <= today <= last)

    @api.model
    def _search_is_now(self, operator, value):
        if operator != "in":
            return NotImplemented
        away = self._domain_on(fields.Date.context_today(self))
        return away if True in value else ~away

    @api.model
    def _domain_on(self, day):
        return Domain("date_from", "<=", day) & Domain("date_to", ">=", day)

    @api.model
    def _last_days(self, users):
        """Return the last day of absence of each user who is away today."""
        today = fields.Date.context_today(self)
        # sudo: who is away and until when, but not why.
        rows = self.sudo()._read_group(
            Domain("user_id", "in", users.ids) & self._domain_on(today),
            ["user_id"],
            ["date_to:max"],
        )
        return dict(rows)

    @api.model
    def _filter_present(self, users):
        away = self._last_days(users)
        return users.filtered(lambda user: user not in away)

    def action_share_workload(self):
        """Open the dialog that shares the items of absent users among colleagues."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_workload_share_action"
        )
