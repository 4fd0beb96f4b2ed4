from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ...rules.entered_date import PROMISE_DAYS
from ..mixin.amount import amount_text
from ..mixin.lock_date import distant_date_obstacle


class ClerkPromise(models.Model):
    """Checks of new promises, each with a message that says what to do instead."""

    _inherit = "clerk.promise"

    @api.model
    def _check_items(self, items):
        """Refuse journal items that one promise cannot cover, and name them.

        :raises ValidationError: none chosen, several customers, companies or
            currencies, or not open and undisputed receivables
        """
        if not items:
            raise ValidationError(
                self.env._("Choose the invoices that the customer promises to pay.")
            )
        self._check_one_debtor(items)
        for item in items:
            self._check_item(item)

    @api.model
    def _check_one_debtor(self, items):
        for label, field in (
            (self.env._("customers"), "partner_id.commercial_partner_id"),
            (self.env._("companies"), "company_id"),
            (self.env._("currencies"), "currency_id"),
        ):
            groups = items.grouped(lambda item, path=field: item.mapped(path))
            if len(groups) > 1:
                raise ValidationError(
                    self.env._(
                        "These invoices belong to different %(what)s: %(list)s. Record "
                        "a promise for each.",
                        what=label,
                        list="; ".join(
                            f"{key.display_name}: {self._enumerate_items(group)}"
                            for key, group in groups.items()
                        ),
                    )
                )

    @api.model
    def _check_item(self, item):
        names = {"invoice": item.move_id.display_name}
        if item.account_id.account_type != "asset_receivable" or item.balance < 0:
            raise ValidationError(
                self.env._("%(invoice)s is not a receivable: choose another.", **names)
            )
        if item.parent_state != "posted":
            raise ValidationError(
                self.env._("%(invoice)s is not posted: post it first.", **names)
            )
        if not item.is_unsettled:
            raise ValidationError(self.env._("%(invoice)s is already paid.", **names))
        if item.move_id.has_open_billing_error:
            raise ValidationError(
                self.env._(
                    "%(invoice)s is in dispute. Close the billing error first, or "
                    "remove the invoice.",
                    **names,
                )
            )

    @api.model
    def _check_amount(self, amount, items):
        """Refuse amounts that are not above zero, or exceed what is open."""
        currency = items.currency_id
        if currency.compare_amounts(amount, 0) <= 0:
            raise ValidationError(
                self.env._("Enter the amount that the customer will pay, above zero.")
            )
        open_amount = self._open_amount(items)
        if currency.compare_amounts(amount, open_amount) > 0:
            raise ValidationError(
                self.env._(
                    "%(amount)s exceeds the open amount of %(invoices)s: %(open)s.",
                    amount=amount_text(currency, amount),
                    open=amount_text(currency, open_amount),
                    invoices=self._enumerate_items(items),
                )
            )

    @api.model
    def _enumerate_items(self, items):
        return ", ".join(dict.fromkeys(items.mapped("move_name")))

    @api.model
    def _open_amount(self, items):
        """Return the open amount of journal items, in their currency."""
        return sum(items.mapped("unsettled"))

    @api.model
    def _check_dates(self, date, date_made):
        """Refuse to promise for a past day, or to have promised on a future one."""
        today = fields.Date.context_today(self)
        if date < today:
            raise ValidationError(
                self.env._(
                    "%s has passed: enter the day on which the customer will pay.",
                    format_date(self.env, date),
                )
            )
        if distant := distant_date_obstacle(self.env, date, PROMISE_DAYS):
            raise ValidationError(distant)
        if date_made > today:
            raise ValidationError(
                self.env._(
                    "%s is in the future: enter the day on which the customer made "
                    "the promise.",
                    format_date(self.env, date_made),
                )
            )

    @api.model
    def _check_debtor(self, items, vals):
        """Refuse instalments of another customer, company or currency.

        :param vals: values of a promise, of which partner, company and currency count
        """
        for name, actual in self._debtor_values(items[:1]).items():
            if vals[name] != actual:
                field = self._fields[name]
                comodel = self.env[field.comodel_name]
                raise ValidationError(
                    self.env._(
                        "%(field)s of %(invoices)s is %(actual)s, not %(given)s. "
                        "Record a separate promise.",
                        field=field._description_string(self.env),
                        invoices=self._enumerate_items(items),
                        actual=comodel.browse(actual).display_name,
                        given=comodel.browse(vals[name]).display_name,
                    )
                )
