from odoo import models

from .trigrams import trigrams


class AccountBankStatementLine(models.Model):
    """Indexes for the search for what callers say; the label has one of core."""

    _inherit = "account.bank.statement.line"

    _clerk_amount = models.Index("(amount)")
    _clerk_partner_name = models.Index(
        trigrams("account.bank.statement.line", "partner_name")
    )
