from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.billing_check.billing_check_source import (
    Subject,
)


class ClerkBillingCheck(models.Model):
    """Checks that are about counted goods."""

    _inherit = "clerk.billing.check"

    subject = fields.Selection(
        selection_add=[("count_line", "Counted Goods")],
        ondelete={"count_line": "cascade"},
    )

    def _filtered_model(self):
        if self.subject == "count_line":
            return "clerk.count.line"
        return super()._filtered_model()

    def _subject_count_line(self, books):
        """Return counted goods as what findings are about."""
        return Subject(
            columns=("count_line_id",),
            conflict=SQL("(check_id, count_line_id) WHERE count_line_id IS NOT NULL"),
            tables=SQL("clerk_count_line AS goods"),
            id=SQL("goods.id"),
            company=SQL("goods.company_id"),
            partner=SQL("NULL::int"),
            currency=SQL("%s", books.currency.id),
            rate=SQL("1"),
            covered=SQL("TRUE"),
        )

    # Counts

    @api.model
    def _goods_sql(self, books, order):
        """Return what the latest counts have found, one row for each product.

        :param order: SQL that sorts the rows of a product. ``line_id`` is the first
            one, and ``counted_at`` and ``counted_on`` are its time and day.
        """
        return SQL(
            """SELECT each.*, (each.counted_at AT TIME ZONE 'UTC'
                        AT TIME ZONE %(zone)s)::date AS counted_on
                 FROM (
                    SELECT line.product_id,
                        SUM(line.counted_quantity)::numeric AS counted,
                        SUM(line.difference)::numeric AS difference,
                        (ARRAY_AGG(line.counted_on ORDER BY %(order)s, line.id))[1]
                            AS counted_at,
                        (ARRAY_AGG(line.id ORDER BY %(order)s, line.id))[1] AS line_id
                      FROM (%(rows)s) AS line
                     GROUP BY line.product_id) AS each""",
            zone=books.company.partner_id.tz or "UTC",
            order=order,
            rows=self._counted_sql(books),
        )

    @api.model
    def _counted_sql(self, books):
        """Return the rows of the latest count of each product, location and lot."""
        return SQL(
            """SELECT DISTINCT ON (line.product_id, line.location_id,
                        COALESCE(line.lot_name, ''))
                    line.id, line.product_id, line.location_id, line.counted_quantity,
                    line.difference, present.counted_on
                 FROM clerk_count_line AS line
                 JOIN clerk_count AS present ON present.id = line.count_id
                WHERE present.state = 'reviewed'
                  AND present.company_id = %(company)s
                  AND present.counted_on >= %(today)s::date - %(days)s
                ORDER BY line.product_id, line.location_id,
                    COALESCE(line.lot_name, ''), present.counted_on DESC,
                    line.id DESC""",
            company=books.company.id,
            today=books.today,
            days=books.days,
        )
