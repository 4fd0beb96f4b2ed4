"""SQL of `rules.forecast`: paid instalments, and the patterns of all customers at once.

Queries name what has been paid in a table ``paid (company_id, partner_id, invoiced,
due, paid, days)`` and count it by days past due in a ``tally``, from which
`quantiles_sql` takes median and band. The suite compares them with the rule.
"""

from odoo.tools import SQL

from ...rules.forecast.forecast import (
    BEYOND,
    DAYS,
    HALF_LIFE,
    LEAST,
    LEAST_MONEY,
    UNIT,
)
from ..mixin.matching import added_back_sql, counted_sql
from ..promise.promise_money import brought_sql, is_money_sql, is_undone_sql


def paid_sql(accounts, since, company=None):
    """Return the instalments of customers that were paid, at least nine tenths of each
    with money.

    :param accounts: ids of receivable accounts
    :param since: the first date of payments
    :param company: id of the only company; all by default
    """
    return SQL(
        """WITH match AS MATERIALIZED (%(match)s),
        brought AS MATERIALIZED (%(brought)s),
        settled AS MATERIALIZED (%(settled)s),
        disputed AS (%(disputed)s)
        SELECT company_id, partner_id, invoiced, due, paid,
            paid - due - COALESCE(disputed.days, 0)::int AS days
          FROM settled LEFT JOIN disputed ON disputed.line_id = settled.line_id""",
        match=_match_sql(accounts, since, company),
        brought=brought_sql(),
        settled=_settled_sql(since),
        disputed=_disputed_sql(),
    )


def _match_sql(accounts, since, company):
    """Return what bank, cash and card journals settled of reconciled instalments."""
    return SQL(
        """SELECT line.id AS line_id, entry.id AS entry_id, partial.max_date AS date,
            partial.debit_amount_currency AS amount, TRUE AS is_money
          FROM %(matches)s AS partial
          JOIN account_move_line AS line ON line.id = partial.debit_move_id
          JOIN account_move_line AS counterpart
            ON counterpart.id = partial.credit_move_id
          JOIN account_move AS entry ON entry.id = counterpart.move_id
          JOIN account_journal AS journal ON journal.id = entry.journal_id
          LEFT JOIN account_payment AS payment ON payment.id = entry.origin_payment_id
         WHERE partial.debit_move_id IN (
                SELECT debit_move_id FROM account_partial_reconcile
                 WHERE max_date >= %(since)s)
           AND line.account_id = ANY(%(accounts)s)
           AND line.reconciled
           AND %(is_chosen)s
           AND %(is_money)s AND NOT (%(is_undone)s)""",
        matches=counted_sql(),
        since=since,
        accounts=list(accounts),
        is_chosen=SQL("line.company_id = %s", company) if company else SQL("TRUE"),
        is_money=is_money_sql(),
        is_undone=is_undone_sql(),
    )


def _settled_sql(since):
    """Return paid instalments; the last payment tells when."""
    return SQL(
        """SELECT line.id AS line_id, line.move_id, line.company_id,
            partner.commercial_partner_id AS partner_id,
            move.invoice_date AS invoiced,
            COALESCE(line.date_maturity, line.date) AS due,
            paid.date AS paid
          FROM (SELECT match.line_id, MAX(match.date) AS date,
                    SUM(CASE WHEN brought.money >= brought.settled THEN match.amount
                        ELSE match.amount * GREATEST(COALESCE(brought.money, 0), 0)
                            / NULLIF(brought.settled, 0) END) AS money
                  FROM match JOIN brought ON brought.entry_id = match.entry_id
                 GROUP BY match.line_id) AS paid
          JOIN account_move_line AS line ON line.id = paid.line_id
          JOIN account_move AS move ON move.id = line.move_id
          JOIN res_partner AS partner ON partner.id = line.partner_id
         WHERE line.id <> ALL(ARRAY(SELECT line_id FROM (%(added)s) AS added))
           AND move.move_type IN ('out_invoice', 'out_receipt')
           AND 100 * paid.money >= %(least)s * line.amount_currency
           AND paid.date >= %(since)s""",
        added=added_back_sql(),
        least=LEAST_MONEY,
        since=since,
    )


