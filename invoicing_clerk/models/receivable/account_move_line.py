from odoo import api, fields, models
from odoo.tools import SQL

from ..mixin.matching import added_back_sql
from ..mixin.roles import READERS
from .open_item import allocated_sql, disputed_sql, promised_sql


class AccountMoveLine(models.Model):
    """The disputed and the promised amount of an open item.

    As in balances and statements: see `rules.receivable.open_item`.
    """

    _inherit = "account.move.line"

    disputed_open = fields.Monetary(
        string="Disputed",
        compute="_compute_on_hold",
        currency_field="currency_id",
        groups=READERS,
        help="Part of the open amount that is disputed in open billing errors.",
    )
    promised_open = fields.Monetary(
        string="Promised",
        compute="_compute_on_hold",
        currency_field="currency_id",
        groups=READERS,
        help="Part of the undisputed open amount that is covered by open promises.",
    )

    @api.depends("partner_id", "company_id")
    def _compute_on_hold(self):
        on_hold = self._amounts_on_hold() if self.ids else {}
        for item in self:
            amounts = on_hold.get(item._origin.id, (0.0, 0.0))
            item.disputed_open, item.promised_open = amounts

    def _amounts_on_hold(self):
        """Map ids to the disputed and promised amount, in the currency of the item."""
        rows = self._query_on_hold(
            SQL(
                """WITH promised AS MATERIALIZED (%s)
                SELECT item.id AS line_id, disputed.amount AS disputed,
                    promised.amount AS promised
                  FROM item
                  LEFT JOIN disputed ON disputed.line_id = item.id
                  LEFT JOIN promised ON promised.line_id = item.id""",
                promised_sql(),
            )
        )
        return {
            line: (float(disputed or 0), float(promised or 0))
            for line, disputed, promised in rows
        }

    def _query_on_hold(self, statement):
        """Return the rows of these items from a statement on the tables of `open_item`.

        Claims and promises are allocated to what falls due first: open items of the
        same documents and promises count, and no others.

        :param statement: SQL of rows with the ``line_id`` of an item
        """
        # sudo: items of the same customers and companies, of which only the amounts of
        # these items are returned.
        items = self.sudo()
        domain = self.env["clerk.receivable"]._open_items_of(
            items.partner_id.commercial_partner_id, items.company_id
        )
        query = items._search(domain)
        move_id = items._field_to_sql(query.table, "move_id", query)
        query.add_where(
            SQL("%s = ANY(ARRAY(%s))", move_id, allocated_sql(items._origin.ids))
        )
        for model in ("clerk.billing.error", "clerk.billing.error.line"):
            self.env[model].flush_model()
        for model in ("clerk.promise", "clerk.promise.line"):
            self.env[model].flush_model()
        return self.env.execute_query(
            SQL(
                """WITH line AS (%(lines)s),
                unposted AS MATERIALIZED (%(unposted)s),
                item AS MATERIALIZED (
                    SELECT line.id, line.move_id,
                        line.open + COALESCE(unposted.own, 0) AS open
                      FROM line LEFT JOIN unposted ON unposted.line_id = line.id),
                disputed AS MATERIALIZED (%(disputed)s)
                SELECT * FROM (%(statement)s) AS found WHERE line_id = ANY(%(ids)s)
                """,
                lines=query.select(
                    SQL.identifier(items._table, "id"),
                    SQL.identifier(items._table, "move_id"),
                    SQL(
                        "%s AS open",
                        SQL.identifier(items._table, "amount_residual_currency"),
                    ),
                ),
                unposted=added_back_sql(),
                disputed=disputed_sql(),
                statement=statement,
                ids=list(items._origin._ids),
            )
        )
