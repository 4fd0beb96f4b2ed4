from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...rules.statement import statement as rules
from ...rules.statement.statement_lifecycle import (
    EDITABLE,
    RUN_LIFECYCLE,
    RUN_STATES,
)

# Statements are computed again when one of these changes.
SELECTION_FIELDS = frozenset(
    {
        *("kind", "company_id", "type", "date", "date_from", "include", "grouping"),
        *("partner_domain", "partner_ids", "ageing_basis", "bucket_days", "minimum"),
        *("with_zero", "with_credit", "delivery_way"),
    }
)


class ClerkStatementRun(models.Model):
    """A batch of customer statements as of one date: computed, reviewed and sent.

    Computation, proof, planning, sending, printing and retention each have a file of
    their own.
    """

    _name = "clerk.statement.run"
    _description = "Statement Run"
    _inherit = [
        *("clerk.filtered", "clerk.evidence", "clerk.lifecycle"),
        *("clerk.thread", "mail.activity.mixin"),
    ]
    _lifecycle = RUN_LIFECYCLE
    _state_subtypes = {
        "reviewed": "subtype_statement_run_reviewed",
        "done": "subtype_statement_run_done",
    }
    _filter_fields = frozenset({"partner_domain"})
    _guarded_fields = frozenset(
        {"error", "computed_on", "unproved_reason", "unproved_by_id"}
        | {"requested_by_id"}
    )
    _order = "date desc, id desc"

    name = fields.Char(compute="_compute_name", store=True, readonly=False)
    kind = fields.Selection(
        [("monthly", "Monthly"), ("extra", "Extra"), ("request", "On Request")],
        string="Run Type",
        default="extra",
        required=True,
        help="A company has one monthly run per date. A run on request is for a single "
        "customer who requests a statement.",
    )
    state = fields.Selection(
        RUN_STATES,
        string="Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company.root_id,
        help="Statements include its branches.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    type = fields.Selection(
        rules.TYPES, string="Statement Type", default="open_item", required=True
    )
    date = fields.Date(
        string="As of",
        required=True,
        default=lambda self: self._default_date(),
        help="Statements show the items that are open at the end of this day.",
    )
    date_from = fields.Date(
        string="Movements From",
        compute="_compute_date_from",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="First day of the movements. Earlier items are in the opening balance.",
    )
    include = fields.Selection(
        [
            ("all", "Balance or Movements"),
            ("domain", "Filter"),
            ("chosen", "Selected Customers"),
        ],
        string="Customers",
        default="all",
        required=True,
    )
    partner_domain = fields.Char(string="Customer Filter", default="[]")
    partner_ids = fields.Many2many(
        "res.partner",
        "clerk_statement_run_partner_rel",
        "run_id",
        "partner_id",
        string="Selected Customers",
    )
    grouping = fields.Selection(
        [("customer", "By Customer"), ("address", "By Invoice Address")],
        string="Group Statements",
        default="customer",
        required=True,
    )
    ageing_basis = fields.Selection(
        [("due", "Due Date"), ("invoice", "Invoice Date")],
        string="Ageing Based On",
        default="due",
        required=True,
    )
    bucket_days = fields.Integer(
        string="Bucket Length (Days)",
        default=30,
        required=True,
        help="Overdue items are shown in four buckets of this length, and a last "
        "bucket for all older ones.",
    )
    minimum = fields.Monetary(
        string="Minimum Balance",
        help="Customers who owe less are excluded. A minimum set on the customer "
        "takes precedence.",
    )
    with_zero = fields.Boolean(
        string="Include Zero Balances",
        help="Also include customers without open items and movements.",
    )
    with_credit = fields.Boolean(
        string="Include Credit Balances",
        default=True,
        help="Also include customers with credit balances only.",
    )
    delivery_way = fields.Selection(
        rules.DELIVERY_WAYS,
        string="Delivery",
        default="email",
        required=True,
        help="For customers without a preference of their own.",
    )
    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        help="Leave empty to use the language of each customer. The preference of a "
        "customer takes precedence.",
    )
    statement_ids = fields.One2many("clerk.statement", "run_id", string="Statements")
    requested_by_id = fields.Many2one(
        "res.partner",
        help="Contact who requested the statement.",
        readonly=True,
    )
    error = fields.Char(
        readonly=True, copy=False, help="The reason why the last step failed."
    )
    computed_on = fields.Datetime(readonly=True, copy=False)
    statement_count = fields.Integer(compute="_compute_counts", string="Released")
    held_count = fields.Integer(compute="_compute_counts", string="Held")
    suppressed_count = fields.Integer(compute="_compute_counts", string="Excluded")
    exception_count = fields.Integer(compute="_compute_counts", string="To Review")

    _one_monthly = models.UniqueIndex(
        "(company_id, date) WHERE kind = 'monthly' AND state != 'cancelled'",
        "The company already has a monthly run as of this date. Open it, or cancel it "
        "first.",
    )
    _period = models.Constraint(
        "CHECK (date_from <= date)",
        "The first day of the movements cannot be after the statement date.",
    )
    _bucket_days = models.Constraint(
        "CHECK (bucket_days BETWEEN 1 AND 365)",
        "The bucket length must be between 1 and 365 days.",
    )

    @api.model
    def _default_date(self):
        """Return the last day of the previous month."""
        return fields.Date.context_today(self).replace(day=1) - relativedelta(days=1)

    @api.depends("date", "kind")
    def _compute_name(self):
        for run in self:
            run.name = self.env._(
                "Statements %(date)s", date=run.date and run.date.strftime("%Y-%m-%d")
            )

    @api.depends("date")
    def _compute_date_from(self):
        for run in self:
            run.date_from = run.date and run.date.replace(day=1)

    @api.depends("statement_ids.state", "statement_ids.exception_codes")
    def _compute_counts(self):
        groups = self.env["clerk.statement"]._read_group(
            [("run_id", "in", self.ids)], ["run_id", "state"], ["__count"]
        )
        counts = {(run.id, state): count for run, state, count in groups}
        to_review = dict(
            self.env["clerk.statement"]._read_group(
                [
                    ("run_id", "in", self.ids),
                    ("state", "in", ("ready", "held")),
                    ("exception_codes", "!=", False),
                ],
                ["run_id"],
                ["__count"],
            )
        )
        for run in self:
            run.statement_count = counts.get((run._origin.id, "ready"), 0)
            run.held_count = counts.get((run._origin.id, "held"), 0)
            run.suppressed_count = counts.get((run._origin.id, "suppressed"), 0)
            run.exception_count = to_review.get(run._origin, 0)

    @api.constrains("date")
    def _check_date(self):
        today = fields.Date.context_today(self)
        for run in self:
            if run.date > today:
                raise ValidationError(
                    self.env._(
                        "%(run)s: %(date)s is in the future. Statements can be "
                        "computed up to today.",
                        run=run.name,
                        date=run.date,
                    )
                )

    @api.constrains("include", "partner_ids")
    def _check_chosen(self):
        for run in self:
            if run.include == "chosen" and not run.partner_ids:
                raise ValidationError(
                    self.env._("%s: select at least one customer.", run.name)
                )

    def write(self, vals):
        """Reset computed runs whose selection changes, so they are computed again.

        :raises UserError: the run has been reviewed or sent
        """
        self._check_guarded(vals)
        if not vals.keys() & SELECTION_FIELDS:
            return super().write(vals)
        for run in self:
            if run.state not in EDITABLE:
                raise UserError(
                    self.env._(
                        "%(run)s is %(state)s. Press Back to Review before you change "
                        "its selection.",
                        run=run.name,
                        state=run._state_label(),
                    )
                )
        result = super().write(vals)
        self.filtered(lambda run: run.state == "computed")._write_step("reset")
        return result

    @api.model
    def _guard_hint(self):
        return self.env._("They are set by the buttons of the run.")

    # Steps

    def _step_values(self, step):
        values = super()._step_values(step)
        if step == "compute":
            values |= {"computed_on": fields.Datetime.now(), "error": False}
        if step in ("compute", "reset", "reopen"):
            values |= {"unproved_reason": False, "unproved_by_id": False}
        return values

    def action_compute(self):
        """Compute the statement of each customer, and discard those computed before."""
        self._check_step_access()
        # No lock: other workers may go on while this takes its minutes.
        self._check_step("compute")
        for run in self:
            run._compute_statements()
        return True

    def action_review(self):
        """Approve the statements for sending.

        :raises UserError: they do not agree with the general ledger
        """
        self._take_step("review")
        self._close_activities()

    def action_reopen(self):
        self._take_step("reopen")

    def action_cancel(self):
        self._take_step("cancel")
        self._close_activities()

    def _statements_action(self, name, domain):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_statement_action"
        )
        return {
            **action,
            "display_name": name,
            "domain": [("run_id", "=", self.id), *domain],
            "context": {"of_one_run": True},
        }

    def action_view_ready(self):
        label = self.env._("Released")
        return self._statements_action(label, [("state", "=", "ready")])

    def action_view_held(self):
        label = self.env._("Held")
        return self._statements_action(label, [("state", "=", "held")])

    def action_view_suppressed(self):
        label = self.env._("Excluded")
        return self._statements_action(label, [("state", "=", "suppressed")])

    def action_view_exceptions(self):
        label = self.env._("To Review")
        flagged = [("exception_codes", "!=", False), ("state", "in", ("ready", "held"))]
        return self._statements_action(label, flagged)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        if begun := self.filtered(lambda run: run.state in ("sending", "done")):
            raise UserError(
                self.env._(
                    "%s: the statements have been sent. The run is kept as proof of "
                    "what customers received.",
                    begun._enumerate(),
                )
            )
