from odoo import api, fields, models


class ClerkCustomerChangeCall(models.TransientModel):
    """Log the call in which a customer confirmed a change."""

    _name = "clerk.customer.change.call"
    _description = "Call Back"
    _inherit = "clerk.checked"

    change_id = fields.Many2one(
        "clerk.customer.change", required=True, ondelete="cascade"
    )
    summary = fields.Char(related="change_id.summary")
    callable_ids = fields.Many2many(
        "res.partner",
        string="Contacts to Call",
        compute="_compute_callable_ids",
        exportable=False,
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Number on File Of",
        required=True,
        compute="_compute_contact_id",
        store=True,
        readonly=False,
        domain="[('id', 'in', callable_ids)]",
    )
    number = fields.Char(
        string="Call This Number",
        compute="_compute_number",
        help="As on file before the change was proposed. Call no other number: one "
        "that came with the request may belong to somebody else.",
    )
    person = fields.Char(string="Confirmed By", required=True)
    note = fields.Text(string="Result of the Call", required=True)

    @api.depends("change_id")
    def _compute_callable_ids(self):
        for each in self:
            ids = map(int, each.change_id.known_numbers or {})
            each.callable_ids = self.env["res.partner"].browse(ids).exists()

    @api.depends("callable_ids")
    def _compute_contact_id(self):
        for each in self:
            each.contact_id = each.callable_ids[:1]

    @api.depends("change_id", "contact_id")
    def _compute_number(self):
        for each in self:
            numbers = each.change_id.known_numbers or {}
            each.number = numbers.get(str(each.contact_id._origin.id), False)

    def action_log(self):
        """Log the call."""
        self.change_id.action_call_back(self.contact_id, self.person, self.note)
        return {"type": "ir.actions.act_window_close"}
