from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...rules.receivable.customer_match import Entry
from ...rules.receivable.match_item import Item
from ..mixin.amount import exact


class ClerkReceivable(models.Model):
    """Unapplied money of a customer, and what it may be for."""

    _inherit = "clerk.receivable"

    applied_ids = fields.Many2many(
        "clerk.applied.payment",
        string="Applied by Proposals",
        compute="_compute_applied_ids",
        help="The latest applied payments. They can be undone.",
    )

    @api.depends("partner_id", "company_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_applied_ids(self):
        applied = self.env["clerk.applied.payment"]
        latest = applied._applied_to(self.partner_id, self.company_id)
        for row in self:
            row.applied_ids = latest.get((row.partner_id, row.company_id), applied)

    def action_match(self):
        """Propose how to apply payments and credits to open invoices."""
        self.ensure_one()
        return self._match(self.partner_id, self.company_id)

    @api.model
    def _match(self, customer, company, items=None):
        """Open proposals for a customer, or only for some of the open items.

        :raises UserError: there is nothing to propose
        """
        self.env["account.partial.reconcile"].check_access("create")
        values = {"partner_id": customer.id, "company_id": company.id}
        if items:
            values["item_ids"] = [Command.set(items.ids)]
        match = self.env["clerk.match"]._inside().create(values).with_env(self.env)
        action = match._propose()
        if not match.line_ids:
            raise UserError(
                self.env._(
                    "%s has no payment or credit that could be applied to an open "
                    "invoice.",
                    customer.display_name,
                )
            )
        return action


class AccountMoveLine(models.Model):
    """Open items as the rules of matching see them."""

    _inherit = "account.move.line"

    def _matchable(self):
        """Return the items that Odoo can reconcile, as they are in its books.

        Items that are reconciled with entries that are not posted are left out: what
        Odoo has left of them is not what is open.
        """
        added = self._added_back(self)
        return self.filtered(
            lambda item: (
                not item.reconciled
                and (
                    item.id not in added or item.currency_id.is_zero(added[item.id][1])
                )
            )
        )

    def _match_name(self):
        """Return the document of an item in words, with its reference."""
        return self.move_id.display_name

    def _match_entry(self):
        """Return an item with what it says, for proposals of a customer."""
        return Entry(
            item=self._match_item(),
            date=self.date,
            group=self.account_id.id,
            text=" ".join(filter(None, self._match_texts())),
            is_credit_note=self.move_id.is_invoice(include_receipts=True),
        )

    def _match_item(self):
        """Return an item with the numbers that may name it."""
        move, currency = self.move_id, self.currency_id
        return Item(
            key=self.id,
            customer=self.partner_id.commercial_partner_id.id,
            number=move.name or "",
            open=exact(currency, self.amount_residual_currency),
            currency=currency.name,
            due=self.date_maturity or self.date,
            numbers=tuple(filter(None, (move.payment_reference,))),
            orders=tuple(filter(None, (move.ref, move.invoice_origin))),
            discounted=exact(currency, self.discount_amount_currency)
            if self.discount_date and self._is_open_in_full()
            else None,
            discount_until=self.discount_date or None,
            disputed=move.has_open_billing_error,
        )

    def _is_open_in_full(self):
        return not self.currency_id.compare_amounts(
            self.amount_residual_currency, self.amount_currency
        )

    def _match_texts(self):
        """Return what may name the documents that a payment or credit is for."""
        move, payment = self.move_id, self.move_id.origin_payment_id
        return (
            self.name,
            self.ref,
            payment.memo,
            payment.payment_reference,
            move.statement_line_id.payment_ref,
            move.reversed_entry_id.name,
        )
