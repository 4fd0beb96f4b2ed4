from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..mixin.attempt import attempt_in_parts, reason_of
from ..mixin.locking import lock
from ..mixin.settle import settle

BATCH = 100


class ClerkReceiptMatch(models.Model):
    """Application of matches, and what becomes of them when it is undone.

    Reconciling is Odoo's, with the rights of the user. Many are reconciled at once: one
    that cannot be applied keeps the reason, and the others go on.
    """

    _inherit = "clerk.receipt.match"

    def _obstacle(self, step, vals):
        if step == "apply" and not self.line_ids:
            return self.env._("There is no proposal for it.")
        return super()._obstacle(step, vals)

    @api.model
    def _apply_certain(self, companies):
        """Apply what may be applied without asking, committing now and then."""
        domain = (
            Domain("state", "=", "proposed")
            & Domain("is_automatic", "=", True)
            & Domain("error", "=", False)
            & Domain("company_id", "in", companies.ids)
        )
        matches = self.search(domain, order="id")
        for start in range(0, len(matches), BATCH):
            matches[start : start + BATCH]._apply(automatic=True)
            self.env["ir.cron"]._commit_progress(BATCH, remaining=1)
            self.env.invalidate_all()

    def _apply(self, automatic=False):
        """Apply matches one by one, and keep the reason where one fails."""
        self.env["account.partial.reconcile"].check_access("create")
        self._check_step_access()
        self._check_step("apply")
        if len(self) == 1 and not automatic:
            self._apply_now(automatic)
            return
        apart = self._apart()
        for matches in (apart, *(self - apart)):
            matches._try_to_apply(automatic)

    def _apart(self):
        """Return the matches of items that are in no other one of these."""
        counted = Counter(item for match in self for item in match._all_items())
        return self.filtered(
            lambda match: all(counted[item] == 1 for item in match._all_items())
        )

    def _all_items(self):
        return self.item_id | self.line_ids.item_id

    def _try_to_apply(self, automatic):
        """Apply matches, and keep the reason where one cannot be applied."""
        parts = attempt_in_parts(self, lambda part: part._apply_now(automatic))
        for matches, error in parts:
            if error:
                matches._inside().write({"error": reason_of(error)})

    def _apply_now(self, automatic):
        """:raises UserError: something has changed since it was proposed"""
        self._begin_step("apply")
        self._check_needs("apply", {})
        self._check_unchanged()
        for match in self:
            match._assign_customer(automatic)
            match._check_account()
        before = {match: self._partials(match._all_items()) for match in self}
        self._reconcile()
        for match, earlier in before.items():
            match._note_applied(self._partials(match._all_items()) - earlier, automatic)

    def _note_applied(self, partials, automatic):
        applied = self.env["clerk.applied.payment"]._keep(
            partials, **self._applied_values()
        )
        self._write_step(
            "apply",
            applied_id=applied.id,
            applied_by_id=self.env.uid,
            applied_on=fields.Datetime.now(),
            was_automatic=automatic,
            error=False,
        )

    def _applied_values(self):
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "reason": self.reason,
            "explanation": self.explanation,
            "credit_names": self.item_id._match_name(),
            "charge_names": self.item_names,
            "amount": self.applied_amount,
        }

    def _check_unchanged(self):
        """:raises UserError: an item was paid or changed meanwhile"""
        items = self._all_items()
        lock(
            lambda: self.env._(
                "Somebody else is applying %s. Try again in a moment.",
                self._enumerate(),
            ),
            items,
        )
        items.invalidate_recordset()
        for line in self.line_ids:
            line._check_unchanged()
        for match in self:
            match._check_payment()

    def _check_payment(self):
        """:raises UserError: the payment was applied or changed meanwhile"""
        left = -self.item_id.amount_residual_currency
        is_posted = self.item_id.parent_state == "posted"
        if not is_posted or self.currency_id.compare_amounts(left, self.amount):
            raise UserError(
                self.env._(
                    "%s has been applied or changed in the meantime. Propose again.",
                    self.item_id.move_id.name,
                )
            )

    def _assign_customer(self, automatic):
        """Write the customer on a payment without one; remember the payer where a
        person says who it is."""
        if not self.item_id.partner_id:
            self.item_id._assign_customer(
                self.partner_id, self.line_ids.item_id.account_id[:1]
            )
        if not automatic and self.payer:
            self.env["clerk.payer.alias"]._remember(
                self.partner_id,
                self.company_id,
                name=self.payer,
                account=self.payer_account,
            )

    def _check_account(self):
        """:raises UserError: invoices are on another account than the payment"""
        account = self.item_id.account_id
        others = self.line_ids.item_id.account_id - account
        if others:
            raise UserError(
                self.env._(
                    "%(payment)s is on account %(account)s, but invoices are on "
                    "%(others)s. Correct the account of the payment, or apply it to "
                    "invoices on the same account only.",
                    payment=self.item_id.move_id.name,
                    account=account.display_name,
                    others=", ".join(others.mapped("display_name")),
                )
            )

    def _reconcile(self):
        """Reconcile all that Odoo settles as proposed at once, the others in parts."""
        plain = self.filtered(lambda match: match._is_plain())
        if plain:
            self.env["account.move.line"]._reconcile_plan(
                [match._all_items() for match in plain]
            )
        for match in self - plain:
            match._reconcile_in_parts(match.item_id)

    def _is_plain(self):
        """Return whether Odoo settles what is proposed, and nothing else.

        It does where each item is settled in full, or only one as far as the payment
        goes.
        """
        lines, compare = self.line_ids, self.currency_id.compare_amounts
        if lines.item_id.currency_id != self.currency_id or any(
            line.discount or line.amount < 0 for line in lines
        ):
            return False
        most = [self.amount] if len(lines) == 1 else []
        return all(
            compare(line.amount, min([line.open_amount, *most])) >= 0 for line in lines
        )

    def _reconcile_in_parts(self, money):
        """Reconcile credit notes that are named first, then the payment."""
        credits = self.line_ids.filtered(lambda line: line.amount < 0).item_id
        for line in self.line_ids.filtered(lambda line: line.amount > 0):
            for credit in credits.filtered(lambda item: not item.reconciled):
                if not line.item_id.reconciled:
                    (credit + line.item_id).reconcile()
            if line.discount:
                line._take_discount(self.date)
            if not line.item_id.reconciled and not money.reconciled:
                settle(line.item_id, money, line.amount)

    @api.model
    def _partials(self, items):
        return items.matched_debit_ids | items.matched_credit_ids

    def _mark_undone(self):
        """Note that what matches had applied was undone, and reverse discounts."""
        self.line_ids._reverse_discounts()
        self._write_step(
            "undo", undone_by_id=self.env.uid, undone_on=fields.Datetime.now()
        )


class ClerkReceiptMatchLine(models.Model):
    """Application of a payment to one item."""

    _inherit = "clerk.receipt.match.line"

    def _check_unchanged(self):
        """:raises UserError: the item is no longer open as it was"""
        item, currency = self.item_id, self.currency_id
        is_open = item.parent_state == "posted" and not item.reconciled
        if not is_open or currency.compare_amounts(
            item.amount_residual_currency, self.open_amount
        ):
            raise UserError(
                self.env._(
                    "%s has been paid or changed in the meantime. Propose again.",
                    item.move_id.name,
                )
            )
