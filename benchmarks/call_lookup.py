"""Time of the database to find a caller, and whatever a caller says, among a million
contacts and 300,000 invoices.

Run by ``make bench-call`` on a fresh demo company; prints two tables. The columns of
the first are

- this addon;
- Odoo: its search field for phone numbers, which finds numbers only as typed;
- OCA: base_phone, which compares the last eight digits, ``=ilike '%12345678'``, with
  the column of normalised numbers.

All statements of a lookup count, except reading the company, which every request does.
The figures are the best of several rounds in milliseconds, as other load on the machine
only adds to them. The last rows are the time to create a contact, without and with the
indexes.

The second table has the search of *Find*, for all kinds of records at once: the time of
its statements, with the number of results. The third has the customer page and the pad
of a customer with 20,000 open items: the time of their statements and their number.

Rows that have just been inserted wait in lists of core's indexes until autovacuum
comes; so these lists are emptied first.
"""

import threading
import time

from lxml import etree

from odoo import fields
from odoo.tools import SQL

PARTNERS = 1_000_000
INVOICES = PAYMENTS = TRANSACTIONS = 300_000
SHARED = 40
ROUNDS, SLOW_ROUNDS = 30, 5
CREATED = 500
INDEXES = (
    *("res_partner_phone_tail", "res_partner_clerk_name", "res_partner_clerk_vat"),
    *("res_partner_clerk_email", "res_partner_clerk_whole_name"),
)
OPEN_ITEMS, SHOWN = 20_000, 80

# Belgian mobile numbers as displayed, and as Odoo normalises them.
FILL = f"""
    INSERT INTO res_partner (name, complete_name, phone, phone_sanitized, active, type,
        autopost_bills, customer_rank, is_company, commercial_partner_id, email,
        email_normalized, vat)
    SELECT 'Customer ' || n, 'Customer ' || n || ' ' || SUBSTR(MD5(n::text), 1, 6),
        '+32 4' || SUBSTR(digits, 1, 2) || ' ' || SUBSTR(digits, 3, 2) || ' '
            || SUBSTR(digits, 5, 2) || ' ' || SUBSTR(digits, 7, 2),
        '+324' || digits, TRUE, 'contact', 'ask', n % 7, TRUE, 1,
        'books' || n || '@example.com', 'books' || n || '@example.com',
        'BE0' || (400000000 + n)
      FROM (SELECT n, LPAD((70000000 + GREATEST(n, {SHARED}) * 29)::text, 8, '0')
                AS digits
              FROM GENERATE_SERIES(1, {PARTNERS}) n) numbers
"""

# Documents, payments and transactions are copies of one each, over two years.
COPIES = {
    "account_move": (
        INVOICES,
        {
            "name": "'INV/2026/' || LPAD((10000 + n)::text, 6, '0')",
            "ref": "'PO-' || (500000 + n * 7)",
            "payment_reference": "'RF18' || (100000000 + n * 31)",
            "invoice_origin": "'S' || (30000 + n)",
            "sequence_number": "10000 + n",
            "state": "'posted'",
            "payment_state": "'not_paid'",
            "amount_total": "(n %% 90000) + (n %% 100) / 100.0",
            "invoice_date": "CURRENT_DATE - n %% 730",
        },
    ),
    "account_payment": (
        PAYMENTS,
        {
            "name": "'PBNK1/2026/' || (10000 + n)",
            "memo": "'INV/2026/' || LPAD((10000 + n)::text, 6, '0')",
            "payment_reference": "'CHK ' || (700000 + n)",
            "amount": "(n %% 90000) + (n %% 100) / 100.0",
            "move_id": "NULL",
        },
    ),
    "account_bank_statement_line": (
        TRANSACTIONS,
        {
            "payment_ref": "'SEPA ' || MD5(n::text) || ' INV 2026 ' || (10000 + n)",
            "partner_name": "'CUST ' || SUBSTR(MD5(n::text), 1, 8)",
            "amount": "(n %% 90000) + (n %% 100) / 100.0",
            "internal_index": "LPAD(n::text, 30, '0')",
        },
    ),
}
SAID = {
    "amount": "45,123.23",
    "amount, other format": "45.123,23",
    "amount without cents": "45123",
    "number of an invoice": "INV/2026/150000",
    "number without signs": "inv2026150000",
    "part of a number": "150000",
    "purchase order": "PO-900001",
    "payment reference": "RF18101000031",
    "check number": "CHK 777777",
    "order": "S155555",
    "name": "customer 654321",
    "word of all names": "customer",
    "part of a name": "c4ca42",
    "email": "books654321@example.com",
    "tax ID": "BE0400654321",
    "phone": "+32484500000",
    "text of the bank": "SEPA c4ca4238a0b923820dcc509a6f75849b",
    "what all have": "INV/2026",
    "nothing": "zzyzx quux",
}


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
    """Return creation times without and with the indexes, measured in turns."""
    without, with_it = [], []
    for _round in range(SLOW_ROUNDS):
        with env.cr.savepoint() as savepoint:
            for index in INDEXES:
                env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(index)))
            without.append(creation_time(env))
            savepoint.rollback()
        with_it.append(creation_time(env))
    return min(without), min(with_it)