def _disputed_sql():
    """Return how many days after the due date an instalment was disputed.

    Cases are opened and closed at a moment, which is a day where the company is.
    """
    day_opened, day_closed = (
        SQL(
            "(%s AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(home.tz, 'UTC'))::date",
            SQL.identifier("error", name),
        )
        for name in ("date_opened", "date_closed")
    )
    return SQL(
        """SELECT line_id, COUNT(DISTINCT day) AS days
             FROM settled
             JOIN res_company AS company ON company.id = settled.company_id
             JOIN res_partner AS home ON home.id = company.partner_id
             JOIN clerk_billing_error_move_rel AS rel ON rel.move_id = settled.move_id
             JOIN clerk_billing_error AS error
               ON error.id = rel.error_id AND error.state <> 'cancelled'
            CROSS JOIN GENERATE_SERIES(
                GREATEST(%(opened)s, due) + INTERVAL '1 day',
                LEAST(%(closed)s, paid)::timestamp,
                INTERVAL '1 day') AS day
            GROUP BY line_id""",
        opened=day_opened,
        closed=day_closed,
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
    """Return payments by days past due, with the sums of their weights.

    :param keys: SQL of the columns by which there is a pattern each
    :param payments: SQL of a table with these, ``days``, ``paid`` and ``number``
    :param age: SQL of the age of a payment in days
    """
    weight = weight_sql(age)
    return SQL(
        """SELECT %(keys)s, days, SUM(number) AS number, MIN(paid) AS since,
            SUM(number * %(weight)s) AS weight
          FROM %(payments)s WHERE %(known)s GROUP BY %(keys)s, days""",
        keys=keys,
        weight=weight,
        payments=payments,
        known=is_known_sql(age),
    )


def quantiles_sql(keys, tally):
    """Return ``count``, ``since``, ``mean``, ``median``, ``low`` and ``high`` by keys.

    :param keys: SQL of the columns by which there is a pattern each
    :param tally: SQL of the name of a table made by `tally_sql`
    """
    return SQL(
        """SELECT %(keys)s, count, since, mean, median,
            LEAST(low, median)::int AS low, GREATEST(high, median)::int AS high
          FROM (SELECT %(keys)s, SUM(number)::int AS count, MIN(since) AS since,
                    SUM(number * days)::float8 / SUM(number)::float8 AS mean,
                    MIN(days) FILTER (WHERE 2 * below >= total) AS median,
                    COALESCE(MAX(%(low)s) FILTER (WHERE %(is_low)s), MIN(days)) AS low,
                    COALESCE(MIN(%(high)s) FILTER (WHERE %(is_high)s), MAX(days))
                        AS high
                  FROM (%(ranked)s) AS ranked
                 GROUP BY %(keys)s) AS found""",
        keys=keys,
        ranked=_ranked_sql(keys, tally),
        low=_end_sql(SQL("-following"), SQL("-days"), SQL("missing_above"), -1),
        is_low=SQL("missing_above > 0 AND missing_above <= share"),
        high=_end_sql(SQL("preceding"), SQL("days"), SQL("missing_below"), 1),
        is_high=SQL("missing_below > 0 AND missing_below <= share"),
    )


def _ranked_sql(keys, tally):
    """Return a tally with what each end of the band still needs when it gets to a day.

    A day brings its ``share``; ``below`` is the weight up to the day.
    """
    return SQL(
        """SELECT *, 100 * payments * weight AS share,
            enough - 100 * payments * (below - weight) AS missing_below,
            enough - 100 * payments * (total - below) AS missing_above
          FROM (SELECT *, %(inside)s * total * (payments + 1) AS enough
                  FROM (SELECT *,
                            SUM(weight) OVER upward AS below,
                            LAG(days) OVER upward AS preceding,
                            LEAD(days) OVER upward AS following,
                            SUM(weight) OVER pattern AS total,
                            SUM(number) OVER pattern AS payments
                          FROM %(tally)s AS tally
                        WINDOW pattern AS (PARTITION BY %(keys)s),
                            upward AS (pattern ORDER BY days)) AS summed
               ) AS known""",
        inside=100 - BEYOND,
        keys=keys,
        tally=tally,
    )


def _end_sql(before, days, missing, sign):
    """Return the nearest day between two, as ``_between`` of the rule has it."""
    return SQL(
        """COALESCE(%(before)s + DIV(2 * (%(days)s - (%(before)s)) * %(missing)s
            + share - 1, 2 * share), %(days)s) * %(sign)s""",
        before=before,
        days=days,
        missing=missing,
        sign=sign,
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
                SUM(weight) AS weight
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
    # What was known at the beginning of the month of the oldest invoice.
    since = SQL("%s::date - %s", first, 2 * DAYS + 31)
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
        """WITH paid AS MATERIALIZED (%(paid)s),
        tested AS MATERIALIZED (
            SELECT *, COALESCE(invoiced, due) AS on_day FROM paid
             WHERE paid >= %(first)s AND paid < %(end)s
               AND paid - COALESCE(invoiced, due) <= %(days)s),
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
        paid=paid_sql(accounts, since, company_id),
        days=DAYS,
        first=first,
        end=end,
        tally=tally_sql(own, known, age),
        own=quantiles_sql(own, SQL("tally")),
        all_tally=tally_sql(month, daily, age),
        everybody=quantiles_sql(month, SQL("all_tally")),
        usual=_usual_sql("median", "mean", "low", "high"),
    )
