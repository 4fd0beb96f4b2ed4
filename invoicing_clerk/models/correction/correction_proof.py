from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...rules.correction.correction import Money
from ..mixin.amount import amount_text
from .correction_figures import item_money


class ClerkCorrection(models.Model):
    """Proof that document and notes add up to what Odoo would have billed.

    Items are compared by account and taxes of the lines and, for taxes, by tax and
    position in its distribution, because a tax may be booked on another account when it
    is credited. So the boxes of tax returns add up too.
    """

    _inherit = "clerk.correction"

    def _settle_cents(self, note, targets):
        """Correct the rounding of taxes that are split over several accounts."""
        self._adjust_taxes(note, self._gaps(note, targets))

    def _adjust_taxes(self, note, gaps):
        """Add what is missing to the tax items of a note: ``{tax item: Money}``."""
        lines = {}
        for line in note.line_ids.filtered("tax_repartition_line_id"):
            lines.setdefault(self._item(line), line)
        commands = []
        for item, gap in gaps.items():
            if not gap or item[0] != "tax":
                continue
            line = lines.get(item)
            booked = item_money(line) if line else Money()
            if line and len((booked + gap).items) == 1:
                commands.append(
                    Command.update(line.id, self._item_amounts(booked + gap))
                )
            else:
                commands += self._extra_tax_items(note, item, gap)
        if commands:
            # Core would compute one currency from the other where only one changes.
            exactly = note.with_context(skip_invoice_line_sync=True)
            exactly.write({"line_ids": commands})

    def _item_amounts(self, money):
        return {
            "amount_currency": -float(money.document),
            "balance": -float(money.company),
        }

    def _extra_tax_items(self, note, item, gap):
        """Return commands for further tax items, for cents of rounding."""
        _kind, tax_id, position, line_account_id = item
        tax = self.env["account.tax"].browse(tax_id)
        kind = "refund" if note.move_type == "out_refund" else "invoice"
        repartition = tax[f"{kind}_repartition_line_ids"][position]
        account = repartition._get_aml_target_tax_account().id or line_account_id
        # Taxes on a cash basis are reported with the payment only.
        is_due = note.always_tax_exigible or tax.tax_exigibility != "on_payment"
        tags = repartition.tag_ids if is_due else repartition.tag_ids.browse()
        return [
            Command.create(
                {
                    "name": tax.name,
                    "display_type": "tax",
                    "account_id": account,
                    "partner_id": note.commercial_partner_id.id,
                    "currency_id": note.currency_id.id,
                    "tax_repartition_line_id": repartition.id,
                    "tax_tag_ids": [Command.set(tags.ids)],
                    **self._item_amounts(part),
                }
            )
            for part in gap.items
        ]

    def _prove(self, targets):
        """Refuse notes that do not add up to the corrected document.

        :raises UserError: names document and amount; nothing is kept
        """
        nothing = self.env["account.move"]
        gaps = {item: gap for item, gap in self._gaps(nothing, targets).items() if gap}
        if gaps:
            raise UserError(
                self.env._(
                    "The credit and debit notes of %(document)s would not add up to "
                    "the corrected document, so nothing was changed. Difference: "
                    "%(items)s. Ask an accountant to correct it.",
                    document=self.move_id.name,
                    items="; ".join(
                        self._gap_text(item, gap) for item, gap in gaps.items()
                    ),
                )
            )

    def _gap_text(self, item, gap):
        """Return what remains on an item, in the currencies in which it does."""
        amounts = [
            (gap.document, self.currency_id),
            (gap.company, self.company_currency_id),
        ]
        if self.currency_id == self.company_currency_id:
            amounts.pop()
        return self.env._(
            "%(amounts)s on %(item)s",
            amounts=", ".join(
                amount_text(currency, amount) for amount, currency in amounts if amount
            ),
            item=self._item_name(item),
        )

    def _item_name(self, item):
        """Return the tax, or the account with the taxes for which it is a base."""
        kind, record_id = item[:2]
        if kind == "tax":
            return self.env["account.tax"].browse(record_id).display_name
        account = self.env["account.account"].browse(record_id).display_name
        taxes = self.env["account.tax"].browse(sorted(item[2]))
        names = ", ".join(taxes.mapped("name"))
        if not names:
            return account
        return self.env._("%(account)s (%(taxes)s)", account=account, taxes=names)

    def _gaps(self, draft_note, targets):
        """Return what document, notes and draft still lack: ``{item: Money}``."""
        moves = self.move_id + self._ledger().notes() + draft_note
        gaps = self._engine_items(targets)
        for line in moves.line_ids:
            if item := self._item(line):
                gaps[item] -= item_money(line)
        return gaps

    def _engine_items(self, targets):
        ledger, move = self._ledger(), self.move_id
        tax_engine = self.env["account.tax"]
        base_lines = ledger.engine_lines(targets)
        items = defaultdict(Money)
        for base_line in base_lines:
            item = self._base_item(base_line["account_id"], base_line["tax_ids"])
            items[item] += ledger.net(base_line)
        tax_engine._add_accounting_data_in_base_lines_tax_details(
            base_lines, move.company_id, include_caba_tags=move.always_tax_exigible
        )
        for values in tax_engine._prepare_tax_lines(base_lines, move.company_id)[
            "tax_lines_to_add"
        ]:
            repartition = self.env["account.tax.repartition.line"].browse(
                values["tax_repartition_line_id"]
            )
            items[self._tax_item(repartition, values["account_id"])] += ledger.money(
                -values["amount_currency"], -values["balance"]
            )
        return items

    def _item(self, line):
        if line.tax_repartition_line_id:
            return self._tax_item(line.tax_repartition_line_id, line.account_id.id)
        if line.display_type in ("product", "epd"):
            return self._base_item(line.account_id, line.tax_ids)
        return None

    def _base_item(self, account, taxes):
        """Return account and taxes: a tax return has a box for the base of each."""
        return ("base", account.id, frozenset(taxes.ids))

    def _tax_item(self, repartition, account_id):
        """Return tax, position in its distribution, and account if it has none."""
        siblings = (
            repartition.tax_id.invoice_repartition_line_ids
            + repartition.tax_id.refund_repartition_line_ids
        ).filtered(lambda each: each.document_type == repartition.document_type)
        position = siblings.ids.index(repartition.id)
        line_account_id = account_id if not repartition.account_id else False
        return ("tax", repartition.tax_id.id, position, line_account_id)
