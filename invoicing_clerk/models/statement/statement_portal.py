from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

SALES = ("out_invoice", "out_refund", "out_receipt")


class ClerkStatement(models.Model):
    """A statement in the portal: its items, and what is currently open."""

    _inherit = "clerk.statement"

    def _compute_access_url(self):
        for statement in self:
            statement.access_url = f"/my/statements/{statement.id}"

    def _get_report_base_filename(self):
        self.ensure_one()
        return self._document_name()

    @api.model
    def _portal_domain(self):
        """Return the domain of statements that customers see: those that were sent."""
        return Domain("state", "=", "ready") & Domain(
            "run_id.state", "in", ("sending", "done")
        )

    def _has_live_link(self):
        """Return whether the link in the email still opens it without login."""
        self.ensure_one()
        # sudo: a number of days, which the customer is told with the link.
        days = self.company_id.sudo().clerk_statement_link_days
        last = self.date + relativedelta(days=days)
        return bool(self.filtered_domain(self._portal_domain())) and (
            fields.Date.context_today(self) <= last
        )

    def _mark_opened(self):
        """Record the first time that a customer opens it."""
        self.filtered(lambda each: not each.opened_on).opened_on = fields.Datetime.now()

    # Open items

    def _open_now_domain(self):
        """Return the domain of the current open items, of company and branches."""
        self.ensure_one()
        domain = Domain(
            [
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("company_id", "child_of", self.company_id.id),
                ("is_unsettled", "=", True),
            ]
        )
        if self.run_id.grouping == "customer":
            return domain & Domain("partner_id", "child_of", self.partner_id.id)
        # Like the statement itself: by the invoice address.
        is_sale = Domain("move_id.move_type", "in", SALES)
        billed_here = Domain("move_id.partner_id", "=", self.partner_id.id)
        paid_here = Domain("partner_id", "=", self.partner_id.id)
        return domain & ((is_sale & billed_here) | (~is_sale & paid_here))

    def _portal_rows(self):
        """Return each document with its open amount on the statement and now.

        :return: dicts with ``move``, ``name``, ``date``, ``due``, ``currency``,
            ``stated``, ``now``, ``is_new`` and ``is_paid``, in the order of their dates
        """
        rows = {}
        for line in self.line_ids:
            if line.section == "open" and not line.currency_id.is_zero(
                line.open_amount
            ):
                row = self._portal_row(rows, line, line.due_date)
                row["stated"] += line.open_amount
                row["origin"] = row["origin"] or line
        for item in self.env["account.move.line"].search(self._open_now_domain()):
            if not item.currency_id.is_zero(item.unsettled):
                row = self._portal_row(rows, item, item.date_maturity)
                row["now"] += item.unsettled
        for row in rows.values():
            row["is_new"] = row["currency"].is_zero(row["stated"])
            row["is_paid"] = row["currency"].is_zero(row["now"])
        return sorted(rows.values(), key=lambda row: (row["date"], row["name"]))

    def _portal_page(self, rows, start, size):
        """Return the rows of a page, with the line that its columns read."""
        return [
            {**row, "line": self._portal_line(row)}
            for row in rows[start : start + size]
        ]

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
                "origin": self.env["clerk.statement.line"],
            },
        )
        row["due"] = min(row["due"], due or line.date)
        return row

    def _portal_line(self, row):
        """Return the line that the columns of the statement read: all instalments of a
        document together, and also of a document that is not on the statement."""
        return row["origin"].new(
            {
                "name": row["name"],
                "date": row["date"],
                "due_date": row["due"],
                "currency_id": row["currency"].id,
                "open_amount": 0.0 if row["is_new"] else row["stated"],
            },
            origin=row["origin"] or None,
        )

    def _portal_totals(self, rows):
        """Return the total that is open now in each currency."""
        totals = {}
        for row in rows:
            totals[row["currency"]] = totals.get(row["currency"], 0.0) + row["now"]
        return {currency: currency.round(amount) for currency, amount in totals.items()}
