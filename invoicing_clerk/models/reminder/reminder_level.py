from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...rules.reminder.reminder import Level

TEXTS = ("subject", "text", "closing")
WAYS = [("email", "By Email"), ("print", "To Print"), ("post", "By Post")]


class ClerkReminderLevel(models.Model):
    """A step in which customers are reminded: from when on, how and in which words.

    Customers get the first level first, however old their items are, and the next one
    when the items that they were reminded of are still open.
    """

    _name = "clerk.reminder.level"
    _description = "Reminder Level"
    _inherit = "clerk.checked"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        index=True,
        help="Leave empty for all companies that have no levels of their own.",
    )
    days = fields.Integer(
        string="Days Overdue",
        required=True,
        help="Sent when the oldest item is at least this many days overdue.",
    )
    wait_days = fields.Integer(
        string="Days Between",
        default=10,
        required=True,
        help="Days since the previous reminder. An interval set on the customer takes "
        "precedence.",
    )
    delivery_way = fields.Selection(
        WAYS,
        string="Delivery",
        help="Leave empty for the statement delivery of each customer, and email for "
        "those without.",
    )
    subject = fields.Char(required=True, translate=True)
    text = fields.Text(
        string="Text Before the Items",
        required=True,
        translate=True,
        help="Each empty line begins a paragraph. Salutation, items and the name of "
        "the clerk are added.",
    )
    closing = fields.Text(string="Text After the Items", translate=True)

    _days = models.Constraint(
        "CHECK (days >= 1 AND wait_days >= 1)",
        "The days of a reminder level must be 1 or more.",
    )

    @api.constrains("subject", "text")
    def _check_text(self):
        for level in self:
            if not (level.text or "").strip() or not (level.subject or "").strip():
                raise ValidationError(level._refuse_empty())

    def _refuse_empty(self):
        return self.env._(
            "The reminder level %s has no text. Enter a subject and a text.",
            self.name,
        )

    @api.model
    def _levels_of(self, company):
        """Return the levels of a company or its parents, or else those for all.

        :raises UserError: there is none
        """
        levels = self.search(
            [("company_id", "in", (False, *company.parent_ids.ids, company.id))]
        )
        levels = levels.filtered("company_id") or levels
        if not levels:
            raise UserError(
                self.env._(
                    "%s has no reminder levels. Ask a supervisor to set them up.",
                    company.name,
                )
            )
        return levels

    def _texts(self):
        """Return the texts in each language, for a run to keep.

        :raises ValidationError: one has no text in a language
        """
        found = {}
        for code, _name in self.env["res.lang"].get_installed():
            levels = self.with_context(lang=code)
            levels._check_text()
            for level in levels:
                found.setdefault(str(level.id), {})[code] = {
                    name: level[name] or "" for name in TEXTS
                }
        return found

    def _rule(self):
        return Level(self._key(), self.days, self.wait_days)

    def _key(self):
        return (self.sequence, self.id)
