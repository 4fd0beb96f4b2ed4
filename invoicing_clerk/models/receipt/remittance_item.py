from odoo import api, models
from odoo.fields import Command, Domain

from ...rules.receivable.reference import WHOLE, mention
from ..mixin.gate import only_one


class ClerkRemittance(models.Model):
    """Lines of an advice: from a file, and the open items that they name."""

    _inherit = "clerk.remittance"

    @api.model
    def _payable(self, customer, companies):
        """Return a domain of what a customer pays: open items, less credit notes."""
        is_open = self.env["clerk.receivable"]._open_items_of(customer, companies)
        is_credit = Domain("move_id.move_type", "=", "out_refund")
        return is_open & (Domain("balance", ">", 0) | is_credit)

    def _open_items(self):
        customer = self.partner_id.commercial_partner_id
        return (
            self.env["account.move.line"]
            .search(
                self._payable(customer, self.company_id)
                & Domain("currency_id", "=", self.currency_id.id),
                order="id",
            )
            ._matchable()
        )

    def action_import(self):
        """Ask for the file with the lines."""
        only_one(self)._check_draft()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Lines"),
            "res_model": "clerk.remittance.import",
            "view_mode": "form",
            "target": "new",
            "context": {"default_remittance_id": self.id},
        }

    def _replace_lines(self, advice, source):
        """Take the lines, and the total where one is stated, from a file."""
        self._check_draft()
        lines = [
            Command.create(
                {
                    "number": line.number,
                    "amount": float(line.amount),
                    "deduction": float(line.deduction),
                    "reason": line.reason,
                }
            )
            for line in advice.lines
        ]
        values = {"line_ids": [Command.clear(), *lines]}
        if advice.total is not None:
            values["total"] = float(advice.total)
        # What a file says is checked like what people enter.
        self.write(values)
        self._inside().source = source

    def _numbers_known(self):
        """Return a function that finds the number of an open document in a text."""
        numbers = [
            number
            for item in self._open_items()
            for each in [item._match_item()]
            for number in (each.number, *each.numbers, *each.orders)
        ]
        return lambda text: next(
            (number for number in numbers if mention(number, text) == WHOLE), None
        )


class AccountMoveLine(models.Model):
    """Open items by the numbers in an advice."""

    _inherit = "account.move.line"

    def _named_by(self, number, amount):
        """Return the first item that a number names, of this amount if there is one."""
        named = self.filtered(
            lambda item: (
                item._match_item().named(number) or item._match_item().ordered(number)
            )
        ).sorted(lambda item: (item.date_maturity or item.date, item.id))
        exact = named.filtered(
            lambda item: (
                not item.currency_id.compare_amounts(
                    item.amount_residual_currency, amount
                )
            )
        )
        return (exact or named)[:1]
