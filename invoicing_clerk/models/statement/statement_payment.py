import io
from base64 import b64encode

import qrcode

from odoo import models
from odoo.tools import str2bool
from odoo.tools.image import image_data_uri


class ClerkStatement(models.Model):
    """Payment of a statement: the remittance slip and the link to pay online."""

    _inherit = "clerk.statement"

    def _payment_bank(self, currency):
        """Return the bank account to pay to, of this currency or of any."""
        company = self.company_id
        # sudo: printed for the customer, as on any invoice of the company.
        banks = company.sudo().partner_id.bank_ids.filtered(
            lambda bank: (
                bank.company_id in (company.browse(), company)
                and bank.currency_id in (currency.browse(), currency)
            )
        )
        return banks.sorted(lambda bank: not bank.currency_id)[:1]

    def _payment_reference(self):
        return " ".join(filter(None, (self.name, self.partner_ref)))

    def _payment_qr(self, bank, balance):
        """Return the QR code for payments, if the company prints them."""
        if not bank or not self.company_id.qr_code:
            return None
        return bank.build_qr_code_base64(
            balance.closing,
            self._payment_reference(),
            None,
            balance.currency_id,
            self.partner_id,
            silent_errors=True,
        )

    def _online_link(self):
        """Return the link that shows current open items without login."""
        return self.get_base_url() + self.get_portal_url()

    def _online_qr(self):
        """Return the QR code of the link, if the company prints them."""
        if not self.company_id.link_qr_code:
            return None
        with io.BytesIO() as picture:
            qrcode.make(self._online_link(), box_size=4, border=0).save(picture)
            return image_data_uri(b64encode(picture.getvalue()))


class ClerkStatementDelivery(models.AbstractModel):
    _inherit = "clerk.statement.delivery"

    def _takes_online_payments(self):
        """Return whether customers can pay online (module account_payment)."""
        if "payment.provider" not in self.env:
            return False
        # sudo: customers may know whether they can pay online.
        settings = self.env["ir.config_parameter"].sudo()
        providers = self.env["payment.provider"].sudo()
        domain = [
            *providers._check_company_domain(self.company_id),
            ("state", "!=", "disabled"),
        ]
        return str2bool(
            settings.get_param("account_payment.enable_portal_payment"), False
        ) and bool(providers.search_count(domain, limit=1))
