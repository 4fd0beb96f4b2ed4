from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...rules.ageing.ageing import LIFECYCLE, MOST_BUCKETS, MOST_DAYS, STATES
from ...rules.bucket import OVERDUE_BUCKETS

# The report is computed again when one of these changes.
SELECTION_FIELDS = frozenset(
    {
        *("company_id", "date", "ageing_basis", "bucket_days", "bucket_count"),
        *("partner_ids", "currency_ids", "user_ids", "account_ids"),
    }
)
# Sums of rows, in company currency.
TOTALS = ("balance", "not_due", "overdue", "unapplied", "disputed", "promised")
KEPT_DAYS = 30


class ClerkAgeing(models.Model):
    """Aged receivables of a company and its branches as of any day.

    Rows are stored by one query when the report is computed; `ageing_compute` has it.
    A frozen report has its items, too, and never changes.
    """

    _name = "clerk.ageing"
    _description = "Aged Receivables"
    _inherit = ["clerk.evidence", "clerk.lifecycle"]
    _lifecycle = LIFECYCLE
    _guarded_fields = frozenset({"computed_on", "row_ids", "proof_ids"})
    _order = "date desc, id desc"

    # For the ledger of statements: customers are not split by invoice address.
    grouping = "customer"

    name = fields.Char(compute="_compute_name")
    state = fields.Selection(
        STATES,
        string="Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        help="The report includes its branches.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        string="As of",
        required=True,
        default=fields.Date.context_today,
        help="The report has the items that are open at the end of this day.",
    )
    ageing_basis = fields.Selection(
        [("due", "Due Date"), ("invoice", "Invoice Date")],
        string="Ageing Based On",
        default="due",
        required=True,
        help="By due date, each instalment is aged by its own date.",
    )
    bucket_days = fields.Integer(
        string="Bucket Length (Days)",
        default=30,
        required=True,
    )
    bucket_count = fields.Integer(
        string="Overdue Buckets",
        default=OVERDUE_BUCKETS,
        required=True,
        help="The last bucket has all older items.",
    )
    partner_ids = fields.Many2many(
        "res.partner",
        "clerk_ageing_partner_rel",
        context={"active_test": False},
        string="Customers",
        help="Leave empty for all customers.",
    )
    currency_ids = fields.Many2many(
        "res.currency",
        "clerk_ageing_currency_rel",
        context={"active_test": False},
        string="Currencies",
        help="Leave empty for all currencies.",
    )
    user_ids = fields.Many2many(
        "res.users",
        "clerk_ageing_user_rel",
        context={"active_test": False},
        string="Salespersons",
        help="Only customers of these salespersons. Leave empty for all customers.",
    )
    account_ids = fields.Many2many(
        "account.account",
        "clerk_ageing_account_rel",
        context={"active_test": False},
        string="Accounts",
        domain="[('account_type', '=', 'asset_receivable')]",
        check_company=True,
        help="Leave empty for all receivable accounts.",
    )
    computed_on = fields.Datetime(readonly=True, copy=False)
    row_ids = fields.One2many("clerk.ageing.row", "ageing_id", string="Rows")
    proof_ids = fields.One2many("clerk.ageing.proof", "ageing_id")
    is_proved = fields.Boolean(
        string="Agrees with the Ledger", compute="_compute_is_proved"
    )
    row_count = fields.Integer(string="Number of Rows", compute="_compute_totals")
    balance = fields.Monetary(compute="_compute_totals")
    not_due = fields.Monetary(compute="_compute_totals")
    overdue = fields.Monetary(compute="_compute_totals")
    unapplied = fields.Monetary(compute="_compute_totals")
    exchange = fields.Monetary(string="Exchange Differences", compute="_compute_totals")
    disputed = fields.Monetary(compute="_compute_totals")
    promised = fields.Monetary(compute="_compute_totals")

    @api.depends("date")
    def _compute_name(self):
        for report in self:
            report.name = self.env._(
                "Aged Receivables %(date)s",
                date=fields.Date.to_string(report.date) or "",
            )

    @api.depends("proof_ids.difference")
    def _compute_is_proved(self):
        for report in self:
            report.is_proved = all(proof.is_proved for proof in report.proof_ids)

    @api.depends("row_ids")
    def _compute_totals(self):
        sums = {
            report: [count, *amounts]
            for report, count, *amounts in self.env["clerk.ageing.row"]._read_group(
                [("ageing_id", "in", self.ids)],
                ["ageing_id"],
                [
                    "__count",
                    *(f"{name}_company:sum" for name in self._total_columns()),
                ],
            )
        }
        names = ("row_count", *self._total_columns().values())
        for report in self:
            values = sums.get(report._origin, [0] * len(names))
            report.update(dict(zip(names, values, strict=True)))

    @api.model
    def _total_columns(self):
        """Return the columns of rows and the totals that sum them."""
        names = {name: name for name in TOTALS if name != "not_due"}
        return {**names, "bucket_0": "not_due", "exchange": "exchange"}

    # Checks

    @api.model
    def _named_users(self):
        """Salespersons select customers: they get nothing, and need no access."""
        return [name for name in super()._named_users() if name != "user_ids"]

    @api.constrains("date")
    def _check_date(self):
        today = fields.Date.context_today(self)
        for report in self:
            if report.date > today:
                raise ValidationError(
                    self.env._(
                        "%(date)s is in the future. Receivables can be aged as of "
                        "any day up to today.",
                        date=report.date,
                    )
                )

    @api.constrains("bucket_days", "bucket_count")
    def _check_buckets(self):
        for report in self:
            if not 1 <= report.bucket_days <= MOST_DAYS:
                raise ValidationError(
                    self.env._(
                        "The bucket length cannot be %(days)s. Enter the number of "
                        "days, from 1 to %(most)s.",
                        days=report.bucket_days,
                        most=MOST_DAYS,
                    )
                )
            if not 1 <= report.bucket_count <= MOST_BUCKETS:
                raise ValidationError(
                    self.env._(
                        "A report cannot have %(count)s overdue buckets. Enter a "
                        "number from 1 to %(most)s.",
                        count=report.bucket_count,
                        most=MOST_BUCKETS,
                    )
                )

    @api.constrains("currency_ids")
    def _check_currencies(self):
        for report in self:
            if archived := report.currency_ids.filtered(lambda each: not each.active):
                raise ValidationError(
                    self.env._(
                        "%(currencies)s cannot be selected: the currency is archived. "
                        "Activate it first, or select no currency: the report then "
                        "includes open items in all currencies.",
                        currencies=", ".join(archived.mapped("name")),
                    )
                )

    @api.constrains("account_ids")
    def _check_accounts(self):
        for report in self:
            other = report.account_ids.filtered(
                lambda each: each.account_type != "asset_receivable"
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "%(accounts)s is not a receivable account. Select receivable "
                        "accounts only.",
                        accounts=", ".join(other.mapped("display_name")),
                    )
                )

    def write(self, vals):
        """Reset reports whose selection changes, so they are computed again.

        :raises UserError: the report is frozen
        """
        self._check_guarded(vals)
        if not vals.keys() & SELECTION_FIELDS:
            return super().write(vals)
        for report in self:
            if report.state == "frozen":
                raise UserError(report._refuse_step(self._evidence_hint()))
        result = super().write(vals)
        self.filtered(lambda report: report.state == "computed")._write_step("reset")
        return result

    @api.model
    def _guard_hint(self):
        return self.env._("They are set by the buttons of the report.")

    @api.model
    def _evidence_hint(self):
        return self.env._("Create a new report instead.")

    # Steps

    def _step_values(self, step):
        values = super()._step_values(step)
        if step == "compute":
            values["computed_on"] = fields.Datetime.now()
        return values

    def action_compute(self):
        """Compute the rows from the ledger, and discard those computed before."""
        self._begin_step("compute")
        for report in self:
            report._compute_rows()
        self._write_step("compute")
        return True

    @api.model
    def action_open_today(self):
        """Open the caller's report as of today, computed from the current ledger."""
        today = fields.Date.context_today(self)
        report = self.search(
            [
                ("create_uid", "=", self.env.uid),
                ("company_id", "=", self.env.company.id),
                ("date", "=", today),
                ("state", "!=", "frozen"),
            ],
            limit=1,
        )
        report = report or self.create({})
        report.action_compute()
        return report._form_action()

    def _form_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    # Deletion

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        if frozen := self.filtered(lambda report: report.state == "frozen"):
            raise UserError(
                self.env._(
                    "%s: the report is frozen and is kept as evidence.",
                    frozen._enumerate(),
                )
            )

    @api.autovacuum
    def _gc_reports(self):
        """Delete reports that were not frozen."""
        kept_since = fields.Datetime.now() - relativedelta(days=KEPT_DAYS)
        self.search(
            [("state", "!=", "frozen"), ("write_date", "<", kept_since)], limit=100
        ).unlink()
