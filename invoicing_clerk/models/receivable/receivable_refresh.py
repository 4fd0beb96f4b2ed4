from odoo import api, fields, models
from odoo.tools import SQL

from ...rules.bucket import bucket_starts
from ...rules.receivable.receivable import BUCKETS
from ..mixin.locking import is_alone
from ..mixin.matching import added_back_sql
from .open_item import disputed_sql, promised_sql

# The columns of a balance that a refresh writes, as `rules.receivable` defines them.
ROW_COLUMNS = (
    "currency_id",
    "balance",
    "owed",
    "unapplied",
    "date_unapplied",
    "date_due",
    *BUCKETS,
    "overdue",
    "disputed",
    "promised",
    "to_collect",
    "credit_limit",
    "over_limit",
)

# Exceeds the distance of any two dates: the end of an open-ended ageing bucket.
MAX_DAYS = 2**31 - 1


class ClerkReceivable(models.Model):
    """Refresh of customer balances from the ledger.

    One SQL statement reads the open items and writes the rows that have changed, and no
    others. It runs before a worklist of balances is refreshed and when somebody opens
    them. Posting, payment and reconciliation are not involved, so they cost no more.
    """

    _inherit = "clerk.receivable"
    _watched_fields = ROW_COLUMNS

    @api.model
    def _before_refresh(self):
        """Bring balances up to date with the ledger, before worklists read them.

        :return: the number of rows that were added, changed or removed
        """
        # Received money is no longer promised.
        self.env["clerk.promise"]._before_refresh()
        return sum(self._update_from_ledger())

    @api.model
    def _update_from_ledger(self, customers=None):
        """Update all rows, unless another transaction is doing so.

        :param customers: ids, to update only the rows of these
        :return: the numbers of rows that were added, changed and removed
        """
        if not is_alone(self.env, self._name):
            return (0, 0, 0)
        statement = self._update_sql(customers)
        self.env.flush_all()
        with self._automated([]):
            self.env.cr.execute(statement)
            counts = self.env.cr.fetchone()
        if any(counts):
            self.env["clerk.receivable"].invalidate_model()
        return counts

    # The statement

    def _update_sql(self, customers=None):
        columns = SQL(", ").join(map(SQL.identifier, ROW_COLUMNS))
        return SQL(
            """WITH company AS (%(companies)s),
            unposted AS MATERIALIZED (%(unposted)s),
            item AS MATERIALIZED (%(items)s),
            totals AS (%(totals)s),
            disputed AS MATERIALIZED (%(disputed)s),
            promised AS MATERIALIZED (%(promised)s),
            on_hold AS (%(on_hold)s),
            limits AS (%(limits)s),
            computed AS MATERIALIZED (%(computed)s),
            added AS (
                INSERT INTO clerk_receivable (company_id, partner_id, create_uid,
                    write_uid, create_date, write_date, %(columns)s)
                SELECT company_id, partner_id, %(uid)s, %(uid)s, %(now)s, %(now)s,
                    %(columns)s
                  FROM computed
                 WHERE NOT EXISTS (
                    SELECT 1 FROM clerk_receivable AS existing
                     WHERE existing.company_id = computed.company_id
                       AND existing.partner_id = computed.partner_id)
                RETURNING 1),
            changed AS (
                UPDATE clerk_receivable AS existing
                   SET %(pairs)s, write_uid = %(uid)s, write_date = %(now)s
                  FROM computed
                 WHERE existing.company_id = computed.company_id
                   AND existing.partner_id = computed.partner_id
                   AND (%(existing_values)s) IS DISTINCT FROM (%(computed_values)s)
                RETURNING 1),
            gone AS (
                DELETE FROM clerk_receivable AS existing
                 WHERE %(gone)s AND NOT EXISTS (
                    SELECT 1 FROM computed
                     WHERE existing.company_id = computed.company_id
                       AND existing.partner_id = computed.partner_id)
                RETURNING 1)
            SELECT (SELECT COUNT(*) FROM added), (SELECT COUNT(*) FROM changed),
                (SELECT COUNT(*) FROM gone)""",
            companies=self._companies_sql(),
            unposted=added_back_sql(),
            items=self._items_sql(customers),
            totals=self._totals_sql(),
            disputed=disputed_sql(),
            promised=promised_sql(),
            on_hold=self._on_hold_sql(),
            limits=self._limits_sql(customers),
            gone=self._among_sql(customers, SQL("existing.partner_id")),
            computed=self._computed_sql(),
            columns=columns,
            pairs=SQL(", ").join(
                SQL("%s = computed.%s", SQL.identifier(name), SQL.identifier(name))
                for name in ROW_COLUMNS
            ),
            existing_values=SQL(", ").join(
                SQL.identifier("existing", name) for name in ROW_COLUMNS
            ),
            computed_values=SQL(", ").join(
                SQL.identifier("computed", name) for name in ROW_COLUMNS
            ),
            uid=self.env.uid,
            now=fields.Datetime.now(),
        )

    @api.model
    def _among_sql(self, customers, column):
        """Return the condition that a customer is one of these; all by default."""
        return (
            SQL("TRUE") if customers is None else SQL("%s = ANY(%s)", column, customers)
        )

    def _companies_sql(self):
        """Return each company with its date, currency and default credit limit."""
        partners = self.env["res.partner"]
        limit_of = partners._fields["credit_limit"].get_company_dependent_fallback
        rows = [
            SQL(
                "(%s, %s, %s, %s, %s, %s::numeric, %s)",
                company.id,
                company.root_id.id,
                company.currency_id.id,
                company.currency_id.decimal_places,
                fields.Date.context_today(
                    self.with_context(tz=company.partner_id.tz or "UTC")
                ),
                limit_of(partners.with_company(company)),
                company.account_use_credit_limit,
            )
            for company in self.env["res.company"].search([("active", "=", True)])
        ]
        return SQL(
            "SELECT * FROM (VALUES %s) AS company (id, root_id, currency_id, places,"
            " today, usual_limit, uses_limit)",
            SQL(", ").join(rows),
        )

    def _items_sql(self, customers=None):
        """Return the open items of customers: instalments, payments and credits.

        A foreign document that is fully paid owes nothing: an exchange difference in
        company currency is not an open item. Table ``unposted`` has what entries that
        are not posted have settled. Naming the accounts lets PostgreSQL use
        the partial index of unreconciled items.
        """
        accounts = self.env["account.account"].with_context(active_test=False)
        receivable = accounts.search([("account_type", "=", "asset_receivable")])
        return SQL(
            """SELECT line.id, line.company_id,
                    partner.commercial_partner_id AS partner_id,
                    line.move_id, line.date,
                    line.amount_residual + COALESCE(unposted.amount, 0)
                        AS open_company,
                    line.amount_residual_currency + COALESCE(unposted.own, 0) AS open,
                    COALESCE(line.date_maturity, line.date) AS due,
                    company.today - COALESCE(line.date_maturity, line.date) AS days
                 FROM account_move_line AS line
                 JOIN company ON company.id = line.company_id
                 JOIN res_partner AS partner ON partner.id = line.partner_id
                 LEFT JOIN unposted ON unposted.line_id = line.id
                WHERE line.account_id IN %s
                  AND %s
                  AND (line.reconciled IS NOT TRUE
                       OR line.id = ANY(ARRAY(SELECT line_id FROM unposted)))
                  AND line.parent_state = 'posted'
                  AND line.amount_residual + COALESCE(unposted.amount, 0) <> 0
                  AND (line.currency_id = company.currency_id
                       OR line.amount_residual_currency
                          + COALESCE(unposted.own, 0) <> 0)""",
            receivable._ids or (0,),
            SQL("TRUE")
            if customers is None
            else SQL(
                "line.partner_id = ANY(ARRAY(SELECT id FROM res_partner"
                " WHERE commercial_partner_id = ANY(%s)))",
                customers,
            ),
        )

    @api.model
    def _totals_sql(self):
        starts = bucket_starts()
        aged = SQL(", ").join(
            SQL(
                "COALESCE(SUM(open_company) FILTER (WHERE open_company > 0"
                " AND days >= %s AND days < %s), 0) AS %s",
                start,
                end,
                SQL.identifier(name),
            )
            for name, start, end in zip(
                BUCKETS, [-MAX_DAYS, *starts], [*starts, MAX_DAYS], strict=True
            )
        )
        return SQL(
            """SELECT company_id, partner_id, SUM(open_company) AS balance,
                    COALESCE(SUM(open_company) FILTER (WHERE open_company > 0), 0)
                        AS owed,
                    COALESCE(-SUM(open_company) FILTER (WHERE open_company < 0), 0)
                        AS unapplied,
                    MIN(date) FILTER (WHERE open_company < 0) AS date_unapplied,
                    MIN(due) FILTER (WHERE open_company > 0) AS date_due,
                    COALESCE(SUM(open_company) FILTER (
                        WHERE open_company > 0 AND days > 0), 0) AS overdue,
                    %s
                 FROM item GROUP BY company_id, partner_id""",
            aged,
        )

    @api.model
    def _on_hold_sql(self):
        """Return what is disputed and what is promised of overdue instalments.

        Multiplied first and divided last, so that half a cent is rounded exactly.
        """
        in_company_currency = SQL(
            "ROUND(open_company * part.amount / open, company.places)"
        )
        return SQL(
            """SELECT company_id, partner_id,
                    SUM(%(amount)s) FILTER (WHERE is_disputed) AS disputed,
                    SUM(%(amount)s) FILTER (WHERE NOT is_disputed) AS promised
                 FROM (SELECT line_id, amount, TRUE AS is_disputed FROM disputed
                        UNION ALL
                       SELECT line_id, amount, FALSE FROM promised) AS part
                 JOIN item ON item.id = part.line_id
                 JOIN company ON company.id = item.company_id
                WHERE open_company > 0 AND days > 0
                GROUP BY company_id, partner_id""",
            amount=in_company_currency,
        )

    @api.model
    def _limits_sql(self, customers=None):
        """Return customers with a limit of their own, with or without open items."""
        return SQL(
            """SELECT company.id AS company_id, partner.id AS partner_id
                 FROM res_partner AS partner
                 JOIN company ON company.uses_limit
                WHERE partner.commercial_partner_id = partner.id
                  AND partner.active
                  AND %s
                  AND (partner.credit_limit ->> company.id::text)::numeric > 0""",
            self._among_sql(customers, SQL("partner.id")),
        )

    @api.model
    def _computed_sql(self):
        """Return a row for each company and customer.

        As in core, a credit limit covers a company and its branches.
        """
        totals = SQL(", ").join(
            SQL(
                "COALESCE(totals.%s, 0) AS %s",
                SQL.identifier(name),
                SQL.identifier(name),
            )
            for name in (
                "balance",
                "owed",
                "unapplied",
                "overdue",
                *BUCKETS,
            )
        )
        return SQL(
            """SELECT figures.*,
                    GREATEST(0, overdue - disputed - promised - unapplied)
                        AS to_collect,
                    CASE WHEN credit_limit > 0 THEN GREATEST(0, SUM(balance) OVER (
                        PARTITION BY root_id, partner_id) - credit_limit)
                    ELSE 0 END AS over_limit
                 FROM (SELECT listed.company_id, listed.partner_id, company.root_id,
                            company.currency_id, totals.date_unapplied, totals.date_due,
                            COALESCE(on_hold.disputed, 0) AS disputed,
                            COALESCE(on_hold.promised, 0) AS promised,
                            CASE WHEN company.uses_limit THEN GREATEST(0, COALESCE(
                                (partner.credit_limit ->> company.id::text)::numeric,
                                company.usual_limit, 0)) ELSE 0 END AS credit_limit,
                            %s
                         FROM (SELECT company_id, partner_id FROM totals
                                UNION SELECT company_id, partner_id FROM limits
                              ) AS listed
                         LEFT JOIN totals USING (company_id, partner_id)
                         LEFT JOIN on_hold USING (company_id, partner_id)
                         JOIN company ON company.id = listed.company_id
                         JOIN res_partner AS partner ON partner.id = listed.partner_id
                      ) AS figures""",
            totals,
        )
