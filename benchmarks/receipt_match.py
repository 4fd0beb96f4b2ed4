"""Time and memory of proposing for and applying 10,000 payments, and of a batch.

Measured by ``make bench-receipt`` on a demo company, in a transaction that is rolled
back at the end. SQL copies one invoice of the ORM, 100 times for each customer, and one
payment 10,000 times; a quarter of the payments name two invoices, a tenth none, and
the others one. Processor time is that of the process and its database server.
"""

import os
import random
import time

import psutil

from odoo import fields
from odoo.fields import Command
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.receipt import (
    receipt_match_apply,
    receipt_match_propose,
)

CUSTOMERS = int(os.environ.get("CUSTOMERS") or 3_000)
ITEMS, PAYMENTS = 100 * CUSTOMERS, 10_000
SIZES = (1_000, 10_000)
random.seed(16)


def copies(env, table, ids, count, changes):
    """Insert copies of rows; ``changes`` are SQL of columns, by the number ``n``."""
    columns = [
        row[0]
        for row in env.execute_query(
            SQL(
                """SELECT column_name FROM information_schema.columns
                    WHERE table_name = %s AND is_generated = 'NEVER'
                    ORDER BY ordinal_position""",
                table,
            )
        )
    ]
    values = [changes.get(name, SQL.identifier("source", name)) for name in columns]
    env.cr.execute(
        SQL(
            """INSERT INTO %s (%s) SELECT %s FROM %s AS source,
               GENERATE_SERIES(0, %s) AS n WHERE source.id IN %s""",
            SQL.identifier(table),
            SQL(", ").join(SQL.identifier(name) for name in columns),
            SQL(", ").join(values),
            SQL.identifier(table),
            count - 1,
            tuple(ids),
        )
    )


def top(env, table):
    env.cr.execute(SQL("SELECT MAX(id) FROM %s", SQL.identifier(table)))
    return env.cr.fetchone()[0]


def timed(env, what, work):
    """Print a row of the table: clock, processor, memory and queries of some work."""
    process = psutil.Process()
    workers = process, psutil.Process(env.cr._cnx.get_backend_pid())
    before, start = process.memory_info().rss, time.perf_counter()
    spent, queries = busy(workers), env.cr.sql_log_count
    result = work()
    seconds = time.perf_counter() - start
    grown = (process.memory_info().rss - before) >> 20
    print(
        f"{what:<40} {seconds:8.1f} s {busy(workers) - spent:8.1f} s {grown:+6d} MB"
        f" {env.cr.sql_log_count - queries:8,}",
        flush=True,
    )
    return result


def busy(workers):
    spent = [worker.cpu_times() for worker in workers]
    return sum(each.user + each.system for each in spent)


def amount_sql(n):
    return SQL("((%s::bigint * 7919 %% 90000 + 1000)::numeric / 100)", n)


def amount(n):
    return (n * 7919 % 90000 + 1000) / 100


def number(n):
    return f"BENCH/2026/{n:06}"


def templates(env):
    """Return an invoice and a payment of the ORM, each of two items."""
    customer = env["res.partner"].create({"name": "Bench", "is_company": True})
    journal = env["account.journal"].search(
        [("type", "=", "sale"), ("company_id", "=", env.company.id)], limit=1
    )
    invoice = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "journal_id": journal.id,
            "partner_id": customer.id,
            "invoice_date": fields.Date.today(),
            "invoice_payment_term_id": False,
            "invoice_line_ids": [
                (0, 0, {"name": "x", "price_unit": 10.0, "tax_ids": False})
            ],
        }
    )
    invoice.action_post()
    bank = env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", env.company.id)], limit=1
    )
    payment = env["account.payment"].create(
        {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": customer.id,
            "amount": 10.0,
            "journal_id": bank.id,
        }
    )
    payment.action_post()
    env.flush_all()
    return customer, invoice, payment


