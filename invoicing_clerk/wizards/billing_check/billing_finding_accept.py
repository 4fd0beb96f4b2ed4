from odoo import fields, models
from odoo.exceptions import UserError

from ...models.mixin.gate import only_one


class ClerkBillingFindingAccept(models.TransientModel):
    """Accept findings as right, with a reason, or all of their kind until a day."""

    _name = "clerk.billing.finding.accept"
    _description = "Accept Findings"
    _inherit = "clerk.checked"

    finding_ids = fields.Many2many("clerk.billing.finding", required=True)
    scope = fields.Selection(
        [
            ("finding", "These findings"),
            ("partner_id", "All for the customer"),
            ("product_id", "All for the product"),
        ],
        string="Accept",
        required=True,
        default="finding",
        help="Findings of the same checks are accepted from now on, until the day that "
        "you enter.",
    )
    reason = fields.Char(required=True)
    until = fields.Date(
        help="Leave empty to accept them for as long as their facts are the same.",
    )

    def action_accept(self):
        """Accept the findings, or make one standing acceptance for each subject."""
        only_one(self)
        if self.scope == "finding":
            self.finding_ids._accept(self.reason, self.until)
        else:
            self.finding_ids._check_step("accept")
            self.env["clerk.billing.acceptance"].create(self._acceptance_values())

    def _acceptance_values(self):
        """Return the values of standing acceptances.

        :raises UserError: there is no last day, or nothing to accept them for
        """
        if not self.until:
            raise UserError(self.env._("Enter the last day of the acceptance."))
        keys = {}
        for finding in self.finding_ids:
            subjects = finding._accepted_for(self.scope)
            if not subjects:
                raise UserError(
                    self.env._(
                        "%(finding)s has no %(subject)s: accept the finding alone.",
                        finding=finding.display_name,
                        subject=self.env["clerk.billing.acceptance"]
                        ._fields[self.scope]
                        ._description_string(self.env),
                    )
                )
            keys |= {
                (finding.check_id, finding.company_id, each): 0 for each in subjects
            }
        return [
            {
                "check_id": check.id,
                "company_id": company.id,
                self.scope: subject.id,
                "until": self.until,
                "reason": self.reason,
            }
            for check, company, subject in keys
        ]
