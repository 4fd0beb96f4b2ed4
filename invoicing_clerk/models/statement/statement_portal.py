from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

SALES = ("out_invoice", "out_refund", "out_receipt")


class ClerkStatement(models.Model):
    """A statement as its customer sees it: what it said, and what is open by now."""

    _inherit = "clerk.statement"

    def _compute_access_url(self):
        for statement in self:
            statement.access_url = f"/my/statements/{statement.id}"

    def _get_report_base_filename(self):
        self.ensure_one()
        return self._document_name()

    @api.model
    def _portal_domain(self):
        """What customers see: what went out to them."""
        return Domain("state", "=", "ready") & Domain(
            "run_id.state", "in", ("sending", "done")
        )

    def _has_live_link(self):
        """Whether the link in the message still opens it without log-in."""
        self.ensure_one()
        days = self.company_id.clerk_statement_link_days
        last = self.date + relativedelta(days=days)
        return bool(self.filtered_domain(self._portal_domain())) and (
            fields.Date.context_today(self) <= last
        )

    def _mark_opened(self):
        """Remember the first time, however often the customer comes back."""
        self.filtered(lambda each: not each.opened_on).opened_on = fields.Datetime.now()

    # What is open

    def _open_now_domain(self):
        """Journal items that this customer owes today, of company and branches."""
        self.ensure_one()
        domain = Domain(
            [
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("company_id", "child_of", self.company_id.id),
                ("reconciled", "=", False),
            ]
        )
        if self.run_id.grouping == "customer":
            return domain & Domain("partner_id", "child_of", self.partner_id.id)
        # As the statement itself: by the address that the invoice went to.
        is_sale = Domain("move_id.move_type", "in", SALES)
        billed_here = Domain("move_id.partner_id", "=", self.partner_id.id)
        paid_here = Domain("partner_id", "=", self.partner_id.id)
        return domain & ((is_sale & billed_here) | (~is_sale & paid_here))

    def _portal_rows(self):
        """Each document with what the statement said of it and what is open by now.

        :return: dicts with ``move``, ``name``, ``date``, ``due``, ``currency``,
            ``stated``, ``now``, ``is_new`` and ``is_paid``, in the order of their
            dates
        """
        rows = {}
        for line in self.line_ids:
            if line.section == "open" and not line.currency_id.is_zero(
                line.open_amount
            ):
                row = self._portal_row(rows, line, line.due_date)
                row["stated"] += line.open_amount
        for item in self.env["account.move.line"].search(self._open_now_domain()):
            if not item.currency_id.is_zero(item.amount_residual_currency):
                row = self._portal_row(rows, item, item.date_maturity)
                row["now"] += item.amount_residual_currency
        for row in rows.values():
            row["is_new"] = row["currency"].is_zero(row["stated"])
            row["is_paid"] = row["currency"].is_zero(row["now"])
        return sorted(rows.values(), key=lambda row: (row["date"], row["name"]))

    def _portal_row(self, rows, line, due):
        move = line.move_id
        row = rows.setdefault(
            (move or line, line.currency_id),
            {
                "move": move,
                "name": move.name or line.name,
                "date": line.date,
                "due": due or line.date,
                "currency": line.currency_id,
                "stated": 0.0,
                "now": 0.0,
            },
        )
        row["due"] = min(row["due"], due or line.date)
        return row

    def _portal_totals(self, rows):
        """What is open now, a sum for each currency."""
        totals = {}
        for row in rows:
            totals[row["currency"]] = totals.get(row["currency"], 0.0) + row["now"]
        return {currency: currency.round(amount) for currency, amount in totals.items()}
