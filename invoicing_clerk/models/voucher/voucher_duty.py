from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ...rules.voucher import voucher as rules
from ..mixin.amount import amount_text, exact
from ..mixin.locking import take_turns
from .res_company import THRESHOLDS

TAKERS = {
    "prepare": "prepared_by_id",
    "check": "checked_by_id",
    "approve": "approved_by_id",
    "pay": "paid_by_id",
}


class ClerkVoucher(models.Model):
    """The steps of a voucher, and who may take them.

    From amounts in the settings on, steps are taken by different people. Whoever
    approves needs a limit that covers the voucher and others for the same payee, so
    that many small ones count as a large one.
    """

    _inherit = "clerk.voucher"

    people_needed = fields.Integer(
        compute="_compute_people_needed",
        exportable=False,
        help="The number of different people who prepare, check, approve and pay it.",
    )
    next_note = fields.Char(
        string="Next Step",
        compute="_compute_next_note",
        exportable=False,
        help="The next step, and the reason why you cannot take it.",
    )

    @api.depends("company_amount", "amount", "currency_id", "company_id", "date")
    def _compute_people_needed(self):
        for voucher in self:
            voucher.people_needed = voucher._people_needed()

    def _people_needed(self):
        # sudo: amounts in the settings of the company, which are only compared.
        company = self.company_id.sudo()
        thresholds = [exact(company.currency_id, company[name]) for name in THRESHOLDS]
        amount = exact(company.currency_id, self._amount_in_company_currency())
        return rules.people_needed(amount, thresholds)

    def _amount_in_company_currency(self):
        """Return the amount that limits are compared with; fixed when prepared."""
        if self.state != "draft":
            return self.company_amount
        return self.currency_id._convert(
            self.amount,
            self.company_id.currency_id,
            self.company_id,
            self.date or fields.Date.context_today(self),
        )

    # Steps

    def action_prepare(self):
        """Hand in vouchers to be checked and approved by others.

        :raises UserError: one is not complete, or no longer fits the ledger
        """
        self._begin_step("prepare")
        self._check_needs("prepare", {})
        for voucher in self:
            voucher._write_step(
                "prepare",
                company_amount=voucher._amount_in_company_currency(),
                prepared_by_id=self.env.uid,
                prepared_on=fields.Datetime.now(),
            )

    def action_check(self):
        """Confirm that a voucher agrees with what it pays."""
        self._take_step(
            "check", checked_by_id=self.env.uid, checked_on=fields.Datetime.now()
        )

    def action_approve(self):
        """Approve vouchers, for the bank account that they show now."""
        self._begin_step("approve")
        self._take_turns_for_payees()
        self._check_needs("approve", {})
        for voucher in self:
            voucher._write_step(
                "approve",
                approved_by_id=self.env.uid,
                approved_on=fields.Datetime.now(),
                approved_account=voucher.partner_bank_id.sanitized_acc_number,
            )

    def _take_turns_for_payees(self):
        """Let one voucher of a payee be approved after the other: they add up."""
        payees = self.partner_id.commercial_partner_id
        take_turns(
            lambda: self.env._(
                "Somebody else is approving a voucher for %s. Try again in a moment.",
                ", ".join(payees[:5].mapped("display_name")),
            ),
            payees,
        )

    def action_return(self, reason):
        """Send vouchers back to draft, and say why; what was approved is void.

        :raises UserError: no reason is given
        """
        reason = self._reason(reason)
        self._begin_step("return")
        for voucher in self:
            voucher._tell_preparer(self.env._("Sent back: %s", reason))
        self._write_step("return", **self._without_people())

    def _reason(self, reason):
        """Return the text of a reason.

        :raises UserError: it is empty, too long or cannot be stored
        """
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Enter a reason for %s.", self._enumerate()))
        self.env["clerk.voucher.return"]._check_input({"reason": reason})
        return reason.strip()

    def _tell_preparer(self, text):
        self.message_post(
            body=text,
            subtype_xmlid="mail.mt_note",
            partner_ids=self.prepared_by_id.partner_id.ids,
        )

    def action_cancel(self):
        """Cancel vouchers that are not paid."""
        self._take_step("cancel")

    @api.model
    def _without_people(self):
        names = ("prepared", "checked", "approved")
        return {
            **{f"{name}_by_id": False for name in names},
            **{f"{name}_on": False for name in names},
            "approved_account": False,
        }

    # What a step needs

    def _obstacle(self, step, vals):
        checks = {
            "prepare": (self._content_problem,),
            "check": (lambda: self._duty_problem("check"),),
            "approve": (
                self._unchecked_problem,
                lambda: self._duty_problem("approve"),
                self._limit_problem,
                self._content_problem,
            ),
            "pay": (
                lambda: self._duty_problem("pay"),
                self._content_problem,
                self._payment_problem,
            ),
        }
        problems = (check() for check in checks.get(step, ()))
        return next(filter(None, problems), None) or super()._obstacle(step, vals)

    def _content_problem(self):
        """Return what is wrong with the voucher, as a sentence, or nothing."""
        if not self.line_ids:
            return self.env._("Enter what it pays.")
        if not self.partner_id.active:
            return self.env._(
                "%s is archived. Unarchive the contact, or pay somebody else.",
                self.partner_id.display_name,
            )
        if self.payment_method_line_id.journal_id != self.journal_id:
            return self.env._(
                "%s has no payment method for outgoing payments. Select another "
                "journal.",
                self.journal_id.name,
            )
        problems = (line._problem() or line._open_problem() for line in self.line_ids)
        return next(filter(None, problems), None) or self._bank_problem()

    def _bank_problem(self):
        """Return why money cannot go to the payee's bank account, or nothing."""
        account = self.partner_bank_id
        if not account:
            return None
        if not account.active or account.partner_id.commercial_partner_id != (
            self.partner_id.commercial_partner_id
        ):
            return self.env._(
                "%(account)s is not an active account of %(payee)s. Select another "
                "account.",
                account=account.acc_number,
                payee=self.partner_id.display_name,
            )
        return None

    def _duty_problem(self, duty):
        """Return which earlier step keeps the user from this one, or nothing."""
        takers = {each: self[name].ids for each, name in TAKERS.items()}
        takers["prepare"] += self.author_ids.ids
        needed = self._people_needed()
        earlier = rules.duty_taken_before(duty, self.env.uid, takers, needed)
        if not earlier:
            return None
        taken = {
            "prepare": self.env._("entered or prepared"),
            "check": self.env._("checked"),
            "approve": self.env._("approved"),
        }
        return self._duty_text(taken[earlier], needed)

    def _duty_text(self, taken, needed):
        threshold = self._threshold_of(needed)
        if not threshold:
            return self.env._(
                "You have %(taken)s it, and each voucher needs different people "
                "(%(count)s): ask a colleague.",
                taken=taken,
                count=needed,
            )
        return self.env._(
            "You have %(taken)s it, and vouchers of %(amount)s or more need different "
            "people (%(count)s): ask a colleague.",
            taken=taken,
            amount=amount_text(self.company_id.currency_id, threshold),
            count=needed,
        )

    def _threshold_of(self, needed):
        # sudo: an amount in the settings, which the sentence tells a clerk.
        return self.company_id.sudo()[THRESHOLDS[needed - 2]]

    def _unchecked_problem(self):
        if self.state == "prepared" and rules.needs_check(self._people_needed()):
            return self.env._("A colleague has to check it first.")
        return None

    def _limit_problem(self):
        """Return why the voucher is above the user's limit, or nothing."""
        limit = self.env["clerk.approval.limit"]._governing(
            self.env.user, self.company_id, kind="voucher"
        )
        stake = self._stake()
        if limit._covers(self.company_id, stake):
            return None
        if not limit:
            return self.env._(
                "%s has no limit for payment vouchers. Ask a supervisor.",
                self.env.user.name,
            )
        return self.env._(
            "%(stake)s for %(payee)s, with your other approvals since %(since)s, is "
            "above the limit that applies to you (%(limit)s).",
            stake=amount_text(self.company_id.currency_id, stake),
            payee=self.partner_id.display_name,
            since=format_date(self.env, self._stake_since()),
            limit=limit.display_name,
        )

    def _stake(self):
        """Return the amount with recent vouchers for the same payee that the user
        approved, in company currency."""
        # sudo: amounts of branches count as well; only their sum is shown.
        others = self.sudo()._read_group(
            Domain("company_id", "child_of", self.company_id.sudo().root_id.id)
            & Domain(
                "partner_id", "child_of", self.partner_id.commercial_partner_id.ids
            )
            & Domain("approved_by_id", "=", self.env.uid)
            & Domain("approved_on", ">=", self._stake_since())
            & Domain("state", "in", ("approved", "paid"))
            & Domain("id", "!=", self.id),
            aggregates=["company_amount:sum"],
        )
        return self.company_amount + (others[0][0] or 0.0)

    def _stake_since(self):
        """Return the time from which approvals for the same payee count together."""
        # sudo: a number of days in the settings of the company.
        days = self.company_id.sudo().clerk_stake_days
        return fields.Datetime.now() - timedelta(days=days)

    # What is shown

    def _is_offered(self, step):
        checks = {"check": ("check",), "approve": ("approve",), "pay": ("pay",)}
        if step == "approve" and (self._unchecked_problem() or self._limit_problem()):
            return False
        if step in checks and self._duty_problem(step):
            return False
        return super()._is_offered(step)

    @api.depends("state", "amount", "company_amount", *TAKERS.values())
    def _compute_allowed_actions(self):
        return super()._compute_allowed_actions()

    @api.depends("state", "amount", "company_amount", *TAKERS.values())
    @api.depends_context("uid")
    def _compute_next_note(self):
        for voucher in self:
            voucher.next_note = voucher._next_note()

    def _next_note(self):
        """Return what a voucher on its way waits for, as a sentence."""
        if self.state == "prepared" and self._unchecked_problem():
            return self._duty_problem("check") or self.env._("To be checked.")
        if self.state in ("prepared", "checked"):
            problem = self._duty_problem("approve") or self._limit_problem()
            return problem or self.env._("To be approved.")
        if self.state == "approved":
            problem = self._duty_problem("pay") or self._payment_problem()
            return problem or self.env._("To be paid.")
        return False
