from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain

from ...rules.worklist.work_item import OPEN_STATES
from ..mixin.gate import only_one


class ClerkDesk(models.Model):
    """The desk of a user: the day on top, below it the worklists, pressing ones first.

    It only says whose desk it is; everything on it is read when it is opened. Other
    capabilities add a figure of the day by a field, and a button that opens it.
    """

    _name = "clerk.desk"
    _description = "Desk"
    _inherit = "clerk.guarded"
    _guarded_fields = frozenset({"user_id"})
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, index=True, ondelete="cascade"
    )
    due_count = fields.Integer(string="Due Today", compute="_compute_my_day")
    late_count = fields.Integer(string="Late", compute="_compute_my_day")
    question_count = fields.Integer(string="Questions", compute="_compute_my_day")
    done_count = fields.Integer(string="Done Today", compute="_compute_my_day")
    worklist_ids = fields.Many2many(
        "clerk.worklist", string="Worklists", compute="_compute_worklists"
    )
    idle_worklist_ids = fields.Many2many(
        "clerk.worklist", string="Nothing to Do", compute="_compute_worklists"
    )
    idle_names = fields.Char(compute="_compute_worklists")

    _one_of_user = models.UniqueIndex("(user_id)", "A user can have only one desk.")

    def _compute_display_name(self):
        self.display_name = self.env._("Desk")

    # My day

    @api.model
    def _today(self):
        return fields.Date.context_today(self)

    @api.model
    def _start_of_day(self):
        """Return the beginning of the user's day, in UTC."""
        zone = pytz.timezone(self.env.user.tz or "UTC")
        midnight = fields.Datetime.to_datetime(self._today())
        return zone.localize(midnight).astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _end_of_day(self):
        return self._start_of_day() + timedelta(days=1)

    @api.model
    def _due_domain(self):
        return (
            Domain("user_id", "=", self.env.uid)
            & Domain("state", "in", OPEN_STATES)
            & Domain("deadline", "<=", self._today())
        )

    @api.model
    def _done_domain(self):
        return Domain("done_by_id", "=", self.env.uid) & Domain(
            "closed_on", ">=", self._start_of_day()
        )

    @api.model
    def _question_domain(self):
        return Domain("is_question", "=", True) & Domain("user_id", "=", self.env.uid)

    @api.depends_context("uid", "tz", "allowed_company_ids")
    def _compute_my_day(self):
        items, due = self.env["clerk.work.item"], self._due_domain()
        self.due_count = items.search_count(due)
        self.late_count = items.search_count(due & Domain("is_late", "=", True))
        self.done_count = items.search_count(self._done_domain())
        self.question_count = self.env["mail.activity"].search_count(
            self._question_domain()
        )

    # Worklists

    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_worklists(self):
        worklists = self.env["clerk.worklist"].search([("is_mine", "=", True)])
        shown = worklists.filtered(lambda each: each.open_count or each.refresh_error)
        self.worklist_ids = shown.sorted(lambda each: each._urgency(), reverse=True)
        self.idle_worklist_ids = worklists - shown
        self.idle_names = " · ".join((worklists - shown).mapped("name"))

    # Buttons

    @api.model
    def _desk_action(self):
        """Return the action that opens the desk of the user."""
        # sudo: a record that says no more than whose desk it is.
        desks = self.sudo()
        desk = desks.search([("user_id", "=", self.env.uid)]) or desks.create(
            {"user_id": self.env.uid}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Desk"),
            "res_model": self._name,
            "res_id": desk.id,
            "views": [(False, "form")],
            "target": "main",
        }

    @api.model
    def action_open_desk(self):
        """Open the desk of the user."""
        return self._desk_action()

    def action_refresh(self):
        """Refresh all worklists of the desk."""
        desk = only_one(self)
        (desk.worklist_ids | desk.idle_worklist_ids).action_refresh()

    @api.model
    def _list_action(self, xml_id, name, domain):
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        return {**action, "display_name": name, "domain": list(domain), "context": {}}

    @api.model
    def _work_action(self, name, domain):
        return self._list_action("invoicing_clerk.clerk_work_item_action", name, domain)

    def action_view_due(self):
        """Open the user's items that are due by today."""
        return self._work_action(self.env._("Due Today"), self._due_domain())

    def action_view_done(self):
        """Open what the user finished today."""
        return self._work_action(self.env._("Done Today"), self._done_domain())

    def action_view_questions(self):
        """Open the questions that the user was asked."""
        return self._list_action(
            "invoicing_clerk.clerk_question_action",
            self.env._("Questions to Me"),
            self._question_domain(),
        )
