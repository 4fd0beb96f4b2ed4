"""Time of the database to find a caller, among a million contacts.

Run by ``make bench-call`` on a fresh demo company; prints one table. The columns are

- this addon;
- Odoo: its search field for phone numbers, which finds numbers only as typed;
- OCA: base_phone, which compares the last eight digits, ``=ilike '%12345678'``, with
  the column of normalised numbers.

All statements of a lookup count, except reading the company, which every request does.
The figures are the best of several rounds in milliseconds, as other load on the machine
only adds to them. The last rows are the time to create a contact, without and with the
index.
"""

import threading
import time

from odoo.tools import SQL

PARTNERS = 1_000_000
SHARED = 40
ROUNDS, SLOW_ROUNDS = 30, 5
CREATED = 500
INDEX = "res_partner_phone_tail"

# Belgian mobile numbers as displayed, and as Odoo normalises them.
FILL = f"""
    INSERT INTO res_partner (name, complete_name, phone, phone_sanitized, active, type,
        autopost_bills, customer_rank, is_company, commercial_partner_id)
    SELECT 'Customer ' || n, 'Customer ' || n,
        '+32 4' || SUBSTR(digits, 1, 2) || ' ' || SUBSTR(digits, 3, 2) || ' '
            || SUBSTR(digits, 5, 2) || ' ' || SUBSTR(digits, 7, 2),
        '+324' || digits, TRUE, 'contact', 'ask', n % 7, TRUE, 1
      FROM (SELECT n, LPAD((70000000 + GREATEST(n, {SHARED}) * 29)::text, 8, '0')
                AS digits
              FROM GENERATE_SERIES(1, {PARTNERS}) n) numbers
"""


def digits(number):
    return f"4{70_000_000 + number * 29}"


NUMBERS = {
    "exact": f"+32{digits(500_000)}",
    "national format": f"0{digits(700_001)}",
    "last nine digits only": f"00999{digits(900_002)}",
    "shared by forty": f"+32{digits(SHARED)}",
    "unknown": "+32460000001",
}


def sql_milliseconds(env, action, rounds):
    return min(_in_statements(env, action) for _ in range(rounds)) * 1000


def _in_statements(env, action):
    env.invalidate_all()
    assert env.company.country_id.code
    spent = []
    thread = threading.current_thread()
    thread.query_hooks = [
        lambda _cr, _query, _params, _start, delay: spent.append(delay)
    ]
    try:
        len(action())
    finally:
        thread.query_hooks = []
    return sum(spent)


def searches(env, number):
    """Return the three searches for a number."""
    partners = env["res.partner"]
    last_digits = number[-8:]
    return (
        lambda: partners._find_callers(number),
        lambda: partners.search([("phone_mobile_search", "=", number)]),
        lambda: partners.search([("phone_sanitized", "=ilike", f"%{last_digits}")]),
    )


def creation_time(env):
    """Return the milliseconds to create one of five hundred contacts."""
    started = time.perf_counter()
    with env.cr.savepoint() as savepoint:
        env["res.partner"].create(
            [
                {"name": f"New {n}", "phone": f"0460 00 {n // 100:02d} {n % 100:02d}"}
                for n in range(CREATED)
            ]
        )
        env.flush_all()
        savepoint.rollback()
    env.invalidate_all()
    return (time.perf_counter() - started) / CREATED * 1000


def index_cost(env):
    """Return creation times without and with the index, measured in turns."""
    without, with_it = [], []
    for _round in range(SLOW_ROUNDS):
        with env.cr.savepoint() as savepoint:
            env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(INDEX)))
            without.append(creation_time(env))
            savepoint.rollback()
        with_it.append(creation_time(env))
    return min(without), min(with_it)


def main(env):
    env.company.country_id = env.ref("base.be")
    env.cr.execute(FILL)
    env.cr.execute("ANALYZE res_partner")
    print(f"{'ms of SQL (found)':<24} {'addon':>14} {'Odoo':>14} {'OCA':>14}")
    for label, number in NUMBERS.items():
        cells = [
            f"{sql_milliseconds(env, search, rounds):.2f} ({len(search())})"
            for search, rounds in zip(
                searches(env, number), (ROUNDS, ROUNDS, SLOW_ROUNDS), strict=True
            )
        ]
        print("{:<24} {:>14} {:>14} {:>14}".format(label, *cells))
    without, with_it = index_cost(env)
    print(f"{'create one, no index':<24} {without:>10.2f}")
    print(f"{'create one, index':<24} {with_it:>10.2f}")


main(env)
