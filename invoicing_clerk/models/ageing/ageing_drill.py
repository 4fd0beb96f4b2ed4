from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .ageing_compute import SUMS
from .ageing_row import AMOUNTS, BUCKETS


class ClerkAgeingRow(models.Model):
    """Opens the items behind an amount of a row.

    Rows of a frozen report have their items. Those of any other report are read when
    somebody looks at them, and must still add up to the row.
    """

    _inherit = "clerk.ageing.row"

    def action_view_items(self):
        """Open the items of the amount that the button names, all by default.

        :raises UserError: the ledger has changed since the report was computed
        """
        self.ensure_one()
        self.check_access("read")
        self._load_items()
        cell = self.env.context.get("ageing_cell")
        cell = cell if cell in (*AMOUNTS, "exchange") else "balance"
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_ageing_item_action"
        )
        return {
            **action,
            "display_name": f"{self.display_name}: {self._cell_label(cell)}",
            "domain": list(Domain("row_id", "=", self.id) & self._cell_domain(cell)),
        }

    def _cell_label(self, cell):
        if cell in BUCKETS:
            return self.ageing_id._bucket_labels()[BUCKETS.index(cell)]
        return self._fields[f"{cell}_company"]._description_string(self.env)

    def _cell_domain(self, cell):
        """Return which items an amount has, as `_amount_condition` of the report."""
        if cell in BUCKETS:
            bucket = Domain("bucket", "=", BUCKETS.index(cell))
            return bucket & Domain("open_amount", ">", 0)
        return {
            "balance": Domain.TRUE,
            "overdue": Domain("days_overdue", ">", 0) & Domain("open_amount", ">", 0),
            "unapplied": Domain("open_amount", "<", 0),
            "exchange": Domain("open_amount", "=", 0),
            "disputed": Domain("disputed", "!=", 0),
            "promised": Domain("promised", "!=", 0),
        }[cell]

    def _load_items(self):
        """Store the items of the row, unless they are.

        :raises UserError: the ledger has changed since the report was computed
        """
        items = self.env["clerk.ageing.item"]
        if items.search_count([("row_id", "=", self.id)], limit=1):
            return
        report = self.ageing_id
        # Without a customer, the whole ledger is read.
        ledger = report._ledger(self.partner_id or None)
        ledger.flush()
        row = SQL("(SELECT * FROM clerk_ageing_row WHERE id = %s)", self.id)
        # Two people may look at the same row: of theirs, the first items stay.
        self.env.cr.execute(
            SQL(
                """%s, new_item AS (%s)
                SELECT COUNT(*), MIN(due) FILTER (WHERE open > 0), %s FROM aged
                 WHERE is_chosen AND COALESCE(customer, 0) = %s
                   AND account_id = %s AND currency_id = %s""",
                report._aged_sql(ledger),
                report._new_item_sql(row),
                SQL(", ").join(report._sums_sql()),
                self.partner_id.id or 0,
                self.account_id.id,
                self.currency_id.id,
            )
        )
        items.invalidate_model()
        [found] = self.env.cr.fetchall()
        if self._differs(*found):
            raise UserError(
                self.env._(
                    "%(customer)s: the ledger has changed since %(report)s was "
                    "computed. Compute the report again.",
                    customer=self.display_name,
                    report=report.name,
                )
            )

    def _differs(self, count, first_due, *sums):
        """Return whether an amount is no longer that of the row.

        What offsets in the balance does not offset in the amounts.
        """
        if (count, first_due or False) != (self.item_count, self.date_due):
            return True
        company = self.company_currency_id
        return any(
            (
                company if name.endswith("_company") else self.currency_id
            ).compare_amounts(amount, self[name])
            for name, amount in zip(SUMS, sums, strict=True)
        )
