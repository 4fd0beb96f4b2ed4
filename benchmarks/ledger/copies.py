"""Families copied by SQL: what is dated moves in time, what is money grows."""

import time
from contextlib import contextmanager

from odoo.tools import SQL

from . import messages
from .families import BASE, FORTNIGHT, TABLES
from .people import columns_of, set_sequence

# Rows without an id of their own.
LINKS = (
    "account_move__account_payment",
    "account_move_line_account_tax_rel",
    "account_account_tag_account_move_line_rel",
)
NOT_MONEY = {"invoice_currency_rate", "quantity", "discount", "deductible_amount"}
NAMED = {"name", "ref", "memo", "payment_reference", "move_name", "invoice_origin"}
PARTNERS = {"partner_id", "commercial_partner_id", "partner_shipping_id"}
OPEN_DAYS = 35  # of what is open, the mean age


def copy(env, families, counts, people, days):
    """Copy each family as often as its kind is counted."""
    # Nothing is written that the checks of foreign keys could object to.
    env.cr.execute("SET session_replication_role = replica")
    env.cr.execute("SET work_mem = '256MB'; SET maintenance_work_mem = '512MB'")
    env.cr.execute("SELECT SETSEED(0.42)")
    links = _links(env)
    with told("plan"):
        _plan(env, families, counts, people, days)
        _number(env, families)
    with _without_indexes(env, (*TABLES, *LINKS, *messages.TABLES)):
        for family in families:
            with told(f"{counts[family.kind]:>8,} {family.kind}"):
                _copy_family(env, family, links, people)
        with told("messages"):
            messages.send(env)
    with told("customers counted"):
        _rank_customers(env)
    env.cr.execute("RESET session_replication_role")
    env.cr.commit()
    vacuum(env)


@contextmanager
def told(what):
    start = time.monotonic()
    yield
    print(f"{time.monotonic() - start:7.1f} s  {what}", flush=True)


def vacuum(env):
    """Statistics and visibility, as the server would see to overnight."""
    connection = env.cr._cnx
    connection.autocommit = True
    with told("vacuum"):
        env.cr.execute("VACUUM ANALYZE")
    connection.autocommit = False


@contextmanager
def _without_indexes(env, tables):
    """Making an index afterwards takes a fraction of keeping it up."""
    env.cr.execute(
        """SELECT indexrelid::regclass::text, PG_GET_INDEXDEF(indexrelid)
             FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
            WHERE relname IN %s AND NOT indisunique""",
        [tables],
    )
    indexes = env.cr.fetchall()
    for name, _definition in indexes:
        env.cr.execute(SQL("DROP INDEX %s", SQL(name)))
    yield
    with told(f"{len(indexes)} indexes"):
        for _name, definition in indexes:
            env.cr.execute(SQL(definition.replace("%", "%%")))


def _links(env):
    """References between the copied tables, by column."""
    env.cr.execute(
        """SELECT conrelid::regclass::text, attname, confrelid::regclass::text
             FROM pg_constraint JOIN pg_attribute
               ON attrelid = conrelid AND attnum = ANY(conkey)
            WHERE contype = 'f' AND confrelid::regclass::text IN %s""",
        [TABLES],
    )
    return {(table, column): target for table, column, target in env.cr.fetchall()}


# The plan: one row a copy


def _plan(env, families, counts, people, days):
    env.cr.execute(
        """CREATE TEMPORARY TABLE ledger_copy (
            kind varchar, n int, shift int, scale int, partner int, user_id int,
            sent boolean, names varchar[], prefixes varchar[], numbers int[])"""
    )
    for family in families:
        env.cr.execute(
            SQL(
                """INSERT INTO ledger_copy
                        (kind, n, shift, scale, partner, user_id, sent)
                   SELECT %(kind)s, n, %(shift)s, 1 + EXP(RANDOM() * 6)::int,
                        customer, (%(users)s)[1 + customer %% %(user_count)s],
                        RANDOM() < 0.985
                     FROM (SELECT n, %(first)s
                                + (%(customers)s * POWER(RANDOM(), 1.3))::int
                             FROM GENERATE_SERIES(0, %(count)s - 1) AS n
                            ) AS chosen (n, customer)""",
                kind=family.kind,
                shift=_shift(family, days),
                users=people.users,
                user_count=len(people.users),
                first=people.first_customer,
                customers=people.customers - 1,
                count=counts[family.kind],
            )
        )


