from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

# What the auditors of an engagement write themselves; the rest is its set-up.
AUDITORS_FIELDS = {
    "materiality",
    "performance_materiality",
    "trivial_amount",
    "state",
    "note",
}


class ClerkAudit(models.Model):
    """An engagement: auditors, a company, a period, and all that is done for it.

    Auditors see only the engagements they belong to. What they ask, test, sample and
    find hangs on it as parts (`clerk.audit.part`) and stands still once it is closed.
    """

    _name = "clerk.audit"
    _description = "Audit Engagement"
    _inherit = ["clerk.audit.comment", "mail.activity.mixin"]
    _order = "date_to desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(string="Period From", required=True, tracking=True)
    date_to = fields.Date(string="Period To", required=True, tracking=True)
    kind = fields.Selection(
        [
            ("statutory", "Annual Accounts"),
            ("interim", "Interim Review"),
            ("group", "Group Reporting"),
            ("internal", "Internal Audit"),
            ("tax", "Tax Audit"),
            ("other", "Other"),
        ],
        string="Type",
        required=True,
        default="statutory",
    )
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("field", "Fieldwork"),
            ("report", "Reporting"),
            ("closed", "Closed"),
        ],
        required=True,
        default="planned",
        copy=False,
        tracking=True,
        group_expand=True,
    )
    lead_id = fields.Many2one(
        "res.users",
        string="Contact in Billing",
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        index=True,
        tracking=True,
        help="Who sees to it that the auditors get what they ask for.",
    )
    auditor_ids = fields.Many2many(
        "res.users",
        "clerk_audit_auditor_rel",
        "audit_id",
        "user_id",
        string="Auditors",
        domain=lambda self: [
            ("all_group_ids", "in", self.env.ref("invoicing_clerk.group_auditor").id)
        ],
        help="Who audits. No other auditor sees this engagement.",
    )
    field_start = fields.Date(string="Fieldwork From")
    field_end = fields.Date(string="Fieldwork To")
    report_date = fields.Date(string="Report Due")
    materiality = fields.Monetary(
        tracking=True,
        help="Overall: misstatements above it change what readers decide.",
    )
    performance_materiality = fields.Monetary(
        tracking=True,
        help="What tests and samples work with, so that errors found and not found "
        "together stay below the materiality.",
    )
    trivial_amount = fields.Monetary(
        string="Clearly Trivial Below",
        tracking=True,
        help="Differences below it are not collected.",
    )
    note = fields.Html(string="Scope and Notes")
    is_auditor = fields.Boolean(
        string="I Audit This", compute="_compute_is_auditor", compute_sudo=False
    )

    _period = models.Constraint(
        "CHECK (date_from <= date_to)", "The period ends before it begins."
    )
    _years = models.Constraint(
        "CHECK (date_from >= '1900-01-01' AND date_to <= '2199-12-31')",
        "The period lies between the years 1900 and 2199.",
    )
    _fieldwork = models.Constraint(
        "CHECK (field_start <= field_end)", "The fieldwork ends before it begins."
    )
    _materialities = models.Constraint(
        "CHECK (materiality >= 0 AND performance_materiality >= 0"
        " AND trivial_amount >= 0)",
        "A materiality cannot be negative.",
    )

    @api.depends("auditor_ids")
    @api.depends_context("uid")
    def _compute_is_auditor(self):
        for audit in self:
            audit.is_auditor = self.env.user in audit.auditor_ids

    @api.constrains("materiality", "performance_materiality", "trivial_amount")
    def _check_materialities(self):
        for audit in self:
            falling = [
                amount
                for amount in (
                    audit.materiality,
                    audit.performance_materiality,
                    audit.trivial_amount,
                )
                if not audit.currency_id.is_zero(amount)
            ]
            if falling != sorted(falling, reverse=True):
                raise ValidationError(
                    self.env._(
                        "%s: performance materiality cannot exceed materiality, nor "
                        "what is clearly trivial either of them.",
                        audit.name,
                    )
                )

    @api.constrains("auditor_ids", "company_id")
    def _check_auditors(self):
        for audit in self:
            for user in audit.auditor_ids:
                if not user.has_group("invoicing_clerk.group_auditor"):
                    raise ValidationError(
                        self.env._(
                            "%(user)s does not have the role of an auditor: give it "
                            "in the user's access rights first.",
                            user=user.name,
                        )
                    )
                if audit.company_id not in user.company_ids:
                    raise ValidationError(
                        self.env._(
                            "%(user)s may not see %(company)s: allow the company in "
                            "the user's form first.",
                            user=user.name,
                            company=audit.company_id.name,
                        )
                    )

    def write(self, vals):
        """Auditors write what is theirs to judge; a closed engagement stands still.

        :raises AccessError: an auditor changes the set-up
        :raises UserError: it is closed
        """
        self._check_set_up(vals)
        if set(vals) & set(self._frozen_fields()):
            self._check_open()
        return super().write(vals)

    def _check_set_up(self, vals):
        if self.env.su or self.env.user.has_group("invoicing_clerk.group_supervisor"):
            return
        own = self._fields.keys() & self.env["mail.thread"]._fields.keys()
        if set(vals) - AUDITORS_FIELDS - own:
            raise AccessError(
                self.env._(
                    "Period, people and dates of an engagement are set by a "
                    "supervisor. Ask one to change them."
                )
            )

    @api.model
    def _frozen_fields(self):
        """What nobody changes of a closed engagement: its set-up and materiality."""
        set_up = {"company_id", "date_from", "date_to", "kind"}
        return set_up | (AUDITORS_FIELDS - {"state"})

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        """Rows of parts go by themselves: what keeps a part, keeps the engagement."""
        self._check_open()
        # sudo: what a supervisor does not see, a draft finding say, counts as well.
        audits = self.sudo()
        audits.request_ids._unlink_only_open()
        audits.run_ids._unlink_except_done()
        audits.sample_ids._unlink_except_drawn()
        audits.confirmation_ids._unlink_except_released()
        audits.finding_ids._unlink_only_drafts()

    def _check_open(self):
        """:raises UserError: one of them is closed"""
        if closed := self.filtered(lambda audit: audit.state == "closed"):
            raise UserError(
                self.env._(
                    "%s is closed: what belongs to it stands as it is. Open it again "
                    "to go on.",
                    ", ".join(closed.mapped("name")),
                )
            )

    # Steps

    def action_start(self):
        self.state = "field"

    def action_report(self):
        self.state = "report"

    def action_close(self):
        self.state = "closed"

    def action_reopen(self):
        self.state = "field"
