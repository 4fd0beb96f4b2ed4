"""How long an auditor waits for a sample, by the size of the population.

    make shell < benchmarks/audit_sample.py

Run on a fresh demo company; prints two tables, all of one run. Invoices are copied by
SQL, each with its receivable, so that the control total is proved against a ledger of
that size. Drawing is all that the button does: read the population, prove it, draw,
write the items, keep the population. Comparing is done again on every evaluation.
Seconds by the clock, and of processor of this process and its database server; the
best of some rounds, for a busy machine adds what is not ours. At most 3 s are allowed
for monetary units over 300,000 items.
"""

import time
from datetime import date, timedelta

import psutil

from odoo.fields import Command

SIZES = (30_000, 100_000, 300_000)
ROUNDS = 3
METHODS = ("mus", "random", "systematic", "stratified")
FIRST_DAY = date(2031, 1, 1)
# From 10.00 to about 20,000.00, small ones more often, as invoices are.
SPREAD = "POWER(n::bigint * 7919 %% 10007 / 10007.0, 3)"
AMOUNT = f"(10 + ROUND(({SPREAD} * 20000)::numeric, 2))"
MOVES = f"""
    INSERT INTO account_move
    SELECT (copied).* FROM (
        SELECT JSONB_POPULATE_RECORD(move, JSONB_BUILD_OBJECT(
                   'id', NEXTVAL('account_move_id_seq'), 'date', %(day)s,
                   'invoice_date', %(day)s, 'sequence_number', n,
                   'name', 'BENCH/' || %(day)s || '/' || n, 'access_token', NULL,
                   'amount_total', {AMOUNT}, 'amount_total_signed', {AMOUNT}
               )) AS copied
          FROM account_move AS move, GENERATE_SERIES(1, %(size)s) AS n
         WHERE move.id = %(move)s) AS rows"""
LINES = """
    INSERT INTO account_move_line
    SELECT (copied).* FROM (
        SELECT JSONB_POPULATE_RECORD(line, JSONB_BUILD_OBJECT(
                   'id', NEXTVAL('account_move_line_id_seq'), 'move_id', move.id,
                   'date', move.date, 'move_name', move.name,
                   'balance', move.amount_total_signed,
                   'debit', move.amount_total_signed, 'credit', 0
               )) AS copied
          FROM account_move_line AS line, account_move AS move
         WHERE line.id = %(line)s AND move.date = %(day)s) AS rows"""


class Work:
    """Seconds of processor of this process and of its database server."""

    def __init__(self, env):
        self.workers = psutil.Process(), psutil.Process(env.cr._cnx.get_backend_pid())

    def spent(self):
        times = [worker.cpu_times() for worker in self.workers]
        return sum(each.user + each.system for each in times)

    def best(self, actions):
        """The least of the seconds by the clock, and of those of a processor."""
        clock, processor = [], []
        for action in actions:
            started, before = time.perf_counter(), self.spent()
            action()
            clock.append(time.perf_counter() - started)
            processor.append(self.spent() - before)
        return min(clock), min(processor)


def template(env):
    """An invoice in company currency, and its receivable."""
    tax = env["account.tax"]
    move = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": env["res.partner"].create({"name": "Bench"}).id,
            "invoice_date": FIRST_DAY - timedelta(days=9),
            "invoice_line_ids": [
                Command.create(
                    {"name": "All", "price_unit": 10, "tax_ids": [Command.set(tax.ids)]}
                )
            ],
        }
    )
    move.action_post()
    line = move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
    env.flush_all()
    return move, line


def population(env, size, day, move, line):
    """So many invoices on a day of their own, and an engagement over that day."""
    words = {"size": size, "day": day.isoformat(), "move": move.id, "line": line.id}
    env.cr.execute(MOVES, words)
    env.cr.execute(LINES, words)
    for table in ("account_move", "account_move_line"):
        env.cr.execute(f"ANALYZE {table}")
    env.invalidate_all()
    auditor = env.ref("invoicing_clerk.demo_user_auditor")
    return env["clerk.audit"].create(
        {
            "name": f"{size:,} invoices",
            "date_from": day,
            "date_to": day,
            "auditor_ids": [Command.set(auditor.ids)],
            "state": "field",
        }
    )


def samples(env, audit, method, number):
    """Plans of an auditor who tolerates 1 % and expects a fifth of that."""
    auditor = env.ref("invoicing_clerk.demo_user_auditor")
    _count, total = audit.with_user(auditor)._population("invoices")._totals()
    return (
        env["clerk.audit.sample"]
        .with_user(auditor)
        .create(
            [
                {
                    "audit_id": audit.id,
                    "method": method,
                    "tolerable": total / 100,
                    "expected": total / 500,
                    "seed": str(seed),
                }
                for seed in range(number)
            ]
        )
    )


def measure(env, work, audit, method):
    """What drawing and comparing take, for an empty cache as a request has it."""
    drawn = samples(env, audit, method, ROUNDS)
    env.flush_all()

    def draw(sample):
        env.invalidate_all()
        sample.action_draw()
        env.flush_all()

    def compare(sample):
        env.invalidate_all()
        sample.action_compare()
        env.flush_all()

    drawing = work.best(lambda sample=sample: draw(sample) for sample in drawn)
    comparing = work.best(lambda sample=sample: compare(sample) for sample in drawn)
    assert not any(sample.ledger_difference for sample in drawn)
    assert not any(sample.change_count for sample in drawn)
    return len(drawn[0].item_ids), *drawing, *comparing


def main(env):
    work = Work(env)
    move, line = template(env)
    heads = ("population", "method", "items", "draw s", "CPU s", "compare s", "CPU s")
    row = "{:>11}  {:<11} {:>6}  {:>7} {:>6}  {:>9} {:>6}"
    print(row.format(*heads))
    for number, size in enumerate(SIZES):
        day = FIRST_DAY + timedelta(days=number)
        audit = population(env, size, day, move, line)
        for method in METHODS if size == SIZES[-1] else METHODS[:1]:
            items, *seconds = measure(env, work, audit, method)
            shown = [f"{each:.2f}" for each in seconds]
            print(row.format(f"{size:,}", method, items, *shown), flush=True)
    env.cr.rollback()


main(env)
