from odoo import api, models
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.billing_check.billing_check_source import (
    found_columns,
)
from odoo.addons.invoicing_clerk.models.mixin.facts import Reason, facts
from odoo.addons.invoicing_clerk_sale.models.billing_check.order_lines import (
    half_digit,
)

from .order_balance import BALANCES

# See `rules.delivery_check.unbilled`.
UNBILLED = SQL(
    """CASE WHEN line.by_delivery THEN line.shipped - line.returned
            ELSE LEAST(line.shipped - line.returned, line.ordered) END
       - line.billed - line.draft"""
)


class ClerkBillingCheck(models.Model):
    """UNBILLED: what was delivered, and is neither billed nor in a draft."""

    _inherit = "clerk.billing.check"

    @api.model
    def _finding_reasons(self):
        return {
            **super()._finding_reasons(),
            "unbilled": Reason(
                self.env._("Delivered, Not Billed"),
                self.env._(
                    "“%(label)s” of %(order_name)s: %(quantity_unbilled)s of "
                    "%(quantity_delivered)s delivered are not billed. The last "
                    "delivery was on %(date_delivered)s."
                ),
                self.env._("%(quantity_delivered)s"),
                self.env._("%(quantity_billed)s"),
            ),
        }

    def _find_unbilled(self, books):
        """Find order lines with a value, delivered some days ago and not billed."""
        value = SQL("(%s) * line.price", UNBILLED)
        return SQL(
            """SELECT %(columns)s, line.order_line_id AS sale_line_id
                 FROM %(balances)s AS line
                WHERE NOT line.is_unclear AND line.state = 'sale' AND line.price > 0
                  AND %(unbilled)s > %(half)s
                  AND %(value)s / COALESCE(NULLIF(line.currency_rate, 0)::numeric, 1)
                      > %(tolerance)s
                  AND %(day)s + %(days)s < %(today)s
                  AND line.order_line_id IN %(lines)s""",
            columns=found_columns(
                "unbilled",
                SQL("NULL"),
                self._unbilled_facts(),
                amount=SQL("-(%s)", value),
            ),
            balances=BALANCES,
            unbilled=UNBILLED,
            half=half_digit(self.env, "Product Unit"),
            value=value,
            tolerance=books.tolerance,
            day=self._delivery_day(),
            days=books.days,
            today=books.today,
            lines=books.records([("company_id", "=", books.company.id)]),
        )

    @api.model
    def _delivery_day(self):
        """Return the day of the last delivery; services have that of their order."""
        return SQL("COALESCE(line.last_shipped, line.date_order::date)")

    @api.model
    def _unbilled_facts(self):
        quantities = {
            "quantity_unbilled": UNBILLED,
            "quantity_delivered": SQL("line.shipped - line.returned"),
            "quantity_billed": SQL("line.billed"),
        }
        return facts(
            label=SQL("line.label"),
            order_name=SQL("line.order_name"),
            date_delivered=self._delivery_day(),
            **{
                name: SQL("TRIM_SCALE(ROUND(%s, 6))", value)
                for name, value in quantities.items()
            },
        )
