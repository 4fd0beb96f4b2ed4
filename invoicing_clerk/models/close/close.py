from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...rules import progress
from ...rules.close import close as rules
from ..mixin.gate import only_one


class ClerkClose(models.Model):
    """The close list of a company and its branches for a month.

    Figures are in `close_figure` and compared in `close_refresh`, steps in
    `close_step`, tasks in `close_task`.
    """

    _name = "clerk.close"
    _description = "Close List"
    _inherit = ["clerk.lifecycle", "clerk.thread"]
    _lifecycle = rules.LIFECYCLE
    _order = "date desc, id desc"
    _final_fields = frozenset({"company_id", "date"})
    _guarded_fields = frozenset(
        {
            *("included_company_ids", "task_ids", "refreshed_on", "error"),
            *("closed_by_id", "closed_on", "reopen_reason"),
        }
    )

    # The ledger of statements: customers are not split by invoice address.
    grouping = "customer"
    ageing_basis = "due"

    name = fields.Char(compute="_compute_name")
    state = fields.Selection(
        rules.STATES,
        string="Status",
        default="open",
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
        help="The list includes its branches.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        string="Month",
        required=True,
        default=lambda self: self._default_date(),
        help="The last day of the month.",
    )
    included_company_ids = fields.Many2many(
        "res.company",
        "clerk_close_company_rel",
        context={"active_test": False},
        string="Included Companies",
        readonly=True,
        copy=False,
        help="Company and branches whose records are counted, for users who have "
        "access to all of them.",
    )
    task_ids = fields.One2many("clerk.close.task", "close_id", string="Tasks")
    refreshed_on = fields.Datetime(string="Refreshed", readonly=True, copy=False)
    error = fields.Char(
        readonly=True,
        copy=False,
        help="The reason why the figures could not be refreshed.",
    )
    closed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    closed_on = fields.Datetime(readonly=True, copy=False)
    reopen_reason = fields.Text(
        string="Reason for Reopening", readonly=True, copy=False
    )
    task_count = fields.Integer(string="Number of Tasks", compute="_compute_progress")
    done_count = fields.Integer(string="Done", compute="_compute_progress")
    changed_count = fields.Integer(string="Tasks Changed", compute="_compute_progress")
    blocked_count = fields.Integer(string="Tasks Blocked", compute="_compute_progress")
    progress = fields.Integer(compute="_compute_progress", exportable=False)

    _one_per_month = models.UniqueIndex(
        "(company_id, date)", "The company already has a close list for this month."
    )

    @api.model
    def _default_date(self):
        """Return the last day of the previous month."""
        return fields.Date.context_today(self).replace(day=1) - relativedelta(days=1)

    @api.depends("date")
    def _compute_name(self):
        for close in self:
            close.name = self.env._(
                "Close %s", close.date and close.date.strftime("%Y-%m")
            )

    @api.depends("task_ids.state")
    def _compute_progress(self):
        groups = self.env["clerk.close.task"]._read_group(
            [("close_id", "in", self.ids)], ["close_id", "state"], ["__count"]
        )
        counts = {(close.id, state): count for close, state, count in groups}
        for close in self:
            own = {
                state: counts.get((close._origin.id, state), 0)
                for state, _label in rules.TASK_STATES
            }
            close.task_count = sum(own.values())
            close.done_count = sum(own[state] for state in rules.FINISHED)
            close.changed_count = own["changed"]
            close.blocked_count = own["blocked"]
            close.progress = progress.percent(close.done_count, close.task_count)

    @api.depends("task_ids.state")
    def _compute_allowed_actions(self):
        return super()._compute_allowed_actions()

    # Checks

    @api.constrains("company_id")
    def _check_company(self):
        for close in self:
            # sudo: names the company of a branch to somebody who works in the branch.
            root = close.company_id.sudo().root_id
            if root != close.company_id.sudo():
                raise ValidationError(
                    self.env._(
                        "%(branch)s is a branch: its records are on the close list of "
                        "%(company)s.",
                        branch=close.company_id.name,
                        company=root.name,
                    )
                )

    @api.constrains("date")
    def _check_date(self):
        today = fields.Date.context_today(self)
        for close in self:
            if close.date >= today:
                raise ValidationError(
                    self.env._(
                        "The month ends on %(date)s. Its close list can be created "
                        "from the next day on.",
                        date=fields.Date.to_string(close.date),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Create lists with their tasks and figures.

        :raises UserError: a branch of the company is not open to the caller
        """
        self._check_inputs(vals_list)
        default = self.default_get(["date"])
        given = [{**vals, **self._whole_month(default | vals)} for vals in vals_list]
        closes = super().create(given)
        for close in closes:
            close._include_branches()
            close._add_tasks()
        closes._refresh()
        return closes

    @api.model
    def _whole_month(self, vals):
        day = fields.Date.to_date(vals.get("date"))
        return {"date": rules.month_end(day)} if day else {}

    def _include_branches(self):
        """Keep which companies are counted.

        :raises UserError: the caller cannot work in one of them
        """
        # sudo: names of companies, to say which one is missing.
        company = self.company_id.sudo()
        companies = company.search([("id", "child_of", company.id)])
        missing = companies - self.env.user.company_ids.sudo()
        if missing and not self.env.su:
            raise UserError(
                self.env._(
                    "%(record)s includes %(companies)s, to which you have no access. "
                    "Ask a colleague with access to create it.",
                    record=self.name,
                    companies=", ".join(missing.mapped("name")),
                )
            )
        # sudo: compares ids of companies.
        if companies != self.included_company_ids.sudo():
            self._inside().included_company_ids = companies.with_env(self.env)

    def _add_tasks(self):
        """:raises UserError: there are no tasks to copy"""
        types = self.env["clerk.close.task.type"].search([("active", "=", True)])
        if not types:
            raise UserError(
                self.env._(
                    "There are no tasks for a close list. Ask a supervisor to add some "
                    "under Configuration → Close Tasks."
                )
            )
        # sudo: nobody creates tasks by hand; the list was just created by the caller.
        tasks = self.env["clerk.close.task"].sudo()._inside()
        tasks.create([kind._task_values(self) for kind in types])

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        for close in self:
            if close.closed_on or close.task_ids.filtered(
                lambda task: task.state != "todo" or task.prepared_on
            ):
                raise UserError(
                    self.env._(
                        "%s has been worked on and is kept as evidence.", close.name
                    )
                )

    # Buttons

    @api.model
    def action_open_list(self):
        """Open the close lists of the caller's companies, with figures of now.

        Figures of closed months are compared every night.
        """
        self.browse().check_access("read")
        if self.env.user.has_group("invoicing_clerk.group_clerk"):
            closes = self.search([("state", "!=", "closed")])
            for close in closes.try_lock_for_update(allow_referencing=True):
                close._try_refresh()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_close_action"
        )

    def action_view_tasks(self):
        """Open the tasks of a month as a list or cards."""
        only_one(self).check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_close_task_action"
        )
        return {
            **action,
            "display_name": self.name,
            "domain": [("close_id", "=", self.id)],
            "context": {},
        }
