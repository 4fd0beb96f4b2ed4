"""SQL of invoices that are issued at regular intervals: see `rules.interval`."""

from odoo.tools import SQL

from ...rules.interval import Interval, intervals


def intervals_sql(days):
    """Return the regular intervals that a window of days can contain, as a table."""
    found = intervals(days)
    columns = {
        name: [getattr(each, name) for each in found] for name in Interval._fields
    }
    return SQL(
        """UNNEST(%(months)s::int[], %(days)s::int[], %(off)s::int[], %(half)s::int[])
           WITH ORDINALITY AS every (months, days, off, half, number)""",
        **columns,
    )


def is_interval_sql(earlier, later):
    """Return whether one interval lies between two dates, as SQL."""
    return SQL(
        """ABS(%s - (%s + MAKE_INTERVAL(months => every.months, days => every.days)
            )::date) <= every.off""",
        later,
        earlier,
    )


def series_sql(days):
    """Return the tables of regular series, for a WITH clause after ``claim``.

    ``claim`` has the columns id, customer, currency_id, kind, key, total, day and date;
    ``member`` has the invoices that are part of a series of three or more.
    """
    return SQL(
        """step AS MATERIALIZED (
            SELECT earlier.id AS earlier_id, later.id AS later_id, later.kind,
                   later.key, every.number, every.half
              FROM %(intervals)s
             CROSS JOIN claim AS earlier
              JOIN claim AS later ON later.customer = earlier.customer
               AND later.currency_id = earlier.currency_id
               AND later.kind = earlier.kind
               AND later.key = earlier.key
               AND later.total = earlier.total
               AND %(apart)s),
        member AS MATERIALIZED (
            SELECT DISTINCT claim.id, claim.kind, claim.key, claim.date,
                   first.number, first.half
              FROM step AS first
              JOIN step AS next ON next.earlier_id = first.later_id
               AND next.kind = first.kind AND next.key = first.key
               AND next.number = first.number
              JOIN claim ON claim.kind = first.kind AND claim.key = first.key
               AND claim.id IN (first.earlier_id, first.later_id, next.later_id))""",
        intervals=intervals_sql(days),
        apart=is_interval_sql(SQL("earlier.day"), SQL("later.day")),
    )
