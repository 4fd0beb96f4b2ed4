from collections import Counter
from dataclasses import replace
from hashlib import sha256

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...rules.receipt import bank_credit as rules
from ..mixin.amount import amount_text, exact


class ClerkReceiptBatch(models.Model):
    """Credits that the bank reports in several files are entered once."""

    _inherit = "clerk.receipt.batch"
    _guarded_fields = frozenset({"twin_note"})

    twin_note = fields.Char(
        string="Possible Duplicates",
        readonly=True,
        copy=False,
        help="Receipts of the file that may be in another batch already: amount and "
        "date are the same, but no reference proves it.",
    )

    @api.model
    def _without_entered(self, found, journal, currency):
        """Return a file without the credits that other files have brought.

        :raises UserError: none is left
        """
        dates = {entry.value_date for entry in found.entries} - {None}
        earlier = dates and self._earlier_credits(journal, currency, dates)
        if not earlier:
            return found
        known = rules.known(
            [_credit_of(entry) for entry in found.entries],
            [receipt._credit() for receipt in earlier],
        )
        batches = {at: earlier[other].batch_id for at, (_same, other) in known.items()}
        entered = {at for at, (kind, _other) in known.items() if kind == rules.SAME}
        kept = [each for at, each in enumerate(found.entries) if at not in entered]
        counts = Counter(batches[at].name for at in sorted(entered))
        if not kept:
            raise UserError(
                self.env._(
                    "All credits of the file are already entered, in %s.",
                    ", ".join(counts),
                )
            )
        return replace(
            found,
            entries=tuple(kept),
            total=sum((entry.amount for entry in kept), rules.ZERO),
            count=len(kept),
            entered=tuple(counts.items()),
            possible=tuple(
                (found.entries[at], batches[at].name)
                for at in sorted(known.keys() - entered)
            ),
        )

    def _earlier_credits(self, journal, currency, dates):
        """Return the credits of other files on the account on some value dates."""
        return self.env["clerk.receipt"].search(
            [
                ("value_date", "in", sorted(dates)),
                ("batch_id", "not in", self.ids),
                ("batch_id.journal_id", "=", journal.id),
                ("batch_id.currency_id", "=", currency.id),
                ("batch_id.state", "!=", "cancelled"),
            ],
            order="id",
        )

    @api.model
    def _possible_text(self, found, currency):
        """Return which receipts may be in other batches, as a sentence."""
        texts = [
            self.env._(
                "%(amount)s on %(date)s, as in %(batch)s",
                amount=amount_text(currency, entry.amount),
                date=format_date(self.env, entry.value_date),
                batch=name,
            )
            for entry, name in found.possible
        ]
        return "; ".join(texts) or False

    def _obstacle(self, step, vals):
        return super()._obstacle(step, vals) or (
            step == "reset" and self._entered_meanwhile_text()
        )

    def _entered_meanwhile_text(self):
        """Return where else the credits were entered; nothing if nowhere."""
        own = self.receipt_ids.filtered("value_date")
        earlier = self._earlier_credits(
            self.journal_id, self.currency_id, set(own.mapped("value_date"))
        )
        known = rules.known(
            [receipt._credit() for receipt in own],
            [receipt._credit() for receipt in earlier],
        )
        same = [other for kind, other in known.values() if kind == rules.SAME]
        return same and self.env._(
            "Credits of %(batch)s were entered in %(other)s meanwhile.",
            batch=self.name,
            other=earlier[same[0]].batch_id.name,
        )


class ClerkReceipt(models.Model):
    """References of a receipt that comes from a file of the bank."""

    _inherit = "clerk.receipt"
    _guarded_fields = frozenset(
        {"bank_reference", "booking", "credit_number", "end_to_end", "value_date"}
    )

    end_to_end = fields.Char(
        string="End-to-End Reference",
        readonly=True,
        copy=False,
        help="The reference that the payer has given to the transfer.",
    )
    value_date = fields.Date(readonly=True, copy=False, index="btree_not_null")
    bank_reference = fields.Char(
        readonly=True,
        copy=False,
        help="The reference that the bank has given to the credit.",
    )
    booking = fields.Char(
        string="Entry of the Statement",
        readonly=True,
        copy=False,
        exportable=False,
        help="Amount and bank reference of the entry, which may have several credits.",
    )
    credit_number = fields.Integer(
        readonly=True,
        copy=False,
        exportable=False,
        help="Counts equal credits of one file.",
    )
    credit_key = fields.Char(
        string="Credit",
        compute="_compute_credit_key",
        store=True,
        exportable=False,
        help="References, amount and value date, by which a credit is found again.",
    )

    _credit_once = models.UniqueIndex(
        "(company_id, credit_key) WHERE credit_key IS NOT NULL",
        "A credit of the file was already entered.",
    )

    @api.depends(
        *("amount", "bank_reference", "credit_number", "end_to_end", "value_date"),
        *("batch_id.journal_id", "batch_id.state"),
    )
    def _compute_credit_key(self):
        for receipt in self:
            has_reference = receipt.bank_reference or receipt.end_to_end
            is_cancelled = receipt.batch_id.state == "cancelled"
            receipt.credit_key = (
                receipt.value_date
                and has_reference
                and not is_cancelled
                and receipt._credit_digest()
            )

    def _credit_digest(self):
        credit = self._credit()
        parts = (
            *(self.batch_id.journal_id.id, credit.date, credit.amount),
            *(credit.bank_reference, not credit.bank_reference and credit.reference),
            self.credit_number,
        )
        return sha256(repr(parts).encode()).hexdigest()

    def _credit(self):
        return rules.Credit(
            exact(self.currency_id, self.amount),
            self.value_date,
            *(self.bank_reference or "", self.end_to_end or "", self.booking or ""),
            *(self.payer_account or "", self.payer or ""),
        )

    def _memo(self):
        """Return the memo with the reference of the payer."""
        memo = super()._memo()
        reference = self.end_to_end or ""
        return memo if reference in memo else f"{memo} · {reference}".strip(" ·")


def _credit_of(entry):
    return rules.Credit(
        *(entry.amount, entry.value_date, entry.bank_reference, entry.reference),
        *(entry.booking, entry.account, entry.payer),
    )
