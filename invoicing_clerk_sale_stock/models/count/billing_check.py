from odoo import fields, models
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
