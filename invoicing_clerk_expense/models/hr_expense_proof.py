from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.mixin.roles import READERS

from ..rules.expense import SUBMITTED


class HrExpense(models.Model):
    """Expenses that lack a receipt, or that nobody else has approved.

    Core approves an expense by itself where its employee, an administrator of expenses,
    has no manager.
    """

    _inherit = "hr.expense"

    clerk_approver_id = fields.Many2one(
        "res.users",
        string="Approver",
        compute="_compute_clerk_approver_id",
        store=True,
        groups=READERS,
        help="User who approved the expense. The manager may have changed since.",
    )
    clerk_lacks_receipt = fields.Boolean(
        string="Without Receipt",
        compute="_compute_clerk_lack",
        search="_search_clerk_lacks_receipt",
        groups=READERS,
        help="Submitted without any attachment.",
    )
    clerk_lacks_approver = fields.Boolean(
        string="Without Another Approver",
        compute="_compute_clerk_lack",
        search="_search_clerk_lacks_approver",
        groups=READERS,
        help="Approved by its own employee, or without an approver on record.",
    )
    clerk_lack = fields.Text(
        string="Lacks", compute="_compute_clerk_lack", groups=READERS
    )

    # It does not depend on the manager, who changes with the department.
    @api.depends("approval_state")
    def _compute_clerk_approver_id(self):
        for expense in self:
            is_approved = expense.approval_state == "approved"
            expense.clerk_approver_id = expense.manager_id if is_approved else False

    @api.depends("attachment_ids", "approval_state", "state", "employee_id")
    def _compute_clerk_lack(self):
        without_receipt = self._found("clerk_lacks_receipt")
        without_approver = self._found("clerk_lacks_approver")
        for expense in self:
            expense.clerk_lacks_receipt = expense._origin in without_receipt
            expense.clerk_lacks_approver = expense._origin in without_approver
            reasons = []
            if expense.clerk_lacks_receipt:
                reasons.append(expense._receipt_reason())
            if expense.clerk_lacks_approver:
                reasons.append(expense._approver_reason())
            expense.clerk_lack = "\n".join(reasons) or False

    def _found(self, name):
        return self.search([("id", "in", self._origin.ids), (name, "=", True)])

    def _receipt_reason(self):
        return self.env._(
            "There is no receipt: ask %s for it.", self.employee_id.display_name
        )

    def _approver_reason(self):
        if not self.clerk_approver_id:
            return self.env._("No approver is on record.")
        return self.env._(
            "%s approved it, whose own expense it is: no manager is set, or the "
            "employee is the manager.",
            self.clerk_approver_id.display_name,
        )

    @api.model
    def _search_clerk_lacks_receipt(self, operator, value):
        self._check_field_access(self._fields["clerk_lacks_receipt"], "read")
        self.env["ir.attachment"].flush_model(["res_model", "res_id", "res_field"])

        def lacks_receipt(expenses, alias, _query):
            return SQL(
                """NOT EXISTS (SELECT 1 FROM ir_attachment AS file
                    WHERE file.res_model = %s AND file.res_id = %s
                      AND file.res_field IS NULL)""",
                expenses._name,
                SQL.identifier(alias, "id"),
            )

        lacking = Domain("state", "in", SUBMITTED) & Domain.custom(to_sql=lacks_receipt)
        return self._sought(lacking, operator, value)

    @api.model
    def _search_clerk_lacks_approver(self, operator, value):
        self._check_field_access(self._fields["clerk_lacks_approver"], "read")
        # sudo: compares users of employees with approvers; nothing else is read.
        self.env["hr.employee"].sudo().flush_model(["user_id"])

        def is_own(expenses, alias, query):
            return SQL(
                """EXISTS (SELECT 1 FROM hr_employee AS employee
                    WHERE employee.id = %s AND employee.user_id = %s)""",
                expenses._field_to_sql(alias, "employee_id", query),
                expenses._field_to_sql(alias, "clerk_approver_id", query),
            )

        nobody = Domain("clerk_approver_id", "=", False)
        lacking = Domain("approval_state", "=", "approved") & (
            nobody | Domain.custom(to_sql=is_own)
        )
        return self._sought(lacking, operator, value)

    @api.model
    def _sought(self, domain, operator, value):
        if operator != "in":
            return NotImplemented
        if set(value) == {True, False}:
            return Domain.TRUE
        return domain if True in value else ~domain
