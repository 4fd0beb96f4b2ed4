from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.invoicing_clerk.models.mixin.roles import READERS

from ..rules import expense as rules


class HrExpense(models.Model):
    """Expenses that are charged to customers: billed, to be billed, or waived.

    Lines of invoices name the expense that they charge. Where one is deleted, its
    invoice cancelled or credited in full, the expense can be billed again.
    """

    _inherit = "hr.expense"

    clerk_line_ids = fields.One2many(
        "account.move.line",
        "clerk_expense_id",
        string="Lines That Charge It On",
        groups=READERS,
    )
    clerk_line_id = fields.Many2one(
        "account.move.line",
        string="Invoice Line",
        compute="_compute_clerk_line_id",
        store=True,
        index="btree_not_null",
        groups=READERS,
        help="The line that bills the expense to the customer.",
    )
    clerk_move_id = fields.Many2one(
        related="clerk_line_id.move_id", string="Invoice", groups=READERS
    )
    clerk_waiver = fields.Char(
        string="Reason for Waiving",
        size=200,
        readonly=True,
        copy=False,
        tracking=True,
        groups=READERS,
    )
    clerk_charge_state = fields.Selection(
        rules.STATES,
        string="Charge Status",
        compute="_compute_clerk_charge_state",
        store=True,
        index=True,
        tracking=True,
        groups=READERS,
    )

    _one_line = models.UniqueIndex(
        "(clerk_line_id) WHERE clerk_line_id IS NOT NULL",
        "An invoice line bills one expense only.",
    )

    @api.depends(
        "clerk_line_ids.parent_state",
        "clerk_line_ids.price_subtotal",
        "clerk_line_ids.clerk_amending_line_ids.parent_state",
        "clerk_line_ids.clerk_amending_line_ids.price_subtotal",
    )
    def _compute_clerk_line_id(self):
        for expense in self:
            expense.clerk_line_id = expense._billing_lines()[-1:]

    def _billing_lines(self):
        """Return the lines of invoices that bill the expense now: one, or none."""
        lines = self.clerk_line_ids | self.clerk_line_ids.clerk_amending_line_ids
        return lines.sorted("id").filtered(
            lambda line: (
                line.move_id.move_type == "out_invoice"
                and not line.move_id.debit_origin_id
                and line.parent_state != "cancel"
                and not line._is_credited()
            )
        )

    @api.depends("clerk_customer_id", "clerk_line_id", "clerk_waiver", "state")
    def _compute_clerk_charge_state(self):
        for expense in self:
            expense.clerk_charge_state = rules.charge_state(expense._charge_facts())

    def _charge_facts(self):
        return rules.Facts(
            has_customer=bool(self.clerk_customer_id),
            is_approved=self.state in rules.APPROVED,
            is_billed=bool(self.clerk_line_id),
            is_waived=bool(self.clerk_waiver),
        )

    def _charge_state_label(self):
        field = self._fields["clerk_charge_state"]
        labels = dict(field._description_selection(self.env))
        return labels[self.clerk_charge_state]

    # Waiving

    def _waive(self, reason):
        """Give up charging expenses on.

        :raises UserError: there is no reason, or one is not to be billed
        """
        self._check_clerk()
        if not reason or not reason.strip():
            raise UserError(self.env._("Enter why the expenses are not charged on."))
        self._lock_charge()
        for expense in self.filtered(lambda each: each.clerk_charge_state != "to_bill"):
            raise UserError(expense._refuse_charge())
        self._write_charge(clerk_waiver=reason.strip(), clerk_charge_error=False)

    def action_undo_waiver(self):
        """Make waived expenses billable again.

        :raises UserError: one is not waived
        """
        self._check_clerk()
        self._lock_charge()
        for expense in self.filtered(lambda each: each.clerk_charge_state != "waived"):
            raise UserError(expense._refuse_charge())
        self._write_charge(clerk_waiver=False)

    def _write_charge(self, **values):
        # sudo: clerks cannot write expenses of others; a step writes fields of ours.
        self.sudo()._inside().write(values)

    # Billing once

    def _check_billed_once(self):
        """:raises UserError: two invoices would bill one expense"""
        for expense in self:
            lines = expense._billing_lines()
            if len(lines) > 1:
                raise UserError(
                    self.env._(
                        "%(first)s and %(second)s would both bill the expense "
                        "%(expense)s. Cancel or credit one of them first.",
                        first=lines[0].move_id.display_name,
                        second=lines[1].move_id.display_name,
                        expense=expense.name,
                    )
                )
