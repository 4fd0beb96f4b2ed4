from odoo import fields, models


class ClerkCallCustomer(models.TransientModel):
    """Dialog on a call: create the customer who calls, or a contact of the customer."""

    _name = "clerk.call.customer"
    _description = "New Customer on a Call"
    _inherit = "clerk.checked"

    call_id = fields.Many2one("clerk.call", required=True, ondelete="cascade")
    customer_id = fields.Many2one(related="call_id.partner_id")
    name = fields.Char(required=True)
    is_company = fields.Boolean(string="Is a Company", default=True)
    phone = fields.Char()
    email = fields.Char()
    country_id = fields.Many2one("res.country")

    def action_apply(self):
        self.ensure_one()
        customer = self.customer_id
        contact = self.env["res.partner"].create(
            {
                "name": self.name,
                "parent_id": customer.id,
                "is_company": self.is_company and not customer,
                "phone": self.phone,
                "email": self.email,
                "country_id": (self.country_id or customer.country_id).id,
            }
        )
        if customer:
            self.call_id.contact_id = contact
        else:
            self.call_id.partner_id = contact
        return {"type": "ir.actions.act_window_close"}
