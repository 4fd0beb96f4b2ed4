from odoo import api, fields, models


class HrExpense(models.Model):
    """Expenses that a sales order bills: they are charged to its customer.

    Odoo puts them on the order when they are posted, so that no clerk bills them.
    """

    _inherit = "hr.expense"
    _billed_fields = frozenset({"sale_order_id"})

    clerk_customer_id = fields.Many2one(
        compute="_compute_clerk_customer_id", store=True, readonly=False
    )

    @api.depends("sale_order_id")
    def _compute_clerk_customer_id(self):
        for expense in self:
            # sudo: the customer, who may be read by whoever reads the field.
            order = expense.sale_order_id.sudo()
            expense.clerk_customer_id = (
                order.partner_invoice_id or expense.clerk_customer_id
            )

    @api.depends("sale_order_id")
    def _compute_clerk_charge_state(self):
        return super()._compute_clerk_charge_state()

    def _charge_facts(self):
        facts = super()._charge_facts()
        return facts._replace(has_order=bool(self.sale_order_id))

    def _order_text(self):
        return self.env._("The order %s bills it.", self.sale_order_id.display_name)
