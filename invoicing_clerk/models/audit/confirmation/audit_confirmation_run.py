from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_date

from ....rules.audit.confirmation import audit_confirmation as rules
from ...mixin.amount import amount_text

# Requests are created from these terms; new terms make them obsolete.
TERM_FIELDS = {
    "date",
    "type",
    "include",
    "partner_domain",
    "partner_ids",
    "minimum",
    "largest",
}
# Only steps set these.
STEP_FIELDS = {
    "released_by_id",
    "released_on",
    "population_count",
    "population_amount",
    "population_credit",
    "no_customer_amount",
    "ledger_amount",
    "reply_to",
}
# Days that a customer has to reply, and after which a reminder is sent.
DAYS_TO_REPLY = 14


class ClerkAuditConfirmationRun(models.Model):
    """Confirmation requests to customers about their balances as of a date.

    The auditors select the customers, review the requests and release them; the system
    sends them in the company's name, and replies go to the auditors only. Clerks and
    supervisors have read access (PCAOB AS 2310: the auditor maintains control over the
    confirmation process).
    """

    _name = "clerk.audit.confirmation.run"
    _description = "Confirmation Run"
    _inherit = [
        *("clerk.filtered", "clerk.evidence", "clerk.lifecycle"),
        *("clerk.audit.part", "clerk.audit.thread"),
    ]
    _lifecycle = rules.RUN_LIFECYCLE
    _filter_fields = frozenset({"partner_domain"})
    _guarded_fields = STEP_FIELDS
    _order = "date desc, id desc"

    name = fields.Char(
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    date = fields.Date(
        string="Balances as of",
        compute="_compute_date",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="The confirmation date: usually the end of the period.",
    )
    type = fields.Selection(
        rules.TYPES,
        required=True,
        default="positive",
        help="A blank form gives stronger evidence, but fewer customers reply to it.",
    )
    include = fields.Selection(
        [
            ("all", "Customers with a Balance"),
            ("domain", "Filter"),
            ("chosen", "Selected Customers"),
        ],
        string="Customers",
        required=True,
        default="all",
        help="Selected customers receive a request even if their balance is zero, as a "
        "zero balance may also be misstated.",
    )
    partner_domain = fields.Char(string="Filter", default="[]")
    partner_ids = fields.Many2many(
        "res.partner",
        "clerk_audit_confirmation_run_partner_rel",
        "run_id",
        "partner_id",
        string="Selected Customers",
    )
    minimum = fields.Monetary(
        string="Minimum Balance",
        help="Absolute amount in company currency: it applies to credit balances too.",
    )
    largest = fields.Integer(
        string="Largest Balances Only",
        help="Number of customers with the largest balances; 0 for all.",
    )
    auditor_id = fields.Many2one(
        "res.users",
        string="Replies To",
        required=True,
        default=lambda self: self.env.user,
        help="Auditor named in the request, to whom customers reply.",
    )
    reply_to = fields.Char(
        string="Reply Address",
        readonly=True,
        copy=False,
        help="Address of the auditor when the requests were released. Replies go to "
        "this address, even if the contact's address is changed later.",
    )
    reply_by = fields.Date(
        default=lambda self: (
            fields.Date.context_today(self) + timedelta(days=DAYS_TO_REPLY)
        ),
    )
    reminder_days = fields.Integer(
        string="Reminder After (Days)",
        default=DAYS_TO_REPLY,
        help="Days without a reply after which a reminder is sent; 0 for no reminders.",
    )
    reminder_most = fields.Integer(
        string="Maximum Reminders",
        default=2,
        help="A request without a reply for the same number of days after the last "
        "reminder gets the status No Reply.",
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        string="Email Template",
        domain=[("model", "=", "clerk.audit.confirmation")],
        default=lambda self: self.env.ref(
            "invoicing_clerk.mail_template_audit_confirmation", False
        ),
    )
    reminder_template_id = fields.Many2one(
        "mail.template",
        domain=[("model", "=", "clerk.audit.confirmation")],
        default=lambda self: self.env.ref(
            "invoicing_clerk.mail_template_audit_confirmation_reminder", False
        ),
    )
    note = fields.Text(
        string="Additional Text", help="Printed on the confirmation requests."
    )
    state = fields.Selection(
        rules.RUN_STATES,
        string="Status",
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    released_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    released_on = fields.Datetime(readonly=True, copy=False)
    confirmation_ids = fields.One2many(
        "clerk.audit.confirmation",
        "run_id",
        string="Confirmation Requests",
        readonly=True,
    )

    _terms = models.Constraint(
        "CHECK (minimum >= 0 AND largest >= 0 AND reminder_days >= 0"
        " AND reminder_most >= 0)",
        "Amounts, numbers and days of a confirmation run cannot be negative.",
    )

    @api.depends("date")
    def _compute_name(self):
        for run in self:
            if not run.name or run.state == "draft":
                run.name = run.date and self.env._(
                    "Confirmations as of %s", format_date(self.env, run.date)
                )

    @api.depends("audit_id")
    def _compute_date(self):
        for run in self:
            run.date = run.date or run.audit_id.date_to

    @api.constrains("mail_template_id", "reminder_template_id")
    def _check_templates(self):
        templates = self.mail_template_id | self.reminder_template_id
        templates._check_fits("clerk.audit.confirmation")

    @api.constrains("auditor_id", "audit_id")
    def _check_auditor(self):
        for run in self:
            if run.auditor_id not in run.audit_id.auditor_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s is not an auditor of %(audit)s and cannot receive "
                        "replies. Choose one of its auditors.",
                        user=run.auditor_id.name,
                        audit=run.audit_id.name,
                    )
                )

    def write(self, vals):
        """Delete the requests of former terms when the terms change.

        :raises AccessError: a field that steps set is given
        :raises UserError: the requests are released
        """
        self._check_guarded(vals)
        if vals.keys() & TERM_FIELDS and not self._passes_guard():
            self._check_step_access()
            self._check_step("edit")
            # sudo: auditors may write the run; only steps delete its requests.
            runs_sudo = self.sudo()
            runs_sudo.confirmation_ids.unlink()
            runs_sudo._write_step("edit")
        return super().write(vals)

    @api.model
    def _guard_hint(self):
        return self.env._("It is set by the buttons of the confirmation run.")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_released(self):
        self._check_step_access()
        self._check_step("edit")

    def _check_step_access(self):
        self._check_audit_open()
        return super()._check_step_access()

    @api.model
    def _confirm_customers(self, audit, records):
        """Create a run for the customers of a sample.

        :param records: partners, or records with a partner
        """
        if records._name != "res.partner":
            records = records.mapped("partner_id")
        return self.create(
            {
                "audit_id": audit.id,
                "include": "chosen",
                "partner_ids": [Command.set(records.commercial_partner_id.ids)],
            }
        )

    # Steps

    def action_compute(self):
        """Compute the balances, and create a request for each customer selected."""
        self._begin_step("compute")
        for run in self:
            run._create_requests()
        return True

    def action_release(self):
        """Release the requests: the system sends them from now on.

        :raises UserError: the balances do not reconcile to the general ledger, or no
            customers are selected
        """
        self._begin_step("release")
        for run in self:
            run._check_releasable()
            run._inside().reply_to = run._check_reply_to()
            # sudo: auditors may write the run; only steps write its requests.
            run.sudo().confirmation_ids._release()
        self._write_step(
            "release",
            released_by_id=self.env.uid,
            released_on=fields.Datetime.now(),
        )
        return True

    def _check_releasable(self):
        if not self.confirmation_ids:
            raise UserError(
                self.env._(
                    "%s does not select any customers: change the selection or the "
                    "minimum balance.",
                    self.name,
                )
            )
        if not self.is_proved:
            raise UserError(
                self.env._(
                    "%(run)s: customer balances total %(balances)s, but the general "
                    "ledger shows %(ledger)s. Clarify the difference before you "
                    "release the requests.",
                    run=self.name,
                    balances=amount_text(self.currency_id, self._population_total()),
                    ledger=amount_text(self.currency_id, self.ledger_amount),
                )
            )

    def action_view_requests(self):
        return self._view_requests()

    def action_view_answered(self):
        return self._view_requests("answered")

    def action_view_open(self):
        return self._view_requests("open")

    def _view_requests(self, filter_name=None):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_audit_confirmation_action"
        )
        filters = {f"search_default_{filter_name}": 1} if filter_name else {}
        return {
            **action,
            "name": self.name,
            "domain": [("run_id", "=", self.id)],
            "context": filters,
        }

    def action_remind(self):
        """Send a reminder for all requests without a reply."""
        self._check_step_access()
        self._check_step("remind")
        pending = self.confirmation_ids.filtered(lambda each: each.state == "sent")
        if not pending:
            raise UserError(self.env._("There are no requests to send a reminder for."))
        return pending.action_remind()

    def action_find_receipts(self):
        """Find subsequent receipts for all requests without a reply."""
        self._check_step_access()
        self._check_step("find_receipts")
        unanswered = self.confirmation_ids.filtered(
            lambda each: each._life().allows("alternative", each.state)
        )
        if not unanswered:
            raise UserError(self.env._("There are no requests without a reply."))
        return unanswered.action_alternative()
