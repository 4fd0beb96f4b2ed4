from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...rules.bucket import bucket_starts
from ..mixin.matching import added_back_sql

# Of more items, a page has the sums and those that fall due first; a list has all.
SHOWN_ITEMS = 200


class OpenAmount(NamedTuple):
    """Sum of open items of one currency and ageing bucket; credits have no bucket."""

    currency_id: int
    bucket: int | None
    amount: float
    company_amount: float
    count: int
    ticked_amount: float
    ticked_company_amount: float
    ticked_count: int


class ClerkOpenItems(models.AbstractModel):
    """A page with the open items of a customer in a company.

    One query adds up all items in the database and names those to be shown, so that a
    page costs the same for a customer with twenty thousand.

    Models have ``partner_id`` and ``company_id``.
    """

    _name = "clerk.open.items"
    _description = "Page with Open Items"

    line_ids = fields.Many2many(
        "account.move.line",
        string="Open Items",
        compute="_compute_items",
        help="The journal items that make up the balance; of many, those that fall due "
        "first.",
    )

    def _items_domain(self):
        return self.env["clerk.receivable"]._open_items_of(
            self.partner_id, self.company_id
        )

    @api.depends("partner_id", "company_id")
    @api.depends_context("uid", "allowed_company_ids", "lang", "tz")
    def _compute_items(self):
        for page in self:
            page._set_items(*page._read_items())

    def _set_items(self, amounts, shown):
        """Assign what the page shows of its open items.

        :param amounts: a list of `OpenAmount`
        :param shown: the first items
        """
        self.line_ids = shown

    def _read_items(self):
        """Return sums of all open items, and the first of them."""
        items = self.env["account.move.line"]
        if not self.partner_id:
            return [], items
        rows = self.env.execute_query(self._page_sql())
        amounts = [OpenAmount(*row[:-1]) for row in rows if row[-1] is None]
        [ids] = [row[-1] for row in rows if row[-1] is not None]
        return amounts, items.browse(ids)

    def _page_sql(self):
        """Return amounts by ``rules.bucket``, and ids of the first items.

        A foreign item that is fully paid is not open: what it has left in company
        currency is an exchange difference, which comes to nothing.
        """
        return SQL(
            """WITH item AS MATERIALIZED (%(items)s)
            SELECT currency_id,
                CASE WHEN open >= 0 THEN WIDTH_BUCKET(%(today)s - due, %(starts)s) END,
                SUM(open)::float, SUM(open_company)::float, COUNT(*),
                COALESCE(SUM(open) FILTER (WHERE is_ticked), 0)::float,
                COALESCE(SUM(open_company) FILTER (WHERE is_ticked), 0)::float,
                COUNT(*) FILTER (WHERE is_ticked),
                NULL::int[]
              FROM item GROUP BY 1, 2
            UNION ALL
            SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, ARRAY(
                SELECT id FROM (
                    SELECT id, due FROM item
                     ORDER BY is_ticked DESC, due, id LIMIT %(limit)s) AS first
                 ORDER BY due, id)""",
            items=self._page_items_sql(),
            today=fields.Date.context_today(self),
            starts=bucket_starts(),
            limit=SHOWN_ITEMS,
        )

    def _page_items_sql(self):
        """Return rows (id, currency_id, due, open, open_company, is_ticked)."""
        items = self.env["account.move.line"]
        balances = self.env["clerk.receivable"]
        query = balances._open_items_query(self.partner_id, self.company_id)
        names = ("id", "currency_id", "date_maturity", "date")
        names += ("amount_residual_currency", "amount_residual")
        return SQL(
            """SELECT line.id, currency_id, COALESCE(date_maturity, date) AS due,
                amount_residual_currency + COALESCE(own, 0) AS open,
                amount_residual + COALESCE(amount, 0) AS open_company,
                %(is_ticked)s AS is_ticked
              FROM (%(items)s) AS line
              LEFT JOIN (%(added)s) AS added ON added.line_id = line.id
             WHERE amount_residual + COALESCE(amount, 0) <> 0""",
            is_ticked=self._is_ticked_sql(),
            items=query.select(
                *(items._field_to_sql(query.table, name, query) for name in names)
            ),
            added=added_back_sql(),
        )

    @api.model
    def _is_ticked_sql(self):
        """Return whether the user has ticked ``line``."""
        return SQL("FALSE")

    def _open_items(self, domain=Domain.TRUE):
        """Return all open items of the page, shown or not."""
        items = self.env["account.move.line"].search(
            self._items_domain() & domain, order="date_maturity, date, id"
        )
        return items.filtered("unsettled_company")

    def action_view_items(self):
        """Open all open items as a list, to tick those that a step is about."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.account_move_line_action_open_items"
        )
        return {
            **action,
            "display_name": self.env._(
                "Open Items of %s", self.partner_id.display_name
            ),
            "domain": list(self._items_domain()),
        }
