from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date, formatLang


class ClerkPromise(models.Model):
    """What cannot be promised, each in one sentence with what to do instead."""

    _inherit = "clerk.promise"

    @api.model
    def _check_items(self, items):
        """Refuse journal items that one promise cannot be about, and name them.

        :raises ValidationError: nothing chosen, of several customers, companies or
            currencies, or not an open and undisputed debt
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
                        "These invoices are of different %(what)s: %(list)s. Write "
                        "down one promise for each.",
                        what=label,
                        list="; ".join(
                            f"{key.display_name}: {self._enumerate(group)}"
                            for key, group in groups.items()
                        ),
                    )
                )

    @api.model
    def _check_item(self, item):
        names = {"invoice": item.move_id.display_name}
        if item.account_id.account_type != "asset_receivable" or item.balance < 0:
            raise ValidationError(
                self.env._(
                    "%(invoice)s is nothing that a customer has to pay.", **names
                )
            )
        if item.parent_state != "posted":
            raise ValidationError(
                self.env._(
                    "%(invoice)s is not posted, so nobody owes it (yet).", **names
                )
            )
        if item.reconciled:
            raise ValidationError(self.env._("%(invoice)s is already paid.", **names))
        if item.move_id.has_open_billing_error:
            raise ValidationError(
                self.env._(
                    "%(invoice)s is in dispute. Close the billing error first, or "
                    "leave the invoice out.",
                    **names,
                )
            )

    @api.model
    def _check_amount(self, amount, items):
        """Refuse nothing, less than nothing, and more than is open."""
        currency = items.currency_id
        if currency.compare_amounts(amount, 0) <= 0:
            raise ValidationError(
                self.env._(
                    "A promise of %s is none: enter what the customer will pay.",
                    formatLang(self.env, amount, currency_obj=currency),
                )
            )
        owed = self._open_amount(items)
        if currency.compare_amounts(amount, owed) > 0:
            raise ValidationError(
                self.env._(
                    "%(amount)s is more than what is open of %(invoices)s: %(open)s.",
                    amount=formatLang(self.env, amount, currency_obj=currency),
                    open=formatLang(self.env, owed, currency_obj=currency),
                    invoices=self._enumerate(items),
                )
            )

    @api.model
    def _enumerate(self, items):
        return ", ".join(dict.fromkeys(items.mapped("move_name")))

    @api.model
    def _open_amount(self, items):
        """What is open of journal items, in their currency."""
        return sum(items.mapped("amount_residual_currency"))

    @api.model
    def _check_dates(self, date, date_made):
        """Refuse a day that is over, and a promise that nobody can have given yet."""
        today = fields.Date.context_today(self)
        if date < today:
            raise ValidationError(
                self.env._(
                    "%s is over: enter the day on which the customer will pay.",
                    format_date(self.env, date),
                )
            )
        if date_made > today:
            raise ValidationError(
                self.env._(
                    "A promise cannot have been given on %s already.",
                    format_date(self.env, date_made),
                )
            )

    @api.model
    def _check_fits(self, items, said):
        """Refuse instalments of others than the promise says.

        :param said: values of a promise, of which partner, company and currency count
        """
        for name, owner in self._debtor_values(items[:1]).items():
            if said[name] != owner:
                comodel = self.env[self._fields[name].comodel_name]
                raise ValidationError(
                    self.env._(
                        "The promise is of %(said)s, and %(invoices)s of %(found)s. "
                        "Write down another promise for that.",
                        said=comodel.browse(said[name]).display_name,
                        found=comodel.browse(owner).display_name,
                        invoices=self._enumerate(items),
                    )
                )
