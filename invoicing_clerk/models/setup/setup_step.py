from odoo import api, fields, models
from odoo.exceptions import AccessError

CODES = [
    ("roles", "Roles"),
    ("mail_server", "Mail Server"),
    ("work_start", "Start Date of Worklists"),
    ("write_off", "Write-off Account"),
    ("approval_limits", "Approval Limits"),
    ("monthly_statements", "Monthly Statements"),
    ("statement_addresses", "Addresses for Statements"),
    ("credit_limits", "Credit Limits"),
    ("retention", "Retention"),
    ("invoice_files", "Invoice Files"),
]


class ClerkSetupStep(models.Model):
    """A step of the setup checklist.

    Its state in the current company is computed from what is configured, so a company
    that has used Odoo for years finds many steps done. A supervisor who agrees with
    what is there, or does not need it, marks the step as done.
    """

    _name = "clerk.setup.step"
    _description = "Setup Step"
    _inherit = "clerk.guarded"
    _guards_all = True
    _order = "sequence, id"

    sequence = fields.Integer(default=100)
    name = fields.Char(required=True, translate=True)
    description = fields.Text(translate=True)
    code = fields.Selection(CODES, required=True, readonly=True)
    place = fields.Char(
        string="Action",
        readonly=True,
        help="XML ID of the action in which the step is done.",
    )
    needs_administrator = fields.Boolean(string="Administrators Only", readonly=True)
    confirmed_company_ids = fields.Many2many(
        "res.company",
        "clerk_setup_step_company_rel",
        "step_id",
        "company_id",
        string="Marked as Done In",
        readonly=True,
    )
    state = fields.Selection(
        [("todo", "To Do"), ("done", "Done")], string="Status", compute="_compute_state"
    )
    finding = fields.Char(string="Current Setup", compute="_compute_state")
    is_confirmed = fields.Boolean(string="Marked as Done", compute="_compute_state")
    can_open = fields.Boolean(string="Available to Me", compute="_compute_can_open")

    _code_unique = models.Constraint(
        "UNIQUE (code)", "Each setup step can exist only once."
    )

    @api.depends_context("uid", "allowed_company_ids", "lang")
    @api.depends("code", "confirmed_company_ids")
    def _compute_state(self):
        company = self.env.company
        for step in self:
            is_done, finding = getattr(step, f"_find_{step.code}")(company)
            # sudo: only compares the ids of companies with that of the current one.
            confirmed = company.id in step.sudo().confirmed_company_ids.ids
            step.finding = finding
            step.is_confirmed = confirmed
            step.state = "done" if is_done or confirmed else "todo"

    @api.depends_context("uid")
    @api.depends("needs_administrator")
    def _compute_can_open(self):
        is_administrator = self.env.is_system()
        for step in self:
            step.can_open = is_administrator or not step.needs_administrator

    def action_open(self):
        """Open the place where the step is done.

        :raises AccessError: it takes an administrator
        """
        self.ensure_one()
        self.check_access("read")
        if not self.can_open:
            raise AccessError(
                self.env._(
                    "Only an administrator can set up %s. Ask an administrator, or "
                    "mark the step as done.",
                    self.name,
                )
            )
        return self.env["ir.actions.act_window"]._for_xml_id(self.place)

    def action_confirm(self):
        """Mark the steps as done in the current company."""
        self._mark(lambda step, company: step.confirmed_company_ids | company)

    def action_reopen(self):
        """Let the state of the steps be computed again."""
        self._mark(lambda step, company: step.confirmed_company_ids - company)

    def _mark(self, companies):
        self.check_access("read")
        # sudo: supervisors, who may read steps, mark them for their own company only.
        for step in self.sudo():
            step.confirmed_company_ids = companies(step, self.env.company)
