from odoo import api, fields, models
from odoo.fields import Domain


class ClerkAbsence(models.Model):
    """Days on which a colleague is away, the first and the last of them included.

    Meanwhile balanced worklists give them nothing, and what they have is theirs to be
    shared out. Why somebody is away is for them and their supervisors to know.
    """

    _name = "clerk.absence"
    _description = "Absence"
    _order = "date_from desc, id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users",
        string="Who",
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
    reason = fields.Char(help="Only the person and supervisors read it.")
    is_now = fields.Boolean(
        string="Away Today", compute="_compute_is_now", search="_search_is_now"
    )

    _ends_after_it_begins = models.Constraint(
        "CHECK (date_to >= date_from)", "An absence cannot end before it begins."
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
        now = self._on(fields.Date.context_today(self))
        return now if True in value else ~now

    @api.model
    def _on(self, day):
        return Domain("date_from", "<=", day) & Domain("date_to", ">=", day)

    @api.model
    def _last_days(self, users):
        """Who of the users is away today, and the last day of it: ``{user: date}``."""
        today = fields.Date.context_today(self)
        # sudo: whom work cannot be given to, and until when; never why.
        rows = self.sudo()._read_group(
            Domain("user_id", "in", users.ids) & self._on(today),
            ["user_id"],
            ["date_to:max"],
        )
        return dict(rows)

    @api.model
    def _present(self, users):
        away = self._last_days(users)
        return users.filtered(lambda user: user not in away)

    def action_share_workload(self):
        """Propose who takes over what the absent ones have."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_workload_share_action"
        )
