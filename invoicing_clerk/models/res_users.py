from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    clerk_capacity = fields.Integer(
        string="Capacity (%)",
        default=100,
        groups="invoicing_clerk.group_supervisor",
        copy=False,
        help="How much of a full share of work they take: 50 for half days.",
    )

    _clerk_capacity = models.Constraint(
        "CHECK (clerk_capacity >= 0)", "Nobody can take less than no work."
    )

    def _is_in_reading_room(self):
        """Whether this auditor holds no role that changes books or customers."""
        return self.has_group("invoicing_clerk.group_auditor") and not any(
            self.has_group(group)
            for group in (
                "account.group_account_invoice",
                "base.group_partner_manager",
                "base.group_system",
            )
        )
