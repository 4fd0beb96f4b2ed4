"""How long the database takes to find who calls, among a million contacts.

Run by ``make bench-call`` on a fresh demo company; prints a table, all of one run. The
usual way is that of OCA's base_phone: numbers that end with the caller's last eight
digits, ``=ilike '%12345678'`` over the column that holds them in E.164. Core's way is
its search field for numbers, which knows a number only as it was typed. Every statement
of a lookup counts; the company, which every request reads, is read before. The best of
some rounds in milliseconds, for a busy machine adds what is not the search's. The last
rows are what a contact costs to create, without the index and with it.
"""

import threading
import time

from odoo.tools import SQL

PARTNERS = 1_000_000
SHARED = 40
ROUNDS, SLOW_ROUNDS = 30, 5
CREATED = 500
INDEX = "res_partner_phone_tail"

# Belgian mobile numbers as people see them, and as core normalises them.
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


QUESTIONS = {
    "exact": f"+32{digits(500_000)}",
    "as dialled inland": f"0{digits(700_001)}",
    "last nine digits only": f"00999{digits(900_002)}",
    "shared by forty": f"+32{digits(SHARED)}",
    "nobody": "+32460000001",
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
        found = action()
        len(found)
    finally:
        thread.query_hooks = []
    return sum(spent)


def ways(env, number):
    """Search as the three do; the usual one has its digits from its own settings."""
    partners = env["res.partner"]
    end = number[-8:]
    return (
        lambda: partners._find_callers(number),
        lambda: partners.search([("phone_mobile_search", "=", number)]),
        lambda: partners.search([("phone_sanitized", "=ilike", f"%{end}")]),
    )


def created(env):
    """Milliseconds to create one contact, of five hundred."""
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


def cost_of_the_index(env):
    """Time creating contacts in turns, without the index and with it."""
    without, with_it = [], []
    for _round in range(SLOW_ROUNDS):
        with env.cr.savepoint() as savepoint:
            env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(INDEX)))
            without.append(created(env))
            savepoint.rollback()
        with_it.append(created(env))
    return min(without), min(with_it)


def main(env):
    env.company.country_id = env.ref("base.be")
    env.cr.execute(FILL)
    env.cr.execute("ANALYZE res_partner")
    print(f"{'ms of SQL (found)':<24} {'ours':>14} {'core':>14} {'usual':>14}")
    for question, number in QUESTIONS.items():
        cells = [
            f"{sql_milliseconds(env, way, rounds):.2f} ({len(way())})"
            for way, rounds in zip(
                ways(env, number), (ROUNDS, ROUNDS, SLOW_ROUNDS), strict=True
            )
        ]
        print("{:<24} {:>14} {:>14} {:>14}".format(question, *cells))
    without, with_it = cost_of_the_index(env)
    print(f"{'create one, no index':<24} {without:>10.2f}")
    print(f"{'create one, index':<24} {with_it:>10.2f}")


main(env)
