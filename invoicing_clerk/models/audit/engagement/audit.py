from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ....rules.audit.engagement import audit as rules

# Fields that auditors may change; all others are the set-up of the engagement.
AUDITOR_FIELDS = {
    "materiality",
    "performance_materiality",
    "trivial_amount",
    "state",
    "note",
}


class ClerkAudit(models.Model):
    """An audit engagement: the auditors, the company, the period and the audit work.

    Auditors see only engagements they are a member of. Requests, tests, samples and
    findings are parts of it (`clerk.audit.part`) and read-only once it is closed.
    """

    _name = "clerk.audit"
    _description = "Audit Engagement"
    _inherit = ["clerk.lifecycle", "clerk.audit.comment", "mail.activity.mixin"]
    _order = "date_to desc, id desc"
    _check_company_auto = True
    _lifecycle = rules.LIFECYCLE
    _writable_state = True

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
        rules.STATES,
        string="Status",
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
        help="The person in billing responsible for the answers to the auditors.",
    )
    auditor_ids = fields.Many2many(
        "res.users",
        "clerk_audit_auditor_rel",
        "audit_id",
        "user_id",
        string="Auditors",
        # The id is cached: the domain is asked for with every search by auditors.
        domain=lambda self: [
            (
                "all_group_ids",
                "in",
                self.env["ir.model.data"]._xmlid_to_res_id(
                    "invoicing_clerk.group_auditor"
                ),
            )
        ],
        help="Members of the audit team. Other auditors cannot see this engagement.",
    )
    field_start = fields.Date(string="Fieldwork From")
    field_end = fields.Date(string="Fieldwork To")
    report_date = fields.Date(string="Report Due")
    materiality = fields.Monetary(
        tracking=True,
        help="Overall materiality: misstatements above it could influence the "
        "decisions of users of the financial statements.",
    )
    performance_materiality = fields.Monetary(
        tracking=True,
        help="Set below overall materiality, so that uncorrected and undetected "
        "misstatements together do not exceed it. Used by tests and samples.",
    )
    trivial_amount = fields.Monetary(
        string="Clearly Trivial Threshold",
        tracking=True,
        help="Misstatements below this amount are not accumulated (ISA 450).",
    )
    note = fields.Html(string="Scope and Notes")
    is_auditor = fields.Boolean(
        string="My Engagement", compute="_compute_is_auditor", compute_sudo=False
    )

    _period = models.Constraint(
        "CHECK (date_from <= date_to)", "The period must end after it begins."
    )
    _years = models.Constraint(
        "CHECK (date_from >= '1900-01-01' AND date_to <= '2199-12-31')",
        "The period must lie between the years 1900 and 2199.",
    )
    _fieldwork = models.Constraint(
        "CHECK (field_start <= field_end)", "The fieldwork must end after it begins."
    )
    _materialities = models.Constraint(
        "CHECK (materiality >= 0 AND performance_materiality >= 0"
        " AND trivial_amount >= 0)",
        "Materiality cannot be negative.",
    )

    @api.depends("auditor_ids")
    @api.depends_context("uid")
    def _compute_is_auditor(self):
        for audit in self:
            audit.is_auditor = self.env.user in audit.auditor_ids

    @api.constrains("materiality", "performance_materiality", "trivial_amount")
    def _check_materialities(self):
        for audit in self:
            amounts = [
                amount
                for amount in (
                    audit.materiality,
                    audit.performance_materiality,
                    audit.trivial_amount,
                )
                if not audit.currency_id.is_zero(amount)
            ]
            if amounts != sorted(amounts, reverse=True):
                raise ValidationError(
                    self.env._(
                        "%s: performance materiality cannot exceed materiality, and "
                        "the clearly trivial threshold cannot exceed either of them.",
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
                            "%(user)s does not have the Auditor role. Set it in the "
                            "user's access rights first.",
                            user=user.name,
                        )
                    )
                if audit.company_id not in user.company_ids:
                    raise ValidationError(
                        self.env._(
                            "%(user)s does not have access to %(company)s. Add it to "
                            "the user's allowed companies first.",
                            user=user.name,
                            company=audit.company_id.name,
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        audits = super().create(vals_list)
        self._refresh_menus()
        return audits

    def write(self, vals):
        """:raises UserError: the engagement is closed"""
        if set(vals) & set(self._frozen_fields()):
            self._check_open()
        written = super().write(vals)
        if {"auditor_ids", "company_id"} & set(vals):
            self._refresh_menus()
        return written

    def unlink(self):
        self._refresh_menus()
        return super().unlink()

    def _refresh_menus(self):
        """Forget which users have no engagement, and no menu of audits."""
        self.env.registry.clear_cache()

    def _forged(self, vals, creates):
        """Protect the set-up of engagements from auditors."""
        names = super()._forged(vals, creates)
        if creates or self.env.user.has_group("invoicing_clerk.group_supervisor"):
            return names
        return names | (vals.keys() - AUDITOR_FIELDS - self._chatter_names())

    @api.model
    def _guard_hint(self):
        return self.env._(
            "Only supervisors can change the period, the people and the dates of an "
            "engagement."
        )

    @api.model
    def _frozen_fields(self):
        """Return the names of fields that are read-only in a closed engagement."""
        set_up = {"company_id", "date_from", "date_to", "kind"}
        return set_up | (AUDITOR_FIELDS - {"state"})

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        """Keep closed engagements.

        Deletion cascades to parts by SQL, so each part that must be kept adds a check
        to its engagement.
        """
        self._check_open()

    def _acts_as_auditor(self):
        """Return True if the caller takes the decisions of the auditors.

        Members of the engagement do. A supervisor does if there are none.
        """
        if self.auditor_ids:
            return self.env.user in self.auditor_ids
        return self.env.user.has_group("invoicing_clerk.group_supervisor")

    def _is_open(self):
        return self.state != "closed"

    def _check_open(self):
        """:raises UserError: one of these is closed"""
        if closed := self.filtered(lambda audit: not audit._is_open()):
            raise UserError(
                self.env._(
                    "%s is closed and cannot be changed. Reopen it to continue.",
                    ", ".join(closed.mapped("name")),
                )
            )

    # Actions

    def action_start(self):
        self._take_step("start")

    def action_report(self):
        self._take_step("report")

    def action_close(self):
        self._take_step("close")

    def action_reopen(self):
        self._take_step("reopen")
