"""Cost of worklists on a large ledger, beside targets and floors.

Run by ``make bench-worklist``. Floors are the same work without what the addon adds:
for a refresh the bare SELECTs of the lists, for Next and the desk statements written by
hand, for posting a database without the addon.
"""

import json
import statistics
import time
from pathlib import Path

from odoo.fields import Command, Domain
from odoo.tools import SQL

from . import worklist_next as nexts
from .office import clerks
from .table import Figures, Watch, load, milliseconds

CHANGED = 1000
# Actions find what they have written themselves in the next run.
SETTLING = 3
# Servers report what they have counted a moment after the commit.
REPORTED = 2
ROUNDS = 9
CASES = 20
OPEN = ("open", "in_progress", "snoozed")
DESK_FLOOR = """
    SELECT worklist_id, COUNT(*), COUNT(*) FILTER (WHERE user_id IS NULL),
           SUM(amount_company), MIN(create_date)
      FROM clerk_work_item WHERE state IN %s GROUP BY worklist_id"""
LIST_FLOOR = """
    SELECT * FROM clerk_work_item WHERE worklist_id = %s AND state IN %s
     ORDER BY score DESC, deadline, id LIMIT 80"""


def main(env, path, posted):
    """:param posted: files with results of posting, without the addon and with it"""
    figures = Figures(path)
    users = clerks(env)
    _cases(env)
    refreshes(env, figures)
    screens(env, figures, users[0])
    grown(env, figures, users[0])
    press_next(env, figures, users)
    posting(figures, *posted)


def _cases(env):
    invoices = env["account.move"].search(
        [("state", "=", "posted"), ("move_type", "=", "out_invoice")],
        limit=CASES,
    )
    for invoice in invoices:
        case = env["clerk.billing.error"].create(
            {"move_ids": [Command.set(invoice.ids)]}
        )
        case.action_load_lines()
        case.line_ids[:1].claimed_quantity = 0
    env.cr.commit()


# Refresh


def refreshes(env, figures):
    worklists = env["clerk.worklist"].search([("active", "=", True)])
    count = len(worklists)
    watch = Watch(env)

    def row(label, action, target, floor):
        seconds, work = watch.time(action)
        values = milliseconds(seconds), target, floor, milliseconds(work)
        figures.add(label, *values)

    _run_filters(env, worklists)
    floor = milliseconds(watch.time(lambda: _run_filters(env, worklists))[0])
    row(
        f"Refresh of {count} lists, first",
        lambda: _refresh(env, worklists),
        "5,000 ms",
        floor,
    )
    env.cr.execute("ANALYZE clerk_work_item")
    again = f"  again, {_open_items(env):,} items and nothing changed"
    row(again, lambda: _refresh(env, worklists), "1,000 ms", floor)
    _change(env)
    changed = f"  after {CHANGED:,} invoices changed"
    row(changed, lambda: _refresh(env, worklists), "1,500 ms", floor)
    scheduled(env, row)


def scheduled(env, row):
    """Measure the scheduled action, which considers only what was written."""
    cron = env.ref("invoicing_clerk.ir_cron_refresh_worklists")

    def run():
        cron.method_direct_trigger()
        env.cr.commit()

    def settle():
        for _round in range(SETTLING):
            run()
            time.sleep(REPORTED)

    settle()
    _age(env)
    settle()
    row("Scheduled refresh, nothing changed", run, "", "")
    _change(env)
    time.sleep(REPORTED)
    row(f"  after {CHANGED:,} invoices changed", run, "300 ms", "")
    settle()
    env["res.partner"].search([("customer_rank", ">", 0)], limit=1).trust = "bad"
    env.cr.commit()
    time.sleep(REPORTED)
    row("  after 1 customer changed", run, "", "")
    settle()


def _age(env):
    """Make all rows look as if they were written long ago, as most of a ledger is."""
    for table in ("clerk_receivable", "clerk_work_item", "res_partner"):
        env.cr.execute(
            SQL("UPDATE %s SET write_date = '2020-01-01'", SQL.identifier(table))
        )
    for table in ("account_move", "account_move_line", "account_partial_reconcile"):
        env.cr.execute(
            SQL(
                "UPDATE %s SET write_date = '2020-01-01' WHERE write_date > NOW()"
                " AT TIME ZONE 'UTC' - INTERVAL '1 hour'",
                SQL.identifier(table),
            )
        )
    env.cr.commit()


def _refresh(env, worklists):
    """Refresh as the cron does: prepare shared models once, commit each list."""
    prepared = set()
    for worklist in worklists:
        assert worklist._refresh(prepared), worklist.refresh_error
        env.cr.commit()


def _run_filters(env, worklists):
    for worklist in worklists:
        shared = worklist._as_shared()
        query = shared._records()._search(shared._records_domain(shared._records()))
        env.cr.execute(query.select())
        env.cr.fetchall()


