from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ...rules.petty_cash.petty_cash import replenishment
from ...rules.voucher.voucher import LIVE
from ..mixin.amount import amount_text, exact
from ..mixin.locking import take_turns


class ClerkVoucher(models.Model):
    """Vouchers that replenish a box: they pay in what was paid out, and no more."""

    _inherit = "clerk.voucher"

    @api.model
    def _replenish(self, box):
        """Prepare a draft that restores the fund of a box.

        :raises UserError: nothing is missing, or the fund was reduced below what is in
            the box
        """
        self.check_access("create")
        take_turns(box._locked_text, box)
        vouchers, counts = box._unreplenished()
        increase = box._increase()
        amount = self._to_replenish(vouchers, counts, increase)
        if amount <= 0:
            raise UserError(self._nothing_to_replenish(box, amount))
        voucher = self.with_company(box.company_id).create(
            {
                "kind": "replenish",
                "petty_cash_id": box.id,
                "company_id": box.company_id.id,
                "currency_id": box.currency_id.id,
                "partner_id": box.custodian_id.partner_id.id,
                "partner_bank_id": False,
                "memo": box.name,
                "line_ids": [
                    Command.create(
                        {"account_id": box._account().id, "amount": float(amount)}
                    )
                ],
            }
        )
        voucher._inside().increase = float(increase)
        vouchers._inside().replenished_by_id = voucher
        counts._inside().replenished_by_id = voucher
        return voucher

    @api.model
    def _to_replenish(self, vouchers, counts, increase):
        return replenishment(
            [exact(each.currency_id, each.amount) for each in vouchers],
            [exact(each.currency_id, -each.difference) for each in counts],
            increase,
        )

    @api.model
    def _nothing_to_replenish(self, box, amount):
        if not amount and (pending := self._replenishing(box)):
            return self.env._(
                "%(voucher)s already replenishes %(box)s: have it approved and paid.",
                voucher=pending.name,
                box=box.name,
            )
        if not amount:
            return self.env._("Nothing is missing from %s.", box.name)
        return self.env._(
            "%(box)s holds %(surplus)s more than its fund. Deposit that in the bank.",
            box=box.name,
            surplus=box._amount_text(float(-amount)),
        )

    @api.model
    def _replenishing(self, box):
        """Return the latest voucher on its way that replenishes a box."""
        return self.search(
            Domain("petty_cash_id", "=", box.id)
            & Domain("kind", "=", "replenish")
            & Domain("state", "in", ("draft", *LIVE)),
            limit=1,
        )

    def _content_problem(self):
        return self._replenish_problem() or super()._content_problem()

    def _replenish_problem(self):
        """Return why a replenishment is not what was paid out, or nothing."""
        if self.kind != "replenish" or not self.petty_cash_id:
            return None
        currency = self.currency_id
        amount = self._to_replenish(
            self.replenished_ids,
            self.replenished_count_ids,
            exact(currency, self.increase),
        )
        if exact(currency, self.amount) == amount:
            return None
        return self.env._(
            "%(box)s is replenished by what was paid out of it: %(expected)s, and the "
            "voucher pays %(amount)s. Change the amount, or cancel the voucher and use "
            "Replenish once more.",
            box=self.petty_cash_id.name,
            expected=amount_text(currency, float(amount)),
            amount=amount_text(currency, self.amount),
        )

    # Guards

    def write(self, vals):
        """:raises UserError: a replenishment would be for something else"""
        if {"kind", "petty_cash_id"} & vals.keys() and not self._passes_guard():
            self._check_replenishes(vals)
        return super().write(vals)

    def _check_replenishes(self, vals):
        for voucher in self.filtered(lambda each: each.kind == "replenish"):
            box = voucher.petty_cash_id
            given = {"kind": "replenish", "petty_cash_id": box.id, **vals}
            if (given["kind"], given["petty_cash_id"]) != ("replenish", box.id):
                raise UserError(
                    self.env._(
                        "%(voucher)s replenishes %(box)s. Cancel it, and enter another "
                        "voucher.",
                        voucher=voucher.name,
                        box=box.name,
                    )
                )

    def _duty_problem(self, duty):
        """Return which earlier step keeps the user from this one, or nothing.

        Whoever has paid out of a box does not agree to what it is replenished for.
        """
        holders = self.custodian_id | self.replenished_ids.paid_by_id
        is_agreement = self.kind == "replenish" and duty in ("check", "approve")
        if is_agreement and self.env.user in holders:
            return self.env._(
                "You have paid out of %s: a colleague has to agree to what it is "
                "replenished for.",
                self.petty_cash_id.name,
            )
        return super()._duty_problem(duty)

    # Steps

    def action_cancel(self):
        """Cancel vouchers; what they would have replenished waits for another one."""
        result = super().action_cancel()
        for name in ("replenished_ids", "replenished_count_ids"):
            self[name]._inside().replenished_by_id = False
        return result

    def _account_to_settle(self):
        if self.kind == "replenish":
            return self.petty_cash_id._account()
        return super()._account_to_settle()

    def _by_account(self):
        """Return the accounts that a replenishment restores, and their totals."""
        lines = self.replenished_ids.line_ids
        groups = lines.grouped("account_id").items()
        rows = [(account, sum(each.mapped("amount"))) for account, each in groups]
        short = -sum(self.replenished_count_ids.mapped("difference"))
        rows.append((self.petty_cash_id.difference_account_id, short))
        rows.append((self.petty_cash_id._account(), self.increase))
        return [
            (account.display_name, self._amount_text(amount))
            for account, amount in rows
            if not self.currency_id.is_zero(amount)
        ]


class ClerkVoucherLine(models.Model):
    """The line of a replenishment, which pays into the account of the box."""

    _inherit = "clerk.voucher.line"

    def _problem(self):
        voucher = self.voucher_id
        if voucher.kind != "replenish":
            return super()._problem()
        box = voucher.petty_cash_id
        if not box or self.account_id == box._account():
            return None
        return self.env._(
            "%(voucher)s pays into %(box)s. Select its account %(account)s.",
            voucher=voucher.name,
            box=box.name,
            account=box._account().display_name,
        )
