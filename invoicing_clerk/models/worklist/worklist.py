from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..mixin.notification import notification_action


class ClerkWorklist(models.Model):
    """A list of records of any model that need work, selected by a filter.

    The query, its refreshes, the assignment of items and the cards of the desk each
    have a file of their own.
    """

    _name = "clerk.worklist"
    _description = "Worklist"
    _inherit = "clerk.filtered"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    instructions = fields.Text(
        translate=True,
        help="Instructions for working on the records, and the conditions for an item "
        "to be done.",
    )
    empty_text = fields.Char(
        string="Text When Empty",
        translate=True,
        help="Shown on the desk while there is nothing to do.",
    )
    company_id = fields.Many2one(
        "res.company", index=True, help="Leave empty for records of all companies."
    )
    item_ids = fields.One2many("clerk.work.item", "worklist_id", string="Items")
    days_allowed = fields.Integer(
        default=1,
        help="Working days from the day on which a record is listed to its deadline.",
    )
    members_only = fields.Boolean(
        help="Show the list and its items only to members and supervisors."
    )
    member_ids = fields.Many2many(
        "res.users",
        "clerk_worklist_member_rel",
        "worklist_id",
        "user_id",
        string="Members",
        domain="[('share', '=', False)]",
        help="Clerks who work on this list. Leave empty for all clerks.",
    )
    assignment = fields.Selection(
        [
            ("pull", "Unassigned (Taken by Next)"),
            ("balanced", "Balanced Among Members"),
            ("responsible", "Responsible User of the Record"),
            ("user", "One User"),
        ],
        default="pull",
        required=True,
    )
    user_id = fields.Many2one(
        "res.users", string="Assigned To", domain="[('share', '=', False)]"
    )
    action_id = fields.Many2one(
        "ir.actions.act_window",
        string="Open Records With",
        ondelete="set null",
        help="Window action that shows a record. By default its own form opens.",
    )

    _days_allowed = models.Constraint(
        "CHECK (days_allowed >= 0)", "The number of working days must be 0 or more."
    )
    _days_allowed_most = models.Constraint(
        "CHECK (days_allowed <= 1000)",
        "The number of working days must be 1000 or less.",
    )

    @api.constrains("assignment", "user_id", "member_ids", "user_path")
    def _check_assignment(self):
        for worklist in self:
            if missing := worklist._missing_for_assignment():
                raise ValidationError(
                    self.env._(
                        "%(worklist)s: %(missing)s",
                        worklist=worklist.name,
                        missing=missing,
                    )
                )

    def _missing_for_assignment(self):
        self.ensure_one()
        if self.assignment == "user" and not self.user_id:
            return self.env._("select the user to whom items are assigned.")
        if self.assignment == "balanced" and not self.member_ids:
            return self.env._("select the members among whom items are balanced.")
        if self.assignment == "responsible" and not self.user_path:
            return self.env._("select the field with the responsible user of a record.")
        return False

    @api.constrains("action_id", "model_id")
    def _check_action(self):
        for worklist in self.filtered("action_id"):
            if worklist.action_id.res_model != worklist.model:
                raise ValidationError(
                    self.env._(
                        "%(worklist)s: “%(action)s” shows other records. Choose an "
                        "action for %(records)s.",
                        worklist=worklist.name,
                        action=worklist.action_id.name,
                        records=worklist.model_id.name,
                    )
                )

    # Buttons

    def _items(self, domain):
        return self.env["clerk.work.item"].search(
            Domain("worklist_id", "in", self.ids) & Domain(domain)
        )

    def action_next(self):
        """Claim the most urgent item that nobody works on, and open its record."""
        items = self.env["clerk.work.item"]
        item = items._take_next(self)
        if item:
            return item.action_open_record()
        return self._notify_nothing_left()

    def _notify_nothing_left(self, then=None):
        names = ", ".join(self.mapped("name"))
        message = self.env._("There are no more items for you in %s.", names)
        return notification_action(message, "info", then=then)

    def _items_action(self, name, *filters):
        """Open the items of this list with these filters.

        Columns with the same value in every row are hidden.
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_work_item_action"
        )
        return {
            **action,
            "display_name": name,
            "domain": [("worklist_id", "=", self.id)],
            "context": {
                **{f"search_default_{each}": 1 for each in ("todo", *filters)},
                "of_one_worklist": True,
                "of_model": self.model,
                "of_one_person": bool({"mine", "unassigned"}.intersection(filters)),
            },
        }

    def action_open_items(self):
        return self._items_action(self.name)

    def action_open_mine(self):
        return self._items_action(self.env._("Assigned to Me: %s", self.name), "mine")

    def action_open_unassigned(self):
        return self._items_action(self.env._("Unassigned: %s", self.name), "unassigned")

    def action_open_late(self):
        return self._items_action(self.env._("Late: %s", self.name), "late")

    def action_test(self):
        """Show the records that the list would contain, without adding items."""
        self.ensure_one()
        self.check_access("write")
        trial = self.env["clerk.worklist.trial"]._run(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Test: %s", self.name),
            "res_model": trial._name,
            "res_id": trial.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def copy_data(self, default=None):
        return [
            dict(vals, name=self.env._("%s (copy)", worklist.name))
            for worklist, vals in zip(self, super().copy_data(default), strict=True)
        ]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_worked_on(self):
        # sudo: whether there are items or totals, which the supervisor cannot see.
        days = self.env["clerk.work.day"].sudo()
        worked_on = self.sudo().filtered(
            lambda each: (
                each._items([("state", "in", ("in_progress", "done"))])
                or days.search_count([("worklist_id", "=", each.id)], limit=1)
            )
        )
        if worked_on:
            raise UserError(
                self.env._(
                    "%s: work has been recorded in it. Archive it instead of deleting "
                    "it.",
                    ", ".join(worked_on.mapped("name")),
                )
            )
