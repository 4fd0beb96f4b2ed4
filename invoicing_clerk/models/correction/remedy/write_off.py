from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ....rules.correction.correction import Money
from ...mixin.amount import amount_text


class ClerkCorrection(models.Model):
    """Remedy: write off a small remaining balance.

    A write-off is a journal entry and not a credit note, because the invoice was right
    and the remainder is not worth collecting (for the UK, VATREC13040).
    """

    _inherit = "clerk.correction"

    _write_off_types = ("expense", "expense_other", "income_other")

    write_off_amount = fields.Monetary(
        string="Write-off Amount", help="In the currency of the document."
    )
    write_off_account_id = fields.Many2one(
        "account.account",
        string="Write-off Account",
        check_company=True,
        domain="[('account_type', 'in', ('expense', 'expense_other', 'income_other'))]",
    )

    @api.model
    def _document_head(self, move):
        return {
            **super()._document_head(move),
            "write_off_amount": move.amount_residual,
            "write_off_account_id": move.company_id.clerk_write_off_account_id.id,
        }

    def _unfit_write_off(self):
        move = self.move_id
        if not move.currency_id.is_zero(move.amount_residual):
            return False
        return self._settled_by_drafts(move) or self.env._(
            "%s has no open amount.", move.name
        )

    def _preview_write_off(self):
        self._check_write_off()
        amount = self._write_off_money()
        return [
            {
                "role": "write_off",
                "title": self.env._("Write-off"),
                "partner": self.partner_id.display_name,
                "total": -float(amount.document) * -self.move_id.direction_sign,
                "currency": self.currency_id.id,
                "change": float(amount.company) * self.move_id.direction_sign,
                "stake": float(amount.company),
                "note": self.env._(
                    "on %s",
                    self.write_off_account_id.display_name or self.env._("no account"),
                ),
            }
        ]

    def _apply_write_off(self):
        self._check_write_off()
        entry = self.env["account.move"]._inside().create(self._write_off_values())
        entry = entry.with_env(self.env)
        self._post_document(entry)
        items = self._open_items() + entry.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        items.reconcile()
        return entry

    # Amounts

    def _open_items(self):
        return self.move_id.line_ids.filtered(
            lambda line: (
                line.account_id.account_type == "asset_receivable"
                and not line.reconciled
            )
        )

    def _write_off_money(self):
        """Return the amount; a full balance has its full company value."""
        move = self.move_id
        if not move.currency_id.compare_amounts(
            self.write_off_amount, move.amount_residual
        ):
            company = abs(move.amount_residual_signed)
        else:
            company = self.write_off_amount / (move.invoice_currency_rate or 1.0)
        return self._ledger().money(self.write_off_amount, company)

    def _check_write_off(self):
        """:raises UserError: the amount or the account cannot be used"""
        if reason := self._write_off_excess() or self._write_off_account_unfit():
            raise UserError(reason)

    def _write_off_excess(self):
        """Return why the amount cannot be written off, or False."""
        move, amount = self.move_id, self._write_off_money()
        limit = self.company_id.clerk_write_off_limit
        amounts = {
            "amount": amount_text(move.currency_id, self.write_off_amount),
            "residual": amount_text(move.currency_id, move.amount_residual),
            "limit": amount_text(self.company_currency_id, limit),
            "document": move.name,
        }
        if amount.document <= 0:
            return self.env._(
                "%(amount)s cannot be written off on %(document)s.", **amounts
            )
        if float(amount.document) > move.currency_id.round(move.amount_residual):
            return self.env._(
                "Only %(residual)s is open on %(document)s: %(amount)s cannot be "
                "written off.",
                **amounts,
            )
        # Many small write-offs count as a large one.
        if float(amount.company) + self._written_off_before() > limit:
            return self.env._(
                "%(amount)s brings the write-offs of %(document)s above the limit of "
                "%(limit)s. Collect the balance, or credit what was billed wrongly.",
                **amounts,
            )
        return False

    def _written_off_before(self):
        """Return the earlier write-offs of the document, in company currency."""
        entries = self.env["account.move"].search(
            [
                ("corrected_move_id", "=", self.move_id.id),
                ("correction_role", "=", "write_off"),
                ("state", "=", "posted"),
            ]
        )
        return sum(entries.line_ids.mapped("debit"))

    def _write_off_account_unfit(self):
        account = self.write_off_account_id
        if account.account_type in self._write_off_types:
            return False
        return self.env._(
            "Select an expense account for the write-off of %s, or ask an accountant "
            "to set one in the settings.",
            self.move_id.name,
        )

    def _write_off_values(self):
        items = self._open_items()
        # Writing off an invoice credits the receivable; a credit note debits it.
        sign = 1 if self.move_id.direction_sign < 0 else -1
        amount = self._write_off_money()
        owed = Money(sign * amount.document, sign * amount.company)
        name = self.env._("Write-off of %s", self.move_id.name)
        return {
            "move_type": "entry",
            "date": self._open_date(journal=self._general_journal()),
            "journal_id": self._general_journal().id,
            "ref": f"{name}, {self.name}",
            "correction_id": self.id,
            "corrected_move_id": self.move_id.id,
            "correction_role": "write_off",
            "line_ids": [
                self._entry_line(name, items[0].account_id, -owed),
                self._entry_line(name, self.write_off_account_id, owed),
            ],
        }

    def _entry_line(self, name, account, money, partner=None):
        return Command.create(
            {
                "name": name,
                "account_id": account.id,
                "partner_id": (partner or self.partner_id).id,
                "currency_id": self.currency_id.id,
                "amount_currency": float(money.document),
                "balance": float(money.company),
            }
        )

    def _general_journal(self):
        journal = self.env["account.journal"].search(
            [
                *self.env["account.journal"]._check_company_domain(self.company_id),
                ("type", "=", "general"),
            ],
            limit=1,
        )
        if not journal:
            raise UserError(
                self.env._(
                    "%s has no miscellaneous journal; ask an accountant to create one.",
                    self.company_id.name,
                )
            )
        return journal
