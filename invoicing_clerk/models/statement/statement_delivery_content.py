import io
from base64 import b64encode

import qrcode

from odoo import models
from odoo.tools import format_amount, format_date, formatLang, str2bool
from odoo.tools.image import image_data_uri

from ...rules.statement import statement as rules


class ClerkStatementDelivery(models.AbstractModel):
    """What a statement tells its customer, in the customer's language.

    The page asks here for everything it shows, so that PDF, spreadsheet and portal
    say the same. Amounts of two currencies never stand in one total.
    """

    _inherit = "clerk.statement.delivery"

    def _document_lang(self):
        """The language it is written in: as asked for, if it is installed."""
        self.ensure_one()
        wanted = self._wanted_lang()
        installed = dict(self.env["res.lang"].get_installed())
        if wanted in installed:
            return wanted
        fallback = self.company_id.partner_id.lang
        return fallback if fallback in installed else self.env.user.lang or "en_US"

    def _wanted_lang(self):
        customer = self.partner_id.commercial_partner_id
        return customer.statement_lang or self.run_id.lang or self.partner_id.lang

    def _lang_warning(self):
        """A sentence where it cannot be written as its customer wants it, or False."""
        wanted, got = self._wanted_lang(), self._document_lang()
        if not wanted or wanted == got:
            return False
        return self.env._(
            "Written in %(got)s: the customer's language %(wanted)s is not installed.",
            got=got,
            wanted=wanted,
        )

    # Blocks

    def _document_blocks(self):
        """What stands on the page: a block per currency, the biggest debt first."""
        self.ensure_one()
        lines = self.line_ids.grouped("currency_id")
        nothing = self.line_ids.browse()
        return [
            self._document_block(balance, lines.get(balance.currency_id, nothing))
            for balance in self.balance_ids
        ]

    def _document_block(self, balance, lines):
        currency = balance.currency_id
        is_open_item = self.type == "open_item"
        return {
            "balance": balance,
            "currency": currency,
            "open": lines.filtered(lambda line: self._is_shown(line, currency)),
            "movements": lines.filtered(lambda line: line.section == "movement"),
            "has_movements": not is_open_item,
            "flows": [] if is_open_item else self._document_flows(balance),
            "ageing": self._document_ageing(balance),
            "is_due": currency.compare_amounts(balance.closing, 0) > 0,
        }

    def _is_shown(self, line, currency):
        """An item that is open by company currency only owes the customer nothing."""
        if line.section != "open" or self.type == "activity":
            return False
        return not currency.is_zero(line.open_amount)

    def _document_flows(self, balance):
        """What led from the opening to the closing balance."""
        names = {
            "opening": self.env._("Opening balance"),
            "invoiced": self.env._("Invoiced"),
            "credited": self.env._("Credited"),
            "paid": self.env._("Paid"),
            "adjusted": self.env._("Adjusted"),
            "closing": self.env._("Closing balance"),
        }
        always = ("opening", "closing")
        return [
            (words, balance[name])
            for name, words in names.items()
            if name in always or not balance.currency_id.is_zero(balance[name])
        ]

    def _document_ageing(self, balance):
        """The closing balance by age, and what is not matched with invoices yet."""
        overdue = rules.bucket_names(self.run_id.bucket_days)
        names = [self.env._("Not due"), *overdue]
        row = [(name, balance[f"bucket_{at}"]) for at, name in enumerate(names)]
        if not balance.currency_id.is_zero(balance.unapplied):
            row.append((self.env._("Credits"), balance.unapplied))
        return [*row, (self.env._("Balance"), balance.closing)]

    def _document_title(self):
        return self.env._("Statement of account %(name)s", name=self.name)

    def _document_intro(self):
        day = self._shown_date(self.date)
        if self.type == "open_item":
            return self.env._("What is open on %(day)s.", day=day)
        return self.env._(
            "From %(first)s to %(day)s.",
            first=self._shown_date(self.date_from),
            day=day,
        )

    def _shown_reference(self, line):
        return line.ref if line.ref and line.ref != line.name else ""

    def _mark(self, line):
        """What a customer should know of an item, in a few words."""
        currency = line.currency_id
        marks = []
        if not currency.is_zero(line.disputed):
            marks.append(
                self.env._("in dispute: %s", self._shown(line.disputed, currency))
            )
        if not currency.is_zero(line.promised):
            marks.append(
                self.env._("promised: %s", self._shown(line.promised, currency))
            )
        return ", ".join(marks)

    # Paying

    def _payment_bank(self, currency):
        """The account to pay to: in that currency, or one that takes every currency."""
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
        """A picture that a bank's app reads, where the company prints them."""
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
        """Where the customer sees what is open by now, without log-in."""
        return self.get_base_url() + self.get_portal_url()

    def _online_qr(self):
        """A picture of that link, where the company prints links so."""
        if not self.company_id.link_qr_code:
            return None
        with io.BytesIO() as picture:
            qrcode.make(self._online_link(), box_size=4, border=0).save(picture)
            return image_data_uri(b64encode(picture.getvalue()))

    def _takes_online_payments(self):
        """Whether what is open can be paid there (module account_payment)."""
        if "payment.provider" not in self.env:
            return False
        # sudo: whether customers may pay online is no secret from a customer.
        settings = self.env["ir.config_parameter"].sudo()
        providers = self.env["payment.provider"].sudo()
        domain = [
            *providers._check_company_domain(self.company_id),
            ("state", "!=", "disabled"),
        ]
        return str2bool(
            settings.get_param("account_payment.enable_portal_payment"), False
        ) and bool(providers.search_count(domain, limit=1))

    def _shown(self, amount, currency):
        return format_amount(self.env, amount, currency)

    def _shown_number(self, amount, currency):
        """Without the currency's sign, which stands over the column."""
        return formatLang(self.env, amount, digits=currency.decimal_places)

    def _shown_date(self, day):
        return format_date(self.env, day) if day else ""
