from odoo.fields import Command

from odoo.addons.invoicing_clerk.tests.correction.common import CorrectionCommon


class SaleCommon(CorrectionCommon):
    """Orders that are invoiced, and corrected by a clerk without rights in Sales."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("sales_team.group_sale_manager")
        cls.product_a.invoice_policy = "order"

    @classmethod
    def _order(cls, *lines, taxes=None, **order_values):
        taxes = cls.tax_sale_a if taxes is None else taxes
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.partner_a.id,
                **order_values,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.product_a.id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                            "tax_ids": [Command.set(taxes.ids)],
                            **dict(values),
                        }
                    )
                    for quantity, price, *values in lines or [(1, 100.0)]
                ],
            }
        )
        order.action_confirm()
        return order

    @classmethod
    def _invoiced(cls, order, method="delivered", post=True, **values):
        """Create an invoice as the wizard of Sales does, and post it."""
        wizard = cls.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [Command.set(order.ids)],
                "advance_payment_method": method,
                **values,
            }
        )
        invoice = wizard._create_invoices(order)
        if post:
            invoice.action_post()
        return invoice
