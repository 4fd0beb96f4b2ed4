"""SQL of invoices that are issued at regular intervals: see `rules.interval`."""

from odoo.tools import SQL

from ...rules.interval import MOST_SKIPPED, PRICE_CHANGE, Interval, intervals


def intervals_sql(days):
    """Return the regular intervals that a window of days can contain, as a table."""
    return _table(intervals(days))


def _table(found):
    columns = {
        name: [getattr(each, name) for each in found] for name in Interval._fields
    }
    return SQL(
        """UNNEST(%(months)s::int[], %(days)s::int[], %(off)s::int[], %(half)s::int[])
           WITH ORDINALITY AS every (months, days, off, half, number)""",
        **columns,
    )


def _steps_sql(days):
    """Return the intervals with the skipped ones: ``number`` is that of the interval,
    ``count`` how often it is in the step."""
    steps = [
        (number, count, step)
        for number, interval in enumerate(intervals(days))
        for count, step in interval.steps()
    ]
    return SQL(
        """(SELECT every.months, every.days, every.off, every.half, step.number,
                   step.count
              FROM %s JOIN UNNEST(%s::int[], %s::int[])
                WITH ORDINALITY AS step (number, count, place)
                ON step.place = every.number) AS every""",
        _table([step for _number, _count, step in steps]),
        [number for number, _count, _step in steps],
        [count for _number, count, _step in steps],
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

    ``claim`` has the columns id, customer, currency_id, kind, subject, total, day and
    date. Invoices of one ``subject`` are for the same, at any price; ``member`` has
    those that are part of a series: see `rules.audit.test.audit_test.in_series`.
    """
    return SQL(
        """step AS MATERIALIZED (
            SELECT earlier.id AS earlier_id, later.id AS later_id, later.kind,
                   later.subject, every.number, every.half, every.count
              FROM %(steps)s
             CROSS JOIN claim AS earlier
              JOIN claim AS later ON later.customer = earlier.customer
               AND later.currency_id = earlier.currency_id
               AND later.kind = earlier.kind
               AND later.subject = earlier.subject
               AND (earlier.day, earlier.id) < (later.day, later.id)
               AND GREATEST(later.total, earlier.total)
                   <= LEAST(later.total, earlier.total) * %(price_change)s
               AND %(apart)s),
        member AS MATERIALIZED (
            SELECT DISTINCT claim.id, claim.kind, claim.subject, claim.date,
                   first.number, first.half
              FROM step AS first
              JOIN step AS next ON next.earlier_id = first.later_id
               AND next.kind = first.kind AND next.subject = first.subject
               AND next.number = first.number
              LEFT JOIN step AS last ON last.earlier_id = next.later_id
               AND last.kind = first.kind AND last.subject = first.subject
               AND last.number = first.number
               AND first.count + next.count + last.count <= %(most_skipped)s
              JOIN claim ON claim.kind = first.kind AND claim.subject = first.subject
               AND claim.id IN (first.earlier_id, first.later_id, next.later_id,
                                last.later_id)
             WHERE first.count + next.count = 2 OR last.later_id IS NOT NULL)""",
        steps=_steps_sql(days),
        price_change=PRICE_CHANGE,
        most_skipped=MOST_SKIPPED,
        apart=is_interval_sql(SQL("earlier.day"), SQL("later.day")),
    )
