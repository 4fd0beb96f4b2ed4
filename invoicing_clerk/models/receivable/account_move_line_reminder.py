from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...rules.plural import plural
from ..mixin.gate import at_least_one


class AccountMoveLine(models.Model):
    """Reminders of overdue items, by email."""

    _inherit = "account.move.line"

    def _remindable(self):
        """Return the overdue charges of customers among these items, the oldest
        first."""
        today = fields.Date.context_today(self)
        return self.filtered(
            lambda item: (
                item.account_id.account_type == "asset_receivable"
                and item.parent_state == "posted"
                and item.unsettled_company > 0
                and item.date_maturity
                and item.date_maturity < today
            )
        ).sorted(lambda item: (item.date_maturity, item.id))

    def action_items_reminder(self):
        """Email reminders of the overdue items among these.

        One customer gets an email that the clerk reads first. A question comes before
        it where items are disputed or promised, and where several customers are
        reminded.
        """
        self.env["clerk.reminder"].check_access("create")
        items = at_least_one(self)._remindable()
        if not items:
            raise UserError(
                plural(
                    len(self),
                    self.env._(
                        "The selected item is not overdue: no reminder is needed.",
                    ),
                    self.env._(
                        "None of the %s selected items is overdue: no reminder is "
                        "needed.",
                        len(self),
                    ),
                )
            )
        if len(items.company_id) > 1:
            raise UserError(
                self.env._(
                    "Select items of one company: these belong to %s.",
                    ", ".join(items.company_id.mapped("display_name")),
                )
            )
        reminder = self.env["clerk.reminder"]._inside()
        reminder = reminder.create({"item_ids": [Command.set(items.ids)]})
        reminder = reminder.with_env(self.env)
        return reminder._ask() if reminder._needs_answer() else reminder._compose()
