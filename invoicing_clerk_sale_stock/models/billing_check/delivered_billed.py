from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.invoicing_clerk_sale.models.billing_check.order_lines import (
    net_billed,
    order_lines_sql,
)

from .order_balance import balances_sql, drafts_sql


class ClerkDeliveredBilled(models.Model):
    """Delivered versus billed: each order line as of a date, today by default.

    The context value ``as_of`` has the date. Quantities are those that the billing
    check compares, so that the report agrees with its findings: what is to be billed is
    in UNBILLED, what is billed and not delivered in QTY, NOTDELIV and RETURN.
    """

    _name = "clerk.delivered.billed"
    _description = "Delivered versus Billed"
    _auto = False
    _order = "days desc, id desc"
    _rec_name = "label"

    label = fields.Char(string="Description", readonly=True)
    order_line_id = fields.Many2one("sale.order.line", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    product_uom_id = fields.Many2one("uom.uom", string="Unit", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    billing_policy = fields.Selection(
        [("order", "As Ordered"), ("delivery", "As Delivered")], readonly=True
    )
    ordered = fields.Float(digits="Product Unit", readonly=True)
    shipped = fields.Float(digits="Product Unit", readonly=True)
    returned = fields.Float(digits="Product Unit", readonly=True)
    billed = fields.Float(
        string="Billed (Net)",
        digits="Product Unit",
        readonly=True,
        help="Quantity of posted invoices less that of credit notes. Price credits are "
        "allowances.",
    )
    draft = fields.Float(
        string="In Drafts",
        digits="Product Unit",
        readonly=True,
        help="Quantity of draft invoices less that of draft credit notes, as of now.",
    )
    to_bill = fields.Float(
        digits="Product Unit",
        readonly=True,
        help="Delivered, and neither billed nor in a draft.",
    )
    excess = fields.Float(
        string="Billed, Not Delivered", digits="Product Unit", readonly=True
    )
    allowance = fields.Monetary(
        string="Allowances",
        readonly=True,
        aggregator=None,
        help="Price credits, in the currency of the order.",
    )
    amount_to_bill = fields.Monetary(
        string="Value to Bill",
        readonly=True,
        aggregator=None,
        help="Untaxed, in the currency of the order.",
    )
    balance_to_bill = fields.Monetary(
        string="To Bill in Company Currency",
        currency_field="company_currency_id",
        readonly=True,
    )
    balance_excess = fields.Monetary(
        string="Billed, Not Delivered in Company Currency",
        currency_field="company_currency_id",
        readonly=True,
    )
    last_shipped = fields.Date(string="Last Delivery", readonly=True)
    date_order = fields.Date(string="Order Date", readonly=True)
    days = fields.Integer(
        string="Age (Days)",
        readonly=True,
        aggregator="max",
        help="Days since the last delivery, or since the order if there was none.",
    )

    as_of = fields.Date(compute="_compute_as_of", exportable=False)

    _depends = {
        "account.move": ["state", "invoice_date", "move_type", "reversed_entry_id"],
        "account.move.line": ["quantity", "price_unit", "discount", "sale_line_ids"],
        "sale.order": ["state", "partner_invoice_id", "currency_rate", "user_id"],
        "sale.order.line": ["product_uom_qty", "price_subtotal", "qty_delivered"],
        "stock.move": ["state", "quantity", "date", "sale_line_id", "to_refund"],
    }

    @property
    def _table_query(self):
        return SQL(
            """SELECT row.*,
                    ROUND(row.amount_to_bill / row.rate, row.places) AS balance_to_bill,
                    ROUND(row.excess * row.price / row.rate, row.places)
                        AS balance_excess
                 FROM (%s) AS row""",
            self._rows_sql(),
        )

    def _rows_sql(self):
        day = self._as_of()
        return SQL(
            """SELECT line.order_line_id AS id, line.order_line_id, line.order_id,
                    line.label, line.product_id, line.product_uom_id, line.company_id,
                    line.currency_id, company.currency_id AS company_currency_id,
                    payer.commercial_partner_id AS partner_id, ordering.user_id,
                    CASE WHEN line.by_delivery THEN 'delivery' ELSE 'order' END
                        AS billing_policy,
                    line.ordered, line.shipped, line.returned, line.billed, line.draft,
                    amounts.to_bill, amounts.excess, line.allowance,
                    ROUND(amounts.to_bill * line.price, currency.decimal_places)
                        AS amount_to_bill,
                    line.last_shipped, line.date_order::date AS date_order,
                    %(day)s - COALESCE(line.last_shipped, line.date_order::date)
                        AS days,
                    line.price, home.decimal_places AS places,
                    COALESCE(NULLIF(line.currency_rate, 0), 1)::numeric AS rate
                 FROM (%(balances)s) AS line
                CROSS JOIN LATERAL (SELECT %(to_bill)s AS to_bill, %(excess)s AS excess)
                   AS amounts
                 JOIN sale_order AS ordering ON ordering.id = line.order_id
                 JOIN res_partner AS payer ON payer.id = ordering.partner_invoice_id
                 JOIN res_company AS company ON company.id = line.company_id
                 JOIN res_currency AS home ON home.id = company.currency_id
                 JOIN res_currency AS currency ON currency.id = line.currency_id
                WHERE NOT line.is_unclear AND (line.date_order::date <= %(day)s
                    OR line.first_shipped IS NOT NULL OR line.billed <> 0)""",
            day=day,
            balances=self._balances_sql(day),
            to_bill=SQL(
                """CASE WHEN line.state = 'sale' THEN GREATEST(0,
                        CASE WHEN line.by_delivery THEN line.shipped - line.returned
                             ELSE LEAST(line.shipped - line.returned, line.ordered) END
                        - line.billed - line.draft) ELSE 0 END"""
            ),
            excess=SQL("GREATEST(0, line.billed - (line.shipped - line.returned))"),
        )

    def _balances_sql(self, day):
        companies = self.env.companies
        lines = SQL(
            """(SELECT id FROM sale_order_line
                 WHERE state IN ('sale', 'cancel') AND company_id = ANY(%s))""",
            companies.ids,
        )
        scope = SQL(
            """move.state = 'posted' AND sold.company_id = ANY(%s)
               AND COALESCE(move.invoice_date, move.date) <= %s""",
            companies.ids,
            day,
        )
        return balances_sql(
            self.env,
            lines,
            billed=net_billed(SQL("(%s)", order_lines_sql(self.env, scope))),
            drafts=drafts_sql(self.env, lines),
            zone=self.env.company.partner_id.tz or "UTC",
            until=day,
        )

    @api.depends_context("as_of")
    def _compute_as_of(self):
        self.as_of = self._as_of()

    def _as_of(self):
        """Return the date of the report.

        :raises UserError: the context has something else
        """
        day = self.env.context.get("as_of")
        try:
            return fields.Date.to_date(day) or fields.Date.context_today(self)
        except (ValueError, TypeError):
            raise UserError(
                self.env._("“%s” is not a date. Enter it as 2026-12-31.", day)
            ) from None

    def action_open_order(self):
        """Open the order of the line."""
        self.ensure_one()
        return self.order_id.get_formview_action()
