from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ...rules.receipt.deposit import AT_BANK
from ..mixin.gate import only_one
from ..mixin.roles import READERS


class AccountPayment(models.Model):
    """Payments that are taken to the bank.

    Receipts of the desk are, and payments by a method for checks and cash. A payment
    without a check number is cash, unless the bank has credited it. What a slip shows
    of a payment does not change while the deposit is at the bank, and the payment is
    not undone.
    """

    _inherit = "account.payment"
    _guarded_fields = frozenset({"receipt_ids"})
    _checked_fields = frozenset({"deposit_id", "receipt_ids"})
    # What a slip shows, and on what its booking depends.
    _deposited_fields = frozenset(
        {
            *("amount", "company_id", "currency_id", "date", "journal_id"),
            *("move_id", "outstanding_account_id", "payment_method_line_id"),
            *("payment_reference", "payment_type"),
        }
    )

    deposit_id = fields.Many2one(
        "clerk.deposit",
        string="Bank Deposit",
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
        groups=READERS,
        help="The deposit with which the payment is taken to the bank.",
    )
    receipt_ids = fields.One2many(
        "clerk.receipt", "payment_id", string="Receipts", groups=READERS
    )
    drawer = fields.Char(
        compute="_compute_drawer",
        groups=READERS,
        exportable=False,
        help="The payer as given on the check, or the customer.",
    )
    drawer_bank = fields.Char(
        string="Drawer's Bank",
        compute="_compute_drawer",
        groups=READERS,
        exportable=False,
    )
    is_at_hand = fields.Boolean(
        string="Taken to the Bank",
        compute="_compute_is_at_hand",
        search="_search_is_at_hand",
        groups=READERS,
        exportable=False,
        help="Checks and cash, which a person takes to the bank.",
    )

    @api.depends("receipt_ids.payer", "receipt_ids.drawer_bank", "partner_id.name")
    def _compute_drawer(self):
        for payment in self:
            receipt = payment.receipt_ids[:1]
            payment.drawer = receipt.payer or payment.partner_id.name
            payment.drawer_bank = receipt.drawer_bank

    # Guards

    def write(self, vals):
        """:raises UserError: a deposit that was taken to the bank would change"""
        if "deposit_id" in vals:
            self._check_moved(vals["deposit_id"])
        undone = vals.get("state") in ("draft", "canceled", "rejected")
        if undone or self._deposited_fields & vals.keys():
            self._check_not_deposited(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_deposited(self):
        self._check_not_deposited({"state": False})

    def _check_moved(self, number):
        """:raises UserError: a payment would leave a deposit that is no draft"""
        for payment in self.filtered("deposit_id"):
            if number and number != payment.deposit_id.id:
                raise UserError(
                    self.env._(
                        "%(payment)s is already in %(deposit)s. Remove it there first.",
                        payment=payment.display_name,
                        deposit=payment.deposit_id.name,
                    )
                )
        if not self._passes_guard():
            self.deposit_id.check_access("write")
            self.deposit_id._check_draft()

    def _check_not_deposited(self, vals):
        # sudo: payments of users without a role of ours are protected, too. They read
        # the number of the deposit only.
        names = {"state", *self._deposited_fields}
        for payment in self.sudo():
            deposit = payment.deposit_id
            if deposit.state in AT_BANK and payment._would_change(vals, names):
                raise UserError(
                    self.env._(
                        "%(payment)s was taken to the bank with %(deposit)s and "
                        "cannot be changed.",
                        payment=payment.display_name,
                        deposit=deposit.name,
                    )
                )

    def _would_change(self, vals, names):
        """Return whether the payment has another value in one of these fields."""
        return any(
            self._fields[name].convert_to_write(self[name], self) != vals[name]
            for name in names & vals.keys()
        )

    @api.constrains("deposit_id")
    def _check_deposit(self):
        """:raises UserError: the deposit is no draft, or the payment does not fit"""
        deposits = self.deposit_id
        deposits.check_access("write")
        deposits._check_draft()
        for deposit in deposits:
            if problem := deposit._payment_problem():
                raise ValidationError(problem)

    # Which can be deposited

    @api.model
    def _waiting_for_deposit(self, deposit):
        """Return a domain for the payments that a deposit could still take."""
        return Domain(
            [
                ("company_id", "=", deposit.company_id.id),
                ("journal_id", "=", deposit.journal_id.id),
                ("currency_id", "=", deposit.currency_id.id),
                ("date", "<=", deposit.date),
                ("payment_type", "=", "inbound"),
                ("state", "in", ("in_process", "paid")),
                ("is_matched", "=", False),
                ("move_id.state", "=", "posted"),
                ("deposit_id", "=", False),
                ("is_at_hand", "=", True),
            ]
        )

    @api.depends(
        "payment_method_line_id.is_checks_or_cash",
        "presented_for_ids.reason_id.scheme",
        "receipt_ids.batch_id.is_credited",
    )
    def _compute_is_at_hand(self):
        at_hand = self.filtered_domain(self._at_hand())
        for payment in self:
            payment.is_at_hand = payment in at_hand

    @api.model
    def _search_is_at_hand(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._at_hand()
        return domain if True in value else ~domain

    @api.model
    def _at_hand(self):
        """Return a domain for payments that a person takes to the bank.

        Receipts, checks that are presented again, and payments by a method for checks
        and cash: others may be transfers, even if they were registered by hand.
        """
        kinds = Domain.OR(
            (
                [("receipt_ids", "!=", False)],
                [("presented_for_ids.reason_id.scheme", "=", "check")],
                [("payment_method_line_id.is_checks_or_cash", "=", True)],
            )
        )
        return kinds & ~self._credited_by_bank()

    @api.model
    def _credited_by_bank(self):
        return Domain("receipt_ids.batch_id.is_credited", "=", True)

    def _deposit_problem(self, deposit):
        """Return why the payment cannot be in a deposit; nothing if it can."""
        names = {"payment": self.display_name, "journal": deposit.journal_id.name}
        if (self.company_id, self.journal_id) != (
            deposit.company_id,
            deposit.journal_id,
        ):
            return self.env._(
                "%(payment)s is not a payment of %(journal)s. Deposit it with its own "
                "bank.",
                **names,
            )
        if self.currency_id != deposit.currency_id:
            return self.env._(
                "%(payment)s is in %(other)s. A deposit has one currency: enter it in "
                "another deposit.",
                other=self.currency_id.name,
                **names,
            )
        if self.payment_type != "inbound":
            return self.env._("%(payment)s is not an incoming payment.", **names)
        if self.date > deposit.date:
            return self.env._(
                "%(payment)s is dated %(date)s, after the deposit. Deposit it then.",
                date=format_date(self.env, self.date),
                **names,
            )
        if not self.is_at_hand:
            return self._not_at_hand_text(names)
        return self._outstanding_problem(names)

    def _not_at_hand_text(self, names):
        names = {"method": self.payment_method_line_id.name or "", **names}
        if self.filtered_domain(self._credited_by_bank()):
            return self.env._(
                "%(payment)s came in by %(method)s and is already on the bank account: "
                "there is nothing to take to the bank.",
                **names,
            )
        return self.env._(
            "%(payment)s has no receipt, and %(method)s is not a method for checks and "
            "cash. Ask an accountant to set Checks or Cash for the payment method of "
            "%(journal)s.",
            **names,
        )

    def _outstanding_problem(self, names):
        """Return why nothing is outstanding on the payment, as a sentence."""
        if self.state not in ("in_process", "paid"):
            return self.env._("%(payment)s is not posted. Post it first.", **names)
        if not self.move_id:
            return self.env._(
                "%(payment)s has no journal entry, so that no receipt is outstanding. "
                "Ask an accountant to set an outstanding account for the payment "
                "methods of %(journal)s.",
                **names,
            )
        if self.move_id.state != "posted":
            return self.env._(
                "The journal entry of %(payment)s is not posted. Ask an accountant to "
                "post it.",
                **names,
            )
        lines = self._outstanding_lines()
        if not lines or not all(lines.account_id.mapped("reconcile")):
            return self.env._(
                "%(payment)s was not posted to an outstanding account, so that there "
                "is nothing to deposit. Ask an accountant to set an outstanding "
                "account for the payment methods of %(journal)s.",
                **names,
            )
        return self.is_matched and self.env._(
            "%(payment)s is no longer outstanding: the bank has credited it, or it "
            "was reversed.",
            **names,
        )

    def _outstanding_lines(self):
        """Return the items that wait for the bank; none on the bank account itself."""
        lines = self._seek_for_lines()[0]
        bank = self.journal_id.default_account_id
        return lines.filtered(lambda line: line.account_id != bank)

    def action_open_deposit(self):
        """Open the deposit with which the payment was taken to the bank."""
        return only_one(self).deposit_id.get_formview_action()


class AccountPaymentMethodLine(models.Model):
    """Payment methods by which checks and cash come in.

    Accountants say which these are: clerks, who may write the methods of a journal,
    would decide on their own what is taken to the bank.
    """

    _name = "account.payment.method.line"
    _inherit = ["clerk.guarded", "account.payment.method.line"]
    _guards_computed = False
    _guarded_fields = frozenset({"is_checks_or_cash"})
    _checked_fields = _guarded_fields

    is_checks_or_cash = fields.Boolean(
        string="Checks or Cash",
        copy=False,
        groups=f"{READERS},account.group_account_manager",
        help="Payments by this method are taken to the bank: they can be added to a "
        "deposit, even if they were registered without a receipt.",
    )

    def _forged(self, vals, creates):
        """Let accountants who configure journals set it."""
        if self.env.user.has_group("account.group_account_manager"):
            return set()
        return super()._forged(vals, creates)

    @api.model
    def _guard_hint(self):
        return self.env._("Ask an accountant.")
