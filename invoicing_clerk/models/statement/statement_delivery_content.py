from odoo import models
from odoo.tools import format_date, formatLang

from ..mixin.amount import amount_text


class ClerkStatementDelivery(models.AbstractModel):
    """The language of a document for customers, and how it shows amounts and dates."""

    _inherit = "clerk.statement.delivery"

    def _document_lang(self):
        """Return the language of the document: the preferred one if it is installed."""
        self.ensure_one()
        preferred = self._preferred_lang()
        installed = dict(self.env["res.lang"].get_installed())
        if preferred in installed:
            return preferred
        fallback = self.company_id.partner_id.lang
        return fallback if fallback in installed else self.env.user.lang or "en_US"

    def _preferred_lang(self):
        customer = self.partner_id.commercial_partner_id
        return customer.statement_lang or self.run_id.lang or self.partner_id.lang

    def _lang_warning(self):
        """Return a warning if the preferred language is not installed, or False."""
        preferred, used = self._preferred_lang(), self._document_lang()
        if not preferred or preferred == used:
            return False
        return self.env._(
            "Written in %(used)s: the customer's language %(preferred)s is not "
            "installed.",
            used=used,
            preferred=preferred,
        )

    def _shown(self, amount, currency):
        return amount_text(currency, amount)

    def _shown_number(self, amount, currency):
        """Return an amount without symbol: the heading has the currency."""
        return formatLang(self.env, amount, digits=currency.decimal_places)

    def _shown_date(self, day):
        return format_date(self.env, day) if day else ""
