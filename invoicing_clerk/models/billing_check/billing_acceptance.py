from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...rules.billing_check import billing_check as rules


class ClerkBillingAcceptance(models.Model):
    """A standing acceptance: findings of a check about a customer or product are right.

    It accepts what it covers with each run, until its last day or until it is revoked;
    then the findings are open again. Nobody edits it: revoke it and make another one.
    """

    _name = "clerk.billing.acceptance"
    _description = "Standing Acceptance"
    _inherit = "clerk.lifecycle"
    _order = "until desc, id desc"
    _check_company_auto = True
    _lifecycle = rules.ACCEPTANCE_LIFECYCLE
    _guarded_fields = frozenset(
        {"covers_blocking", "finding_ids", "revoked_by_id", "revoked_on"}
    )
    _final_fields = frozenset(
        {"check_id", "company_id", "partner_id", "product_id", "until", "reason"}
    )
    # What is accepted: at least one of them. Modules add fields, with their SQL.
    _scope_fields = ("partner_id", "product_id")

    check_id = fields.Many2one(
        "clerk.billing.check", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        index="btree_not_null",
        # Without the customer it would cover all of them.
        ondelete="cascade",
        check_company=True,
    )
    product_id = fields.Many2one(
        "product.product",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        help="Only findings about lines with this product are accepted.",
    )
    until = fields.Date(
        required=True,
        help="From the day after, the findings are reported again.",
    )
    reason = fields.Char(required=True)
    state = fields.Selection(
        rules.ACCEPTANCE_STATES,
        string="Status",
        required=True,
        readonly=True,
        default="active",
        index=True,
    )
    covers_blocking = fields.Boolean(
        string="Accepted by a Supervisor",
        readonly=True,
        help="Only supervisors accept blocking findings.",
    )
    revoked_by_id = fields.Many2one("res.users", readonly=True)
    revoked_on = fields.Datetime(readonly=True)
    finding_ids = fields.One2many(
        "clerk.billing.finding", "acceptance_id", string="Findings", readonly=True
    )

    @api.depends("check_id", *_scope_fields)
    def _compute_display_name(self):
        for acceptance in self:
            names = (acceptance[name].display_name for name in self._scope_fields)
            # sudo: the code of the check, as in the list of findings.
            code = acceptance.check_id.sudo().code
            acceptance.display_name = " · ".join(filter(None, (code, *names)))

    @api.model_create_multi
    def create(self, vals_list):
        inside = self._check_create(vals_list)
        is_supervisor = self.env.su or self.env.user.has_group(
            "invoicing_clerk.group_supervisor"
        )
        completed = [{**vals, "covers_blocking": is_supervisor} for vals in vals_list]
        created = super(ClerkBillingAcceptance, inside).create(completed)
        acceptances = created.with_env(self.env)
        acceptances._check_severity()
        acceptances._apply()
        return acceptances

    @api.constrains("until")
    def _check_until(self):
        for acceptance in self:
            acceptance._check_last_day(acceptance.until)

    @api.model
    def _check_last_day(self, until):
        """:raises ValidationError: the day is past, or nobody would look again"""
        until, today = fields.Date.to_date(until), fields.Date.context_today(self)
        if until < today:
            raise ValidationError(
                self.env._("The last day of an acceptance cannot be in the past.")
            )
        latest = rules.latest_acceptance(today)
        if until > latest:
            raise ValidationError(
                self.env._(
                    "Findings can be accepted for two years at most, so that somebody "
                    "reviews them again. Enter %(latest)s or an earlier day.",
                    latest=format_date(self.env, latest),
                )
            )

    @api.constrains(lambda self: ("check_id", *self._scope_fields))
    def _check_scope(self):
        for acceptance in self:
            if not any(acceptance[name] for name in self._scope_fields):
                raise ValidationError(
                    self.env._(
                        "Select whose findings are accepted: %s. To stop a check "
                        "altogether, archive it.",
                        ", ".join(
                            self._fields[name]._description_string(self.env)
                            for name in self._scope_fields
                        ),
                    )
                )

    def _check_severity(self):
        """:raises AccessError: only supervisors accept what blocks"""
        for acceptance in self:
            check = acceptance._check_in_force()
            if check.severity == "block" and not acceptance.covers_blocking:
                raise AccessError(
                    self.env._(
                        "Only supervisors can accept findings of %s in advance, "
                        "because they block posting.",
                        check.display_name,
                    )
                )

    def _check_in_force(self):
        """Return the check that reports such findings in the company."""
        # sudo: severity and name of a check, which everybody with findings reads.
        code, checks = self.check_id.sudo().code, self.check_id.sudo().browse()
        return checks._in_force(self.company_id).filtered(
            lambda each: each.code == code
        )

    # Steps

    def action_revoke(self):
        """Revoke these acceptances, and report again what they covered."""
        self._take_step(
            "revoke",
            revoked_by_id=self.env.uid,
            revoked_on=fields.Datetime.now(),
        )
        self._apply()

    def _check_step_access(self):
        """:raises AccessError: the caller may not read these acceptances"""
        self.check_access("read")

    def _write_step(self, step, **values):
        # sudo: nobody has write access to acceptances; the step was checked.
        return super(ClerkBillingAcceptance, self.sudo())._write_step(step, **values)

    def action_view_findings(self):
        """Open the findings that are accepted by these."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_billing_finding_action_related"
        )
        return {
            **action,
            "domain": [("acceptance_id", "in", self.ids)],
            "context": {},
        }

    # Findings

    def _apply(self):
        """Accept the findings that these cover, and reopen those that they no longer
        cover.
        """
        findings = self.env["clerk.billing.finding"]
        self.env.flush_all()
        for company, acceptances in self.grouped("company_id").items():
            domain = Domain("company_id", "=", company.id)
            with findings._automated(domain):
                for acceptance in acceptances:
                    acceptance._check_in_force()._cover(company)
        findings.invalidate_model()

    @api.model
    def _covering_sql(self, today):
        """Return the acceptance that covers ``finding`` of ``present``, its check."""
        return SQL(
            """(SELECT acceptance.id
                  FROM clerk_billing_acceptance AS acceptance
                  JOIN clerk_billing_check AS accepted
                    ON accepted.id = acceptance.check_id
                 WHERE acceptance.state = 'active'
                   AND acceptance.company_id = finding.company_id
                   AND accepted.code = present.code
                   AND acceptance.until >= %(today)s
                   AND (acceptance.covers_blocking OR finding.severity <> 'block')
                   AND %(scopes)s
                 ORDER BY acceptance.until DESC, acceptance.id LIMIT 1)""",
            today=today,
            scopes=SQL(" AND ").join(
                SQL(
                    "(acceptance.%s IS NULL OR %s)",
                    SQL.identifier(name),
                    getattr(self, f"_covers_{name}")(),
                )
                for name in self._scope_fields
            ),
        )

    @api.model
    def _covers_partner_id(self):
        return SQL(
            """finding.partner_id = (
                SELECT customer.commercial_partner_id FROM res_partner AS customer
                 WHERE customer.id = acceptance.partner_id)"""
        )

    @api.model
    def _covers_product_id(self):
        return SQL(
            """EXISTS (SELECT 1 FROM account_move_line AS line
                        WHERE line.id = finding.move_line_id
                          AND line.product_id = acceptance.product_id)"""
        )
