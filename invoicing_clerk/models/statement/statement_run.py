from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...rules.statement import statement as rules
from ..mixin.context_defaults import without_defaults

STATES = [
    ("draft", "Draft"),
    ("computed", "Computed"),
    ("reviewed", "Reviewed"),
    ("sending", "Sending"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]
# What is computed depends on these.
QUESTION = frozenset(
    {
        *("kind", "company_id", "type", "date", "date_from", "include", "grouping"),
        *("partner_domain", "partner_ids", "ageing_basis", "bucket_days", "minimum"),
        *("with_zero", "with_credit", "delivery_way"),
    }
)
# Only the steps set these.
STEP_FIELDS = frozenset({"state", "error", "computed_on", "sending_on", "done_on"})


class ClerkStatementRun(models.Model):
    """The statements of one day for many customers: computed, reviewed, sent.

    Computing, proof, review, documents and sending are each in a file of their own.
    """

    _name = "clerk.statement.run"
    _description = "Statement Run"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"

    name = fields.Char(compute="_compute_name", store=True, readonly=False)
    kind = fields.Selection(
        [("monthly", "Monthly"), ("extra", "Extra"), ("request", "On Request")],
        default="extra",
        required=True,
        help="There is one monthly run for a company and day. A run on request is for "
        "a customer who asked outside of it.",
    )
    state = fields.Selection(
        STATES, default="draft", required=True, readonly=True, copy=False, tracking=True
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company.root_id,
        help="Its branches are on the statements too.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    type = fields.Selection(rules.TYPES, default="open_item", required=True)
    date = fields.Date(
        string="As of",
        required=True,
        default=lambda self: self._default_date(),
        help="What is open at the end of this day.",
    )
    date_from = fields.Date(
        string="Movements From",
        compute="_compute_date_from",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="First day of the movements. What was before is the opening balance.",
    )
    include = fields.Selection(
        [
            ("all", "All Who Owe or Moved"),
            ("domain", "Those of a Filter"),
            ("chosen", "Chosen Ones"),
        ],
        string="Customers",
        default="all",
        required=True,
    )
    partner_domain = fields.Char(string="Filter", default="[]")
    partner_ids = fields.Many2many(
        "res.partner",
        "clerk_statement_run_partner_rel",
        "run_id",
        "partner_id",
        string="Chosen Customers",
    )
    grouping = fields.Selection(
        [("customer", "By Customer"), ("address", "By Invoice Address")],
        default="customer",
        required=True,
    )
    ageing_basis = fields.Selection(
        [("due", "Due Date"), ("invoice", "Invoice Date")],
        string="Aged By",
        default="due",
        required=True,
    )
    bucket_days = fields.Integer(
        string="Days in a Bucket",
        default=30,
        required=True,
        help="Overdue items are shown in four buckets of so many days, and the rest.",
    )
    minimum = fields.Monetary(
        help="Who owes less is sent none. A customer's own minimum comes first."
    )
    with_zero = fields.Boolean(
        string="Also Where Nothing Is Open", help="And nothing moved."
    )
    with_credit = fields.Boolean(string="Also in Credit Only", default=True)
    delivery_way = fields.Selection(
        rules.DELIVERY_WAYS,
        string="Statements Go",
        default="email",
        required=True,
        help="To customers who did not say how they want theirs.",
    )
    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        help="Empty: each customer's own. Who said how they want theirs gets it so.",
    )
    statement_ids = fields.One2many("clerk.statement", "run_id")
    asked_by_id = fields.Many2one(
        "res.partner",
        help="Who asked for it outside of the monthly run.",
    )
    error = fields.Char(readonly=True, copy=False, help="Why the last step failed.")
    computed_on = fields.Datetime(readonly=True, copy=False)
    statement_count = fields.Integer(compute="_compute_counts", string="Released")
    held_count = fields.Integer(compute="_compute_counts", string="Held")
    suppressed_count = fields.Integer(compute="_compute_counts", string="Left Out")
    exception_count = fields.Integer(compute="_compute_counts", string="Exceptions")

    _one_monthly = models.UniqueIndex(
        "(company_id, date) WHERE kind = 'monthly' AND state != 'cancelled'",
        "There is a monthly run of this company for that day already. Open it, or "
        "cancel it first.",
    )
    _period = models.Constraint(
        "CHECK (date_from <= date)", "The movements must start before the day ends."
    )
    _bucket_days = models.Constraint(
        "CHECK (bucket_days BETWEEN 1 AND 365)",
        "A bucket has between 1 and 365 days.",
    )

    @api.model
    def _default_date(self):
        """The end of the last month: what a monthly statement is about."""
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
        odd = dict(
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
            run.exception_count = odd.get(run._origin, 0)

    @api.constrains("date")
    def _check_date(self):
        today = fields.Date.context_today(self)
        for run in self:
            if run.date > today:
                raise ValidationError(
                    self.env._(
                        "%(run)s: %(date)s is still to come. A statement says what is "
                        "open on a day that has begun.",
                        run=run.name,
                        date=run.date,
                    )
                )

    @api.constrains("include", "partner_ids")
    def _check_chosen(self):
        for run in self:
            if run.include == "chosen" and not run.partner_ids:
                raise ValidationError(
                    self.env._("%s: choose at least one customer.", run.name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        """:raises AccessError: a run is to begin in the middle"""
        for vals in vals_list:
            self._check_not_stepped(vals)
        runs = without_defaults(self, STEP_FIELDS)
        return super(ClerkStatementRun, runs).create(vals_list)

    def write(self, vals):
        """Whoever asks another question has it computed again.

        :raises AccessError: somebody takes a step by hand
        :raises UserError: the answer was reviewed or went out
        """
        self._check_not_stepped(vals)
        if not vals.keys() & QUESTION:
            return super().write(vals)
        if late := self.filtered(lambda run: run.state not in ("draft", "computed")):
            raise UserError(
                self.env._(
                    "%(run)s was reviewed as it is. Take it back to review before you "
                    "change what it is about.",
                    run=late[0].name,
                )
            )
        result = super().write(vals)
        self.filtered(lambda run: run.state == "computed")._set(state="draft")
        return result

    def _check_not_stepped(self, vals):
        if vals.keys() & STEP_FIELDS and not self.env.su:
            raise AccessError(
                self.env._("How far a statement run is comes from its steps alone.")
            )

    # Steps

    def _set(self, **values):
        """How far these are, by a step that was checked."""
        # sudo: the caller may write the runs; these fields change by steps only.
        self.sudo().write(values)

    def _check_step(self, step):
        """:raises UserError: a run is in a state from which the step is not open"""
        self.check_access("write")
        labels = dict(self._fields["state"]._description_selection(self.env))
        for run in self:
            if not rules.is_allowed(step, run.state):
                raise UserError(
                    self.env._(
                        "%(run)s is %(state)s: that step is not open to it.",
                        run=run.name,
                        state=labels[run.state],
                    )
                )

    def action_compute(self):
        """Work out what each customer owes; what was worked out before is dropped."""
        self._check_step("compute")
        for run in self:
            run._compute_statements()
        return True

    def action_review(self):
        """Say that the statements were looked at and may go out."""
        self._check_step("review")
        self._untell()
        self._set(state="reviewed")

    def action_reopen(self):
        self._check_step("reopen")
        self._set(state="computed")

    def action_cancel(self):
        self._check_step("cancel")
        self._untell()
        self._set(state="cancelled")

    def _statements_action(self, name, domain):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_statement_action"
        )
        return {
            **action,
            "display_name": name,
            "domain": [("run_id", "=", self.id), *domain],
            "context": {},
        }

    def action_view_ready(self):
        return self._statements_action(
            self.env._("Released"), [("state", "=", "ready")]
        )

    def action_view_held(self):
        return self._statements_action(self.env._("Held"), [("state", "=", "held")])

    def action_view_suppressed(self):
        return self._statements_action(
            self.env._("Left Out"), [("state", "=", "suppressed")]
        )

    def action_view_exceptions(self):
        return self._statements_action(
            self.env._("Exceptions"),
            [("exception_codes", "!=", False), ("state", "in", ("ready", "held"))],
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        if begun := self.filtered(lambda run: run.state in ("sending", "done")):
            raise UserError(
                self.env._(
                    "%s: customers have statements of it. It stays as the proof of "
                    "what they were sent.",
                    ", ".join(begun.mapped("name")),
                )
            )
