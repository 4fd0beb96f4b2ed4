from odoo import api, fields, models
from odoo.exceptions import UserError

from ...rules.reminder.reminder import LIFECYCLE, REASONS, STATES
from ...rules.reminder.reminder_share import ITEM_REASONS


class ClerkReminderNotice(models.Model):
    """The payment reminder of one customer in a run, and how it was delivered.

    Customers who are excluded have one, too, with the reason.
    """

    _name = "clerk.reminder.notice"
    _description = "Payment Reminder of a Run"
    _inherit = [
        "clerk.lifecycle",
        "clerk.automated",
        "clerk.statement.delivery",
        "clerk.thread",
    ]
    _lifecycle = LIFECYCLE
    _guards_all = True
    _order = "amount_company desc, id"

    run_id = fields.Many2one(
        "clerk.reminder.run", required=True, index=True, ondelete="cascade"
    )
    run_state = fields.Selection(
        related="run_id.state", string="Run Status", tracking=False
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    name = fields.Char(string="Number")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
    )
    level_id = fields.Many2one(
        "clerk.reminder.level", ondelete="restrict", index="btree_not_null"
    )
    date = fields.Date(string="Overdue as of", required=True)
    state = fields.Selection(
        STATES, string="Status", default="ready", required=True, readonly=True
    )
    reason = fields.Selection(REASONS, string="Reason for Exclusion")
    reason_details = fields.Char(string="Details")
    amount_company = fields.Monetary(
        string="Amount Due",
        currency_field="company_currency_id",
        help="In company currency, without excluded items.",
    )
    days_overdue = fields.Integer(help="Days overdue of the oldest item.")
    line_ids = fields.One2many("clerk.reminder.line", "notice_id", string="Items")
    unapplied = fields.Char(
        help="Unapplied payments and credits that cover none of the items.",
    )
    doubt_on = fields.Datetime(
        string="Possibly Delivered On",
        copy=False,
        help="The time at which the outcome of an attempt was found to be unknown. "
        "The customer may have the email, so it counts as sent.",
    )
    remark = fields.Char(compute="_compute_remark")

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for notice in self:
            notice.display_name = f"{notice.name} {notice.partner_id.name}"

    @api.depends("reason", "reason_details", "delivery_error")
    def _compute_remark(self):
        reasons = dict(self._fields["reason"]._description_selection(self.env))
        for notice in self:
            why = (reasons.get(notice.reason), notice.reason_details)
            notice.remark = ": ".join(filter(None, why)) or notice.delivery_error

    @api.depends("run_id.state")
    def _compute_allowed_actions(self):
        return super()._compute_allowed_actions()

    @api.model
    def _guard_hint(self):
        return self.env._("To update the reminder, compute its run again.")

    # Steps

    def _is_offered(self, step):
        return super()._is_offered(step) and self.run_id.state == "computed"

    def _check_step_access(self):
        """:raises AccessError: the caller cannot write the run
        :raises UserError: the run is not under review"""
        self.run_id.check_access("write")
        for notice in self:
            if notice.run_id.state != "computed" and not self.env.su:
                raise UserError(
                    self.env._(
                        "%s: the run has been sent or is not computed.",
                        notice.display_name,
                    )
                )

    def _write_step(self, step, **values):
        # sudo: only steps write reminders; the caller can write the run.
        return super(ClerkReminderNotice, self.sudo())._write_step(step, **values)

    def action_hold(self):
        """Keep these reminders from being sent."""
        self._take_step("hold")

    def action_release(self):
        """Send these reminders after all."""
        self._take_step("release")

    def _leave_out(self, details, reason="changed"):
        """Leave these customers out, with a sentence that says why."""
        for notice in self:
            notice._write_step(
                "leave_out",
                reason=reason,
                reason_details=details,
                delivery_state=False,
                worker_id=False,
            )


class ClerkReminderLine(models.Model):
    """An overdue item of a customer: what is reminded of it, or why it is excluded."""

    _name = "clerk.reminder.line"
    _description = "Item of a Payment Reminder"
    _inherit = ["clerk.guarded"]
    _guards_all = True
    _order = "notice_id, reason nulls first, due_date, id"
    _rec_name = "name"
    # The reminder has author and time.
    _log_access = False

    notice_id = fields.Many2one(
        "clerk.reminder.notice", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="notice_id.company_id")
    # No foreign key: items that were reset and deleted stay in reminders.
    entry_id = fields.Many2oneReference(
        model_field="entry_model", string="Journal Item", index=True
    )
    entry_model = fields.Char(
        string="Model of Journal Item", compute="_compute_entry_model"
    )
    move_id = fields.Many2one(
        "account.move", string="Document", ondelete="set null", index="btree_not_null"
    )
    name = fields.Char(string="Number")
    ref = fields.Char(string="Reference")
    due_date = fields.Date()
    days_overdue = fields.Integer()
    currency_id = fields.Many2one("res.currency", required=True)
    open_amount = fields.Monetary(string="Open")
    amount = fields.Monetary(
        string="Amount Due", help="The open amount less unapplied payments and credits."
    )
    reason = fields.Selection(ITEM_REASONS, string="Excluded")
    is_new = fields.Boolean(
        string="New", help="The customer is reminded of it for the first time."
    )

    def _compute_entry_model(self):
        self.entry_model = "account.move.line"
