from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...rules.billing_check import billing_check as rules


class ClerkBillingCheck(models.Model):
    """A check of customer documents: what it finds is likely to be a billing error.

    Its code names the handler: the method ``_find_<code>``, which returns SQL of what
    it finds (see `billing_check_source.found_columns`). A module adds a check by a
    record and a class with this method and ``_finding_reasons``.
    """

    _name = "clerk.billing.check"
    _description = "Billing Check"
    _inherit = ["clerk.filtered"]
    _order = "sequence, id"
    _rec_names_search = ["code", "name"]
    _filter_fields = frozenset({"domain"})
    _final_fields = frozenset({"code", "subject"})

    code = fields.Char(required=True, readonly=True)
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=100)
    description = fields.Text(
        translate=True,
        help="The documents that the check reports, and those that it deliberately "
        "excludes.",
    )
    subject = fields.Selection(
        [("document", "Documents")],
        string="Findings About",
        required=True,
        readonly=True,
        default="document",
    )
    reason_id = fields.Many2one(
        "clerk.billing.error.reason",
        ondelete="restrict",
        index="btree_not_null",
        help="The reason of billing errors that are opened from its findings.",
    )
    severity = fields.Selection(
        rules.SEVERITIES,
        required=True,
        default="warn",
        help="Blocking findings stop the posting of drafts, if the settings say so.",
    )
    tolerance_label = fields.Char(
        string="Name of Tolerance",
        translate=True,
        readonly=True,
        help="Empty if the check has no tolerance.",
    )
    tolerance = fields.Float(
        digits="Account",
        help="Differences up to this amount (in company currency) or percentage are "
        "not reported.",
    )
    days_label = fields.Char(
        string="Name of Days",
        translate=True,
        readonly=True,
        help="Empty if the check has no days.",
    )
    days = fields.Integer()
    domain = fields.Char(
        string="Applies To",
        required=True,
        default="[]",
        help="Only records that match this filter are checked.",
    )
    filtered_model = fields.Char(compute="_compute_filtered_model", exportable=False)
    suppressed_by_ids = fields.Many2many(
        "clerk.billing.check",
        "clerk_billing_check_suppressed_rel",
        "check_id",
        "cause_id",
        help="Nothing is reported for documents with findings of these checks: a wrong "
        "customer also leads to wrong terms and taxes.",
    )

    _code = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "The code is used by another check."
    )
    _days = models.Constraint(
        "CHECK (days BETWEEN 0 AND 3660)",
        "The number of days must be between 0 and 3,660 (ten years).",
    )
    _tolerance = models.Constraint(
        "CHECK (tolerance >= 0)", "The tolerance cannot be negative."
    )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for check in self:
            check.display_name = f"{check.code} · {check.name}"

    @api.depends("subject")
    def _compute_filtered_model(self):
        for check in self:
            check.filtered_model = check._filtered_model()

    def _filtered_model(self):
        """Return the name of the model that the filter is about."""
        return "account.move"

    @api.constrains("code")
    def _check_code(self):
        for check in self:
            if self._handler(check.code) is None:
                raise ValidationError(
                    self.env._(
                        "No check is implemented for the code %s. Use the code of an "
                        "existing check.",
                        check.code,
                    )
                )

    @api.constrains("suppressed_by_ids")
    def _check_causes(self):
        # sudo: of all companies, whose checks may be combined with these.
        checks = self.sudo().with_context(active_test=False)
        owners = checks.search([("company_id", "!=", False)]).company_id
        try:
            for company in (owners.browse(), *owners):
                self._in_order(checks._in_force(company))
        except rules.CircularCauseError as error:
            raise ValidationError(
                self.env._("These checks suppress each other: %s.", error)
            ) from error

    @api.constrains("domain")
    def _check_domain_text(self):
        """Refuse a filter that cannot be used, when it is saved."""
        for check in self:
            check._search_filter(check.domain, self.env[check.filtered_model])

    @api.model
    def _in_order(self, checks):
        """Return checks so that each comes after those that suppress it."""
        by_code = {check.code: check for check in checks}
        causes = {check.code: check._cause_codes() for check in checks}
        ordered = (by_code[code] for code in rules.in_order(causes))
        return checks.browse().concat(*ordered)

    def _cause_codes(self):
        """Return the codes of checks by which this one is suppressed."""
        return self.with_context(active_test=False).suppressed_by_ids.mapped("code")

    def _handler(self, code):
        """Return the method that finds what a check looks for, or None."""
        return getattr(self, f"_find_{(code or '').lower()}", None)

    @api.model
    def _finding_reasons(self):
        """Return the reasons of findings by key: see `mixin.facts.Reason`."""
        return {}

    def action_view_findings(self):
        """Open the findings of these checks."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_billing_finding_action_related"
        )
        return {
            **action,
            "domain": [("check_id", "in", self.ids)],
            "context": {"search_default_open": 1},
        }
