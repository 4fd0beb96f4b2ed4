from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.invoicing_clerk.models.mixin.amount import exact
from odoo.addons.invoicing_clerk.models.mixin.roles import READERS

from ..rules import expense as rules

# The customer an expense is charged to, and its price: for clerks to enter.
TERMS = frozenset({"clerk_customer_id", "clerk_charge", "clerk_markup"})


class HrExpense(models.Model):
    """Terms of an expense: the customer it is charged to, and the price.

    Clerks read all expenses of their companies, and write none of them but these terms.
    """

    _name = "hr.expense"
    _inherit = [
        *("clerk.guarded", "clerk.evidence"),
        *("hr.expense", "clerk.work.item.link"),
    ]
    _guards_computed = False
    _guarded_fields = frozenset(
        {
            *("clerk_amount", "clerk_approver_id", "clerk_charge_error"),
            *("clerk_charge_state", "clerk_cost", "clerk_line_id", "clerk_line_ids"),
            "clerk_waiver",
        }
    )
    _checked_fields = TERMS | _guarded_fields
    # What a customer was billed for stays as it was.
    _billed_fields = TERMS | {
        *("approval_state", "company_id", "currency_id", "employee_id"),
        *("quantity", "total_amount", "total_amount_currency"),
    }

    clerk_customer_id = fields.Many2one(
        "res.partner",
        string="Charged To",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
        copy=False,
        groups=READERS,
        help="The customer that the expense is charged to.",
    )
    clerk_charge = fields.Selection(
        rules.METHODS,
        string="Charged",
        compute="_compute_terms",
        store=True,
        readonly=False,
        copy=False,
        groups=READERS,
        help="At cost without tax, or with a mark-up.",
    )
    clerk_markup = fields.Float(
        string="Mark-up (%)",
        digits=(6, 2),
        compute="_compute_terms",
        store=True,
        readonly=False,
        copy=False,
        aggregator=None,
        groups=READERS,
        help="In percent of the cost without tax.",
    )
    clerk_cost = fields.Monetary(
        string="Cost (Without Tax)",
        compute="_compute_clerk_cost",
        store=True,
        currency_field="company_currency_id",
        groups=READERS,
        help="In company currency.",
    )
    clerk_amount = fields.Monetary(
        string="Amount to Charge",
        compute="_compute_clerk_amount",
        store=True,
        currency_field="company_currency_id",
        groups=READERS,
        help="The cost with the mark-up, in company currency.",
    )
    clerk_can_charge = fields.Boolean(
        string="Terms Can Be Changed",
        compute="_compute_clerk_can_charge",
        exportable=False,
        groups=READERS,
    )

    _clerk_markup = models.Constraint(
        "CHECK (clerk_markup BETWEEN 0 AND 1000)",
        "The mark-up must be between 0 and 1000 percent.",
    )

    @api.depends("company_id")
    def _compute_terms(self):
        for expense in self:
            # sudo: defaults from the settings of the company.
            company = expense.company_id.sudo()
            expense.clerk_charge = company.clerk_expense_charge or "cost"
            expense.clerk_markup = company.clerk_expense_markup

    @api.depends("untaxed_amount")
    def _compute_clerk_cost(self):
        # Core keeps it in company currency, and declares the currency of the expense.
        for expense in self:
            expense.clerk_cost = expense.untaxed_amount

    @api.depends("clerk_cost", "clerk_charge", "clerk_markup")
    def _compute_clerk_amount(self):
        for expense in self:
            expense.clerk_amount = expense._charged(
                expense.company_currency_id, expense.clerk_cost
            )

    @api.depends("clerk_charge_state")
    @api.depends_context("uid")
    def _compute_clerk_can_charge(self):
        is_clerk = self._is_clerk()
        for expense in self:
            expense.clerk_can_charge = (
                is_clerk and expense.clerk_charge_state != "billed"
            )

    def _charged(self, currency, cost):
        """Return a cost with the mark-up of the expense, in a currency."""
        markup = self.clerk_markup if self.clerk_charge == "markup" else 0.0
        price = rules.charged(
            exact(currency, cost), Decimal(str(markup)), currency.decimal_places
        )
        return float(price)

    def _is_charged_at_cost(self):
        currency = self.company_currency_id
        return currency.compare_amounts(self.clerk_amount, self.clerk_cost) == 0

    # Rights

    def _is_clerk(self):
        return self.env.user.has_group("invoicing_clerk.group_clerk")

    def _check_clerk(self):
        """:raises AccessError: an auditor, or somebody without a role of ours"""
        if not self._is_clerk():
            raise AccessError(
                self.env._("Only clerks can charge expenses on to customers.")
            )
        self.check_access("read")

    @api.model
    def _guard_hint(self):
        return self.env._("Use the buttons of the expense instead.")

    @api.model
    def _evidence_hint(self):
        return self.env._(
            "It proves what a customer was billed. Attach another file to the expense."
        )

    def write(self, vals):
        """Let clerks write the terms at which an expense is charged on.

        :raises AccessError: somebody else would do so
        :raises UserError: the expense is billed
        """
        writer = self
        if vals and vals.keys() <= TERMS and not self.env.su:
            self._check_clerk()
            self._check_inputs([vals])
            # sudo: clerks cannot write expenses of others; these fields are no part of
            # the expense that its employee submits, and were checked above.
            writer = self.sudo()
        self._check_unbilled(vals)
        return super(HrExpense, writer).write(vals)

    def copy(self, default=None):
        """Keep the customer and the price where an expense is split."""
        copies = super().copy(default)
        names = TERMS - (default or {}).keys()
        # sudo: whoever splits an expense may have no right to read its terms.
        for expense_sudo, copy_sudo in zip(self.sudo(), copies.sudo(), strict=True):
            copy_sudo.write({name: expense_sudo._term(name) for name in names})
        return copies

    def _term(self, name):
        return self._fields[name].convert_to_write(self[name], self)

    def _check_unbilled(self, vals):
        """:raises UserError: what a customer was billed for would change"""
        names = self._declared("_billed_fields") & vals.keys()
        if not names:
            return
        # sudo: whoever changes an expense is told the name of its invoice.
        for expense_sudo in self.sudo().filtered("clerk_line_id"):
            if any(expense_sudo._would_change(name, vals[name]) for name in names):
                raise UserError(
                    self.env._(
                        "%(expense)s is billed to %(customer)s on %(invoice)s. Credit "
                        "the invoice, or delete its draft, before you change the "
                        "expense.",
                        expense=expense_sudo.name,
                        customer=expense_sudo.clerk_customer_id.display_name,
                        invoice=expense_sudo.clerk_move_id.display_name,
                    )
                )

    def _would_change(self, name, value):
        field = self._fields[name]
        kept, given = (
            field.convert_to_cache(each, self) for each in (self[name], value)
        )
        return kept != given

    @api.ondelete(at_uninstall=False)
    def _unlink_except_charged(self):
        # sudo: checks that what was billed is kept; names the invoice only.
        lines_sudo = self.sudo().clerk_line_ids
        if lines_sudo:
            raise UserError(
                self.env._(
                    "%(expense)s was charged on by %(invoice)s and is kept on record.",
                    expense=lines_sudo[0].clerk_expense_id.name,
                    invoice=lines_sudo[0].move_id.display_name,
                )
            )
