from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules import check as rules


class ClerkCheck(models.Model):
    """Sheets of the stock that were lost or spoiled before anything was printed."""

    _inherit = "clerk.check"

    @api.model
    def _enter_blank(self, journal, first, count, reason):
        """Enter the numbers of blank sheets as spoiled, so that no check takes them.

        :param first: the number on the first sheet
        :param count: the number of sheets
        :return: their rows in the register
        :raises UserError: no reason is given, there are too many or too few sheets, the
            sheets have no numbers, or one was used before; nothing is changed
        """
        self.check_access("create")
        reason = self._reason(reason)
        self._check_blank(journal, count)
        journal._lock_check_numbers()
        journal._validate_check_number(first)
        [numbers] = rules.numbers_from(first, [count])
        journal._validate_check_number(numbers[-1])
        self._refuse_used(journal, numbers)
        # Numbers far ahead are from another box: the box in use goes on as before.
        if rules.number_of(journal._next_check_number()) in map(int, numbers):
            journal._count_check_number(numbers[-1])
        values = {**self._blank_values(journal), **self._end_values(reason)}
        blank = self._inside().create(
            [
                {**values, "name": number, "number_order": number.zfill(20)}
                for number in numbers
            ]
        )
        return blank.with_env(self.env)

    @api.model
    def _check_blank(self, journal, count):
        """:raises UserError: the sheets cannot be entered"""
        if journal.check_manual_sequencing:
            raise UserError(
                self.env._(
                    "The sheets of %s get their numbers when they are printed. Blank "
                    "sheets have none.",
                    journal.display_name,
                )
            )
        if not 1 <= count <= rules.MAX_BLANK:
            raise UserError(
                self.env._(
                    "Enter a number of sheets from 1 to %(max)s, not %(count)s.",
                    max=rules.MAX_BLANK,
                    count=count,
                )
            )

    @api.model
    def _blank_values(self, journal):
        return {
            "state": "spoiled",
            "company_id": journal.company_id.id,
            "journal_id": journal.id,
            "currency_id": (journal.currency_id or journal.company_id.currency_id).id,
            "date": fields.Date.context_today(self),
            "amount": 0.0,
        }
