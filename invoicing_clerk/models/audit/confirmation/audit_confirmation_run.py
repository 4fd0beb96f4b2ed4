from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_date

from ....rules.audit.confirmation import audit_confirmation as rules
from ...mixin.context_defaults import without_defaults

# What letters are made by.
ASKED_FIELDS = {
    "date",
    "type",
    "include",
    "partner_domain",
    "partner_ids",
    "minimum",
    "largest",
}
# What steps and the ledger say.
STEP_FIELDS = {
    "state",
    "released_by_id",
    "released_on",
    "population_count",
    "population_amount",
    "population_credit",
    "nobody_amount",
    "ledger_amount",
}
# Days that a customer has, and after which one is reminded.
DAYS_TO_ANSWER = 14


class ClerkAuditConfirmationRun(models.Model):
    """A round of letters that ask customers what they owe on a day.

    The auditors choose whom to ask, look at the letters and release them; the system
    sends them, in the company's name, and the answers go to the auditors alone. Clerks
    and supervisors read all of it and write none (PCAOB AS 2310: the auditor keeps
    control over the confirmation process).
    """

    _name = "clerk.audit.confirmation.run"
    _description = "Confirmation Run"
    _inherit = ["clerk.audit.part", "clerk.audit.thread"]
    _order = "date desc, id desc"

    name = fields.Char(
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    date = fields.Date(
        string="Balances As Of",
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
        help="A letter that leaves the balance to the customer proves more, and is "
        "answered less.",
    )
    include = fields.Selection(
        [
            ("all", "All Who Owe"),
            ("domain", "By a Filter"),
            ("chosen", "Chosen Customers"),
        ],
        string="Customers",
        required=True,
        default="all",
        help="Chosen customers are asked even if they owe nothing: that too can be "
        "wrong.",
    )
    partner_domain = fields.Char(string="Filter", default="[]")
    partner_ids = fields.Many2many(
        "res.partner",
        "clerk_audit_confirmation_run_partner_rel",
        "run_id",
        "partner_id",
        string="Chosen",
    )
    minimum = fields.Monetary(
        string="From a Balance Of",
        help="In company currency, by amount: a credit balance counts as well.",
    )
    largest = fields.Integer(
        string="Only the Largest",
        help="So many customers with the largest balances; 0 for all.",
    )
    auditor_id = fields.Many2one(
        "res.users",
        string="Answers Go To",
        required=True,
        default=lambda self: self.env.user,
        help="The auditor whom the letter names, and to whom the customer writes.",
    )
    reply_by = fields.Date(
        string="Answer Until",
        default=lambda self: (
            fields.Date.context_today(self) + timedelta(days=DAYS_TO_ANSWER)
        ),
    )
    reminder_days = fields.Integer(
        string="Remind After",
        default=DAYS_TO_ANSWER,
        help="Days without an answer after which a customer is reminded; 0 for never.",
    )
    reminder_most = fields.Integer(
        string="Reminders at Most",
        default=2,
        help="After the last one, and as many days again, a letter has no reply.",
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        string="Mail",
        domain=[("model", "=", "clerk.audit.confirmation")],
        default=lambda self: self.env.ref(
            "invoicing_clerk.mail_template_audit_confirmation", False
        ),
    )
    reminder_template_id = fields.Many2one(
        "mail.template",
        string="Reminder",
        domain=[("model", "=", "clerk.audit.confirmation")],
        default=lambda self: self.env.ref(
            "invoicing_clerk.mail_template_audit_confirmation_reminder", False
        ),
    )
    note = fields.Text(string="Added to the Letters")
    state = fields.Selection(
        [("draft", "Draft"), ("computed", "To Release"), ("released", "Released")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    released_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    released_on = fields.Datetime(readonly=True, copy=False)
    confirmation_ids = fields.One2many(
        "clerk.audit.confirmation", "run_id", string="Letters", readonly=True
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
                day = format_date(self.env, run.date) if run.date else ""
                run.name = self.env._("Confirmations as of %s", day)

    @api.depends("audit_id")
    def _compute_date(self):
        for run in self:
            run.date = run.date or run.audit_id.date_to

    @api.constrains("mail_template_id", "reminder_template_id")
    def _check_templates(self):
        for template in self.mail_template_id | self.reminder_template_id:
            # sudo: which records a template is about is no secret.
            if template.sudo().model != "clerk.audit.confirmation":
                raise ValidationError(
                    self.env._(
                        "“%s” is no mail about a confirmation. Choose one that is.",
                        template.sudo().name,
                    )
                )

    @api.constrains("auditor_id", "audit_id")
    def _check_auditor(self):
        for run in self:
            if run.auditor_id not in run.audit_id.auditor_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not audit %(audit)s, so no answers can go "
                        "there. Choose one of its auditors.",
                        user=run.auditor_id.name,
                        audit=run.audit_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """:raises AccessError: somebody writes what steps and the ledger say"""
        for vals in vals_list:
            self._check_not_stepped(vals)
        runs = without_defaults(self, STEP_FIELDS)
        return super(ClerkAuditConfirmationRun, runs).create(vals_list)

    def write(self, vals):
        """What letters are made by is changed before they go out, and makes them anew.

        :raises AccessError: somebody writes what steps and the ledger say
        :raises UserError: the letters have gone out
        """
        self._check_not_stepped(vals)
        if vals.keys() & ASKED_FIELDS and not self.env.su:
            self._check_step("draft", "computed")
            # sudo: the auditor may write the run; letters of other terms go.
            self.sudo().confirmation_ids.unlink()
            self.sudo().state = "draft"
        return super().write(vals)

    def _check_not_stepped(self, vals):
        if vals.keys() & STEP_FIELDS and not self.env.su:
            raise AccessError(
                self.env._(
                    "State and totals of a confirmation run come from its steps."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_released(self):
        self._check_step("draft", "computed")

    def _check_step(self, *states):
        """:raises UserError: one is in another state, or its engagement is closed"""
        self.check_access("write")
        self._check_audit_open()
        for run in self:
            if run.state not in states:
                raise UserError(
                    self.env._(
                        "%(run)s is %(state)s: that is not open to it any more.",
                        run=run.name,
                        state=dict(
                            self._fields["state"]._description_selection(self.env)
                        )[run.state],
                    )
                )

    @api.model
    def _confirm_customers(self, audit, records):
        """A run about the customers of a sample.

        :param records: partners, or documents, entries or payments that name one
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
        """Work out the balances and make a letter for each customer chosen."""
        self._check_step("draft", "computed")
        for run in self:
            run._make_letters()
        return True

    def action_release(self):
        """Let the letters go out: from here on the system sends them.

        :raises UserError: the balances do not agree with the ledger, or nobody is asked
        """
        self._check_step("computed")
        for run in self:
            run._check_releasable()
            # sudo: the auditor may write the run; the rest changes by steps only.
            run.sudo().confirmation_ids._release()
        self.sudo().write(
            {
                "state": "released",
                "released_by_id": self.env.uid,
                "released_on": fields.Datetime.now(),
            }
        )
        return True

    def _check_releasable(self):
        if not self.confirmation_ids:
            raise UserError(
                self.env._(
                    "%s asks nobody: choose other customers, or a lower balance.",
                    self.name,
                )
            )
        if not self.is_proved:
            raise UserError(
                self.env._(
                    "%(run)s: the balances of all customers are %(balances)s, the "
                    "ledger says %(ledger)s. Find out why before you ask anybody.",
                    run=self.name,
                    balances=self.currency_id.format(self._population_total()),
                    ledger=self.currency_id.format(self.ledger_amount),
                )
            )

    def action_view_letters(self):
        return self._view_letters()

    def action_view_answered(self):
        return self._view_letters("answered")

    def action_view_open(self):
        return self._view_letters("open")

    def _view_letters(self, filter_name=None):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_audit_confirmation_action"
        )
        chosen = {f"search_default_{filter_name}": 1} if filter_name else {}
        return {
            **action,
            "name": self.name,
            "domain": [("run_id", "=", self.id)],
            "context": chosen,
        }

    def action_remind(self):
        """Remind all who have not answered, now."""
        self._check_step("released")
        asked = self.confirmation_ids.filtered(lambda each: each.state == "sent")
        if not asked:
            raise UserError(self.env._("Nobody is left to be reminded."))
        return asked.action_remind()

    def action_seek_receipts(self):
        """Look for money that came later for all that have no reply."""
        self._check_step("released")
        silent = self.confirmation_ids.filtered(
            lambda each: rules.is_allowed("alternative", each.state)
        )
        if not silent:
            raise UserError(
                self.env._("No letter is without a reply: there is nothing to seek.")
            )
        return silent.action_alternative()
