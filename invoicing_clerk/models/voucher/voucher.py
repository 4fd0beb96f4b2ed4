from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from ...rules.voucher import voucher as rules
from ..mixin.amount import amount_text

# What is entered when an approved voucher is paid.
PAYMENT_FIELDS = frozenset({"payment_date", "reference"})
MEMO_SIZE = 200


class ClerkVoucher(models.Model):
    """An order to pay somebody, on which several people agree before money leaves.

    It is prepared with what it pays: vendor bills, the credit of a customer, or an
    expense and the accounts that it is charged to. Others check and approve it, as
    many as its amount needs; then it is paid, and its lines are settled.

    Who may take which step is in `voucher_duty`, the payment in `voucher_pay`.
    """

    _name = "clerk.voucher"
    _description = "Payment Voucher"
    _inherit = [
        *("clerk.drafted", "clerk.evidence", "clerk.thread"),
        *("clerk.work.item.link", "mail.activity.mixin"),
    ]
    _lifecycle = rules.LIFECYCLE
    _number_prefix = "PV"
    _order = "id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "partner_id", "memo", "reference"]
    _deletable_states = ("draft",)
    # What the people agree on.
    _content_fields = frozenset(
        {
            *("currency_id", "date", "journal_id", "kind", "line_ids", "memo"),
            *("partner_bank_id", "partner_id", "payment_method_line_id"),
        }
    )
    _final_fields = frozenset({"company_id"})
    _guarded_fields = frozenset(
        {
            *("prepared_by_id", "prepared_on", "checked_by_id", "checked_on"),
            *("approved_by_id", "approved_on", "paid_by_id", "company_amount"),
            *("approved_account", "author_ids", "payment_id", "receipt_move_id"),
        }
    )

    state = fields.Selection(
        rules.STATES,
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
        index=True,
    )
    kind = fields.Selection(rules.KINDS, string="Pays", required=True, default="bill")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Payee",
        required=True,
        check_company=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    date = fields.Date(
        string="Voucher Date",
        required=True,
        default=fields.Date.context_today,
    )
    journal_id = fields.Many2one(
        "account.journal",
        string="Paid From",
        required=True,
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash'))]",
        compute="_compute_journal_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    payment_method_line_id = fields.Many2one(
        "account.payment.method.line",
        string="Payment Method",
        compute="_compute_payment_method_line_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        domain="[('journal_id', '=', journal_id), ('payment_type', '=', 'outbound')]",
    )
    partner_bank_id = fields.Many2one(
        "res.partner.bank",
        string="Payee's Bank Account",
        compute="_compute_partner_bank_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        ondelete="restrict",
        domain="[('partner_id', 'child_of', partner_id)]",
        help="The account that the money is sent to; empty for cash and checks.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    memo = fields.Char(string="Purpose", size=MEMO_SIZE)
    line_ids = fields.One2many("clerk.voucher.line", "voucher_id", copy=False)
    amount = fields.Monetary(compute="_compute_amount", store=True, tracking=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    company_amount = fields.Monetary(
        string="Amount in Company Currency",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
        help="At the rate of the day on which the voucher was prepared. The number of "
        "people and the limits are compared with it.",
    )
    reference = fields.Char(
        string="Check or Transfer No.",
        size=64,
        copy=False,
        help="The number of the check or the transfer by which the voucher is paid.",
    )
    payment_date = fields.Date(
        copy=False, help="The date of the payment; today if empty."
    )

    author_ids = fields.Many2many(
        "res.users",
        "clerk_voucher_author_rel",
        string="Authors",
        readonly=True,
        copy=False,
        help="Everybody who entered or changed it. They count as those who prepare it.",
    )
    prepared_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    prepared_on = fields.Datetime(readonly=True, copy=False)
    checked_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    checked_on = fields.Datetime(readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_on = fields.Datetime(readonly=True, copy=False)
    paid_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_account = fields.Char(
        string="Approved Bank Account",
        readonly=True,
        copy=False,
        help="The bank account that the voucher was approved for.",
    )
    payment_id = fields.Many2one(
        "account.payment",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    receipt_move_id = fields.Many2one(
        "account.move",
        string="Entry of the Expense",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )

    # Defaults and totals

    @api.depends("company_id")
    def _compute_journal_id(self):
        for voucher in self:
            if not voucher.journal_id:
                voucher.journal_id = voucher._default_journal()

    def _default_journal(self):
        journals = self.env["account.journal"]
        company = journals._check_company_domain(self.company_id)
        return journals.search([("type", "=", "bank"), *company], limit=1)

    @api.depends("journal_id")
    def _compute_payment_method_line_id(self):
        for voucher in self:
            lines = voucher.journal_id.outbound_payment_method_line_ids
            if voucher.payment_method_line_id not in lines:
                voucher.payment_method_line_id = lines[:1]

    @api.depends("partner_id", "journal_id")
    def _compute_partner_bank_id(self):
        for voucher in self:
            accounts = voucher.partner_id.bank_ids.filtered(
                lambda each, voucher=voucher: (
                    each.company_id in (voucher.company_id, each.company_id.browse())
                )
            )
            needs_account = voucher.journal_id.type == "bank"
            voucher.partner_bank_id = accounts[:1] if needs_account else False

    @api.depends("journal_id", "company_id")
    def _compute_currency_id(self):
        for voucher in self:
            voucher.currency_id = (
                voucher.journal_id.currency_id or voucher.company_id.currency_id
            )

    @api.depends("line_ids.amount", "currency_id")
    def _compute_amount(self):
        for voucher in self:
            total = sum(voucher.line_ids.mapped("amount"))
            currency = voucher.currency_id or voucher.company_id.currency_id
            voucher.amount = currency.round(total) if currency else total

    def _is_charged(self):
        """Return whether it pays what is charged to accounts when it is paid."""
        return self.kind == "expense"

    def _amount_text(self, amount):
        return amount_text(self.currency_id, amount)

    # Entry

    def action_add_open_items(self):
        """Add the open items of the payee that are on no other voucher, by due date.

        :raises UserError: there are none, or the voucher is no longer a draft
        """
        self.ensure_one()
        self.check_access("write")
        self._check_draft()
        free = self.line_ids._free_items(self)
        room = max(rules.MAX_LINES - len(self.line_ids), 0)
        items = self.env["account.move.line"].search(
            free, order="date_maturity, id", limit=room
        )
        if not items:
            raise UserError(
                self.env._(
                    "There are no more open items of %(payee)s in %(currency)s that "
                    "%(voucher)s can pay.",
                    payee=self.partner_id.display_name,
                    currency=self.currency_id.name,
                    voucher=self.name,
                )
            )
        self.line_ids = [Command.create({"item_id": item.id}) for item in items]

    # Guards

    @api.model
    def _entry_values(self):
        return {"author_ids": [Command.link(self.env.uid)]}

    def write(self, vals):
        """:raises UserError: the payment of a voucher is paid, and was to be changed"""
        if PAYMENT_FIELDS & vals.keys() and not self._passes_guard():
            self._check_step("enter_payment")
        done = super().write(vals)
        if self._declared("_content_fields") & vals.keys() and not self._passes_guard():
            self._add_author()
        return done

    def _add_author(self):
        """Remember that the user changed what somebody else must approve."""
        new = self.filtered(lambda each: self.env.user not in each.author_ids)
        new._inside().author_ids = [Command.link(self.env.uid)]

    @api.constrains("kind", "line_ids", "partner_id", "currency_id", "company_id")
    def _check_lines(self):
        """:raises ValidationError: a line does not fit the voucher"""
        for voucher in self:
            if len(voucher.line_ids) > rules.MAX_LINES:
                raise ValidationError(
                    self.env._(
                        "%(voucher)s has more lines than the limit of %(max)s: "
                        "%(count)s. Enter the others in another voucher.",
                        voucher=voucher.name,
                        max=rules.MAX_LINES,
                        count=len(voucher.line_ids),
                    )
                )
            voucher.line_ids._check_problem()
