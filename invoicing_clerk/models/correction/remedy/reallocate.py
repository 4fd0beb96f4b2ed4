from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class ClerkCorrection(models.Model):
    """Remedy: apply a payment or credit to the document it was meant for."""

    _inherit = "clerk.correction"

    allocation_ids = fields.One2many(
        "clerk.correction.allocation", "correction_id", string="Payments and Credits"
    )

    @api.model_create_multi
    def create(self, vals_list):
        corrections = super().create(vals_list)
        new = corrections.filtered(lambda each: not each.allocation_ids)
        groups = new.grouped(lambda each: each._credits_key()).values()
        rows = [
            {"correction_id": correction.id, **values}
            for group in groups
            for unapplied in [group[0]._unapplied_credits()]
            for correction in group
            for values in correction._movable_credits(unapplied)
        ]
        self.env["clerk.correction.allocation"]._inside().create(rows)
        return corrections

    def _credits_key(self):
        """Return what the unapplied credits are found by."""
        accounts = self._receivable_items(self.move_id).account_id
        return self.partner_id, self.company_id, accounts

    def _movable_credits(self, unapplied):
        """Return the credits that settle the document, and the unapplied ones."""
        settling = self._receivable_items(
            self.move_id
        ).matched_credit_ids.credit_move_id
        settling = settling.filtered(
            lambda line: (
                not line.move_id.corrected_move_id
                and line.parent_state == "posted"
                and line.journal_id != self.company_id.currency_exchange_journal_id
            )
        )
        return [
            {"source_line_id": line.id, "from_move_id": self.move_id.id}
            for line in settling.sorted("id")
        ] + [{"source_line_id": line.id} for line in unapplied]

    def _unapplied_credits(self):
        return self.env["account.move.line"].search(
            [
                ("partner_id", "child_of", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                (
                    "account_id",
                    "in",
                    self._receivable_items(self.move_id).account_id.ids,
                ),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("amount_currency", "<", 0),
                ("journal_id", "!=", self.company_id.currency_exchange_journal_id.id),
            ],
            order="date, id",
        )

    def _receivable_items(self, move):
        return move.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )

    def _unfit_reallocate(self):
        if not self.allocation_ids:
            return self.env._(
                "%(customer)s has no payment or credit that could be reallocated.",
                customer=self.partner_id.display_name,
            )
        return False

    def _preview_reallocate(self):
        return [
            {
                "role": "reallocate",
                "title": allocation.source_move_id.name,
                "partner": allocation.to_move_id.commercial_partner_id.display_name,
                "total": self._moved_amount(allocation),
                "currency": allocation.currency_id.id,
                "change": self._moved_between_customers(allocation),
                # Only amounts that move to another customer are at stake.
                "stake": abs(self._moved_between_customers(allocation)),
                "note": self.env._(
                    "%(before)s → %(after)s",
                    before=allocation.from_move_id.name or self.env._("not applied"),
                    after=allocation.to_move_id.name,
                ),
            }
            for allocation in self.allocation_ids.filtered("to_move_id")
        ]

    def _moved_amount(self, allocation):
        return min(allocation.amount, allocation.to_move_id.amount_residual)

    def _moved_balance(self, allocation):
        source = allocation.source_line_id
        if not source.amount_currency:
            return 0.0
        rate = source.balance / source.amount_currency
        return self.company_currency_id.round(self._moved_amount(allocation) * rate)

    def _moved_between_customers(self, allocation):
        target = allocation.to_move_id.commercial_partner_id
        return self._moved_balance(allocation) if target != self.partner_id else 0.0

    def _apply_reallocate(self):
        allocations = self.allocation_ids.filtered("to_move_id")
        if not allocations:
            raise UserError(
                self.env._(
                    "Select at least one payment and the document it should settle."
                )
            )
        entries = self.env["account.move"]
        for allocation in allocations:
            if reason := allocation._target_unfit():
                raise UserError(reason)
            money = self._moved_money(allocation)
            self._release(allocation)
            entries += self._settle(allocation, money)
            self._reapply_remainder(allocation)
        return entries

    # Reconciliation

    def _release(self, allocation):
        """Unreconcile the payment from the document that it settles now."""
        source, move = allocation.source_line_id, allocation.from_move_id
        if not move:
            return
        partials = allocation._partials()
        if not partials:
            raise UserError(
                self.env._(
                    "%(payment)s no longer settles %(document)s. Start a new "
                    "correction.",
                    payment=allocation.source_move_id.name,
                    document=move.name,
                )
            )
        partials.unlink()
        # Core keeps naming an invoice on its payment after they are unreconciled.
        move.matched_payment_ids = [Command.unlink(source.move_id.origin_payment_id.id)]

    def _moved_money(self, allocation):
        return self._ledger().money(
            self._moved_amount(allocation), abs(self._moved_balance(allocation))
        )

    def _settle(self, allocation, money):
        source, target = allocation.source_line_id, allocation.to_move_id
        entry = self.env["account.move"]
        if target.commercial_partner_id != source.partner_id.commercial_partner_id:
            entry = self._transfer(allocation, money)
            source = entry.line_ids.filtered(lambda line: line.balance < 0)
        items = source + self._receivable_items(target)
        items.filtered(lambda line: not line.reconciled).reconcile()
        if payment := allocation.source_move_id.origin_payment_id:
            target.matched_payment_ids = [Command.link(payment.id)]
        return entry

    def _reapply_remainder(self, allocation):
        """Apply what the new document did not need to the old one again."""
        source, move = allocation.source_line_id, allocation.from_move_id
        if move and not source.reconciled:
            items = source + self._receivable_items(move)
            items.filtered(lambda line: not line.reconciled).reconcile()
            if payment := source.move_id.origin_payment_id:
                move.matched_payment_ids = [Command.link(payment.id)]

    def _transfer(self, allocation, money):
        """Transfer the amount from one customer to another."""
        entries = self.env["account.move"]._inside()
        entry = entries.create(self._transfer_values(allocation, money))
        entry = entry.with_env(self.env)
        self._post_document(entry)
        debit = entry.line_ids.filtered(lambda line: line.balance > 0)
        items = debit + allocation.source_line_id
        items.filtered(lambda line: not line.reconciled).reconcile()
        return entry

    def _transfer_values(self, allocation, money):
        source, target = allocation.source_line_id, allocation.to_move_id
        name = self.env._(
            "%(payment)s moved to %(document)s",
            payment=allocation.source_move_id.name,
            document=target.name,
        )
        journal = self._general_journal()
        receivable = self._receivable_items(target)[:1].account_id
        payer, customer = source.partner_id, target.commercial_partner_id
        return {
            "move_type": "entry",
            "date": self._open_date(journal=journal),
            "journal_id": journal.id,
            "ref": f"{name}, {self.name}",
            "correction_id": self.id,
            "corrected_move_id": self.move_id.id,
            "correction_role": "transfer",
            "line_ids": [
                self._entry_line(name, source.account_id, money, payer),
                self._entry_line(name, receivable, -money, customer),
            ],
        }
