from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ....rules.audit.test import audit_test as rules


class ClerkAuditTest(models.Model):
    """An audit test that can be run in any engagement.

    Its code names the handler: the method ``_test_<code>`` of `clerk.audit.run`. See
    there how to add a test.
    """

    _name = "clerk.audit.test"
    _description = "Audit Test"
    _inherit = ["clerk.guarded"]
    _final_fields = frozenset({"code"})
    _order = "sequence, id"
    _rec_names_search = ["code", "name"]

    code = fields.Char(required=True, readonly=True)
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    area = fields.Selection(rules.AREAS, required=True, default="document")
    is_confidential = fields.Boolean(
        string="Confidential",
        help="The results concern individuals: only auditors and supervisors can see "
        "them.",
    )
    proves = fields.Text(
        string="Evidence Provided",
        translate=True,
        help="The conclusions that its result supports, and those that it does not.",
    )
    days_label = fields.Char(
        string="Label of Days",
        translate=True,
        help="Leave empty if the test has no number of days.",
    )
    days = fields.Integer(help="The default of new runs.")
    amount_label = fields.Char(
        string="Label of Amount",
        translate=True,
        help="Leave empty if the test has no amount.",
    )
    amount = fields.Float(
        digits="Account",
        help="The default of new runs, in the currency of the audited company. If 0, "
        "the limit test uses the performance materiality of the engagement.",
    )

    _code = models.UniqueIndex("(code)", "The code is used by another test.")
    _days = models.Constraint(
        "CHECK (days BETWEEN 0 AND 3660)",
        "The number of days must be between 0 and 3,660 (ten years).",
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
                        "No test is implemented for the code %s. Use the code of an "
                        "existing test.",
                        test.code,
                    )
                )
