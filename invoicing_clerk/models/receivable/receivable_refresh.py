from odoo import api, fields, models
from odoo.tools import SQL

from ...rules.receivable.receivable import BUCKETS
from .open_item import disputed_sql, promised_sql

# What a row says of a customer; `rules.receivable` says what it means.
FACTS = (
    "currency_id",
    "balance",
    "owed",
    "unapplied",
    "date_unapplied",
    "date_due",
    *(name for name, _first, _last in BUCKETS),
    "overdue",
    "disputed",
    "promised",
    "to_collect",
    "credit_limit",
    "over_limit",
)

# Further apart than any two dates: the end of an age without end.
MOST_DAYS = 2**31 - 1


class ClerkReceivable(models.Model):
    """Keeps a row for each customer who owes something, from the ledger.

    One statement reads what is open, and writes the rows that changed and no other.
    It is asked before a worklist over these rows is refreshed and when somebody opens
    them; nothing that posts, pays or matches knows of it.
    """

    _inherit = "clerk.receivable"

    @api.model
    def _before_refresh(self):
        """Let worklists ask of the ledger as it is now."""
        # What has come of a promise is not promised any more.
        self.env["clerk.promise"]._before_refresh()
        self._update_from_ledger()

    @api.model
    def _update_from_ledger(self):
        """Bring all rows up to date; leave it to whoever is doing so already.

        :return: how many rows were added, changed and removed
        """
        if not self._lock_ledger():
            return (0, 0, 0)
        statement = self._update_sql()
        self.env.flush_all()
        self.env.cr.execute(statement)
        counts = self.env.cr.fetchone()
        if any(counts):
            self.env["clerk.receivable"].invalidate_model()
        return counts

    def _lock_ledger(self):
        """Whether no other transaction brings the rows up to date."""
        self.env.cr.execute(
            SQL("SELECT PG_TRY_ADVISORY_XACT_LOCK(HASHTEXT(%s))", self._name)
        )
        return self.env.cr.fetchone()[0]

    # The statement

    def _update_sql(self):
        columns = SQL(", ").join(map(SQL.identifier, FACTS))
        return SQL(
            """WITH company AS (%(companies)s),
            item AS MATERIALIZED (%(items)s),
            totals AS (%(totals)s),
            disputed AS MATERIALIZED (%(disputed)s),
            promised AS MATERIALIZED (%(promised)s),
            on_hold AS (%(on_hold)s),
            limits AS (%(limits)s),
            answer AS MATERIALIZED (%(answer)s),
            added AS (
                INSERT INTO clerk_receivable (company_id, partner_id, create_uid,
                    write_uid, create_date, write_date, %(columns)s)
                SELECT company_id, partner_id, %(uid)s, %(uid)s, %(now)s, %(now)s,
                    %(columns)s
                  FROM answer
                 WHERE NOT EXISTS (
                    SELECT 1 FROM clerk_receivable AS known
                     WHERE known.company_id = answer.company_id
                       AND known.partner_id = answer.partner_id)
                RETURNING 1),
            changed AS (
                UPDATE clerk_receivable AS known
                   SET %(pairs)s, write_uid = %(uid)s, write_date = %(now)s
                  FROM answer
                 WHERE known.company_id = answer.company_id
                   AND known.partner_id = answer.partner_id
                   AND (%(mine)s) IS DISTINCT FROM (%(theirs)s)
                RETURNING 1),
            gone AS (
                DELETE FROM clerk_receivable AS known
                 WHERE NOT EXISTS (
                    SELECT 1 FROM answer
                     WHERE known.company_id = answer.company_id
                       AND known.partner_id = answer.partner_id)
                RETURNING 1)
            SELECT (SELECT COUNT(*) FROM added), (SELECT COUNT(*) FROM changed),
                (SELECT COUNT(*) FROM gone)""",
            companies=self._companies_sql(),
            items=self._items_sql(),
            totals=self._totals_sql(),
            disputed=disputed_sql(),
            promised=promised_sql(),
            on_hold=self._on_hold_sql(),
            limits=self._limits_sql(),
            answer=self._answer_sql(),
            columns=columns,
            pairs=SQL(", ").join(
                SQL("%s = answer.%s", SQL.identifier(name), SQL.identifier(name))
                for name in FACTS
            ),
            mine=SQL(", ").join(SQL.identifier("known", name) for name in FACTS),
            theirs=SQL(", ").join(SQL.identifier("answer", name) for name in FACTS),
            uid=self.env.uid,
            now=fields.Datetime.now(),
        )

    def _companies_sql(self):
        """Each company with its day, its currency and the limit of its customers."""
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

    def _items_sql(self):
        """Open journal items of customers: instalments, payments and credits.

        A foreign document that is fully paid owes nothing: what exchange rates leave
        of it in company currency is no item. Naming the accounts makes this a look-up
        in the partial index of what is not reconciled.
        """
        accounts = self.env["account.account"].with_context(active_test=False)
        receivable = accounts.search([("account_type", "=", "asset_receivable")])
        return SQL(
            """SELECT line.id, line.company_id,
                    partner.commercial_partner_id AS partner_id,
                    line.move_id, line.date, line.amount_residual AS open_company,
                    line.amount_residual_currency AS open,
                    COALESCE(line.date_maturity, line.date) AS due,
                    company.today - COALESCE(line.date_maturity, line.date) AS days
                 FROM account_move_line AS line
                 JOIN company ON company.id = line.company_id
                 JOIN res_partner AS partner ON partner.id = line.partner_id
                WHERE line.account_id IN %s
                  AND line.reconciled IS NOT TRUE
                  AND line.parent_state = 'posted'
                  AND line.amount_residual <> 0
                  AND (line.currency_id = company.currency_id
                       OR line.amount_residual_currency <> 0)""",
            receivable._ids or (0,),
        )

    @api.model
    def _totals_sql(self):
        aged = SQL(", ").join(
            SQL(
                "COALESCE(SUM(open_company) FILTER (WHERE open_company > 0"
                " AND days BETWEEN %s AND %s), 0) AS %s",
                -MOST_DAYS if first is None else first,
                MOST_DAYS if last is None else last,
                SQL.identifier(name),
            )
            for name, first, last in BUCKETS
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

        Multiplied first and divided last: what is half a cent stays half a cent.
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
    def _limits_sql(self):
        """Customers with a limit of their own, owing anything or not."""
        return SQL(
            """SELECT company.id AS company_id, partner.id AS partner_id
                 FROM res_partner AS partner
                 JOIN company ON company.uses_limit
                WHERE partner.commercial_partner_id = partner.id
                  AND partner.active
                  AND (partner.credit_limit ->> company.id::text)::numeric > 0"""
        )

    @api.model
    def _answer_sql(self):
        """A row for each company and customer.

        As in core, a limit is for what a customer owes a company and its branches.
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
                *(name for name, _first, _last in BUCKETS),
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