def fill(env, count=PAYMENTS):
    """Copy the templates.

    :return: the first receivable item of invoices, and that of payments
    """
    customer, invoice, payment = templates(env)
    n = SQL("n")
    partner = top(env, "res_partner") + 1
    who = SQL("%s + n %% %s", partner, CUSTOMERS)
    own = {
        "id": SQL("%s + n", partner),
        "commercial_partner_id": SQL("%s + n", partner),
    }
    names = {"name": SQL("'Bench ' || n"), "complete_name": SQL("'Bench ' || n")}
    copies(env, "res_partner", customer.ids, CUSTOMERS, {**own, **names})
    move, line = top(env, "account_move") + 1, top(env, "account_move_line") + 1
    title = SQL("'BENCH/2026/' || LPAD(n::text, 6, '0')")
    head = {
        "id": SQL("%s + n", move),
        "name": title,
        "payment_reference": title,
        "sequence_prefix": SQL("'BENCH/2026/'"),
        "sequence_number": n,
        "partner_id": who,
        "commercial_partner_id": who,
        "access_token": SQL("NULL"),
    }
    for name in ("amount_total", "amount_residual", "amount_untaxed"):
        head |= {name: amount_sql(n), f"{name}_signed": amount_sql(n)}
    copies(env, "account_move", invoice.ids, ITEMS, head)
    items(env, invoice, ITEMS, move, line, who, amount_sql(n), title)
    return line, payments(env, payment, partner, count)


def settle(env):
    """Let the ORM add records, and the planner know those that SQL has copied."""
    for table in (
        "res_partner",
        "account_move",
        "account_move_line",
        "account_payment",
    ):
        env.cr.execute(
            SQL(
                "SELECT SETVAL(PG_GET_SERIAL_SEQUENCE(%s, 'id'), %s)",
                table,
                top(env, table),
            )
        )
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    env.invalidate_all()


def items(env, entry, count, move, line, who, value, title, more=None):
    """Copy the receivable item of an entry, and then the other one."""
    receivable = entry.line_ids.filtered(
        lambda each: each.account_id.account_type == "asset_receivable"
    )
    for offset, source in enumerate((receivable, entry.line_ids - receivable)):
        sign = 1 if source.balance > 0 else -1
        signed = SQL("%s * %s", sign, value)
        changes = {
            "id": SQL("%s + 2 * n + %s", line, offset),
            "move_id": SQL("%s + n", move),
            "move_name": title,
            "partner_id": who,
            "balance": signed,
            "amount_currency": signed,
            "debit": value if sign > 0 else SQL("0"),
            "credit": value if sign < 0 else SQL("0"),
            **(more or {}),
        }
        if offset == 0:
            changes |= {"amount_residual": signed, "amount_residual_currency": signed}
        copies(env, "account_move_line", source.ids, count, changes)


def paid(n):
    """Return the numbers of the invoices that a payment is for: one or two."""
    k = n * 29 % (ITEMS - CUSTOMERS)
    return [k, k + CUSTOMERS] if n % 4 == 0 else [k]


def text_of(n):
    """Return the text of a payment: a tenth of them name no invoice."""
    return "" if n % 10 == 9 else "pay " + " ".join(map(number, paid(n)))