def _change(env):
    """Pay half of the invoices, and make the others due a week earlier."""
    env.cr.execute(
        """WITH chosen AS (
            SELECT id, ROW_NUMBER() OVER (ORDER BY MD5(id::text)) AS place
              FROM account_move WHERE state = 'posted' AND move_type = 'out_invoice'
               AND payment_state = 'not_paid' AND invoice_date_due < CURRENT_DATE
             ORDER BY 2 LIMIT %(changed)s),
        due AS (
            UPDATE account_move AS move SET invoice_date_due = invoice_date_due - 7,
                   write_date = NOW() AT TIME ZONE 'UTC'
              FROM chosen WHERE chosen.id = move.id AND place %% 2 = 0),
        paid AS (
            UPDATE account_move AS move SET payment_state = 'paid', amount_residual = 0,
                   amount_residual_signed = 0, write_date = NOW() AT TIME ZONE 'UTC'
              FROM chosen WHERE chosen.id = move.id AND place %% 2 = 1)
        UPDATE account_move_line AS line
           SET amount_residual = CASE WHEN place %% 2 = 1 THEN 0
                                      ELSE amount_residual END,
               amount_residual_currency = CASE WHEN place %% 2 = 1 THEN 0
                                               ELSE amount_residual_currency END,
               reconciled = place %% 2 = 1,
               date_maturity = date_maturity - 7 * (1 - place %% 2)::int,
               write_date = NOW() AT TIME ZONE 'UTC'
          FROM chosen WHERE chosen.id = line.move_id
           AND line.display_type = 'payment_term'""",
        {"changed": CHANGED},
    )
    env.cr.commit()
    env.invalidate_all()


def _open_items(env):
    return env["clerk.work.item"].search_count([("state", "in", OPEN)])


# Screens


def screens(env, figures, user):
    """Read desk and list of one clerk, as the web client does."""
    env = env(user=user.id)
    _screen(figures, f"Desk of {_open_items(env):,} items", _desk(env), "300 ms", 25)
    worklist = _longest(env)
    floor = _floor(env, LIST_FLOOR, [worklist.id, OPEN])
    what = f"List, 80 of {worklist.open_count:,}"
    _screen(figures, what, _list(env, worklist), "", 15, floor)


def _longest(env):
    worklists = env["clerk.worklist"].search([])
    return max(worklists, key=lambda each: each.open_count)


def _specification(env, xmlid, model):
    names = env[model].get_view(env.ref(f"invoicing_clerk.{xmlid}").id)["models"][model]
    fields = env[model]._fields
    named = {"fields": {"display_name": {}}}
    return {name: named if fields[name].relational else {} for name in names}


def _desk(env):
    worklists = env["clerk.worklist"]
    specification = _specification(env, "clerk_worklist_view_desk", worklists._name)
    return env, lambda: worklists.web_search_read([], specification)


def _list(env, worklist):
    items = env["clerk.work.item"]
    specification = _specification(env, "clerk_work_item_view_list", items._name)
    domain = Domain("worklist_id", "=", worklist.id) & Domain("state", "in", OPEN)
    return env, lambda: items.web_search_read(
        list(domain), specification, limit=80, count_limit=10001
    )


def _screen(figures, what, screen, allowed, queries_allowed, floor=None):
    env, read = screen
    queries = []

    def once():
        env.cr.commit()
        env.invalidate_all()
        before = env.cr.sql_log_count
        read()
        queries.append(env.cr.sql_log_count - before)

    once()
    seconds, work = Watch(env).time(once, ROUNDS)
    floor = floor or _floor(env, DESK_FLOOR, [OPEN])
    figures.add(what, milliseconds(seconds), allowed, floor, milliseconds(work))
    figures.add("  queries", str(queries[-1]), f"under {queries_allowed}", "1")


def _floor(env, statement, values):
    def ask():
        env.cr.execute(statement, values)
        env.cr.fetchall()

    return milliseconds(Watch(env).time(ask, ROUNDS)[0])


def grown(env, figures, user):
    """Read the desk again, with more items in three lists of a supervisor."""
    longest = _longest(env)
    for _copy in range(3):
        assert longest.copy()._refresh()
    env.cr.execute("ANALYZE clerk_work_item")
    env.cr.commit()
    env = env(user=user.id)
    _screen(figures, f"Desk of {_open_items(env):,} items", _desk(env), "300 ms", 25)


# Next


def press_next(env, figures, users):
    worklist = _longest(env)
    count = len(users)
    # Each clerk presses once more than is measured.
    presses = min(nexts.PRESSES, worklist.unassigned_count // count - 1)
    registry = env.registry
    env.cr.commit()

    def measure(pause, presses, by_hand=False):
        return nexts.measure(registry, users.ids, worklist.id, pause, presses, by_hand)

    for label, pause in (
        ("paced, a press a second each", 1.0),
        ("at once, all in one instant", 0),
    ):
        pressed, twice = measure(pause, presses)
        by_hand, _twice = measure(pause, presses // 4, by_hand=True)
        figures.add(
            f"Next by {count} clerks, {label}: p95",
            milliseconds(nexts.percentile(pressed, 0.95)),
            "30 ms" if pause else "",
            milliseconds(nexts.percentile(by_hand, 0.95)),
        )
        median = milliseconds(statistics.median(pressed))
        figures.add("  median", median, "", milliseconds(statistics.median(by_hand)))
        figures.add(f"  taken twice, of {len(pressed):,}", str(twice), "0")


# Posting


def posting(figures, *paths):
    """:param paths: results without the addon, and with it"""
    results = [json.loads(Path(path).read_text()) for path in paths]
    best = [min(each["seconds"] for each in rounds) for rounds in results]
    queries = [rounds[0]["queries"] for rounds in results]
    ratio = best[1] / best[0]
    figures.add(
        "Posting 100 invoices, with the addon",
        milliseconds(best[1]),
        "",
        milliseconds(best[0]),
    )
    figures.add("  ratio of time", f"{ratio:.3f}", "1.050", "1.000")
    figures.add(
        "  queries", f"{queries[1]:,}", f"± 1 % of {queries[0]:,}", f"{queries[0]:,}"
    )
    figures.add("Load of the machine at the end", load())
