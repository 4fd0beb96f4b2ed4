"""SQL of `rules.forecast`: paid instalments, and the patterns of all customers at once.

Queries name what has been paid in a table ``paid (company_id, partner_id, invoiced,
due, paid, days)`` and count it by days past due in a ``tally``, from which
`quantiles_sql` takes median and band. The suite compares them with the rule.
"""

from odoo.tools import SQL

from ...rules.forecast.forecast import BEYOND, DAYS, HALF_LIFE, LEAST, UNIT
from ..mixin.matching import added_back_sql, counted_sql


def paid_sql(accounts, since):
    """Return the instalments of customers that were paid in full, with money.

    :param accounts: ids of receivable accounts
    :param since: the first date of payments
    """
    return SQL(
        """WITH settled AS MATERIALIZED (%(settled)s),
        disputed AS (%(disputed)s)
        SELECT company_id, partner_id, invoiced, due, paid,
            paid - due - COALESCE(disputed.days, 0)::int AS days
          FROM settled LEFT JOIN disputed ON disputed.line_id = settled.line_id""",
        settled=_settled_sql(accounts, since),
        disputed=_disputed_sql(),
    )


def _settled_sql(accounts, since):
    """Return paid instalments; the last payment tells when."""
    return SQL(
        """SELECT line.id AS line_id, line.move_id, line.company_id,
            partner.commercial_partner_id AS partner_id,
            move.invoice_date AS invoiced,
            COALESCE(line.date_maturity, line.date) AS due,
            MAX(match.max_date) AS paid
          FROM %(matches)s AS match
          JOIN account_move_line AS line ON line.id = match.debit_move_id
          JOIN account_move AS move ON move.id = line.move_id
          JOIN res_partner AS partner ON partner.id = line.partner_id
          JOIN account_move_line AS money ON money.id = match.credit_move_id
          JOIN account_journal AS journal ON journal.id = money.journal_id
         WHERE line.account_id = ANY(%(accounts)s)
           AND line.reconciled
           AND line.id <> ALL(ARRAY(SELECT line_id FROM (%(added)s) AS added))
           AND move.move_type IN ('out_invoice', 'out_receipt')
           AND journal.type IN ('bank', 'cash', 'credit')
         GROUP BY line.id, move.id, partner.id
        HAVING MAX(match.max_date) >= %(since)s""",
        matches=counted_sql(),
        accounts=list(accounts),
        added=added_back_sql(),
        since=since,
    )


def _disputed_sql():
    """Return how many days after the due date an instalment was disputed."""
    return SQL(
        """SELECT line_id, COUNT(DISTINCT day) AS days
             FROM settled
             JOIN clerk_billing_error_move_rel AS rel ON rel.move_id = settled.move_id
             JOIN clerk_billing_error AS error
               ON error.id = rel.error_id AND error.state <> 'cancelled'
            CROSS JOIN GENERATE_SERIES(
                GREATEST(error.date_opened::date, due) + INTERVAL '1 day',
                LEAST(error.date_closed::date, paid)::timestamp,
                INTERVAL '1 day') AS day
            GROUP BY line_id"""
    )


def weight_sql(age):
    """Return `rules.forecast.weight` of an age in days."""
    return SQL(
        "ROUND(%s * POWER(0.5::float8, (%s) / %s::float8))::bigint",
        UNIT,
        age,
        HALF_LIFE,
    )


def is_known_sql(age):
    """Return whether a payment of an age is part of a pattern."""
    return SQL("(%s) BETWEEN 1 AND %s", age, DAYS)


def tally_sql(keys, payments, age):
    """Return payments by days past due, with the sums of weights and of their squares.

    :param keys: SQL of the columns by which there is a pattern each
    :param payments: SQL of a table with these, ``days``, ``paid`` and ``number``
    :param age: SQL of the age of a payment in days
    """
    weight = weight_sql(age)
    return SQL(
        """SELECT %(keys)s, days, SUM(number) AS number, MIN(paid) AS since,
            SUM(number * %(weight)s) AS weight,
            SUM(number * %(weight)s * %(weight)s) AS squares
          FROM %(payments)s WHERE %(known)s GROUP BY %(keys)s, days""",
        keys=keys,
        weight=weight,
        payments=payments,
        known=is_known_sql(age),
    )


def quantiles_sql(keys, tally):
    """Return ``count``, ``since``, ``mean``, ``median``, ``low`` and ``high`` by keys.

    The ends of the band are between two payments: see `rules.forecast`.

    :param keys: SQL of the columns by which there is a pattern each
    :param tally: SQL of the name of a table made by `tally_sql`
    """
    return SQL(
        """SELECT %(keys)s, SUM(number)::int AS count, MIN(since) AS since,
            SUM(number * days)::float8 / SUM(number)::float8 AS mean,
            MIN(days) FILTER (WHERE 2 * below >= total) AS median,
            COALESCE(MAX(next_days - DIV(
                2 * missing_low * (next_days - days) + share, 2 * share)
            ) FILTER (WHERE missing_low > 0 AND missing_low <= share),
                MIN(days))::int AS low,
            COALESCE(MIN(prior_days + DIV(
                2 * missing_high * (days - prior_days) + share, 2 * share)
            ) FILTER (WHERE missing_high > 0 AND missing_high <= share),
                MAX(days))::int AS high
          FROM (SELECT *, 100 * total * weight AS share,
                    enough - 100 * total * (below - weight) AS missing_high,
                    enough - 100 * total * (total - below) AS missing_low
                  FROM (%(summed)s) AS summed) AS ranked
         GROUP BY %(keys)s""",
        keys=keys,
        summed=_summed_sql(keys, tally),
    )