def payments(env, payment, partner, count):
    """Copy the payment; its texts name one invoice, two, or none."""
    texts = [text_of(n) for n in range(count)]
    amounts = [round(sum(map(amount, paid(n))), 2) for n in range(count)]
    owners = [partner + paid(n)[0] % CUSTOMERS for n in range(count)]
    text = SQL("(%s::text[])[n + 1]", texts)
    value = SQL("(%s::numeric[])[n + 1]", amounts)
    who = SQL("(%s::int[])[n + 1]", owners)
    move, line = top(env, "account_move") + 1, top(env, "account_move_line") + 1
    key = top(env, "account_payment") + 1
    title = SQL("'BENCHPAY/' || n")
    head = {
        "id": SQL("%s + n", move),
        "name": title,
        "sequence_prefix": SQL("'BENCHPAY/'"),
        "sequence_number": SQL("n"),
        "ref": text,
        "partner_id": who,
        "commercial_partner_id": who,
        "origin_payment_id": SQL("NULL"),
        "access_token": SQL("NULL"),
    }
    copies(env, "account_move", payment.move_id.ids, count, head)
    of_payment = {
        "id": SQL("%s + n", key),
        "name": title,
        "move_id": SQL("%s + n", move),
        "memo": text,
        "amount": value,
        "partner_id": who,
    }
    copies(env, "account_payment", payment.ids, count, of_payment)
    env.cr.execute(
        SQL(
            "UPDATE account_move SET origin_payment_id = id - %s WHERE id >= %s",
            move - key,
            move,
        )
    )
    more = {"payment_id": SQL("%s + n", key), "name": text, "ref": text}
    items(env, payment.move_id, count, move, line, who, value, title, more)
    return line


def main(env):
    print(f"{ITEMS:,} open items, {PAYMENTS:,} payments, {CUSTOMERS:,} customers")
    print(f"{'':<40} {'clock':>10} {'processor':>10} {'memory':>9} {'queries':>8}")
    _invoices, first = timed(env, "ledger (SQL)", lambda: fill(env))
    settle(env)
    matches, lines = env["clerk.receipt.match"], env["account.move.line"]
    for size in SIZES:
        found = lines.browse(range(first, first + 2 * size, 2))
        timed(
            env,
            f"proposals for {size:,} payments",
            lambda found=found: propose(env, matches, found),
        )
    found = matches.search([("is_automatic", "=", True)])
    print(f"applicable without asking: {len(found) / PAYMENTS:.1%}")
    timed(env, f"{len(found):,} applied", lambda: apply(env, found))
    print("failed:", len(found.filtered("error")))
    clerk = env.ref("invoicing_clerk.demo_user_clerk")
    batch = enter(env(user=clerk.id), SIZES[0])
    # The scheduled action acts for the clerk.
    batch._take_step("post", user_id=clerk.id, tries=0)
    batch = batch.with_env(env)
    count = f"{len(batch.receipt_ids):,}"
    timed(env, f"{count} receipts of a batch posted", lambda: post(env, batch))
    print("failed:", len(batch.receipt_ids.filtered(lambda each: each.note)))
    one, five, _fifteen = os.getloadavg()
    print(
        f"load of the machine at the end: {one:.1f} (5 minutes: {five:.1f})"
        f" on {os.cpu_count()} processors"
    )
    env.cr.rollback()


def apply(env, matches):
    """Apply as the scheduled action does, in parts."""
    size = receipt_match_apply.BATCH
    for start in range(0, len(matches), size):
        matches[start : start + size]._apply(automatic=True)
        env.flush_all()
        env.invalidate_all()


def enter(env, count):
    """Return a balanced batch of checks of different customers."""
    bank = env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", env.company.id)], limit=1
    )
    payers = env["res.partner"].search([("name", "=like", "Bench%")], limit=count)
    receipts = [
        {"number": str(100_000 + row), "amount": amount(row), "partner_id": payer.id}
        for row, payer in enumerate(payers)
    ]
    return env["clerk.receipt.batch"].create(
        {
            "journal_id": bank.id,
            "control_count": len(receipts),
            "control_amount": sum(each["amount"] for each in receipts),
            "receipt_ids": [Command.create(each) for each in receipts],
        }
    )


def post(env, batch):
    """Post as the scheduled action does, in parts; it commits after each of them."""
    while receipts := batch._next_parts():
        batch._work_on(receipts)
        env.flush_all()
        env.invalidate_all()


def propose(env, matches, found):
    """Propose as the scheduled action does: payments of a customer together."""
    found = found.sorted(lambda item: (item.partner_id.id, item.id))
    size = receipt_match_propose.BATCH
    for start in range(0, len(found), size):
        matches._propose(found[start : start + size])
        env.flush_all()
        env.invalidate_all()
