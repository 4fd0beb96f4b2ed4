from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .matching import added_back_sql
from .roles import BOOKKEEPERS
from .traces import reads


class AccountMoveLine(models.Model):
    """The open amount of a journal item by posted entries only: see `matching`."""

    _inherit = "account.move.line"

    is_unsettled = fields.Boolean(
        string="Open (Posted Entries)",
        compute="_compute_unsettled",
        search="_search_is_unsettled",
        help="Not settled by posted entries. Reconciliations with draft entries do not "
        "count.",
        groups=BOOKKEEPERS,
    )
    unsettled = fields.Monetary(
        string="Open in Currency (Posted Entries)",
        compute="_compute_unsettled",
        currency_field="currency_id",
        groups=BOOKKEEPERS,
    )
    unsettled_company = fields.Monetary(
        string="Open Amount (Posted Entries)",
        compute="_compute_unsettled",
        currency_field="company_currency_id",
        groups=BOOKKEEPERS,
    )

    # Finds what was written since a moment: see `checkpoint`.
    _written = models.Index("(write_date)")
    # Finds the reconciliations that do not count. Hardly any item is in it.
    _unposted_match = models.Index(
        "(id) WHERE parent_state <> 'posted' AND matching_number IS NOT NULL"
    )

    @api.depends("amount_residual", "amount_residual_currency", "parent_state")
    def _compute_unsettled(self):
        added = self._added_back(self)
        for line in self:
            company, own = added.get(line._origin.id, (0.0, 0.0))
            company += line.amount_residual
            line.unsettled_company = line.company_currency_id.round(company)
            own += line.amount_residual_currency
            line.unsettled = line.currency_id.round(own) if line.currency_id else own
            line.is_unsettled = not line.reconciled or line._origin.id in added

    @api.model
    def _added_back(self, lines=None):
        """Map the ids of posted items to what was reconciled with entries that are not
        posted, in company currency and in the currency of the item.

        :param lines: the items; all by default
        """
        if lines is None:
            return self._sum_added_back(SQL("id"), SQL("TRUE"))
        ids = list(lines._origin._ids)
        return self._sum_added_back(SQL("id"), SQL("line.id = ANY(%s)", ids))

    @api.model
    def _added_back_to(self, moves):
        """Map the ids of documents to the same of all their posted items."""
        ids = moves._origin.ids
        return self._sum_added_back(SQL("move_id"), SQL("line.move_id = ANY(%s)", ids))

    @api.model
    def _sum_added_back(self, key, condition):
        self.env["account.partial.reconcile"].flush_model()
        self.env["account.move.line"].flush_model(["parent_state", "matching_number"])
        rows = self.env.execute_query(
            SQL(
                """SELECT line.%(key)s, SUM(added.amount), SUM(added.own)
                     FROM (%(added)s) AS added
                     JOIN account_move_line AS line ON line.id = added.line_id
                    WHERE line.parent_state = 'posted' AND %(condition)s
                    GROUP BY line.%(key)s""",
                added=added_back_sql(),
                key=key,
                condition=condition,
            )
        )
        return {key: (float(amount), float(own)) for key, amount, own in rows}

    @reads(
        "reconciled",
        "parent_state",
        ("matched_debit_ids", "debit_move_id", "parent_state"),
        ("matched_credit_ids", "credit_move_id", "parent_state"),
    )
    def _search_is_unsettled(self, operator, value):
        """Search with the index of unreconciled items, and by the ids of the few that
        are reconciled with entries that are not posted.

        An array of ids, unlike a subquery, lets PostgreSQL use indexes for both.
        """
        # Core does not ask for it before it calls a search method.
        self._check_field_access(self._fields["is_unsettled"], "read")
        if operator != "in":
            return NotImplemented
        if set(value) == {True, False}:
            return Domain.TRUE
        self.env["account.partial.reconcile"].flush_model()
        self.env["account.move.line"].flush_model(["parent_state", "matching_number"])

        def is_unsettled(items, alias, query):
            return SQL(
                "(%s IS NOT TRUE OR (%s = 'posted'"
                " AND %s = ANY(ARRAY(SELECT line_id FROM (%s) AS part))))",
                items._field_to_sql(alias, "reconciled", query),
                items._field_to_sql(alias, "parent_state", query),
                SQL.identifier(alias, "id"),
                added_back_sql(),
            )

        found = Domain.custom(to_sql=is_unsettled)
        return found if True in value else ~found

    def _unposted_counterparts(self):
        """Return the entries that are not posted and reconciled with these items."""
        others = self.matched_debit_ids.debit_move_id
        others |= self.matched_credit_ids.credit_move_id
        return others.move_id.filtered(lambda move: move.state != "posted")
