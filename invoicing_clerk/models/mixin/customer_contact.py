from odoo import api, fields, models


class ClerkCustomerContact(models.AbstractModel):
    """A customer, who owes the invoices, and the contact who represents them.

    Whichever partner is chosen as the customer, the commercial partner becomes the
    customer, and the one chosen becomes the contact.
    """

    _name = "clerk.customer.contact"
    _description = "Customer and Contact"

    partner_id = fields.Many2one("res.partner", string="Customer", index=True)
    contact_id = fields.Many2one("res.partner")

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        customer = self.partner_id.commercial_partner_id
        if self.partner_id != customer:
            self.contact_id = self.partner_id
            self.partner_id = customer
        elif self.contact_id.commercial_partner_id != customer:
            self.contact_id = False

    @api.model_create_multi
    def create(self, vals_list):
        self._check_inputs(vals_list)
        return super().create([self._split_contact(vals) for vals in vals_list])

    def write(self, vals):
        self._check_inputs([vals])
        return super().write(self._split_contact(vals))

    @api.model
    def _split_contact(self, vals):
        """Return values with the commercial partner as the customer."""
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        customer = partner.commercial_partner_id
        if partner == customer:
            return vals
        return {"contact_id": partner.id, **vals, "partner_id": customer.id}
