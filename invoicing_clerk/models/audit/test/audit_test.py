from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ....rules.audit.test import audit_test as rules


class ClerkAuditTest(models.Model):
    """A test that can be run for any engagement: what it asks and what that proves.

    Its code names its handler: the method ``_test_<code>`` of `clerk.audit.run`.
    """

    _name = "clerk.audit.test"
    _description = "Audit Test"
    _order = "sequence, id"
    _rec_names_search = ["code", "name"]

    code = fields.Char(required=True, readonly=True)
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    area = fields.Selection(rules.AREAS, required=True, default="document")
    is_confidential = fields.Boolean(
        help="It speaks of persons: only auditors and supervisors see what it found."
    )
    proves = fields.Text(
        string="What It Proves",
        translate=True,
        help="What may be concluded from its result, and what may not.",
    )
    days_label = fields.Char(
        string="Meaning of Days",
        translate=True,
        help="Empty where the test asks for no number of days.",
    )
    days = fields.Integer(help="What new runs start with.")
    amount_label = fields.Char(
        string="Meaning of Amount",
        translate=True,
        help="Empty where the test asks for no amount.",
    )
    amount = fields.Float(
        digits="Account",
        help="What new runs start with, in the currency of the company that is "
        "audited. 0 for a limit: the performance materiality of the engagement.",
    )

    _code = models.UniqueIndex("(code)", "There is a test of this code already.")
    _days = models.Constraint(
        "CHECK (days BETWEEN 0 AND 3660)", "Days are from 0 to 3,660: ten years."
    )
    _amount = models.Constraint("CHECK (amount >= 0)", "The amount cannot be negative.")

    @api.depends("code", "name")
    def _compute_display_name(self):
        for test in self:
            test.display_name = f"{test.code} · {test.name}"

    @api.constrains("code")
    def _check_code(self):
        runs = self.env["clerk.audit.run"]
        for test in self:
            if runs._handler(test.code) is None:
                raise ValidationError(
                    self.env._(
                        "%s: no program runs a test of this code. Choose the code of "
                        "one that exists.",
                        test.code,
                    )
                )
