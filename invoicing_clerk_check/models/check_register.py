from itertools import chain

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.invoicing_clerk.models.mixin.gate import at_least_one

from ..rules import check as rules


class ClerkCheck(models.Model):
    """Numbers enter the register, each once, when a check is printed."""

    _inherit = "clerk.check"

    @api.model
    def _print(self, payments, first=None):
        """Give numbers to payments, and print their checks.

        :param first: the number on the first sheet, where the stock is numbered
        :return: an action that prints them
        :raises UserError: one cannot be printed, or a number was used before; nothing
            is printed or changed
        """
        journal = at_least_one(payments).journal_id
        self._check_one_journal(payments.journal_id)
        journal._lock_check_numbers()
        payments._check_printable()
        payments = payments.sorted(lambda each: (each.date, each.id))
        if journal.check_manual_sequencing:
            payments._take_check_numbers()
        else:
            journal._validate_check_number(first)
            sheets = [len(payment._check_get_pages()) for payment in payments]
            numbers = rules.numbers_from(first, sheets)
            journal._validate_check_number(numbers[-1][-1])
            # sudo: looks for numbers only. Core would refuse some of them less clearly.
            self.sudo()._refuse_used(journal, [*chain(*numbers)])
            for payment, of_payment in zip(payments, numbers, strict=True):
                payment.check_number = of_payment[0]
        action = payments.do_print_checks()
        return {**action, "close_on_report_download": True}

    @api.model
    def _check_one_journal(self, journals):
        """:raises UserError: payments are from several bank accounts"""
        if len(journals) > 1:
            raise UserError(
                self.env._(
                    "The payments are from several bank accounts (%s). Print the "
                    "checks of one account at a time.",
                    ", ".join(journals.mapped("display_name")),
                )
            )

    @api.model
    def _enter(self, payments):
        """Enter the checks of payments that are printed now.

        :raises UserError: a number was used before, or a check is already printed
        """
        checks = self.browse()
        for journal, group in payments.grouped("journal_id").items():
            journal._lock_check_numbers()
            group._refuse_unprintable()
            if journal._check_layout():
                group._check_content()
            for payment in group:
                checks |= self._enter_one(payment)
        return checks

    def _enter_one(self, payment):
        """Enter the number of a payment, and those of further sheets with its stub."""
        journal, number = payment.journal_id, payment.check_number
        count = 1
        # Sheets that are not numbered beforehand get no number of their own.
        if not journal.check_manual_sequencing:
            count = len(payment._check_get_pages())
        journal._validate_check_number(number)
        [numbers] = rules.numbers_from(number, [count])
        self._refuse_used(journal, numbers)
        journal._count_check_number(numbers[-1])
        values = self._check_values(payment)
        checks = self._inside().create(
            [
                {**values, **self._sheet_values(sheet, each, numbers[0])}
                for sheet, each in enumerate(numbers, 1)
            ]
        )
        payment._note_check(checks[0])
        return checks.with_env(self.env)

    @api.model
    def _sheet_values(self, sheet, number, first):
        values = {"name": number, "number_order": number.zfill(20), "sheet": sheet}
        if sheet == 1:
            return values
        return {
            **values,
            "state": "void",
            "replaces_id": False,
            "reason": self.env._(
                "Sheet %(sheet)s of check %(number)s", sheet=sheet, number=first
            ),
        }

    @api.model
    def _refuse_used(self, journal, numbers):
        """:raises UserError: a number is in the register"""
        wanted = [number.zfill(20) for number in numbers]
        used = self.search(
            [("journal_id", "=", journal.id), ("number_order", "in", wanted)], limit=1
        )
        if used:
            raise UserError(
                self.env._(
                    "Check number %(number)s of %(journal)s is already used "
                    "(%(state)s). The next number is %(next)s.",
                    number=used.name,
                    journal=journal.display_name,
                    state=used._state_label(),
                    next=journal._next_check_number(),
                )
            )

    @api.model
    def _used(self, payment):
        """Return the check that has the number of a payment."""
        return self.search(
            [
                ("journal_id", "=", payment.journal_id.id),
                ("number_order", "=", (payment.check_number or "").zfill(20)),
            ]
        )

    @api.model
    def _check_values(self, payment):
        """Return what the paper says, to be kept as it is now."""
        earlier = payment.check_ids.filtered(lambda each: each.sheet == 1)
        return {
            **payment._check_texts(),
            "company_id": payment.company_id.id,
            "journal_id": payment.journal_id.id,
            "payment_id": payment.id,
            "voucher_id": payment._voucher_paid().id,
            "replaces_id": earlier.sorted("id")[-1:].id,
            "partner_id": payment.partner_id.id,
            "address": payment._check_address(),
            "date": payment.date,
            "amount": payment.amount,
            "currency_id": payment.currency_id.id,
            "memo": payment.memo,
            "printed_by_id": self.env.uid,
            "printed_on": fields.Datetime.now(),
        }
