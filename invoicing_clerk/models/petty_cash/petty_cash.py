from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain


class ClerkPettyCash(models.Model):
    """A box of cash for small expenses, which one person holds.

    The custodian pays against receipts, up to a maximum and without asking anybody.
    Others agree when the box is replenished: that takes a payment voucher like any
    other, and restores exactly what was paid out.

    What is in the box is in `petty_cash_box`.
    """

    _name = "clerk.petty.cash"
    _description = "Petty Cash"
    _inherit = ["clerk.guarded", "clerk.thread"]
    _order = "name, id"
    _check_company_auto = True
    _final_fields = frozenset({"company_id", "journal_id"})
    _guarded_fields = frozenset({"count_ids", "voucher_ids"})

    name = fields.Char(required=True, size=100)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    journal_id = fields.Many2one(
        "account.journal",
        string="Cash Journal",
        required=True,
        check_company=True,
        domain="[('type', '=', 'cash')]",
        ondelete="restrict",
        help="The journal of this box alone, whose payments leave its account at once.",
    )
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True, precompute=True
    )
    custodian_id = fields.Many2one(
        "res.users",
        required=True,
        tracking=True,
        ondelete="restrict",
        help="The person who holds the box and pays out of it.",
    )
    bank_journal_id = fields.Many2one(
        "account.journal",
        string="Replenished From",
        required=True,
        check_company=True,
        domain="[('type', '=', 'bank')]",
        ondelete="restrict",
        tracking=True,
    )
    fund = fields.Monetary(
        required=True,
        tracking=True,
        help="The fixed amount of the box: cash and vouchers together. An increase is "
        "paid into the box when it is next replenished.",
    )
    maximum = fields.Monetary(
        string="Maximum per Voucher",
        required=True,
        tracking=True,
        help="Larger expenses take a payment voucher that others approve.",
    )
    difference_account_id = fields.Many2one(
        "account.account",
        string="Over and Short Account",
        required=True,
        check_company=True,
        domain="[('account_type', 'in', ('expense', 'income_other'))]",
        ondelete="restrict",
        help="The account to which differences found by a count are charged.",
    )
    count_ids = fields.One2many("clerk.petty.count", "petty_cash_id", string="Counts")
    voucher_ids = fields.One2many(
        "clerk.voucher", "petty_cash_id", string="Payment Vouchers"
    )

    _amounts = models.Constraint(
        "CHECK (fund > 0 AND maximum > 0 AND maximum <= fund)",
        "The fund and the maximum per voucher must be above zero, and the maximum not "
        "above the fund.",
    )
    _one_box = models.UniqueIndex(
        "(journal_id)", "The journal already belongs to a petty cash."
    )

    @api.depends("journal_id.currency_id", "company_id.currency_id")
    def _compute_currency_id(self):
        for box in self:
            box.currency_id = box.journal_id.currency_id or box.company_id.currency_id

    @api.constrains("custodian_id", "company_id")
    def _check_custodian(self):
        """:raises ValidationError: the custodian is not a clerk of the company"""
        for box in self:
            # sudo: reads companies and groups of a user whom a supervisor selected.
            user = box.custodian_id.sudo()
            if box.company_id not in user.company_ids or not user.has_group(
                "invoicing_clerk.group_clerk"
            ):
                raise ValidationError(
                    self.env._(
                        "%(user)s is not a clerk of %(company)s. Select another "
                        "custodian.",
                        user=user.name,
                        company=box.company_id.name,
                    )
                )

    # The account of the box

    def _account(self):
        """Return the account whose balance is what is in the box."""
        return self.journal_id.default_account_id

    def _methods(self):
        """Return the payment methods that take cash out of the box at once."""
        return self.journal_id.outbound_payment_method_line_ids.filtered(
            lambda line: line.payment_account_id == self._account()
        )

    def _method_problem(self):
        """Return why what is paid would not leave the box at once, or nothing."""
        if self._account() and self._methods():
            return None
        return self.env._(
            "Payments of %(journal)s do not leave its account at once. Ask an "
            "accountant to set %(account)s as the outstanding account of its outgoing "
            "payment method.",
            journal=self.journal_id.name,
            account=self._account().display_name or self.env._("a cash account"),
        )

    @api.constrains("journal_id", "active")
    def _check_journal(self):
        """:raises ValidationError: what is paid would not leave the box at once, or
        another box has the same account"""
        for box in self:
            if problem := box._method_problem():
                raise ValidationError(problem)
            same = Domain("journal_id.default_account_id", "=", box._account().id)
            if other := self.search(same & Domain("id", "!=", box.id), limit=1):
                raise ValidationError(
                    self.env._(
                        "%(account)s is already the account of %(other)s. Each box "
                        "needs a journal and an account of its own.",
                        account=box._account().display_name,
                        other=other.name,
                    )
                )

    def write(self, vals):
        """:raises UserError: a box that is not empty is archived"""
        if vals.get("active") is False:
            self._check_empty()
        return super().write(vals)

    def _check_empty(self):
        for box in self:
            if not box.currency_id.is_zero(box.cash_on_hand):
                raise UserError(
                    self.env._(
                        "%(box)s still holds %(cash)s. Deposit the cash, then archive "
                        "the box.",
                        box=box.name,
                        cash=box._amount_text(box.cash_on_hand),
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for box in self:
            if box.voucher_ids or box.count_ids:
                raise UserError(
                    self.env._(
                        "%s has vouchers or counts, which are kept: archive it.",
                        box.name,
                    )
                )
