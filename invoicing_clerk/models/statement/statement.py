from odoo import api, fields, models
from odoo.exceptions import UserError

from ...rules.statement import statement as rules
from ...rules.statement import statement_lifecycle
from ...rules.statement.statement_delivery import DELIVERED


class ClerkStatement(models.Model):
    """A customer's statement of account as of a date.

    It is created when a run is computed and does not change after that, except that
    clerks hold or release it, and write a note to the customer.
    """

    _name = "clerk.statement"
    _description = "Customer Statement"
    _inherit = [
        "clerk.lifecycle",
        "clerk.automated",
        "clerk.statement.delivery",
        "portal.mixin",
        "clerk.thread",
    ]
    _lifecycle = statement_lifecycle.LIFECYCLE
    _followed_field = "delivery_state"
    _state_subtypes = {
        **dict.fromkeys(DELIVERED, "subtype_statement_sent"),
        "failed": "subtype_statement_failed",
    }
    _writable_fields = frozenset({"note"})
    _order = "has_exception desc, closing_company desc, id"

    run_id = fields.Many2one(
        "clerk.statement.run",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    run_kind = fields.Selection(
        related="run_id.kind", string="Run Type", groups="base.group_user"
    )
    # Tracked on the run: a related field would log its change on every statement.
    run_state = fields.Selection(
        related="run_id.state",
        string="Run Status",
        tracking=False,
        groups="base.group_user",
    )
    requested_by_id = fields.Many2one(
        related="run_id.requested_by_id", groups="base.group_user"
    )
    reduced_on = fields.Date(related="run_id.reduced_on")
    name = fields.Char(string="Number", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    partner_ref = fields.Char(string="Customer Reference", readonly=True)
    type = fields.Selection(rules.TYPES, required=True, readonly=True)
    date = fields.Date(string="As of", required=True, readonly=True)
    date_from = fields.Date(required=True, readonly=True)
    state = fields.Selection(
        statement_lifecycle.STATES,
        string="Status",
        default="ready",
        required=True,
        readonly=True,
    )
    # Portal users read statements, but not the runs that decide which steps are open.
    allowed_actions = fields.Json(groups="base.group_user")
    suppression = fields.Selection(
        rules.SUPPRESSIONS, string="Reason for Exclusion", readonly=True
    )
    suppression_details = fields.Char(
        string="Exclusion Details", readonly=True, groups="base.group_user"
    )
    exception_codes = fields.Char(
        string="Points to Review (Codes)", readonly=True, groups="base.group_user"
    )
    has_exception = fields.Boolean(string="Requires Review", readonly=True)
    exceptions = fields.Char(
        string="To Review",
        compute="_compute_exceptions",
        groups="base.group_user",
        help="Points to check before the statement is sent.",
    )
    remark = fields.Char(
        compute="_compute_remark",
        groups="base.group_user",
        help="Reason for exclusion or failed delivery, or points to review.",
    )
    closing_company = fields.Monetary(
        string="Balance",
        currency_field="company_currency_id",
        readonly=True,
        help="In company currency, as in the general ledger.",
    )
    previous_closing = fields.Monetary(
        string="Previous Balance",
        currency_field="company_currency_id",
        readonly=True,
        help="Balance of the customer's previous statement.",
    )
    overdue_company = fields.Monetary(
        string="Overdue", currency_field="company_currency_id", readonly=True
    )
    note = fields.Text(string="Note to the Customer")
    balance_ids = fields.One2many(
        "clerk.statement.balance", "statement_id", string="Balances", readonly=True
    )
    ageing_ids = fields.One2many(
        "clerk.statement.balance", "statement_id", readonly=True
    )
    line_ids = fields.One2many(
        "clerk.statement.line", "statement_id", string="Lines", readonly=True
    )
    open_line_ids = fields.One2many(
        "clerk.statement.line",
        "statement_id",
        string="Open Items",
        domain=[("section", "=", "open")],
        readonly=True,
    )
    movement_ids = fields.One2many(
        "clerk.statement.line",
        "statement_id",
        string="Movements",
        domain=[("section", "=", "movement")],
        readonly=True,
    )

    # Customers who were merged later keep the statements they were sent.
    _one_per_run = models.UniqueIndex(
        "(run_id, partner_id) WHERE merged_from IS NULL",
        "A customer can have only one statement per run.",
    )

    @api.depends("exception_codes")
    def _compute_exceptions(self):
        labels = {
            "no_address": self.env._("no address for the delivery method"),
            "bad_address": self.env._("an email address is not valid"),
            "bounced": self.env._("email bounced before"),
            "negative": self.env._("in credit"),
            "limit": self.env._("above the credit limit"),
            "disputed": self.env._("disputed items"),
            "unapplied": self.env._("unapplied payments or credits"),
            "first": self.env._("first statement"),
            "jump": self.env._("unusual change since the last statement"),
            "again": self.env._("already sent a statement as of this date"),
        }
        for statement in self:
            codes = (statement.exception_codes or "").split()
            statement.exceptions = " · ".join(labels[code] for code in codes)

    @api.depends("state", "suppression_details", "delivery_error", "exceptions")
    def _compute_remark(self):
        reasons = dict(self._fields["suppression"]._description_selection(self.env))
        for statement in self:
            if statement.state == "suppressed":
                reason = (
                    reasons.get(statement.suppression),
                    statement.suppression_details,
                )
                statement.remark = ": ".join(filter(None, reason))
            else:
                statement.remark = statement.delivery_error or statement.exceptions

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for statement in self:
            statement.display_name = f"{statement.name} {statement.partner_id.name}"

    @api.depends("run_id.state")
    def _compute_allowed_actions(self):
        return super()._compute_allowed_actions()

    def write(self, vals):
        """:raises AccessError: the values were computed
        :raises UserError: the run is not under review"""
        self._check_guarded(vals)
        if not self._passes_guard():
            self._check_step_access()
        return super().write(vals)

    @api.model
    def _guard_hint(self):
        return self.env._("To update the statement, compute its run again.")

    # Steps

    def _is_reviewable(self):
        return self.run_id.state in statement_lifecycle.REVIEWABLE

    def _is_offered(self, step):
        return super()._is_offered(step) and self._is_reviewable()

    def _check_step_access(self):
        """:raises AccessError: the caller cannot write the run
        :raises UserError: the run is not under review"""
        self.run_id.check_access("write")
        for statement in self:
            if not statement._is_reviewable():
                raise UserError(
                    self.env._(
                        "%(statement)s: the run has been sent or is not computed.",
                        statement=statement.display_name,
                    )
                )

    def _write_step(self, step, **values):
        # sudo: only steps write statements; the caller can write the run.
        return super(ClerkStatement, self.sudo())._write_step(step, **values)

    def action_hold(self):
        """Exclude these statements from sending."""
        self._take_step("hold")

    def action_release(self):
        """Include held statements in sending again."""
        self._take_step("release")

    def action_send_request(self):
        """Review and send in one click: the clerk is looking at the statement."""
        for statement in self:
            if statement.run_kind != "request":
                raise UserError(
                    self.env._(
                        "%(statement)s belongs to a run: send %(run)s instead.",
                        statement=statement.display_name,
                        run=statement.run_id.name,
                    )
                )
        self.run_id.filtered(lambda run: run.state == "computed").action_review()
        return self.run_id.action_send()

    # Retention

    def _reduce(self):
        """Delete lines and PDF after the retention period."""
        self._drop_evidence("document_id")
        self.line_ids.unlink()

    def _reduced(self):
        return super()._reduced() | self.filtered("reduced_on")
