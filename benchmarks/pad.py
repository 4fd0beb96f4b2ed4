"""Screens of a customer with very many open items, beside their targets.

Run by ``make bench-pad``. The open items of one company are given to one customer. Each
screen is read as the web client reads it, by a clerk, with cold caches.
"""

from odoo.fields import Domain

from .office import clerks
from .table import Figures, Watch, load, milliseconds
from .worklist import _specification

ITEMS = 20000
ROUNDS = 7


def main(env, path):
    figures = Figures(path)
    user = clerks(env)[0]
    customer = _large_customer(env)
    env["clerk.receivable"]._before_refresh()
    env.cr.execute("ANALYZE clerk_receivable")
    env.cr.commit()
    env = env(user=user.id)
    balance = env["clerk.receivable"].search([("partner_id", "=", customer.id)])
    count = env["account.move.line"].search_count(balance._items_domain())
    owner = f"a customer of {count:,} open items"
    pad = env["clerk.call"].create({"partner_id": customer.id})
    _read(figures, f"Call pad, {owner}", pad, "clerk_call_view_form", "100 ms")
    _read(figures, f"Balance, {owner}", balance, "clerk_receivable_view_form", "100 ms")
    _list(figures, f"List, 80 of {count:,} items of the customer", balance)
    _list(figures, "List, 80 of all open items", balance.browse())
    figures.add("Load of the machine at the end", load())


def _large_customer(env):
    """Give open items of other customers to one of them."""
    customer = env["res.partner"].search([("customer_rank", ">", 0)], limit=1)
    env.cr.execute(
        """WITH chosen AS (
            SELECT line.id, line.move_id FROM account_move_line AS line
              JOIN account_account AS account ON account.id = line.account_id
             WHERE account_type = 'asset_receivable' AND NOT reconciled
               AND parent_state = 'posted' ORDER BY line.id LIMIT %(items)s),
        moved AS (
            UPDATE account_move AS move SET partner_id = %(customer)s,
                   commercial_partner_id = %(customer)s
              FROM chosen WHERE chosen.move_id = move.id)
        UPDATE account_move_line AS line SET partner_id = %(customer)s
          FROM chosen WHERE chosen.move_id = line.move_id""",
        {"items": ITEMS, "customer": customer.id},
    )
    env.cr.execute("ANALYZE account_move, account_move_line")
    env.cr.commit()
    env.invalidate_all()
    return customer


def _read(figures, what, record, view, target):
    specification = _specification(record.env, view, record._name)
    _measure(
        figures, what, record.env, lambda: record.web_read(specification), target, 25
    )


def _list(figures, what, balance):
    items = balance.env["account.move.line"]
    view = "account_move_line_view_list_open_items"
    specification = _specification(balance.env, view, items._name)
    domain = (
        balance._items_domain()
        if balance
        else Domain("account_id.account_type", "=", "asset_receivable")
        & Domain("parent_state", "=", "posted")
        & Domain("is_unsettled", "=", True)
    )

    def read():
        items.web_search_read(list(domain), specification, limit=80, count_limit=10001)

    _measure(figures, what, balance.env, read, "50 ms", 25)


def _measure(figures, what, env, read, target, most_queries):
    queries = []

    def once():
        env.cr.commit()
        env.invalidate_all()
        before = env.cr.sql_log_count
        read()
        queries.append(env.cr.sql_log_count - before)

    once()
    seconds, work = Watch(env).time(once, ROUNDS)
    figures.add(what, milliseconds(seconds), target, "", milliseconds(work))
    figures.add("  queries", str(queries[-1]), f"under {most_queries}")
