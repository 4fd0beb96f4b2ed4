"""Time to find customers like one that is entered, among a million contacts.

Run by ``make bench-customer`` on a fresh demo company; prints a table of milliseconds:
the database alone, and all of a lookup with the comparison and the sentences. The
figures are the median and the worst of many lookups, each of another customer.

Names are made of a vocabulary with few frequent and many rare words, as names of
companies are. The last rows are the time to create a contact, with the indexes and
without, and the time to search all contacts for pairs.
"""

import random
import statistics
import threading
import time

from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.customer.res_partner_duplicate import (
    FILLED_AT_ONCE,
)
from odoo.addons.invoicing_clerk.rules.customer.party import Party
from odoo.addons.invoicing_clerk.rules.party_name import name_key

PARTNERS = 1_000_000
LOOKUPS = 200
CREATED, ROUNDS = 300, 3
INDEXES = ("res_partner__clerk_name_key", "res_partner__clerk_number_keys")
PARTS = """
ba den kor li mar nov ster tal ven wick zon fel gra hol jen pre sta tur
"""
SYLLABLES = PARTS.split()
TRADES = ["logistics", "foods", "steel", "paper", "optics", "textiles", "marine"]
TOWNS = ("Brussels", "Antwerpen", "Gent", "Brugge", "Namur", "Leuven", "Mons")


def words(pick, number):
    """Return words of which some are frequent and most are rare."""
    sizes = (pick.choice((2, 3, 3)) for _ in range(number))
    return ["".join(pick.sample(SYLLABLES, size)) for size in sizes]


def customer(number):
    """Return the values of a contact."""
    pick = random.Random(number)
    name = f"{words(pick, 1)[0].capitalize()} {pick.choice(words(pick, 1) + TRADES)}"
    return {
        "name": f"{name} {pick.choice(('NV', 'BV', 'SRL', ''))}".strip(),
        "vat": pick.choice((None, f"BE0{pick.randrange(10**8, 10**9)}")),
        "phone": pick.choice((None, f"+32 4{pick.randrange(10**7, 10**8)}")),
        "email": f"ap{number}@{words(pick, 1)[0]}.be",
        "street": f"{words(pick, 1)[0]} {pick.randrange(1, 200)}",
        "zip": str(pick.randrange(1000, 9999)),
        "city": pick.choice(TOWNS),
    }


def fill(env):
    """Insert the contacts with their texts."""
    columns = [*customer(0)]
    for start in range(0, PARTNERS, FILLED_AT_ONCE):
        rows = []
        for number in range(start, start + FILLED_AT_ONCE):
            values = customer(number)
            keys = " ".join(party(values).keys())
            rows.append((*values.values(), name_key(values["name"]), keys))
        env.cr.execute(
            SQL(
                "INSERT INTO res_partner (active, type, autopost_bills, is_company,"
                " complete_name, %s, clerk_name_key, clerk_number_keys)"
                " SELECT TRUE, 'contact', 'ask', TRUE, made.name, made.*"
                " FROM (VALUES %s) AS made (%s, names, numbers)",
                SQL(", ").join(map(SQL.identifier, columns)),
                SQL(", ").join(SQL("%s", row) for row in rows),
                SQL(", ").join(map(SQL.identifier, columns)),
            )
        )
    env.cr.execute(
        "UPDATE res_partner SET commercial_partner_id = id"
        " WHERE commercial_partner_id IS NULL"
    )
    env.cr.execute("ANALYZE res_partner")
    env.invalidate_all()


def party(values, **changed):
    """Return a contact as the rule compares it."""
    known = {
        name: values[name] or "" for name in ("name", "vat", "street", "zip", "city")
    }
    contact = {"phones": (values["phone"] or "",), "emails": (values["email"],)}
    return Party(**{**known, **contact, "country": "BE", "is_company": True, **changed})


def mistyped(values):
    """Return the name of a contact with a letter missing."""
    return values["name"][:3] + values["name"][4:]


def lookup(env, wanted):
    """Return seconds of the database, of all, and what is found."""
    env.invalidate_all()
    env.company.country_id.code  # noqa: B018
    spent = []
    thread = threading.current_thread()
    thread.query_hooks = [
        lambda _cr, _query, _params, _start, delay: spent.append(delay)
    ]
    started = time.perf_counter()
    try:
        found = env["res.partner"]._find_duplicates(wanted)
    finally:
        thread.query_hooks = []
    return sum(spent), time.perf_counter() - started, found


def creation_time(env):
    started = time.perf_counter()
    with env.cr.savepoint() as savepoint:
        env["res.partner"].create([customer(PARTNERS + n) for n in range(CREATED)])
        env.flush_all()
        savepoint.rollback()
    env.invalidate_all()
    return (time.perf_counter() - started) / CREATED * 1000


def main(env):
    started = time.perf_counter()
    fill(env)
    print(f"{PARTNERS:,} contacts made in {time.perf_counter() - started:.0f} s")
    kinds = {
        "whole customer": lambda each: party(each, name=mistyped(each)),
        "name only": lambda each: Party(name=mistyped(each)),
        "name and city": lambda each: Party(name=mistyped(each), city=each["city"]),
        "nobody like it": lambda each: Party(name=f"Xyloph {each['zip']} Qwertz"),
    }
    print(f"{'ms of a lookup':<24}{'SQL':>9}{'all':>9}{'worst':>9}{'found':>8}")
    for label, typed in kinds.items():
        numbers = [n * (PARTNERS // LOOKUPS) for n in range(LOOKUPS)]
        runs = [lookup(env, typed(customer(n))) for n in numbers]
        sql, every = ([each[i] * 1000 for each in runs] for i in (0, 1))
        found = sum(
            any(each.name == customer(n)["name"] for each, _score in run[2])
            for n, run in zip(numbers, runs, strict=True)
        )
        print(
            f"{label:<24}{statistics.median(sql):>9.1f}{statistics.median(every):>9.1f}"
            f"{max(every):>9.1f}{found / LOOKUPS:>8.0%}"
        )
    with_it = min(creation_time(env) for _ in range(ROUNDS))
    for index in INDEXES:
        env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(index)))
    without = min(creation_time(env) for _ in range(ROUNDS))
    print(f"{'create one, no indexes':<24}{without:>9.2f}")
    print(f"{'create one, indexes':<24}{with_it:>9.2f}")


main(env)
