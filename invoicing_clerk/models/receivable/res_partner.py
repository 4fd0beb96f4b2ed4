from odoo import api, fields, models
from odoo.fields import Domain

from ...rules.receivable.match_item import BY_AMOUNT, BY_REFERENCE, OLDEST_FIRST
from ..mixin.roles import READERS, SETTINGS_READERS


class ResPartner(models.Model):
    """Contents of a payment reminder to a customer, and how their payments apply."""

    _name = "res.partner"
    _inherit = ["clerk.checked", "res.partner"]
    _checked_fields = frozenset({"clerk_match_rule"})

    clerk_match_rule = fields.Selection(
        [
            (BY_REFERENCE, "By Reference"),
            (BY_AMOUNT, "By Amount"),
            (OLDEST_FIRST, "Oldest First"),
        ],
        string="Payments Apply",
        tracking=True,
        copy=False,
        groups=SETTINGS_READERS,
        help="Items that are proposed for payments. By Reference: those that the "
        "payment names, or whose amount it has. By Amount: the same, and the only "
        "item of exactly the amount is applied without asking where that is enabled. "
        "Oldest First: if there are none, those that fell due first. Empty means By "
        "Reference.",
    )

    reminder_item_ids = fields.Many2many(
        "account.move.line",
        string="Items of the Reminder",
        compute="_compute_reminder_item_ids",
        groups=READERS,
        exportable=False,
        help="Overdue items listed in the payment reminder, oldest first.",
    )

    @api.depends_context("clerk_reminder_ids", "uid", "allowed_company_ids")
    def _compute_reminder_item_ids(self):
        """Read the items of all customers who are reminded at once together.

        Items paid since are left out, and ids that do not belong to a customer.
        """
        wanted = Domain("id", "in", self.env.context.get("clerk_reminder_ids") or ())
        open_items = self.env["clerk.receivable"]._open_items_of(
            self.commercial_partner_id, self.env.companies
        )
        items = self.env["account.move.line"].search(open_items & wanted)
        by_customer = items._remindable().grouped(
            lambda item: item.partner_id.commercial_partner_id
        )
        for partner in self:
            customer = partner.commercial_partner_id
            partner.reminder_item_ids = by_customer.get(customer, items.browse())

    def _reminder_items(self):
        """Return the items that the context names, which may come from outside."""
        self.ensure_one()
        ids = self.env.context.get("clerk_reminder_ids")
        if not isinstance(ids, (list, tuple)):
            ids = ()
        ids = tuple(each for each in ids if isinstance(each, int))
        return self.with_context(clerk_reminder_ids=ids).reminder_item_ids

    def _reminder_rows(self):
        """Return number, reference, due date, days overdue and open amount."""
        today = fields.Date.context_today(self)
        return [
            {
                "name": item.move_id.name,
                "reference": item.move_id.ref or item.move_id.invoice_origin or "",
                "due": item.date_maturity,
                "days": (today - item.date_maturity).days,
                "open": item.unsettled,
                "currency": item.currency_id,
            }
            for item in self._reminder_items()
        ]

    def _reminder_totals(self):
        """Return the total in each currency."""
        items = self._reminder_items()
        return [
            (currency, sum(group.mapped("unsettled")))
            for currency, group in items.grouped("currency_id").items()
        ]

    def _reminder_company(self):
        return self._reminder_items().company_id[:1] or self.env.company
