from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.billing_check.billing_check_source import (
    Subject,
)

from .order_balance import BALANCES, build_balances


class ClerkBillingCheck(models.Model):
    """Checks about order lines, of which nothing may be billed yet."""

    _inherit = "clerk.billing.check"

    subject = fields.Selection(
        selection_add=[("order_line", "Order Lines")],
        ondelete={"order_line": "cascade"},
    )

    def _prepare_run(self, company, moves):
        res = super()._prepare_run(company, moves)
        build_balances(self.env, company, moves)
        return res

    def _is_by_document(self):
        """Check the order lines of documents along with them."""
        return self.subject == "order_line" or super()._is_by_document()

    def _filtered_model(self):
        if self.subject == "order_line":
            return "sale.order.line"
        return super()._filtered_model()

    def _subject_order_line(self, books):
        """Return order lines as what findings are about."""
        return Subject(
            columns=("sale_line_id",),
            conflict=SQL("(check_id, sale_line_id) WHERE sale_line_id IS NOT NULL"),
            tables=SQL(
                """sale_order_line AS sold
                   JOIN sale_order AS ordering ON ordering.id = sold.order_id
                   JOIN res_partner AS payer
                     ON payer.id = ordering.partner_invoice_id"""
            ),
            id=SQL("sold.id"),
            company=SQL("sold.company_id"),
            partner=SQL("payer.commercial_partner_id"),
            currency=SQL("sold.currency_id"),
            rate=SQL("ordering.currency_rate"),
            covered=(
                SQL("TRUE")
                if books.moves is None
                else SQL("sold.id IN (SELECT order_line_id FROM %s)", BALANCES)
            ),
        )
