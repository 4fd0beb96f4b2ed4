from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..mixin.gate import only_one
from ..mixin.roles import READERS, SETTINGS_READERS

PREFERENCES = ["reminder_stop", "reminder_stop_until", "reminder_interval"]


class ResPartner(models.Model):
    """When a customer is reminded, kept on the commercial partner."""

    _name = "res.partner"
    _inherit = ["clerk.checked", "res.partner"]
    _checked_fields = frozenset(PREFERENCES)

    reminder_stop = fields.Selection(
        [
            ("personal", "Handled in Person"),
            ("arrangement", "Payment Arrangement"),
            ("insolvency", "Insolvency Proceedings"),
            ("other", "Other Reason"),
        ],
        string="Reminders Stopped",
        tracking=True,
        help="Reminder runs exclude the customer.",
        groups=SETTINGS_READERS,
        copy=False,
    )
    reminder_stop_until = fields.Date(
        string="Reminders Stopped Until",
        tracking=True,
        help="Last day without reminders. Leave empty to stop them until the reason is "
        "removed.",
        groups=SETTINGS_READERS,
        copy=False,
    )
    reminder_interval = fields.Integer(
        string="Days Between Reminders",
        help="0 means the days of the reminder level.",
        groups=SETTINGS_READERS,
        copy=False,
    )
    reminder_notice_count = fields.Integer(
        string="Reminders",
        compute="_compute_reminder_notice_count",
        groups=READERS,
        exportable=False,
    )

    @api.model
    def _synced_commercial_fields(self):
        names = super()._synced_commercial_fields()
        readable = self._has_field_access(self._fields["reminder_stop"], "read")
        return [*names, *PREFERENCES] if readable else names

    def _compute_reminder_notice_count(self):
        customers = self.commercial_partner_id
        notices = self.env["clerk.reminder.notice"]
        counts = {}
        if notices.has_access("read"):
            counts = dict(
                notices._read_group(
                    [("partner_id", "in", customers.ids), ("sent_on", "!=", False)],
                    ["partner_id"],
                    ["__count"],
                )
            )
        for partner in self:
            count = counts.get(partner.commercial_partner_id, 0)
            partner.reminder_notice_count = count

    @api.constrains("reminder_stop", "reminder_stop_until", "reminder_interval")
    def _check_reminder(self):
        for partner in self.filtered(lambda each: each == each.commercial_partner_id):
            if partner.reminder_stop_until and not partner.reminder_stop:
                raise ValidationError(
                    self.env._(
                        "%(customer)s: select the reason why reminders are stopped "
                        "until %(until)s, or remove the date.",
                        customer=partner.display_name,
                        until=partner.reminder_stop_until,
                    )
                )
            if partner.reminder_interval < 0:
                raise ValidationError(
                    self.env._(
                        "%(customer)s: the days between reminders (%(days)s) cannot be "
                        "negative.",
                        customer=partner.display_name,
                        days=partner.reminder_interval,
                    )
                )

    @api.onchange("reminder_stop")
    def _onchange_reminder_stop(self):
        if not self.reminder_stop:
            self.reminder_stop_until = False

    def _is_reminder_stopped(self, day):
        self.ensure_one()
        until = self.reminder_stop_until
        return bool(self.reminder_stop) and (not until or until >= day)

    def action_view_reminders(self):
        """Open the reminders of the customer, the latest first."""
        only_one(self)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_reminder_notice_action"
        )
        customer = self.commercial_partner_id
        return {
            **action,
            "display_name": self.env._("Reminders of %s", customer.display_name),
            "domain": [("partner_id", "=", customer.id)],
        }
