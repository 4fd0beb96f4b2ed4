from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.invoicing_clerk.models.mixin.amount import exact
from odoo.addons.invoicing_clerk.models.mixin.gate import at_least_one, only_one
from odoo.addons.invoicing_clerk.models.mixin.reversal import posted_reversals
from odoo.addons.invoicing_clerk.models.mixin.roles import BOOKKEEPERS, READERS
from odoo.addons.invoicing_clerk.models.voucher.account_payment import AGREED_FIELDS
from odoo.addons.invoicing_clerk.rules.receipt.amount_words import amount_in_words

from ..rules import check_layout, check_text

CHECKS = "check_printing"
PRINTABLE = ("in_process", "paid")
# What the paper of a check says.
PRINTED_FIELDS = AGREED_FIELDS | {"check_number", "memo"}


class AccountPayment(models.Model):
    """Payments by check, and the numbers of their checks."""

    _inherit = "account.payment"
    _guarded_fields = frozenset({"check_ids"})
    _checked_fields = _guarded_fields

    check_ids = fields.One2many(
        "clerk.check", "payment_id", string="Checks", groups=READERS
    )
    has_printed_check = fields.Boolean(
        string="Check in the Register",
        compute="_compute_has_printed_check",
        compute_sudo=True,
        groups=BOOKKEEPERS,
        exportable=False,
        help="A check is printed for the payment, and valid.",
    )

    @api.depends("check_ids.state")
    def _compute_has_printed_check(self):
        for payment in self:
            payment.has_printed_check = bool(payment._printed_check())

    def _printed_check(self):
        """Return the valid check of the payments."""
        # sudo: callers tell only that there is a check, and its number.
        return self.sudo().check_ids.filtered(lambda each: each.state == "printed")

    def _voucher_paid(self):
        """Return the voucher that a payment pays."""
        # sudo: a link of the payment, which the caller has.
        vouchers = self.env["clerk.voucher"].sudo()
        return vouchers.search([("payment_id", "=", self.id)], limit=1)

    # Printing

    def action_print_approved_checks(self):
        """Open the dialog that prints the checks of payments.

        :raises UserError: one cannot be printed
        """
        self.env["clerk.check.print"].check_access("create")
        at_least_one(self)._check_printable()
        return self.env["clerk.check.print"]._open(self)

    def action_open_checks(self):
        """Open the checks of a payment."""
        only_one(self).check_access("read")
        return self.env["clerk.check"]._open_them(self.check_ids)

    def do_print_checks(self):
        """Enter the checks in the register, whoever prints them and in any layout.

        :raises UserError: a number was used before, or a check is already printed
        """
        self.check_access("write")
        # sudo: whoever may print checks of payments has them entered in the register.
        self.env["clerk.check"].sudo()._enter(self.sudo())
        # Core would ask an administrator for a letterhead first, which no check has.
        plain = self.with_context(discard_logo_check=True)
        return super(AccountPayment, plain).do_print_checks()

    def _take_check_numbers(self):
        """Give numbers to payments that have none, or one that is already used."""
        for payment in self:
            # sudo: looks for a number only.
            used = self.env["clerk.check"].sudo()._used(payment)
            if used or not payment.check_number:
                payment.check_number = payment.journal_id._take_check_number()

    def _note_check(self, check):
        """Note the number of a check that is printed now on the voucher."""
        check.voucher_id._inside().reference = check.name

    # What is wrong

    def _check_printable(self):
        """:raises UserError: one is not to be paid by check, or not now"""
        self._refuse_unprintable()
        self.env["clerk.check"]._check_one_journal(self.journal_id)
        self._check_content()

    def _print_problem(self):
        """Return why no check can be printed for the payment, or nothing."""
        names = {"payment": self.display_name}
        if self.payment_method_line_id.code != CHECKS:
            return self.env._(
                "%(payment)s is not paid by check: its payment method is %(method)s.",
                method=self.payment_method_line_id.name or self.env._("none"),
                **names,
            )
        if self.state not in PRINTABLE:
            return self.env._(
                "%(payment)s is %(state)s. Only posted payments are printed.",
                state=dict(self._fields["state"]._description_selection(self.env))[
                    self.state
                ],
                **names,
            )
        if reversed_by := posted_reversals(self):
            return self.env._(
                "%(payment)s was reversed by %(reversal)s: nothing is left to pay.",
                reversal=reversed_by[0].display_name,
                **names,
            )
        return self._second_check_problem()

    def _second_check_problem(self):
        if check := self._printed_check():
            return self.env._(
                "%(check)s is already printed for %(payment)s. If the paper was "
                "spoiled, void and reprint it in the check register.",
                check=check.display_name,
                payment=self.display_name,
            )
        return None

    def _refuse_unprintable(self):
        """:raises UserError: one is not paid by check, not posted or printed before"""
        for payment in self:
            if problem := payment._print_problem():
                raise UserError(problem)

    def _check_content(self):
        """:raises UserError: the paper would not be a valid check"""
        for payment in self:
            if problem := payment._content_problem():
                raise UserError(problem)

    def _content_problem(self):
        """Return why the paper would not be a valid check, or nothing."""
        names = {"payment": self.display_name, "payee": self.partner_id.display_name}
        if not self.partner_id:
            return self.env._("%(payment)s has no payee. Enter one.", **names)
        if self.currency_id.compare_amounts(self.amount, 0.0) <= 0:
            return self.env._(
                "The amount of %(payment)s is zero: no check is printed.", **names
            )
        if not self._check_address():
            return self.env._(
                "%(payee)s has no complete address. Enter street and city on the "
                "contact: they are printed on the check.",
                **names,
            )
        return self._margin_problem() or self._size_problem()

    def _margin_problem(self):
        company = self.company_id
        margins = (
            company.account_check_printing_margin_left,
            company.account_check_printing_margin_top,
        )
        if not check_layout.is_too_far(*margins):
            return None
        return self.env._(
            "The margins of %(company)s move the text off the check. Ask an "
            "administrator to enter margins between 0 and %(max)s inches.",
            company=company.display_name,
            max=check_layout.MARGIN + check_layout.MAX_SHIFT,
        )

    def _size_problem(self):
        """Return which text does not fit on the check, or nothing."""
        labels = {
            "payee": self.env._("The name of the payee"),
            "amount_figures": self.env._("The amount in figures"),
            "amount_words": self.env._("The legal amount"),
        }
        for name, text in self._check_texts().items():
            width = check_layout.FIELDS[name.removeprefix("amount_")].width
            if not check_layout.font_size(text, width):
                return self.env._(
                    "%(what)s of %(payment)s is too long for a check: %(text)s. Pay "
                    "it in another way.",
                    what=labels[name],
                    payment=self.display_name,
                    text=text,
                )
        return None

    # What is printed

    def _check_texts(self):
        """Return the texts on which the bank relies, by field of the register."""
        currency, country = self.currency_id, self.journal_id._check_country()
        language = check_text.check_language(country, self.partner_id.lang)
        amount, decimals = exact(currency, self.amount), currency.decimal_places
        return {
            "payee": " ".join((self.partner_id.name or "").split()),
            "amount_figures": check_text.figures(amount, decimals, language),
            "amount_words": self._legal_amount(amount, country, language),
        }

    def _legal_amount(self, amount, country, language):
        currency = self.currency_id.name, self.currency_id.decimal_places
        if language == check_text.ENGLISH:
            return check_text.english_words(amount, *currency, country)
        return amount_in_words(amount, *currency, language)

    def _check_address(self):
        """Return the address of the payee in lines; nothing if it is not complete."""
        payee = self.partner_id
        if not (payee.street and payee.city):
            return ""
        text = payee._display_address(without_company=True)
        lines = [" ".join(line.split()) for line in text.splitlines()]
        country = payee.country_id
        at_home = country == self.company_id.country_id and country.name
        return "\n".join(line for line in lines if line and line != at_home)

    def _check_sheets(self, layout):
        """Return the sheets of the newest check of a payment.

        :raises UserError: no check was printed
        """
        # sudo: the reader of the payment sees its check.
        checks = self.sudo().check_ids.filtered(lambda each: each.sheet == 1)
        if not checks:
            raise UserError(
                self.env._(
                    "No check has been printed for %s. Use Print Checks.",
                    self.display_name,
                )
            )
        check = checks.sorted("id")[-1]
        return check._sheets(layout)

    # Guards

    @api.constrains("check_number", "journal_id")
    def _check_printed_number(self):
        """:raises ValidationError: the number of a printed check is changed"""
        for payment in self:
            check = payment._printed_check()
            if check and (check.name, check.journal_id.id) != (
                payment.check_number,
                payment.journal_id.id,
            ):
                raise ValidationError(payment._kept_text(check))

    def _kept_text(self, check):
        return self.env._(
            "%(check)s is printed for %(payment)s. Void the check in the check "
            "register: its payment is reversed then.",
            check=check.display_name,
            payment=self.display_name,
        )

    def write(self, vals):
        """:raises UserError: what the paper says would be changed, or undone"""
        self._undone_or_changed(vals, PRINTED_FIELDS)._refuse_undo()
        return super().write(vals)

    def _refuse_undo(self):
        """:raises UserError: a check is printed for one"""
        for payment in self:
            if check := payment._printed_check():
                raise UserError(payment._kept_text(check))

    def action_draft(self):
        """:raises UserError: a check is printed for one"""
        self._refuse_undo()
        return super().action_draft()

    def action_cancel(self):
        """:raises UserError: a check is printed for one"""
        self._refuse_undo()
        return super().action_cancel()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_checks(self):
        for payment in self:
            # sudo: tells only that there is a check.
            if checks := payment.sudo().check_ids:
                raise UserError(
                    self.env._(
                        "%(payment)s is kept on record, as %(check)s was printed for "
                        "it.",
                        payment=payment.display_name,
                        check=checks[0].display_name,
                    )
                )