def _shift(family, days):
    """By how many days a copy moves: to its age, counted from today.

    What is settled has been so for any time. Of what is open most is young.
    """
    settled = family.kind.startswith(("paid_", "credited")) or family.kind == "paid"
    if settled and family.kind != "paid_in_part":
        age = SQL("(%s + RANDOM() * %s)::int", family.days, days - family.days)
    else:
        age = SQL(
            "LEAST(%s, %s - LN(1 - RANDOM()) * %s)::int", days, family.days, OPEN_DAYS
        )
    shift = SQL("(CURRENT_DATE - %s) - %s", age, BASE)
    if "rate" in family.kind or "foreign" in family.kind:
        # Backwards to where the rates are the same.
        cycle = 2 * FORTNIGHT
        return SQL("FLOOR((%s) / %s::numeric)::int * %s", shift, cycle, cycle)
    return shift


def _number(env, families):
    """Names of entries without a gap in each year, in the order of their dates."""
    for family in families:
        env.cr.execute(
            SQL(
                """%(create)s SELECT copy.kind, copy.n, t.id AS slot, t.journal_id,
                        t.date + copy.shift AS date, t.sequence_prefix AS prefix,
                        LENGTH(t.name) - LENGTH(t.sequence_prefix) AS width,
                        COALESCE(t.name, '/') <> '/' AS numbered
                     FROM ledger_copy AS copy, account_move AS t
                    WHERE copy.kind = %(kind)s
                      AND t.id BETWEEN %(first)s AND %(last)s""",
                create=SQL("CREATE TEMPORARY TABLE ledger_entry AS")
                if family is families[0]
                else SQL("INSERT INTO ledger_entry"),
                kind=family.kind,
                first=family.first["account_move"],
                last=family.last["account_move"],
            )
        )
    env.cr.execute(
        r"""UPDATE ledger_entry SET prefix = CASE
                WHEN prefix ~ '\d{4}/\d{2}/$' THEN REGEXP_REPLACE(
                    prefix, '\d{4}/\d{2}/$', TO_CHAR(date, 'YYYY/MM/'))
                ELSE REGEXP_REPLACE(prefix, '\d{4}/$', TO_CHAR(date, 'YYYY/')) END
             WHERE numbered"""
    )
    env.cr.execute(
        """CREATE TEMPORARY TABLE ledger_used AS
           SELECT journal_id, sequence_prefix AS prefix, MAX(sequence_number) AS used
             FROM account_move WHERE name <> '/' GROUP BY 1, 2"""
    )
    env.cr.execute(
        """CREATE TEMPORARY TABLE ledger_number AS
           SELECT kind, n, slot, numbered, entry.prefix, width, COALESCE(used, 0)
                + ROW_NUMBER() OVER (
                    PARTITION BY entry.journal_id, entry.prefix, numbered
                                         ORDER BY date, kind, n, slot) AS number
             FROM ledger_entry AS entry LEFT JOIN ledger_used AS used
               ON used.journal_id = entry.journal_id AND used.prefix = entry.prefix"""
    )
    env.cr.execute(
        """UPDATE ledger_copy AS copy SET names = given.names,
                prefixes = given.prefixes, numbers = given.numbers
             FROM (SELECT kind, n,
                        ARRAY_AGG(CASE WHEN numbered THEN prefix || LPAD(number::text,
                            GREATEST(width, LENGTH(number::text)), '0') END
                            ORDER BY slot) AS names,
                        ARRAY_AGG(CASE WHEN numbered THEN prefix END
                            ORDER BY slot) AS prefixes,
                        ARRAY_AGG(CASE WHEN numbered THEN number END
                            ORDER BY slot) AS numbers
                     FROM ledger_number GROUP BY kind, n) AS given
            WHERE given.kind = copy.kind AND given.n = copy.n"""
    )
    env.cr.execute("DROP TABLE ledger_entry, ledger_number, ledger_used")


# The copies


def _copy_family(env, family, links, people):
    starts = {}
    for table in TABLES:
        env.cr.execute(f"SELECT COALESCE(MAX(id), 0) + 1 FROM {table}")
        starts[table] = env.cr.fetchone()[0]
    for table in TABLES:
        if family.size(table):
            values = _values(env, family, table, links, starts, people)
            _insert(env, family, table, values, SQL.identifier("t", "id"), table)
            set_sequence(env, table)
    for table in LINKS:
        own = [name for name in columns_of(env, table) if (table, name) in links]
        values = {
            name: _moved(family, starts, links[table, name], name)
            if name in own
            else SQL.identifier("t", name)
            for name in columns_of(env, table)
        }
        key = SQL.identifier("t", own[0])
        _insert(env, family, table, values, key, links[table, own[0]])


