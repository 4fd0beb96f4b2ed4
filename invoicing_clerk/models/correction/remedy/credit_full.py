from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError

from ....rules.correction.correction import Money, Terms
from ..correction_ledger import LedgerMismatchError, item_money


class ClerkCorrection(models.Model):
    """Remedy: take all that is still billed back.

    After earlier corrections the credit note takes back what they left. A document
    whose lines do not say all that was booked is reversed as a whole by core.
    """

    _inherit = "clerk.correction"

    # The three verbs

    def _unfit_credit_full(self):
        return self._unfit_whole() or self._unfit_credited()

    def _preview_credit_full(self):
        if self._ledger().is_readable():
            return [self._note_preview(self._note_lines(self._nothing()))]
        return [self._reversal_preview()]

    def _apply_credit_full(self):
        if self._ledger().is_readable():
            return self._make_note(self._note_lines(self._nothing()), self._nothing())
        return self._reverse_whole()

    # Fitness

    def _unfit_whole(self):
        """Say why the document can be taken back neither by lines nor as a whole."""
        ledger = self._ledger()
        try:
            ledger.check_readable()
        except LedgerMismatchError as error:
            amended = ledger.notes() or self._has_undecided_notes(ledger)
            if self.move_id.move_type == "out_refund" or amended:
                return error.args[0]
        return False

    def _has_undecided_notes(self, ledger):
        try:
            ledger.check_notes()
        except LedgerMismatchError:
            return True
        return False

    def _unfit_credited(self):
        """Say which notes have taken back all that was billed, or return False."""
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

    def _nothing(self):
        """Terms that bill nothing any more."""
        return {
            line: Terms(0.0, terms.price_unit, terms.discount, terms.taxes)
            for line, terms in self._ledger().billed_terms().items()
        }

    # As a whole

    def _reverse_whole(self):
        values = self._note_values("credit", [])
        del values["line_ids"]
        note = self._create_note("credit", values)
        self._repeat_taxes(note)
        note._post(soft=False)
        self._prove_reversed(note)
        return note

    def _repeat_taxes(self, note):
        """Take back the taxes that were booked, though they were edited by hand."""
        booked = defaultdict(Money)
        for line in (self.move_id + note).line_ids.filtered("tax_repartition_line_id"):
            booked[self._item(line)] += item_money(line)
        self._adjust_taxes(note, {item: -gap for item, gap in booked.items()})

    def _prove_reversed(self, note):
        """Refuse a reversal that leaves anything on any account.

        :raises UserError: names the document; nothing stays
        """
        remainder = defaultdict(Money)
        for line in (self.move_id + note).line_ids:
            # Core books what it rounds down on another account than what it rounds up.
            rounded = line.display_type == "rounding"
            account = self.env["account.account"] if rounded else line.account_id
            remainder[account] += item_money(line)
        if any(remainder.values()):
            raise UserError(
                self.env._(
                    "Odoo's reversal of %(document)s would leave amounts on "
                    "%(accounts)s. Ask an accountant to reverse it by hand.",
                    document=self.move_id.name,
                    accounts=", ".join(
                        account.display_name
                        for account, money in remainder.items()
                        if money
                    ),
                )
            )

    def _reversal_preview(self):
        move = self.move_id
        return {
            "role": "credit",
            "title": self._role_label("credit"),
            "refers_to": move.name,
            "partner": move.partner_id.display_name,
            "currency": move.currency_id.id,
            "untaxed": -move.amount_untaxed,
            "taxes": [{"name": self.env._("Taxes"), "amount": -move.amount_tax}],
            "total": -move.amount_total,
            "change": -move.amount_total_signed,
            "stake": abs(move.amount_total_signed),
            "note": "",
        }
