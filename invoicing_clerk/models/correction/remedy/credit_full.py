from collections import defaultdict
from dataclasses import replace

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from ....rules.correction.correction import Figures, Money, Terms, note_role
from ..correction_billed import LedgerMismatchError, UnclearLinesError
from ..correction_discount import EarlyDiscount, line_key
from ..correction_figures import item_money, original_terms
from ..correction_ledger import EXTRA_LINE_TYPES
from .correct_lines import NoteLine


class ClerkCorrection(models.Model):
    """Remedy: credit everything that is still billed.

    After earlier corrections, the remainder is credited. A document whose lines do not
    contain everything that was booked is reversed item by item, as posted.
    """

    _inherit = "clerk.correction"

    def _unfit_credit_full(self):
        return (
            self._unfit_whole() or self._unfit_credited() or self._archived_accounts()
        )

    def _preview_credit_full(self):
        if self._credits_lines():
            return [self._note_preview(self._note_lines(self._zero_terms()))]
        return [self._reversal_preview()]

    def _apply_credit_full(self):
        if self._credits_lines():
            targets = self._zero_terms()
            self._cover(targets)
            return self._make_note(self._note_lines(targets), targets)
        return self._reverse_whole()

    def _cover(self, lines):
        """Add the lines that other corrections have added since this one was started:
        they are credited as well."""
        known, terms = self.line_ids.move_line_id, self._ledger().billed_terms()
        self._inside().line_ids = [
            Command.create(
                {
                    "move_line_id": line.id,
                    **self.env["clerk.correction.line"]._terms_values(terms[line]),
                }
            )
            for line in lines
            if line not in known
        ]

    # Fitness

    def _credits_lines(self):
        """Return whether the remainder is credited by lines, not item by item."""
        ledger = self._ledger()
        return bool(ledger.notes()) or ledger.is_readable()

    def _unfit_whole(self):
        """Return why the document can be credited neither by lines nor as a whole."""
        ledger = self._ledger()
        try:
            ledger.check_creditable()
        except UnclearLinesError as error:
            return error.args[0]
        except LedgerMismatchError as error:
            if ledger.notes() or self._has_undecided_notes(ledger):
                return f"{error.args[0]} {self._advice()}"
        return False

    def _has_undecided_notes(self, ledger):
        try:
            ledger.check_notes()
        except LedgerMismatchError:
            return True
        return False

    def _unfit_credited(self):
        """Return which notes have credited the document in full, or False."""
        ledger = self._ledger()
        notes = ledger.notes()
        if not notes:
            return False
        if any(terms.quantity for terms in ledger.billed_terms().values()):
            return False
        return self.env._(
            "%(document)s is already credited in full by %(notes)s.",
            document=self.move_id.name,
            notes=", ".join(notes.mapped("name")),
        )

    # By lines

    def _zero_terms(self):
        """Return terms that bill nothing, by line."""
        return {
            line: Terms(0.0, terms.price_unit, terms.discount, terms.taxes)
            for line, terms in self._ledger().billed_terms().items()
        }

    # As a whole

    def _reverse_whole(self):
        note_lines = self._reversed_lines()
        role = self._reversal_role()
        note = self._create_note(role, self._note_values(role, note_lines))
        self._repeat_bases(role, note)
        self._repeat_taxes(note)
        self._book_on_account(note)
        self._post_document(note)
        self._prove_reversed(note)
        return note

    def _reversal_role(self):
        owed = -self.move_id.amount_total_in_currency_signed
        return note_role(self._ledger().money(owed, owed).document)

    def _reversed_lines(self):
        """Plan lines that reverse those of the document to the cent, as posted.

        Core would compute the amounts of its own reversal anew: with cash rounding,
        they can differ by a cent in company currency.
        """
        planned = []
        for key, owed in self._ledger().posted_figures().items():
            if isinstance(key, EarlyDiscount):
                planned.append(self._amount_line("discount", key, -owed))
                continue
            terms = original_terms(key)
            terms = replace(terms, quantity=-terms.quantity)
            planned.append(NoteLine(key, "billed", terms, line_key(key), -owed))
        return [part for each in planned for part in self._bookable(each)]

    def _repeat_bases(self, role, note):
        """Reverse what is booked beside the lines: cash rounding and discounts."""
        gaps = defaultdict(Money)
        for line in (self.move_id + note).line_ids:
            if self._is_base(line):
                key = (line.account_id.id, frozenset(line.tax_ids.ids), ())
                gaps[key] -= item_money(line)
        parts = [
            part
            for key, gap in gaps.items()
            for part in self._bookable(self._amount_line("rounding", key, Figures(gap)))
            if gap
        ]
        values = [self._note_line_values(role, part) for part in parts]
        note._inside().write({"line_ids": [Command.create(each) for each in values]})

    def _is_base(self, line):
        kinds = ("product", "epd", *EXTRA_LINE_TYPES)
        return line.display_type in kinds and not line.tax_repartition_line_id

    def _repeat_taxes(self, note):
        """Reverse the taxes as booked, even if they were edited by hand."""
        booked = defaultdict(Money)
        for line in (self.move_id + note).line_ids.filtered("tax_repartition_line_id"):
            booked[self._item(line)] += item_money(line)
        self._adjust_taxes(note, {item: -gap for item, gap in booked.items()})

    def _prove_reversed(self, note):
        """Refuse a reversal that leaves anything on any account.

        :raises UserError: names document and accounts; nothing is kept
        """
        remainder = defaultdict(Money)
        for line in (self.move_id + note).line_ids:
            remainder[line.account_id] += item_money(line)
        if any(remainder.values()):
            raise UserError(
                self.env._(
                    "The reversal of %(document)s would leave amounts on "
                    "%(accounts)s. Ask an accountant to reverse it manually.",
                    document=self.move_id.name,
                    accounts=", ".join(
                        account.display_name
                        for account, money in remainder.items()
                        if money
                    ),
                )
            )

    def _reversal_preview(self):
        move, role = self.move_id, self._reversal_role()
        sign = move.direction_sign
        return {
            "role": role,
            "title": self._role_label(role),
            "refers_to": move.name,
            "partner": move.partner_id.display_name,
            "currency": move.currency_id.id,
            "untaxed": sign * move.amount_untaxed,
            "taxes": [{"name": self.env._("Taxes"), "amount": sign * move.amount_tax}],
            "total": sign * move.amount_total,
            "change": -move.amount_total_signed,
            "stake": abs(move.amount_total_signed),
            "note": "",
        }
