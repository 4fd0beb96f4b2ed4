from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ...rules.plural import plural
from ...rules.reminder.reminder import RUN_LIFECYCLE, RUN_STATES
from ...rules.statement.statement_delivery import UNDERWAY
from ..mixin.amount import amount_text

# Reminders are computed again when one of these changes.
SELECTION_FIELDS = frozenset({"company_id", "partner_ids", "minimum"})


class ClerkReminderRun(models.Model):
    """A batch of payment reminders: computed, reviewed and sent on one day.

    It is computed as of the day: what was paid, disputed or promised before a reminder
    is sent takes the customer out, with the reason.
    """

    _name = "clerk.reminder.run"
    _description = "Reminder Run"
    _inherit = ["clerk.evidence", "clerk.lifecycle", "clerk.thread"]
    _lifecycle = RUN_LIFECYCLE
    _guarded_fields = frozenset(
        {
            "computed_on",
            "date",
            "error",
            "is_chosen",
            "is_stopped",
            "notice_ids",
            "texts",
        }
    )
    _order = "id desc"

    # For the ledger of statements.
    grouping = "customer"
    ageing_basis = "due"

    name = fields.Char(compute="_compute_name")
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
        help="Reminders include its branches.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        string="Overdue as of",
        readonly=True,
        copy=False,
        help="The day on which the run was computed.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Clerk",
        required=True,
        default=lambda self: self.env.user,
        help="Signs the reminders and is notified of replies.",
    )
    partner_ids = fields.Many2many(
        "res.partner",
        "clerk_reminder_run_partner_rel",
        "run_id",
        "partner_id",
        string="Customers",
        help="Leave empty for all customers with overdue items.",
    )
    is_chosen = fields.Boolean(
        string="Selected Customers Only",
        readonly=True,
        copy=False,
        help="The run was made for certain customers, even if none of them is left.",
    )
    texts = fields.Json(
        readonly=True,
        copy=False,
        exportable=False,
        help="Texts of the levels as they were when the run was computed.",
    )
    minimum = fields.Monetary(
        string="Minimum Amount", help="Customers who owe less are excluded."
    )
    notice_ids = fields.One2many(
        "clerk.reminder.notice", "run_id", string="Reminders", readonly=True
    )
    computed_on = fields.Datetime(readonly=True, copy=False)
    error = fields.Char(
        readonly=True, copy=False, help="The reason why the last step failed."
    )
    is_stopped = fields.Boolean(
        string="Stopped",
        readonly=True,
        copy=False,
        tracking=True,
        help="Reminders that are not sent yet wait until sending continues.",
    )
    released_count = fields.Integer(compute="_compute_counts", string="Released")
    held_count = fields.Integer(compute="_compute_counts", string="Held")
    excluded_count = fields.Integer(compute="_compute_counts", string="Excluded")
    failed_count = fields.Integer(compute="_compute_counts", string="Failed")
    waiting_count = fields.Integer(compute="_compute_counts", string="Waiting")
    print_count = fields.Integer(compute="_compute_counts", string="To Print")
    amount = fields.Monetary(
        compute="_compute_counts",
        help="Amount of the released reminders, in company currency.",
    )
    preview = fields.Text(
        compute="_compute_preview",
        exportable=False,
        help="Number and amount of the reminders by level and delivery.",
    )

    _minimum = models.Constraint(
        "CHECK (minimum >= 0)", "The minimum amount cannot be negative."
    )

    @api.depends("date", "user_id")
    def _compute_name(self):
        for run in self:
            day = run.date and format_date(self.env, run.date)
            run.name = (
                self.env._("Reminders of %s", day) if day else self.env._("Reminders")
            )

    @api.depends("notice_ids.state", "notice_ids.delivery_state")
    def _compute_counts(self):
        groups = self.env["clerk.reminder.notice"]._read_group(
            [("run_id", "in", self.ids)],
            ["run_id", "state", "delivery_state"],
            ["__count", "amount_company:sum"],
        )
        for run in self:
            rows = [group[1:] for group in groups if group[0] == run._origin]
            ready = [row for row in rows if row[0] == "ready"]
            run.released_count = sum(row[2] for row in ready)
            run.amount = sum(row[3] for row in ready)
            run.held_count = sum(row[2] for row in rows if row[0] == "held")
            run.excluded_count = sum(row[2] for row in rows if row[0] == "excluded")
            run.failed_count = sum(row[2] for row in ready if row[1] == "failed")
            run.waiting_count = sum(row[2] for row in ready if row[1] in UNDERWAY)
            run.print_count = sum(row[2] for row in ready if row[1] == "to_print")

    @api.depends("notice_ids.state")
    def _compute_preview(self):
        """Say what sending would send: a line for each level and delivery."""
        groups = self.env["clerk.reminder.notice"]._read_group(
            [("run_id", "in", self.ids), ("state", "=", "ready")],
            ["run_id", "level_id", "delivery_way"],
            ["__count", "amount_company:sum"],
        )
        ways = dict(
            self.env["clerk.reminder.notice"]
            ._fields["delivery_way"]
            ._description_selection(self.env)
        )
        for run in self:
            run.preview = "\n".join(
                run._preview_line(level, ways[way], count, amount)
                for owner, level, way, count, amount in groups
                if owner == run._origin
            )

    def _preview_line(self, level, way, count, amount):
        values = {
            "level": level.name,
            "way": way,
            "count": count,
            "amount": amount_text(self.currency_id, amount),
        }
        return plural(
            count,
            self.env._("%(level)s, %(way)s: %(count)s customer, %(amount)s", **values),
            self.env._("%(level)s, %(way)s: %(count)s customers, %(amount)s", **values),
        )

    @api.constrains("user_id", "company_id")
    def _check_user(self):
        self._check_named_users()
        for run in self:
            if not run.user_id.has_group("invoicing_clerk.group_clerk"):
                raise ValidationError(
                    self.env._(
                        "%s is not an invoicing clerk. Select the clerk who handles "
                        "replies.",
                        run.user_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        runs = super().create(vals_list)
        runs._mark_chosen()
        return runs

    def copy_data(self, default=None):
        """:raises UserError: the selected customers have been deleted"""
        for run in self:
            run._chosen_customers()
        return super().copy_data(default)

    def _mark_chosen(self):
        """Remember which runs are for certain customers only."""
        for run in self:
            if run.is_chosen != bool(run.partner_ids):
                run._inside().is_chosen = bool(run.partner_ids)

    def _chosen_customers(self):
        """Return the selected customers; none if all are.

        :raises UserError: the selected customers have been deleted
        """
        customers = self.partner_ids.commercial_partner_id
        if self.is_chosen and not customers:
            raise UserError(
                self.env._(
                    "%s: the selected customers no longer exist. Create a new run.",
                    self.display_name,
                )
            )
        return customers

    def write(self, vals):
        """Reset computed runs whose selection changes, so they are computed again.

        :raises UserError: the run has been sent
        """
        self._check_guarded(vals)
        if not vals.keys() & (SELECTION_FIELDS | {"user_id"}):
            return super().write(vals)
        for run in self:
            if run.state not in ("draft", "computed"):
                raise UserError(run._refuse_step(self.env._("Create a new run.")))
        result = super().write(vals)
        if "partner_ids" in vals:
            self._mark_chosen()
        if vals.keys() & SELECTION_FIELDS:
            computed = self.filtered(lambda run: run.state == "computed")
            # sudo: as in `_compute_notices`.
            computed.sudo().notice_ids.unlink()
            computed._write_step("reset")
        return result

    @api.model
    def _guard_hint(self):
        return self.env._("They are set by the buttons of the run.")

    # Steps

    @api.depends("is_stopped", "waiting_count", "print_count")
    def _compute_allowed_actions(self):
        return super()._compute_allowed_actions()

    def _is_offered(self, step):
        offered = {
            "stop": not self.is_stopped and bool(self.waiting_count),
            "resume": self.is_stopped,
            "print": bool(self.print_count) and not self.is_stopped,
            "abandon": self.is_stopped,
            "send_again": bool(self.failed_count),
        }
        return offered.get(step, super()._is_offered(step))

    def _obstacle(self, step, vals):
        if step == "stop" and self.is_stopped:
            return self.env._("It has already been stopped.")
        if step == "resume" and not self.is_stopped:
            return self.env._("It has not been stopped.")
        if step == "abandon" and not self.is_stopped:
            return self.env._("Stop it first.")
        if step == "print" and self.is_stopped:
            return self.env._("It has been stopped. Resume it first.")
        if step == "send" and self.date != self._today():
            return self.env._(
                "It was computed on %s. Compute it again: due amounts and levels may "
                "have changed.",
                format_date(self.env, self.date),
            )
        return super()._obstacle(step, vals)

    def action_compute(self):
        """Compute the reminder of each customer, and discard those computed before."""
        self._begin_step("compute")
        for run in self:
            run._compute_notices()
        self._write_step("compute")
        return True

    def action_cancel(self):
        self._take_step("cancel")

    def action_view_released(self):
        return self._notices_action(self.env._("Released"), "ready")

    def action_view_held(self):
        return self._notices_action(self.env._("Held"), "held")

    def action_view_excluded(self):
        return self._notices_action(self.env._("Excluded"), "excluded")

    def _notices_action(self, label, state):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_reminder_notice_action"
        )
        return {
            **action,
            "display_name": label,
            "domain": [("run_id", "=", self.id), ("state", "=", state)],
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        if begun := self.filtered(lambda run: run.state in ("sending", "done")):
            raise UserError(
                self.env._(
                    "%s: the reminders have been sent. The run is kept as proof of "
                    "what customers received.",
                    begun._enumerate(),
                )
            )
