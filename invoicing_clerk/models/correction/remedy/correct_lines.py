from dataclasses import replace
from typing import Any, NamedTuple

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from ....rules.correction.correction import (
    Figures,
    TaxFigures,
    Terms,
    host_rounding,
    note_role,
    represent,
    unopposed_taxes,
)
from ...mixin.amount import amount_text
from ..correction_billed import LedgerMismatchError, UnclearLinesError
from ..correction_discount import EarlyDiscount, line_key
from ..correction_note import making_note


class NoteLine(NamedTuple):
    """A line of the note to be made, with its terms and its amounts.

    ``line`` is the corrected line, the line of the correction if it is added, and empty
    for rounding. ``terms`` have the sign of the document, ``owed`` is seen from the
    customer.
    """

    line: Any
    part: str
    terms: Terms
    key: tuple
    owed: Figures


class ClerkCorrection(models.Model):
    """Remedy: correct lines, by one credit or debit note.

    The note has the difference between what is billed so far and what Odoo would bill
    for the corrected lines, by line and by tax. Document and notes together equal the
    corrected invoice to the last cent, whatever the rounding.
    """

    _inherit = "clerk.correction"

    def _unfit_correct_lines(self):
        try:
            self._ledger().check_readable()
        except UnclearLinesError as error:
            return error.args[0]
        except LedgerMismatchError as error:
            return f"{error.args[0]} {self._advice('rebill', 'credit_full')}"
        return self._unfit_credited() or self._archived_accounts()

    def _preview_correct_lines(self):
        self._check_not_negative(self._targets())
        note_lines = self._note_lines(self._targets())
        return [self._note_preview(note_lines)] if note_lines else []

    def _apply_correct_lines(self):
        targets = self._targets()
        note_lines = self._note_lines(targets)
        self._check_not_negative(targets)
        if not note_lines:
            raise UserError(
                self.env._(
                    "Nothing would change on %s: change a quantity, price, discount "
                    "or tax first.",
                    self.move_id.name,
                )
            )
        return self._make_note(note_lines, targets)

    def _check_not_negative(self, targets):
        """Refuse to turn an invoice into a credit, or the other way round.

        :raises UserError: names the document and its corrected total
        """
        ledger, move = self._ledger(), self.move_id
        owed = ledger.owed(ledger.engine_figures(targets).values()).document
        remainder = -move.direction_sign * float(owed)
        if move.currency_id.compare_amounts(remainder, 0.0) < 0:
            raise UserError(
                self.env._(
                    "The corrected total of %(document)s would be %(amount)s. Correct "
                    "it to no less than 0, and bill or credit the difference on a "
                    "separate document.",
                    document=move.name,
                    amount=amount_text(move.currency_id, remainder),
                )
            )

    # Lines of the note

    def _targets(self):
        """Return the corrected terms by line of the document."""
        lines = self.line_ids.sorted(lambda line: line._place())
        return {line._subject(): line._corrected_terms() for line in lines}

    def _note_lines(self, targets):
        """Plan the note that leads from what is billed so far to ``targets``.

        :param targets: ``{line: Terms}`` of all lines of the document and those that
            are added to it
        :rtype: list[NoteLine]
        """
        ledger = self._ledger()
        terms = ledger.billed_terms()
        billed, rounding = ledger.billed_figures()
        wanted = ledger.engine_figures(targets)
        planned, leftovers = [], [(key, -owed) for key, owed in rounding.items()]
        for line, target in targets.items():
            in_force = terms.get(line) or replace(target, quantity=0.0)
            if target == in_force:
                # Cents belong to the taxes in force, not to those of the original.
                key = line_key(line, in_force.taxes)
                leftovers.append((key, wanted[line] - billed[line]))
            else:
                planned += self._line_parts(line, in_force, target, billed, wanted)
        planned = self._with_rounding(planned, leftovers)
        # Cents of lines are no discount: the items of a discount add up to nothing.
        planned += self._discount_parts(billed, wanted)
        return [part for each in planned for part in self._bookable(each)]

    def _discount_parts(self, billed, wanted):
        """Plan what changes in the early payment discount that reduces taxes."""
        keys = [
            each for each in {**billed, **wanted} if isinstance(each, EarlyDiscount)
        ]
        changes = {
            key: wanted.get(key, Figures()) - billed.get(key, Figures()) for key in keys
        }
        return [
            self._amount_line("discount", key, owed)
            for key, owed in changes.items()
            if not owed.is_zero
        ]

    def _line_parts(self, line, billed_terms, target, billed, wanted):
        parts = represent(billed_terms, target, self._bills_again(line))
        owed = {"billed": -billed[line], "corrected": wanted[line]}
        difference = wanted[line] - billed[line]
        return [
            NoteLine(
                line,
                part,
                terms,
                line_key(line, terms.taxes),
                owed[part] if len(parts) > 1 else difference,
            )
            for part, terms in parts
        ]

    def _bills_again(self, line):
        """Return whether to credit a line and bill it again, whatever has changed."""
        return False

    def _with_rounding(self, planned, leftovers):
        figures, remainder = host_rounding(
            [(each.key, each.owed) for each in planned], leftovers
        )
        planned = [
            each._replace(owed=owed)
            for each, owed in zip(planned, figures, strict=True)
        ]
        return planned + [
            self._amount_line("rounding", key, owed) for key, owed in remainder.items()
        ]

    def _tax_accounts(self, note_line):
        """Map each tax to where it is booked: its own account, or that of the line."""
        taxes = self.env["account.tax"].browse(note_line.owed.taxes)
        return {
            tax.id: bool(tax.repartition_line_ids.account_id) or note_line.key[0]
            for tax in taxes
        }

    def _with_bookable_taxes(self, note_lines):
        figures = unopposed_taxes(
            [(each.owed, self._tax_accounts(each)) for each in note_lines]
        )
        return [
            each._replace(owed=owed)
            for each, owed in zip(note_lines, figures, strict=True)
        ]

    def _amount_line(self, part, key, owed):
        """Plan a line that corrects no line of the document."""
        price = -self.move_id.direction_sign * float(owed.net.document)
        terms = Terms(1.0, price, 0.0, key[1])
        return NoteLine(self.env["account.move.line"], part, terms, key, owed)

    def _bookable(self, note_line):
        """Split amounts whose currencies differ in sign: an item has one sign."""
        first, *others = note_line.owed.net.items
        # The base of the taxes changes by both parts, their amounts by the first.
        untaxed = dict.fromkeys(note_line.owed.taxes, TaxFigures())
        part = "discount" if note_line.part == "discount" else "rounding"
        return [
            note_line._replace(owed=Figures(first, note_line.owed.taxes)),
            *(
                self._amount_line(part, note_line.key, Figures(other, untaxed))
                for other in others
            ),
        ]

    # The note

    def _make_note(self, note_lines, targets):
        """Create and post the note, and check that it leads to ``targets``."""
        owed = self._ledger().owed(each.owed for each in note_lines)
        role = note_role(owed.document)
        self._keep_matches()
        note = self._create_note(role, self._note_values(role, note_lines))
        self._settle_cents(note, targets)
        self._book_on_account(note)
        self._post_document(note)
        self._prove(targets)
        return note

    def _note_values(self, role, note_lines):
        date = self._open_date()
        return {
            "date": date,
            "invoice_date": date,
            "invoice_date_due": date,
            "auto_post": "no",
            "journal_id": self._sale_journal().id,
            # Lines can be corrected only where neither changed the original's total.
            "invoice_cash_rounding_id": False,
            "invoice_payment_term_id": False,
            # The reference of the customer; document and reason are printed as well.
            "ref": self.move_id.ref,
            # The note reverses amounts that were booked at the rate of the original.
            "invoice_currency_rate": self.move_id.invoice_currency_rate,
            "correction_id": self.id,
            "corrected_move_id": self.move_id.id,
            "correction_role": role,
            "line_ids": [
                Command.create(self._note_line_values(role, each))
                for each in self._with_bookable_taxes(note_lines)
            ],
        }

    def _create_note(self, role, values):
        """Create the draft by core's wizards, with their links and hooks."""
        if role == "debit":
            return self._create_debit_note(values)
        if self.move_id.move_type == "out_refund":
            return self.move_id._inside().copy(values).with_env(self.env)
        return self._create_credit_note(values)

    def _create_debit_note(self, values):
        wizard = self.env["account.debit.note"].create(self._wizard_values(values))
        with making_note(self.env, values):
            action = wizard.with_context(**self._inside_context()).create_debit()
        return self.env["account.move"].browse(action["res_id"])

    def _create_credit_note(self, values):
        wizard = self.env["account.move.reversal"].create(
            {**self._wizard_values(values), "company_id": self.company_id.id}
        )
        with making_note(self.env, values):
            wizard.with_context(**self._inside_context()).refund_moves()
        return wizard.new_move_ids.with_env(self.env)

    def _wizard_values(self, values):
        return {
            "move_ids": [Command.set(self.move_id.ids)],
            "date": values["date"],
            "reason": self._customer_reason(),
            "journal_id": values["journal_id"],
        }

    def _discount_line_values(self, role, note_line):
        """Return the item by which core reduces taxes, as it books it on invoices."""
        owed = note_line.owed if role == "debit" else -note_line.owed
        terms = {"quantity": 1.0, "price_unit": float(owed.net.document), "discount": 0}
        account, taxes, analytic = note_line.key
        percentage = self.move_id.invoice_payment_term_id.discount_percentage
        return {
            "display_type": "epd",
            "name": self.env._("Early Payment Discount (%s%%)", percentage),
            "account_id": account,
            "analytic_distribution": dict(analytic),
            "tax_ids": [Command.set(sorted(taxes))],
            "extra_tax_data": self._manual_amounts(terms, owed),
            **self._item_amounts(note_line.owed.net),
        }

    def _note_line_values(self, role, note_line):
        if note_line.part == "discount":
            return self._discount_line_values(role, note_line)
        # Terms have the sign of the document, lines that of the note.
        same_kind = (role == "credit") == (self.move_id.move_type == "out_refund")
        sign = 1 if same_kind else -1
        by_price = note_line.part == "price"
        terms, line = note_line.terms, note_line.line
        values = {
            **self._copied_values(note_line),
            "quantity": terms.quantity * (1 if by_price else sign),
            "price_unit": terms.price_unit * (sign if by_price else 1),
            "discount": terms.discount,
            "tax_ids": [Command.set(sorted(terms.taxes))],
            **self._links(line),
            "corrected_part": bool(line) and ("price" if by_price else "quantity"),
        }
        owed = note_line.owed if role == "debit" else -note_line.owed
        values["extra_tax_data"] = self._manual_amounts(values, owed)
        return values

    def _links(self, line):
        """Return the fields that link a line of a note to what it corrects or adds."""
        is_added = line._name == "clerk.correction.line"
        return {"correction_line_id" if is_added else "corrected_line_id": line.id}

    def _copied_values(self, note_line):
        if not note_line.line:
            account, _taxes, analytic = note_line.key
            return {
                "name": self.env._("Rounding"),
                "account_id": account,
                "analytic_distribution": dict(analytic),
                "display_type": "product",
            }
        line = note_line.line
        if line._name == "clerk.correction.line":
            return line._document_line_values()
        # A difference in price does not change the delivered quantity, so it must not
        # count as invoiced on the order.
        with_order = note_line.part != "price"
        values = line.with_context(include_business_fields=with_order).copy_data()[0]
        for name in ("amount_currency", "balance", "debit", "credit", "extra_tax_data"):
            values.pop(name, None)
        return values

    def _manual_amounts(self, values, owed):
        """Return amounts in the format that core's tax engine does not recompute."""
        return {
            "currency_id": self.move_id.currency_id.id,
            "quantity": values["quantity"],
            "price_unit": values["price_unit"],
            "discount": values["discount"],
            "rate": self.move_id.invoice_currency_rate,
            "manual_total_excluded_currency": float(owed.net.document),
            "manual_total_excluded": float(owed.net.company),
            "manual_tax_amounts": owed.engine_taxes(),
        }
