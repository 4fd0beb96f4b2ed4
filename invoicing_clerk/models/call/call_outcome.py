from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...rules.call.call import LAST_RESORTS, NEXT_STEPS


class ClerkCallOutcome(models.Model):
    """An outcome of calls, and the next step after such a call.

    The next step is policy, kept as data. For calls that reached nobody, it includes
    when and how often they are repeated, and the step after the last attempt.
    """

    _name = "clerk.call.outcome"
    _description = "Call Outcome"
    _inherit = "clerk.checked"
    _order = "sequence, name"

    sequence = fields.Integer(default=100)
    code = fields.Char(required=True, help="Identifies the outcome in integrations.")
    name = fields.Char(required=True, translate=True)
    next_step = fields.Selection(NEXT_STEPS, help="The step that should follow.")
    reached = fields.Boolean(default=True, help="The clerk spoke to someone.")
    needs_identity = fields.Boolean(
        string="Identity Check",
        help="The identity of the caller must be checked before the call ends, if the "
        "company requires it.",
    )
    retry_days = fields.Integer(
        string="Days Until Next Attempt",
        default=1,
        help="The next attempt is on a working day, at another hour.",
    )
    retry_attempts = fields.Integer(string="Maximum Attempts", default=3)
    last_resort = fields.Selection(
        LAST_RESORTS,
        string="After the Last Attempt",
        default="letter",
    )
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint(
        "UNIQUE (code)", "An outcome with this code already exists."
    )

    @api.constrains("next_step", "retry_days", "retry_attempts", "last_resort")
    def _check_retry(self):
        for outcome in self:
            if outcome.next_step == "attempt" and (
                outcome.retry_days < 1
                or outcome.retry_attempts < 1
                or not outcome.last_resort
            ):
                raise ValidationError(
                    self.env._(
                        "%(outcome)s: enter the days until the next attempt (1 or "
                        "more), the maximum number of attempts (1 or more) and the "
                        "step after the last attempt.",
                        outcome=outcome.name,
                    )
                )
