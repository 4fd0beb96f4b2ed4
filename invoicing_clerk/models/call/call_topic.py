from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...rules.call.call import LAST_RESORTS, NEXT_STEPS


class ClerkCallTopic(models.Model):
    """What customers call about."""

    _name = "clerk.call.topic"
    _description = "Call Topic"
    _order = "sequence, name"

    sequence = fields.Integer(default=100)
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)


class ClerkCallDisposition(models.Model):
    """How a call ended, and what is to be done after a call that ended so.

    The next step is policy, kept here as data: where nobody was reached, also when
    and how often it is tried again, and what comes after the last attempt.
    """

    _name = "clerk.call.disposition"
    _description = "Call Disposition"
    _order = "sequence, name"

    sequence = fields.Integer(default=100)
    code = fields.Char(required=True, help="By which programs know it.")
    name = fields.Char(required=True, translate=True)
    next_step = fields.Selection(NEXT_STEPS, help="What should follow such a call.")
    reached = fields.Boolean(default=True, help="Somebody was spoken to.")
    needs_identity = fields.Boolean(
        string="Identity Needed",
        help="Ends a call only after the caller's identity was checked, where the "
        "company asks for that.",
    )
    retry_days = fields.Integer(
        string="Days to the Next Attempt",
        default=1,
        help="It is then tried on a working day, at another hour.",
    )
    retry_attempts = fields.Integer(string="Attempts", default=3)
    last_resort = fields.Selection(
        LAST_RESORTS,
        string="After the Last Attempt",
        default="letter",
    )
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint(
        "UNIQUE (code)", "There is already a disposition with this code."
    )

    @api.constrains("next_step", "retry_days", "retry_attempts", "last_resort")
    def _check_retry(self):
        for disposition in self:
            if disposition.next_step == "attempt" and (
                disposition.retry_days < 1
                or disposition.retry_attempts < 1
                or not disposition.last_resort
            ):
                raise ValidationError(
                    self.env._(
                        "%(disposition)s: say after how many days it is tried again "
                        "(1 or more), how often in all (1 or more), and what comes "
                        "after the last attempt.",
                        disposition=disposition.name,
                    )
                )
