from odoo import api, fields, models
from odoo.exceptions import UserError

from ...rules.close import close as rules


class ClerkCloseTaskType(models.Model):
    """A task of every close list: what is to be done, when, and what is counted.

    A new list copies its tasks from these, so that lists of earlier months stay as they
    were signed.
    """

    _name = "clerk.close.task.type"
    _description = "Close Task"
    _inherit = ["clerk.checked"]
    _order = "sequence, id"

    name = fields.Char(string="Task", required=True, translate=True, size=200)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=100)
    instructions = fields.Text(
        translate=True, help="Instructions for whoever prepares the task."
    )
    figure = fields.Selection(
        rules.FIGURES,
        help="The query that is counted and compared. Empty for a task without one, "
        "whose result is entered as a note.",
    )
    days = fields.Integer(
        string="Due After (Days)",
        default=3,
        required=True,
        help="Calendar days from the end of the month to the due date.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        domain="[('share', '=', False)]",
        ondelete="set null",
        help="The user who prepares the task. Empty: any clerk.",
    )
    review_role = fields.Selection(
        rules.REVIEW_ROLES,
        string="Reviewed By",
        required=True,
        default="clerk",
        help="Nobody reviews what they have prepared.",
    )

    _days = models.Constraint(
        f"CHECK (days BETWEEN 0 AND {rules.MOST_DAYS})",
        f"A task is due 0 to {rules.MOST_DAYS} days after the end of the month.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: lists of all companies count, of which nothing is shown.
        tasks = self.env["clerk.close.task"].sudo()
        if task := tasks.search([("type_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "%s is on a close list and is kept: archive it.", task.type_id.name
                )
            )

    def _task_values(self, close):
        """Return the values of the task on the list of a month."""
        # sudo: only tells whether the user works in the company of the list.
        user = self.user_id.sudo()
        works_there = user.active and close.company_id in user.company_ids
        return {
            "close_id": close.id,
            "type_id": self.id,
            "sequence": self.sequence,
            "name": self.name,
            "instructions": self.instructions,
            "figure": self.figure,
            "review_role": self.review_role,
            "date_due": fields.Date.add(close.date, days=self.days),
            "user_id": user.id if works_there else False,
        }