def main(env):
    env.company.country_id = env.ref("base.be")
    env.cr.execute(FILL)
    env.cr.execute("ANALYZE res_partner")
    empty_pending_lists(env)
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
    print(f"{'create one, no indexes':<24} {without:>10.2f}")
    print(f"{'create one, indexes':<24} {with_it:>10.2f}")
    find_all(env)
    open_pages(env)


def empty_pending_lists(env):
    env.cr.execute(
        "SELECT GIN_CLEAN_PENDING_LIST(pg_class.oid) FROM pg_class"
        " JOIN pg_am ON pg_am.oid = relam WHERE amname = 'gin' AND relkind = 'i'"
    )


def copy_rows(env, table, count, values, row=None):
    """Insert copies of a row of a table, by default the last, with other values."""
    env.cr.execute(
        SQL(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = %s AND column_name <> 'id'",
            table,
        )
    )
    names = [name for (name,) in env.cr.fetchall()]
    env.cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM GENERATE_SERIES(1, %s) AS n,"
            " (SELECT * FROM %s WHERE %s ORDER BY id DESC LIMIT 1) AS row",
            SQL.identifier(table),
            SQL(", ").join(map(SQL.identifier, names)),
            SQL(", ").join(
                SQL(values[name]) if name in values else SQL.identifier("row", name)
                for name in names
            ),
            count,
            SQL.identifier(table),
            SQL("id = %s", row) if row else SQL("TRUE"),
        )
    )
    env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))


def make_originals(env):
    """Make the documents of which the others are copies."""
    partner = env["res.partner"].search([("customer_rank", ">", 0)], limit=1)
    env["account.payment"].create(
        {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": partner.id,
            "amount": 1.0,
        }
    )
    env["account.bank.statement.line"].create(
        {
            "journal_id": env["account.journal"].search([("type", "=", "bank")])[0].id,
            "payment_ref": "Transaction",
            "amount": 1.0,
        }
    )
    invoice = env["account.move"].create(
        {"move_type": "out_invoice", "partner_id": partner.id}
    )
    env.flush_all()
    return invoice


def find_all(env):
    """Print the time of a search for each kind of thing that callers say."""
    make_originals(env)
    for table, (count, values) in COPIES.items():
        copy_rows(env, table, count, values)
    empty_pending_lists(env)
    env.invalidate_all()
    user = env["res.users"].search([("login", "=", "clerk")]) or env.user
    pages = env(user=user)["clerk.find"]
    print(f"\n{'ms of SQL (found)':<24} {'Find':>14}")
    for label, text in SAID.items():
        spent = sql_milliseconds(env, lambda t=text: pages._search_text(t), SLOW_ROUNDS)
        found = len(pages._search_text(text))
        print(f"{label:<24} {spent:>8.2f} ({found})")


def make_open_items(env):
    """Return a customer with many open items: journal items of one entry."""
    customer = env["res.partner"].create({"name": "Large", "is_company": True})
    account = env["account.account"].search(
        [("account_type", "=", "asset_receivable")], limit=1
    )
    values = {"account_id": account.id, "partner_id": customer.id}
    revenue = env["account.account"].search([("account_type", "=", "income")], limit=1)
    entry = env["account.move"].create(
        {
            "move_type": "entry",
            "line_ids": [
                fields.Command.create({**values, "debit": 5.0}),
                fields.Command.create({"account_id": revenue.id, "credit": 5.0}),
                fields.Command.create({**values, "debit": 10.0}),
                fields.Command.create({"account_id": revenue.id, "credit": 10.0}),
            ],
        }
    )
    entry.action_post()
    env.flush_all()
    item = entry.line_ids.filtered(lambda line: line.debit == 10.0)
    copy_rows(
        env,
        "account_move_line",
        OPEN_ITEMS,
        {"date_maturity": "CURRENT_DATE - n %% 400"},
        item.id,
    )
    return customer


def open_pages(env):
    """Print the cost of all fields of the customer page and the pad."""
    customer = make_open_items(env)
    user = env["res.users"].search([("login", "=", "clerk")]) or env.user
    env["clerk.receivable"].sudo()._before_refresh()
    env.flush_all()
    clerk = env(user=user)
    row = clerk["clerk.receivable"].search([("partner_id", "=", customer.id)])
    call = clerk["clerk.call"].create({"partner_id": customer.id})
    print(f"\n{'page of 20,000 items':<24} {'ms of SQL':>9} {'queries':>9}")
    for label, page in (("customer page", row), ("call pad", call)):
        spent, number = min(_page_cost(clerk, page) for _ in range(ROUNDS))
        print(f"{label:<24} {spent * 1000:>9.2f} {number:>9}")


def _page_cost(env, page):
    """Return the seconds and the number of statements to read all that a page shows."""
    arch = etree.fromstring(page.get_view(view_type="form")["arch"])
    nested = arch.xpath("//field//field/@name")
    names = [name for name in arch.xpath("//field/@name") if name not in nested]
    items = ("move_name", "unsettled", "hold_text", "is_ticked", "purchase_reference")
    spent = []
    env.invalidate_all()
    # Every request reads its user and company.
    env.user.company_ids.mapped("name")
    thread = threading.current_thread()
    thread.query_hooks = [
        lambda _cr, _query, _params, _start, delay: spent.append(delay)
    ]
    try:
        page.read(names)
        page.line_ids[:SHOWN].read(items)
    finally:
        thread.query_hooks = []
    return sum(spent), len(spent)


main(env)
