from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...rules.voucher.voucher import LIVE
from ..mixin.amount import amount_text

# The accounts whose items a voucher pays, by its kind.
NO_EXPENSE = ("asset_receivable", "liability_payable", "asset_cash", "off_balance")
ACCOUNT_TYPES = {"bill": "liability_payable", "refund": "asset_receivable"}


class ClerkVoucherLine(models.Model):
    """An open item that a voucher pays, or an expense and its account."""

    _name = "clerk.voucher.line"
    _description = "Line of a Payment Voucher"
    _inherit = ["clerk.drafted.row"]
    _row_of = "voucher_id"
    _order = "id"
    _check_company_auto = True
    _final_fields = frozenset({"voucher_id"})

    voucher_id = fields.Many2one(
        "clerk.voucher", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="voucher_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="voucher_id.currency_id")
    kind = fields.Selection(related="voucher_id.kind")
    state = fields.Selection(related="voucher_id.state")
    item_id = fields.Many2one(
        "account.move.line",
        string="Open Item",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The vendor bill, or the credit of the customer, that is paid.",
    )
    move_id = fields.Many2one(related="item_id.move_id", string="Document")
    due_date = fields.Date(related="item_id.date_maturity")
    open_amount = fields.Monetary(
        string="Open",
        compute="_compute_open_amount",
        help="The amount that is still to be paid.",
    )
    account_id = fields.Many2one(
        "account.account",
        check_company=True,
        ondelete="restrict",
        domain="[('account_type', 'not in', "
        "('asset_receivable', 'liability_payable', 'asset_cash', 'off_balance'))]",
        help="The account that the expense is charged to.",
    )
    name = fields.Char(string="Text", size=200)
    amount = fields.Monetary(
        compute="_compute_amount", store=True, readonly=False, precompute=True
    )

    _positive = models.Constraint(
        "CHECK (amount > 0)",
        "Enter an amount above zero on each line of a voucher.",
    )
    _item_or_account = models.Constraint(
        "CHECK ((item_id IS NULL) <> (account_id IS NULL))",
        "A line of a voucher pays an open item, or has an account for the expense.",
    )
    _one_line = models.UniqueIndex(
        "(voucher_id, item_id) WHERE item_id IS NOT NULL",
        "The voucher already pays this item.",
    )

    @api.depends("item_id.amount_residual_currency")
    def _compute_open_amount(self):
        for line in self:
            # Both a bill and the credit of a customer are to be paid, and negative.
            line.open_amount = -line.item_id.amount_residual_currency

    @api.depends("item_id")
    def _compute_amount(self):
        for line in self:
            line.amount = line.amount or max(line.open_amount, 0.0)

    # Guards

    def _check_row(self, names=frozenset()):
        """Remember who has changed what the voucher pays."""
        result = super()._check_row(names)
        self.voucher_id._add_author()
        return result

    # What is wrong

    @api.constrains("item_id", "account_id")
    def _check_problem(self):
        """:raises ValidationError: a line does not fit its voucher"""
        for line in self:
            if problem := line._problem():
                raise ValidationError(problem)

    def _problem(self):
        """Return why the line cannot be on its voucher, as a sentence, or nothing."""
        if self.voucher_id._is_charged():
            return self._account_problem()
        return self._item_problem()

    def _item_problem(self):
        voucher, item = self.voucher_id, self.item_id
        if not item:
            return self.env._("Select what %s pays on each line.", voucher.name)
        if not item.filtered_domain(self._payable_items(voucher)):
            return self.env._(
                "%(document)s is no open item of %(payee)s in %(currency)s that "
                "%(voucher)s can pay. Select another one.",
                document=item.move_id.display_name,
                payee=voucher.partner_id.display_name,
                currency=voucher.currency_id.name,
                voucher=voucher.name,
            )
        return None

    def _account_problem(self):
        if not self.account_id:
            return self.env._("Enter an account on each line of the expense.")
        if self.account_id.account_type in NO_EXPENSE:
            return self.env._(
                "%(account)s is no account for an expense. Select another one on "
                "%(voucher)s.",
                account=self.account_id.display_name,
                voucher=self.voucher_id.name,
            )
        return None

    @api.model
    def _payable_items(self, voucher):
        """Return a domain for the items that a voucher may pay."""
        customer = voucher.partner_id.commercial_partner_id
        return (
            Domain("company_id", "=", voucher.company_id.id)
            & Domain("partner_id", "child_of", customer.ids)
            & Domain("currency_id", "=", voucher.currency_id.id)
            & Domain("account_id.account_type", "=", ACCOUNT_TYPES.get(voucher.kind))
            & Domain("parent_state", "=", "posted")
            & Domain("balance", "<", 0)
        )

    @api.model
    def _free_items(self, voucher):
        """Return a domain for open items that no voucher pays yet."""
        taken = self._search(
            Domain("item_id", "!=", False)
            & Domain("company_id", "=", voucher.company_id.id)
            & Domain("voucher_id.state", "in", ("draft", *LIVE))
        )
        return (
            self._payable_items(voucher)
            & Domain("amount_residual_currency", "<", 0)
            & Domain("id", "not in", taken.subselect("item_id"))
        )

    def _open_problem(self):
        """Return why the amount cannot be paid now, as a sentence, or nothing."""
        currency, item = self.currency_id, self.item_id
        if not item:
            return None
        reserved = self._reserved()
        free = self.open_amount - sum(reserved.mapped("amount"))
        if currency.compare_amounts(self.amount, free) <= 0:
            return None
        if reserved:
            return self.env._(
                "%(document)s: of %(open)s, other vouchers already pay %(reserved)s "
                "(%(vouchers)s). Change the amount.",
                document=item.move_id.display_name,
                open=amount_text(currency, self.open_amount),
                reserved=amount_text(currency, sum(reserved.mapped("amount"))),
                vouchers=reserved.voucher_id._enumerate(),
            )
        return self.env._(
            "%(document)s: %(open)s are open, and the voucher pays %(amount)s. Change "
            "the amount.",
            document=item.move_id.display_name,
            open=amount_text(currency, self.open_amount),
            amount=amount_text(currency, self.amount),
        )

    def _reserved(self):
        """Return the lines of other vouchers on their way that pay the same item."""
        return self.search(
            Domain("item_id", "=", self.item_id.id)
            & Domain("voucher_id", "!=", self.voucher_id.id)
            & Domain("voucher_id.state", "in", LIVE)
        )
