"""SQL of `rules.receivable.open_item`: disputed and promised amounts of open items.

Statements and customer balances name their open items in a table ``item (id, move_id,
open)``, ``open`` in the currency of the item, and take both amounts from here::

    WITH item AS (…),
         disputed AS MATERIALIZED (disputed_sql()),
         promised AS MATERIALIZED (promised_sql())
"""

from odoo.tools import SQL

from ...rules.billing_error.billing_error import OPEN_STATES


def disputed_sql(claims=None, by_day=False):
    """Return rows (line_id, amount): what billing errors dispute of each item.

    :param claims: SQL of rows (move_id, amount); by default of errors open now
    :param by_day: items, claims and the rows returned have a ``day`` too
    """
    day = SQL(", day") if by_day else SQL()
    return SQL(
        """
        SELECT
            line_id, GREATEST(0, LEAST(open, claimed - running + open)) AS amount
            %(day)s
        FROM (
            SELECT
                item.id AS line_id,
                item.open,
                claim.amount AS claimed,
                SUM(item.open) OVER (
                    PARTITION BY move_id %(day)s ORDER BY %(maturity)s, item.id
                ) AS running
                %(day)s
            FROM item JOIN (%(claims)s) AS claim USING (move_id %(day)s)
            WHERE item.open > 0
        ) AS part
        """,
        day=day,
        maturity=_maturity_sql(),
        claims=_claims_sql() if claims is None else claims,
    )


def promised_sql():
    """Return rows (line_id, amount): what open promises cover of each item.

    Named in it is the table ``disputed`` (line_id, amount).
    """
    return SQL(
        """
        SELECT line_id, GREATEST(0, LEAST(free, missing - running + free)) AS amount
        FROM (%s) AS part
        """,
        _spans_sql(),
    )


def promised_parts_sql():
    """Return rows (id, line_id, date, amount): what open promises cover of an item.

    Both are counted from the start of a plan: its payments by date, its items by due
    date. The id is that of the promised line. Tables are those of `promised_sql`.
    """
    return SQL(
        """
        SELECT line.id, line.move_line_id AS line_id, part.date, (
                LEAST(span.running, part.running)
                - GREATEST(span.running - span.free, part.running - part.missing)
            ) AS amount
        FROM (%(spans)s) AS span
        JOIN (%(parts)s) AS part ON part.plan = span.plan
        JOIN clerk_promise_line AS line
            ON line.promise_id = part.id AND line.move_line_id = span.line_id
        WHERE line.is_active
            AND LEAST(span.running, part.running)
                > GREATEST(span.running - span.free, part.running - part.missing)
        """,
        spans=_spans_sql(),
        parts=_parts_sql(),
    )


def _spans_sql():
    """Return rows (line_id, free, plan, missing, running) of promised items: what is
    not disputed of each, and of those of its plan up to it."""
    return SQL(
        """
        SELECT
            undisputed.*,
            SUM(free) OVER (
                PARTITION BY plan ORDER BY maturity, line_id
            ) AS running
        FROM (
            SELECT
                item.id AS line_id,
                item.open - COALESCE(disputed.amount, 0) AS free,
                %(maturity)s AS maturity,
                plan.id AS plan,
                plan.missing
            FROM (%(promised_lines)s) AS line
            JOIN item ON item.id = line.move_line_id AND item.open > 0
            JOIN (%(plans)s) AS plan ON plan.id = line.plan
            LEFT JOIN disputed ON disputed.line_id = item.id
        ) AS undisputed
        """,
        maturity=_maturity_sql(),
        promised_lines=_promised_lines_sql(),
        plans=_plans_sql(),
    )


def _parts_sql():
    """Return rows (id, plan, date, missing, running) of open promises, in which the
    running amount is what is outstanding of the plan up to this promise."""
    return SQL(
        """
        SELECT
            id,
            COALESCE(plan_id, id) AS plan,
            date,
            amount_missing AS missing,
            SUM(amount_missing) OVER (
                PARTITION BY COALESCE(plan_id, id) ORDER BY date, id
            ) AS running
        FROM clerk_promise
        WHERE state = 'open'
        """
    )


def allocated_sql(ids):
    """Return documents of items, and of others that the same promises name.

    What is disputed and promised of an item depends on the open items of these.
    """
    return SQL(
        """
        SELECT move_id FROM account_move_line WHERE id = ANY(%(ids)s)
        UNION
        SELECT entry.move_id
        FROM clerk_promise_line AS line
        JOIN clerk_promise AS promise ON promise.id = line.promise_id
        JOIN clerk_promise AS other
            ON other.partner_id = promise.partner_id
            AND COALESCE(other.plan_id, other.id)
                = COALESCE(promise.plan_id, promise.id)
        JOIN clerk_promise_line AS named
            ON named.promise_id = other.id AND named.is_active
        JOIN account_move_line AS entry ON entry.id = named.move_line_id
        WHERE line.is_active AND line.move_line_id = ANY(%(ids)s)
        """,
        ids=ids,
    )


def aged_sql(day, starts):
    """Return open items with age, bucket, disputed and promised amounts.

    Named in it are the tables ``item`` (with ``due``), ``disputed`` and ``promised``.

    :param starts: the days at which buckets start, see ``rules.bucket``
    """
    return SQL(
        """SELECT item.*, %(day)s - due AS days,
                  WIDTH_BUCKET(%(day)s - due, %(starts)s) AS bucket,
                  COALESCE(disputed.amount, 0) AS disputed,
                  COALESCE(promised.amount, 0) AS promised
             FROM item
             LEFT JOIN disputed ON disputed.line_id = item.id
             LEFT JOIN promised ON promised.line_id = item.id""",
        day=day,
        starts=starts,
    )


def _maturity_sql():
    """Return the due date of an item, also where it is aged by another date.

    Looked up for the few disputed and promised ones only.
    """
    return SQL(
        """(SELECT COALESCE(entry.date_maturity, entry.date)
              FROM account_move_line AS entry WHERE entry.id = item.id)"""
    )


def _claims_sql():
    """Return rows (move_id, amount), the amount in the currency of the document."""
    return SQL(
        """
        SELECT line.move_id, SUM(line.disputed_amount) AS amount
        FROM clerk_billing_error_line AS line
        JOIN clerk_billing_error AS error ON error.id = line.error_id
        WHERE error.state IN %s AND line.move_id IS NOT NULL
        GROUP BY line.move_id
        """,
        OPEN_STATES,
    )


def _promised_lines_sql():
    """Return rows (move_line_id, plan) of instalments that open promises name."""
    return SQL(
        """
        SELECT DISTINCT
            line.move_line_id, COALESCE(promise.plan_id, promise.id) AS plan
        FROM clerk_promise_line AS line
        JOIN clerk_promise AS promise ON promise.id = line.promise_id
        WHERE line.is_active
        """
    )


def _plans_sql():
    """Return rows (id, missing): the outstanding amount of each plan of promises."""
    return SQL(
        """
        SELECT COALESCE(plan_id, id) AS id, SUM(amount_missing) AS missing
        FROM clerk_promise
        WHERE state = 'open'
        GROUP BY COALESCE(plan_id, id)
        """
    )
