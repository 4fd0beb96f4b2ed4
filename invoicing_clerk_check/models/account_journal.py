from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.mixin.locking import lock

from ..rules import check as rules
from .res_company import LAYOUTS


class AccountJournal(models.Model):
    """The numbers of the checks of a bank account."""

    _inherit = "account.journal"

    def _inverse_check_next_number(self):
        """Create the sequence again where somebody has deleted it."""
        self.filtered(lambda each: not each.check_sequence_id)._create_check_sequence()
        return super()._inverse_check_next_number()

    def _check_layout(self):
        """Return where the check is on the sheet; None for layouts of other modules."""
        layout = self.bank_check_printing_layout
        return LAYOUTS.get(layout or self.company_id.account_check_printing_layout)

    def _check_country(self):
        """Return the ISO code of the country of the bank."""
        return (self.bank_id.country or self.company_id.country_id).code

    def _check_sequence(self):
        """Return the sequence that counts the checks of the account.

        :raises UserError: it was deleted
        """
        # sudo: the counter of the account, of which only the number is shown.
        if sequence := self.sudo().check_sequence_id:
            return sequence
        raise UserError(
            self.env._(
                "%s has no sequence of check numbers. Ask an accountant to enter the "
                "next check number on the journal.",
                self.display_name,
            )
        )

    def _lock_check_numbers(self):
        """Keep others from printing checks of the account until this is complete.

        :raises UserError: the account has no sequence of check numbers
        """
        sequence = self._check_sequence()
        lock(
            lambda: self.env._(
                "Somebody else is printing checks of %s right now. Try again in a "
                "moment.",
                self.display_name,
            ),
            sequence,
        )
        sequence.invalidate_recordset()

    def _next_check_number(self):
        """Return the number that follows on all that are known, as it is printed."""
        sequence = self._check_sequence()
        number = max(sequence.number_next_actual, self._last_printed_number() + 1)
        return sequence.get_next_char(number)

    def _last_printed_number(self):
        """Return the largest number that payments have, also from before the register.

        Core lets only digits in.
        """
        self.env["account.payment"].flush_model(["check_number", "journal_id"])
        [[last]] = self.env.execute_query(
            SQL(
                """SELECT MAX(check_number::bigint) FROM account_payment
                    WHERE journal_id = %s AND check_number IS NOT NULL
                      AND state != 'draft'""",
                self.id,
            )
        )
        return min(last or 0, rules.MAX_NUMBER)

    def _take_check_number(self):
        """Return the next number, and count it as taken."""
        number = self._next_check_number()
        self._count_check_number(number)
        return number

    def _count_check_number(self, number):
        """Let the sequence go on after a number that was printed.

        :raises UserError: it is larger than the sequence can count
        """
        value = rules.number_of(number)
        self._validate_check_number(number)
        sequence = self._check_sequence()
        # Written in any case: who has waited for the lock finds that it has changed.
        sequence.number_next_actual = max(sequence.number_next_actual, value + 1)

    @api.model
    def _validate_check_number(self, number):
        """:raises UserError: a text is not a check number, or too large"""
        value = rules.number_of(number)
        if value is None:
            raise UserError(
                self.env._(
                    "“%s” is not a check number. Enter the number on the first sheet, "
                    "in digits only.",
                    number or "",
                )
            )
        if value > rules.MAX_NUMBER:
            raise UserError(
                self.env._(
                    "Check number %(number)s is larger than %(max)s, the largest that "
                    "can be counted. Enter a smaller number.",
                    number=number,
                    max=rules.MAX_NUMBER,
                )
            )