def _insert(env, family, table, values, key, target):
    env.cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM ledger_copy AS copy, %s AS t"
            " WHERE copy.kind = %s AND %s BETWEEN %s AND %s ORDER BY copy.shift",
            SQL.identifier(table),
            SQL(", ").join(map(SQL.identifier, values)),
            SQL(", ").join(values.values()),
            SQL.identifier(table),
            family.kind,
            key,
            family.first[target],
            family.last[target],
        )
    )


def _moved(family, starts, target, column):
    """The id that a row of the family has in a copy."""
    return SQL(
        "%s + copy.n * %s",
        SQL(
            "%s + %s",
            SQL.identifier("t", column),
            starts[target] - family.first[target],
        ),
        family.size(target),
    )


def _values(env, family, table, links, starts, people):
    special = _special(family, table, starts)
    values = {}
    for name, kind in columns_of(env, table).items():
        column = SQL.identifier("t", name)
        if name in special:
            values[name] = special[name]
        elif name == "id":
            values[name] = _moved(family, starts, table, name)
        elif (table, name) in links:
            values[name] = _moved(family, starts, links[table, name], name)
        else:
            values[name] = _plain(family, name, kind, column, people)
    return values


def _plain(family, name, kind, column, people):
    if name in PARTNERS:
        return SQL(
            "CASE WHEN %s = %s THEN copy.partner ELSE %s END",
            column,
            people.template,
            column,
        )
    if name in {"create_uid", "write_uid", "invoice_user_id"}:
        return SQL("CASE WHEN %s IS NOT NULL THEN copy.user_id END", column)
    if kind == "numeric" and name not in NOT_MONEY:
        return SQL("%s * copy.scale", column)
    if kind == "date":
        return SQL("%s + copy.shift", column)
    if kind == "timestamp":
        return SQL("%s + copy.shift * INTERVAL '1 day'", column)
    if name in NAMED:
        return _renamed(family, column)
    return column


def _renamed(family, column):
    """A text in which entries of the family are named."""
    names = sorted(family.names.items(), key=lambda item: -len(item[1] or ""))
    for move, name in names:
        if name and name != "/":
            slot = move - family.first["account_move"] + 1
            column = SQL("REPLACE(%s, %s, copy.names[%s])", column, name, slot)
    return column


def _special(family, table, starts):
    first = family.first["account_move"]
    if table == "account_move":
        slot = SQL("t.id - %s", first - 1)
        return {
            "name": SQL("COALESCE(copy.names[%s], t.name)", slot),
            "sequence_prefix": SQL(
                "COALESCE(copy.prefixes[%s], t.sequence_prefix)", slot
            ),
            "sequence_number": SQL(
                "COALESCE(copy.numbers[%s], t.sequence_number)", slot
            ),
            "is_move_sent": SQL(
                "copy.sent AND t.state = 'posted' AND t.move_type IN"
                " ('out_invoice', 'out_refund')"
                " AND t.invoice_date + copy.shift < CURRENT_DATE - 1"
            ),
            "invoice_partner_display_name": SQL(
                "(SELECT name FROM res_partner WHERE id = copy.partner)"
            ),
        }
    if table == "account_move_line":
        partials, fulls = "account_partial_reconcile", "account_full_reconcile"
        return {
            "matching_number": SQL(
                "CASE WHEN t.full_reconcile_id IS NOT NULL THEN (%s)::text"
                " WHEN t.matching_number LIKE 'P%%' THEN 'P' || (%s) END",
                _moved(family, starts, fulls, "full_reconcile_id"),
                SQL(
                    "SUBSTR(t.matching_number, 2)::int + %s + copy.n * %s",
                    starts[partials] - family.first[partials],
                    family.size(partials),
                ),
            )
        }
    return {}


def _rank_customers(env):
    env.cr.execute(
        """UPDATE res_partner SET customer_rank = invoices.count
             FROM (SELECT partner_id, COUNT(*) AS count FROM account_move
                    WHERE move_type IN ('out_invoice', 'out_refund') GROUP BY 1
                  ) AS invoices
            WHERE invoices.partner_id = res_partner.id"""
    )
