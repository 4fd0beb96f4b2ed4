"""Titles of columns in remittance advices, in the languages of many payers."""

import re

# What is below a title, by the words in it, of which the first group decides.
KINDS = (
    (
        "none",
        r"date|datum|data\b|fecha|fällig|échéance|\bno\b|\bnr\b|n°|numb|nummer"
        r"|numéro|refer|beleg|text|description",
    ),
    (
        "deduction",
        r"deduct|discount|disc\b|short|abzug|skonto|escompte|déduction|retenue"
        r"|korting|descuento|sconto",
    ),
    (
        "other",
        r"balance|remain|outstanding|open|due\b|rest|offen|saldo|solde|\bvat\b|\btax"
        r"|mwst|\btva\b|\biva\b|btw|original|invoice|rechnung|facture|factuur|factura"
        r"|fattura|gross|brutto|\bbrut\b|credit|bill",
    ),
    (
        "paid",
        r"paid|payment|\bpay\b|remit|settle|zahl|payé|réglé|règlement|paiement"
        r"|betaa?l|pagad|pagat|pago",
    ),
    ("amount", r"amount|betrag|montant|bedrag|importe|importo|\bnet|valor|sum\b"),
)


def kind_of(title: str) -> str:
    """Return what is below a title: ``paid``, ``deduction``, ``amount`` or ``other``.

    >>> [kind_of(title) for title in ("Amount Paid", "Zahlbetrag", "Discount amount",
    ...     "Invoice amount", "Montant", "Payment date", "Open", "Acme Ltd")]
    ['paid', 'paid', 'deduction', 'other', 'amount', 'none', 'other', 'none']
    """
    lower = title.lower()
    return next((kind for kind, words in KINDS if re.search(words, lower)), "none")