def _summed_sql(keys, tally):
    """Return the rows of a tally with sums by keys, and the days next to their own."""
    return SQL(
        """SELECT *, %(inside)s * (total * total + all_squares) AS enough
             FROM (SELECT *,
                    SUM(weight) OVER ordered AS below,
                    COALESCE(LAG(days) OVER ordered, days) AS prior_days,
                    COALESCE(LEAD(days) OVER ordered, days) AS next_days,
                    SUM(weight) OVER pattern AS total,
                    SUM(squares) OVER pattern AS all_squares
                  FROM %(tally)s AS tally
                WINDOW pattern AS (PARTITION BY %(keys)s),
                    ordered AS (PARTITION BY %(keys)s ORDER BY days)) AS windowed""",
        keys=keys,
        tally=tally,
        inside=100 - BEYOND,
    )


def _usual_sql(*names):
    """Return these columns of ``own``, or what `rules.forecast.usual` says instead."""
    others = {"low": SQL("everybody.low"), "high": SQL("everybody.high")}
    return SQL(", ").join(
        SQL(
            "CASE WHEN own.count >= %s THEN own.%s ELSE %s END AS %s",
            LEAST,
            SQL.identifier(name),
            others.get(name, SQL("0")),
            SQL.identifier(name),
        )
        for name in names
    )


def patterns_sql(companies, accounts, since):
    """Return the pattern of each customer, and of each company with no customer.

    :param companies: SQL of rows with the ``id`` of a company and its ``today``
    """
    by_customer, by_company = SQL("company_id, partner_id"), SQL("company_id")
    payments = SQL(
        "(SELECT paid.*, company.today, 1 AS number FROM paid"
        " JOIN company ON company.id = paid.company_id) AS payment"
    )
    return SQL(
        """WITH company AS (%(companies)s),
        paid AS MATERIALIZED (%(paid)s),
        tally AS MATERIALIZED (%(tally)s),
        own AS (%(own)s),
        all_tally AS (
            SELECT company_id, days, SUM(number) AS number, MIN(since) AS since,
                SUM(weight) AS weight, SUM(squares) AS squares
              FROM tally GROUP BY company_id, days),
        everybody AS MATERIALIZED (%(everybody)s)
        SELECT own.company_id, own.partner_id, own.count, own.since, %(usual)s
          FROM own JOIN everybody ON everybody.company_id = own.company_id
         UNION ALL
        SELECT company_id, NULL, count, since, median, low, high FROM everybody""",
        companies=companies,
        paid=paid_sql(accounts, since),
        tally=tally_sql(by_customer, payments, SQL("today - paid")),
        own=quantiles_sql(by_customer, SQL("tally")),
        everybody=quantiles_sql(by_company, SQL("all_tally")),
        usual=_usual_sql("median", "low", "high"),
    )


def back_test_sql(company_id, accounts, first, end):
    """Return months and the fields of `rules.forecast.Month`, for a company."""
    own, month = SQL("partner_id, on_day"), SQL("on_day")
    since = SQL("%s::date - %s", first, 2 * DAYS)
    known = SQL(
        "(SELECT point.*, paid.paid, paid.days, 1 AS number FROM point"
        " JOIN paid ON paid.partner_id = point.partner_id"
        " AND paid.paid < point.on_day) AS payment"
    )
    daily = SQL(
        "(SELECT on_day, daily.* FROM month_point CROSS JOIN daily"
        " WHERE daily.paid < on_day) AS payment"
    )
    age = SQL("on_day - paid")
    return SQL(
        """WITH paid AS MATERIALIZED (
            SELECT * FROM (%(paid)s) AS paid WHERE company_id = %(company)s),
        tested AS MATERIALIZED (
            SELECT *, COALESCE(invoiced, due) AS on_day FROM paid
             WHERE paid >= %(first)s AND paid < %(end)s),
        point AS (SELECT DISTINCT partner_id, on_day FROM tested),
        month_point AS (
            SELECT DISTINCT DATE_TRUNC('month', on_day)::date AS on_day FROM tested),
        daily AS (
            SELECT paid, days, COUNT(*) AS number FROM paid GROUP BY paid, days),
        tally AS (%(tally)s),
        own AS MATERIALIZED (%(own)s),
        all_tally AS (%(all_tally)s),
        everybody AS MATERIALIZED (%(everybody)s),
        compared AS (
            SELECT tested.paid, tested.days, %(usual)s
              FROM tested
              LEFT JOIN own ON own.partner_id = tested.partner_id
                AND own.on_day = tested.on_day
              LEFT JOIN everybody
                ON everybody.on_day = DATE_TRUNC('month', tested.on_day)::date)
        SELECT DATE_TRUNC('month', paid)::date, COUNT(*)::int,
            COUNT(*) FILTER (WHERE days BETWEEN low AND high)::int,
            SUM(ABS(days - median))::int, SUM(ABS(days))::int,
            SUM(ABS(days - mean))::float8
          FROM compared GROUP BY 1 ORDER BY 1""",
        paid=paid_sql(accounts, since),
        company=company_id,
        first=first,
        end=end,
        tally=tally_sql(own, known, age),
        own=quantiles_sql(own, SQL("tally")),
        all_tally=tally_sql(month, daily, age),
        everybody=quantiles_sql(month, SQL("all_tally")),
        usual=_usual_sql("median", "mean", "low", "high"),
    )
