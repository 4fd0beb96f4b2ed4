from decimal import Decimal

from odoo import api, fields, models

from ...rules.receipt.short_payment import remedies
from ..mixin.amount import amount_text


class ClerkReceiptMatch(models.Model):
    """The reasons of a proposal, in the language of whoever reads it."""

    _inherit = "clerk.receipt.match"

    explanation = fields.Char(
        compute="_compute_explanation",
        help="Evidence for customer and invoices, and what speaks against it.",
    )

    @api.depends("reason", "evidence", "notes", "short_amount", "unapplied_amount")
    @api.depends_context("lang")
    def _compute_explanation(self):
        evidence, reasons = self._evidence_sentences(), self._reason_sentences()
        for match in self:
            notes = match._note_sentences()
            sentences = [
                evidence.get(match.evidence) if match.partner_id else None,
                reasons.get(match.reason),
                *(notes[note] for note in match.notes or () if note in notes),
                match._remedy_sentence(),
            ]
            match.explanation = " ".join(filter(None, sentences))

    def _remedy_sentence(self):
        """Return what may be done about what is missing, the most likely first."""
        # sudo: a setting of the company, which decides about a sentence.
        company = self.company_id.sudo()
        is_own = self.currency_id == company.currency_id
        limit = company.clerk_write_off_limit if is_own else 0.0
        short = Decimal(str(self.short_amount))
        found = remedies(short, Decimal(str(limit)), self.notes or ())
        sentences = {
            "discount": self.env._("Grant the discount, or ask for it."),
            "write_off": self.env._("It is within the limit for write-offs."),
            "deduction": self.env._("Report it as a short payment,"),
            "partial": self.env._("or apply the payment and keep the rest open."),
        }
        return " ".join(sentences[each] for each in found) or None

    @api.model
    def _evidence_sentences(self):
        return {
            "registered": self.env._("The payment was registered for the customer."),
            "reference": self.env._("The text names documents of the customer."),
            "account": self.env._("The bank account is the customer's."),
            "alias": self.env._("The customer has paid under this name before."),
            "name": self.env._("The name of the payer is the customer's."),
        }

    @api.model
    def _reason_sentences(self):
        return {
            "advice": self.env._("As the remittance advice says."),
            "named": self.env._("The text names the invoices."),
            "order": self.env._("The text names the customer's order."),
            "balance": self.env._("The amount is everything that is open."),
            "item": self.env._("One open item, and no other, has the amount."),
            "sum": self.env._("These open items, and no others, add up to the amount."),
            "only": self.env._("A part of the only open item."),
            "oldest": self.env._("The oldest items first, as agreed."),
        }

    def _note_sentences(self):
        amounts = {
            "short": amount_text(self.currency_id, self.short_amount),
            "left": amount_text(self.currency_id, self.unapplied_amount),
        }
        return {
            "unidentified": self.env._("The customer is not known."),
            "several_customers": self.env._("Several customers may have paid."),
            "short": self.env._("%(short)s is missing.", **amounts),
            "over": self.env._("%(left)s stays unapplied.", **amounts),
            "discount": self.env._("With the discount for early payment."),
            "late_discount": self.env._(
                "The discount for early payment was taken too late."
            ),
            "ambiguous": self.env._("There is more than one solution."),
            "other_amount": self.env._("Other open items would fit the amount better."),
            "nothing_fits": self.env._("No open items fit the amount."),
            "nothing_open": self.env._("There are no open items."),
            "settled": self.env._("What the text names is paid already."),
            "currency": self.env._("What the text names is in another currency."),
            "third_party": self.env._("Somebody else seems to pay for the customer."),
            "other_customer": self.env._(
                "The text names a document of another customer."
            ),
            "total": self.env._("The advice is for more than was paid."),
            "over_item": self.env._("The advice is for more than is open."),
            "unknown_item": self.env._("The advice names what is not open."),
        }
