from odoo import api, fields, models

from ...rules.customer import customer_change as rules


class ClerkCustomerChangeLine(models.Model):
    """A value of a customer as it was and as it is to become.

    Values are stored as texts: of a record its id, of an amount the number. The texts
    that people read are those of the day of the proposal, so that history does not
    change with the names of records.
    """

    _name = "clerk.customer.change.line"
    _description = "Changed Value of a Customer"
    _inherit = "clerk.guarded"
    _order = "id"
    _rec_name = "label"
    _guards_all = True

    change_id = fields.Many2one(
        "clerk.customer.change", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="change_id.company_id", store=True, precompute=True, index=True
    )
    state = fields.Selection(related="change_id.state")
    partner_id = fields.Many2one(
        related="change_id.partner_id", string="Customer", store=False
    )
    kind = fields.Selection(rules.KINDS, string="Data", required=True)
    field_name = fields.Char(string="Technical Name", required=True, exportable=False)
    account_step = fields.Selection(rules.ACCOUNT_STEPS, string="Bank Account Step")
    account_id = fields.Many2one(
        "res.partner.bank",
        string="Old Account",
        ondelete="restrict",
        index="btree_not_null",
    )
    new_account_id = fields.Many2one(
        "res.partner.bank",
        ondelete="restrict",
        index="btree_not_null",
        help="The account that the change has entered.",
    )
    holder = fields.Char(string="Account Holder")
    old_value = fields.Char(string="Stored Old Value", exportable=False)
    new_value = fields.Char(string="Stored New Value", exportable=False)
    old_text = fields.Char(string="Old Value")
    new_text = fields.Char(string="New Value")
    label = fields.Char(string="Field", compute="_compute_label")

    @api.depends("kind", "field_name")
    @api.depends_context("lang")
    def _compute_label(self):
        partners = self.env["res.partner"]
        for line in self:
            name = line.field_name
            if line.kind == rules.BANK or name not in partners._fields:
                line.label = self.env["clerk.customer.field"]._label(line.kind)
            else:
                line.label = partners._fields[name]._description_string(self.env)
