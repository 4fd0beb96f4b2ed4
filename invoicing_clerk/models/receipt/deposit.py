from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...rules.receipt import deposit as rules
from ..mixin.amount import amount_text, exact
from ..mixin.locking import lock


class ClerkDeposit(models.Model):
    """Checks and cash that a clerk takes to the bank, listed on a deposit slip.

    The slip is final when the deposit leaves the house. The bank confirms it by a
    credit, which settles the outstanding receipts.

    Steps are in `deposit_step`, the booking of the credit in `deposit_confirm`, and
    the contents of the slip in `deposit_slip`.
    """

    _name = "clerk.deposit"
    _description = "Bank Deposit"
    _inherit = [
        *("clerk.drafted", "clerk.evidence", "clerk.thread"),
        "mail.activity.mixin",
    ]
    _lifecycle = rules.LIFECYCLE
    _number_prefix = "DEP"
    _order = "id desc"
    _check_company_auto = True
    _evidence_fields = {"stamped_copy_id": "stamped_copy_hash"}
    # What the slip shows.
    _content_fields = frozenset(
        {"cash_ids", "currency_id", "date", "journal_id", "payment_ids"}
    )
    _final_fields = frozenset({"company_id"})
    _guarded_fields = frozenset(
        {
            *("deposited_by_id", "deposited_on"),
            *("credited_on", "credited_amount", "credit_note", "confirmed_by_id"),
            *("statement_line_id", "move_id", "stamped_copy_id", "stamped_copy_hash"),
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
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    date = fields.Date(
        string="Deposit Date",
        required=True,
        default=fields.Date.context_today,
        help="The date on the slip. Checks that are dated later are not accepted yet.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        string="Bank",
        required=True,
        check_company=True,
        domain="[('type', '=', 'bank')]",
        default=lambda self: self._default_journal(),
        help="The bank journal of the payments.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        help="The currency of all payments. Another currency needs a slip of its own.",
    )
    payment_ids = fields.One2many(
        "account.payment", "deposit_id", string="Payments", copy=False
    )
    cash_ids = fields.One2many("clerk.deposit.cash", "deposit_id", copy=False)
    deposited_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    deposited_on = fields.Datetime(readonly=True, copy=False)

    payment_count = fields.Integer(
        string="Number of Payments", compute="_compute_totals"
    )
    check_count = fields.Integer(string="Checks", compute="_compute_totals")
    check_amount = fields.Monetary(string="Total of Checks", compute="_compute_totals")
    cash_amount = fields.Monetary(
        string="Cash Payments",
        compute="_compute_totals",
        help="Total of the payments without a check number.",
    )
    counted_amount = fields.Monetary(
        string="Cash Counted",
        compute="_compute_totals",
        help="Total of the notes and coins.",
    )
    total = fields.Monetary(string="Total Deposit", compute="_compute_totals")
    cash_note = fields.Char(
        string="Cash Difference",
        compute="_compute_totals",
        help="By how much the notes and coins differ from the cash payments.",
    )

    # Defaults and totals

    @api.model
    def _default_journal(self):
        journals = self.env["account.journal"]
        company = journals._check_company_domain(self.env.company)
        return journals.search([("type", "=", "bank"), *company], limit=1)

    @api.depends("journal_id", "company_id")
    def _compute_currency_id(self):
        for deposit in self:
            deposit.currency_id = (
                deposit.journal_id.currency_id or deposit.company_id.currency_id
            )

    @api.depends(
        "currency_id",
        "payment_ids.amount",
        "payment_ids.payment_reference",
        "cash_ids.amount",
    )
    @api.depends_context("lang")
    def _compute_totals(self):
        for deposit in self:
            found = deposit._totals()
            counted = sum(deposit.cash_ids.mapped("amount"))
            deposit.payment_count = len(deposit.payment_ids)
            deposit.check_count = found.check_count
            deposit.check_amount = float(found.checks)
            deposit.cash_amount = float(found.cash)
            deposit.counted_amount = counted
            deposit.total = float(found.total)
            deposit.cash_note = deposit._difference_text(counted - float(found.cash))

    def _totals(self):
        currency = self._currency()
        return rules.totals(
            rules.Item(exact(currency, payment.amount), payment.payment_reference or "")
            for payment in self.payment_ids
        )

    def _currency(self):
        # A form may be without a currency for a moment.
        return self.currency_id or self.company_id.currency_id

    def _difference_text(self, by):
        """Return a difference in words; nothing if there is none."""
        currency = self._currency()
        if currency.is_zero(by):
            return False
        if by > 0:
            return self.env._("%s more", amount_text(currency, by))
        return self.env._("%s less", amount_text(currency, -by))

    # Guards

    @api.model
    def _evidence_hint(self):
        return self.env._("Attach another file to the deposit instead.")

    def _check_draft(self):
        """Keep others off the deposits, and check that they are still drafts."""
        lock(
            lambda: self.env._(
                "Somebody else is working on %s right now. Reload the page to see "
                "the changes.",
                self._enumerate(),
            ),
            self,
        )
        return super()._check_draft()

    @api.constrains("company_id", "currency_id", "date", "journal_id")
    def _check_payments(self):
        """:raises ValidationError: a payment does not fit the deposit"""
        for deposit in self:
            if deposit.journal_id.type != "bank":
                raise ValidationError(
                    self.env._(
                        "%s is not a bank journal. Select another journal.",
                        deposit.journal_id.display_name,
                    )
                )
            if problem := deposit._payment_problem():
                raise ValidationError(problem)

    def _payment_problem(self):
        """Return why a payment cannot be in the deposit; nothing if all can."""
        if len(self.payment_ids) > rules.MAX_PAYMENTS:
            return self.env._(
                "The deposit has more payments than the limit of %(max)s: %(count)s. "
                "Enter the others in another deposit.",
                max=rules.MAX_PAYMENTS,
                count=len(self.payment_ids),
            )
        problems = (payment._deposit_problem(self) for payment in self.payment_ids)
        return next(filter(None, problems), None)
