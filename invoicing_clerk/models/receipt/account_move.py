from odoo import models

SALES = "move_type IN ('out_invoice', 'out_refund', 'out_receipt')"


class AccountMove(models.Model):
    """Numbers of documents, as the texts of payments are looked up.

    The keys are those of `rules.receivable.reference.number_keys`, of the characters
    that all alphabets share: `mention` decides about what they find.
    """

    _inherit = "account.move"

    _clerk_number_key = models.Index(
        "((regexp_replace(lower(sequence_prefix), '[^a-z0-9]', '', 'g') || '|'"
        f" || sequence_number::text)) WHERE {SALES}"
    )
    _clerk_reference_key = models.Index(
        "(regexp_replace(lower(payment_reference), '[^a-z0-9]', '', 'g'))"
        f" WHERE {SALES}"
    )
