from odoo import fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """Contents of a payment reminder to a customer."""

    _inherit = "res.partner"

    def _reminder_items(self):
        """Return the overdue items that a reminder lists, the oldest first.

        The context names the selected ones of all customers who are reminded at once.
        Others, as ids come from outside, and items paid since are left out.
        """
        self.ensure_one()
        ids = self.env.context.get("clerk_reminder_ids")
        if not isinstance(ids, (list, tuple)):
            ids = ()
        wanted = Domain("id", "in", [each for each in ids if isinstance(each, int)])
        open_items = self.env["clerk.receivable"]._open_items_of(
            self.commercial_partner_id, self.env.companies
        )
        found = self.env["account.move.line"].search(open_items & wanted)
        return found._remindable()

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
