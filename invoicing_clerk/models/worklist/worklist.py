from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain


class ClerkWorklist(models.Model):
    """A question over records of any model, whose answers are work to be done.

    What is asked, how the answer is kept current and how the desk shows it are each
    in a file of their own.
    """

    _name = "clerk.worklist"
    _description = "Worklist"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    instructions = fields.Text(
        translate=True, help="What to do with the records, and what done means."
    )
    empty_text = fields.Char(
        string="When Empty",
        translate=True,
        help="What the desk says while there is nothing to do.",
    )
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: records of every company."
    )
    item_ids = fields.One2many("clerk.work.item", "worklist_id", string="Items")
    days_allowed = fields.Integer(
        default=1, help="Working days from entering the list until an item is late."
    )
    members_only = fields.Boolean(
        help="Only members and supervisors see the list and its items."
    )
    member_ids = fields.Many2many(
        "res.users",
        "clerk_worklist_member_rel",
        "worklist_id",
        "user_id",
        string="Members",
        domain="[('share', '=', False)]",
        help="Who works on it. Without members every clerk does.",
    )
    assignment = fields.Selection(
        [
            ("pull", "Whoever Presses Next"),
            ("balanced", "Shared Among Members by Load"),
            ("responsible", "Responsible of the Record"),
            ("user", "One Person"),
        ],
        default="pull",
        required=True,
    )
    user_id = fields.Many2one(
        "res.users", string="Person", domain="[('share', '=', False)]"
    )
    action_id = fields.Many2one(
        "ir.actions.act_window",
        string="Screen",
        ondelete="set null",
        help="With which screen a record opens; its own form by default.",
    )

    _days_allowed = models.Constraint(
        "CHECK (days_allowed >= 0)", "An item cannot be late before it enters."
    )
    _days_allowed_most = models.Constraint(
        "CHECK (days_allowed <= 1000)",
        "More than 1000 working days are no deadline: allow fewer.",
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
            return self.env._("choose the person who works on it.")
        if self.assignment == "balanced" and not self.member_ids:
            return self.env._("choose the members among whom it is shared.")
        if self.assignment == "responsible" and not self.user_path:
            return self.env._("say where a record's responsible comes from.")
        return False

    @api.constrains("action_id", "model_id")
    def _check_screen(self):
        for worklist in self.filtered("action_id"):
            if worklist.action_id.res_model != worklist.model:
                raise ValidationError(
                    self.env._(
                        "%(worklist)s: the screen “%(screen)s” is of other records. "
                        "Choose one of %(records)s.",
                        worklist=worklist.name,
                        screen=worklist.action_id.name,
                        records=worklist.model_id.name,
                    )
                )

    # Buttons

    def _items(self, domain):
        return self.env["clerk.work.item"].search(
            Domain("worklist_id", "in", self.ids) & Domain(domain)
        )

    def action_next(self):
        """Give the caller the most urgent item that nobody works on, and open it."""
        items = self.env["clerk.work.item"]
        item = items._take_next(self)
        if item:
            return item.action_open_record()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "Nothing is left for you in %s.", ", ".join(self.mapped("name"))
                ),
            },
        }

    def _items_action(self, name, *filters):
        """The items of this list, with filters switched on.

        A column that would say the same in every row is left out.
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
                "of_one_person": bool({"mine", "unassigned"}.intersection(filters)),
            },
        }

    def action_open_items(self):
        return self._items_action(self.name)

    def action_open_mine(self):
        return self._items_action(self.env._("Mine: %s", self.name), "mine")

    def action_open_unassigned(self):
        return self._items_action(self.env._("Unassigned: %s", self.name), "unassigned")

    def action_open_late(self):
        return self._items_action(self.env._("Late: %s", self.name), "late")

    def action_test(self):
        """Show what the list would catch, before it does."""
        self.ensure_one()
        self.check_access("write")
        trial = self.env["clerk.worklist.trial"]._of(self)
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
        # sudo: counts items that the supervisor may not see, and names none of them.
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
                    "%s: work has been done in it. Archive it instead of deleting it.",
                    ", ".join(worked_on.mapped("name")),
                )
            )
