from odoo import fields, models
from odoo.tools import format_date


class ClerkDeliveredBilledDate(models.TransientModel):
    """Open *Delivered versus Billed* as of another day."""

    _name = "clerk.delivered.billed.date"
    _description = "Date of Delivered versus Billed"
    _inherit = "clerk.checked"

    date = fields.Date(string="As of", required=True, default=fields.Date.context_today)

    def action_open(self):
        """Open the report as of the day."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk_sale_stock.clerk_delivered_billed_action"
        )
        name = self.env._(
            "Delivered versus Billed as of %s", format_date(self.env, self.date)
        )
        context = {"search_default_open": 1, "as_of": fields.Date.to_string(self.date)}
        return {**action, "name": name, "display_name": name, "context": context}
