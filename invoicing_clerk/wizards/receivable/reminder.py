from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.mixin.amount import amount_text
from ...models.mixin.gate import only_one
from ...models.mixin.notification import notification_action
from ...rules.plural import plural


class ClerkReminder(models.TransientModel):
    """The question before payment reminders: what is left out, and how many are sent.

    Disputed and promised items are left out unless the clerk says otherwise.
    """

    _name = "clerk.reminder"
    _description = "Payment Reminder"
    _inherit = "clerk.guarded"
    _writable_fields = frozenset({"includes_held"})

    item_ids = fields.Many2many(
        "account.move.line", string="Overdue Items", readonly=True
    )
    includes_held = fields.Boolean(
        string="Include Disputed and Promised Items",
        help="Also list items that are disputed in open billing errors or covered by "
        "open promises.",
    )
    held_text = fields.Char(
        compute="_compute_texts", exportable=False, export_string_translation=False
    )
    unreachable_text = fields.Char(
        compute="_compute_texts", exportable=False, export_string_translation=False
    )
    summary = fields.Char(
        compute="_compute_texts", exportable=False, export_string_translation=False
    )
    is_possible = fields.Boolean(
        compute="_compute_texts", exportable=False, export_string_translation=False
    )

    def _held(self):
        """Return the items that are disputed or promised, even in part."""
        return self.item_ids.filtered(
            lambda item: item.disputed_open or item.promised_open
        )

    def _reminded(self):
        """Return the items of customers who can be mailed, without those left out."""
        items = self.item_ids if self.includes_held else self.item_ids - self._held()
        reachable = items.partner_id.commercial_partner_id._mailable()
        return items.filtered(
            lambda item: item.partner_id.commercial_partner_id in reachable
        )

    @api.depends("item_ids", "includes_held")
    def _compute_texts(self):
        for reminder in self:
            held = reminder._held()
            customers = reminder.item_ids.partner_id.commercial_partner_id
            reminder.held_text = bool(held) and plural(
                len(held),
                self.env._(
                    "%(count)s of %(all)s items is disputed or promised: %(names)s.",
                    count=len(held),
                    all=len(reminder.item_ids),
                    names=", ".join(held.move_id.mapped("name")),
                ),
                self.env._(
                    "%(count)s of %(all)s items are disputed or promised: %(names)s.",
                    count=len(held),
                    all=len(reminder.item_ids),
                    names=", ".join(held.move_id.mapped("name")),
                ),
            )
            unreachable = customers - customers._mailable()
            reminder.unreachable_text = " ".join(
                customer._no_email_text() for customer in unreachable
            )
            reminded = reminder._reminded()
            reminder.is_possible = bool(reminded)
            reminder.summary = reminder._summarise(reminded)

    @api.model
    def _summarise(self, items):
        """Return how many are reminded of how much."""
        if not items:
            return self.env._("No reminder will be sent.")
        amounts = [
            amount_text(currency, sum(group.mapped("unsettled")))
            for currency, group in items.grouped("currency_id").items()
        ]
        return self.env._(
            "Customers: %(customers)s. Items: %(items)s. Amount: %(amounts)s.",
            customers=len(items.partner_id.commercial_partner_id),
            items=len(items),
            amounts=" + ".join(amounts),
        )

    def _needs_answer(self):
        customers = self.item_ids.partner_id.commercial_partner_id
        return len(customers) > 1 or bool(self._held())

    def _ask(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Payment Reminder"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_continue(self):
        """Open the email to one customer, or send those to several."""
        only_one(self)
        customers = self._reminded().partner_id.commercial_partner_id
        return self._compose() if len(customers) == 1 else self._send(customers)

    def _compose(self):
        """Open the email, to be read, changed and sent."""
        items = self._checked_items()
        customer = items.partner_id.commercial_partner_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Payment Reminder"),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_composition_mode": "comment",
                "default_model": customer._name,
                "default_res_ids": customer.ids,
                "default_template_id": self._template().id,
                "default_subtype_id": self._subtype(),
                "default_email_layout_xmlid": "mail.mail_notification_light",
                "clerk_reminder_ids": items.ids,
                "allowed_company_ids": items.company_id.ids,
            },
        }

    def _send(self, customers):
        """Queue an email to each customer, kept in the customer's messages."""
        items = self._checked_items()
        template = self._template().with_context(clerk_reminder_ids=items.ids)
        template._make_mails_to(
            {customer: customer for customer in customers},
            subtype_id=self._subtype(),
            layout="mail.mail_notification_light",
        )
        return notification_action(
            plural(
                len(customers),
                self.env._("%s payment reminder is being sent.", len(customers)),
                self.env._("%s payment reminders are being sent.", len(customers)),
            ),
            then={"type": "ir.actions.act_window_close"},
        )

    def _checked_items(self):
        """:raises UserError: nobody can be reminded"""
        if items := self._reminded():
            return items
        if self.unreachable_text:
            raise UserError(self.unreachable_text)
        raise UserError(self.env._("All selected items are disputed or promised."))

    @api.model
    def _template(self):
        return self.env.ref("invoicing_clerk.mail_template_reminder")

    @api.model
    def _subtype(self):
        return self.env["ir.model.data"]._xmlid_to_res_id(
            "invoicing_clerk.mail_message_subtype_reminder"
        )
