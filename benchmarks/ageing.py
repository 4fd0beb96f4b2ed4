"""Time of aged receivables on a large ledger, beside OCA's aged partner balance.

Run by ``make bench-report``. Both addons are installed in one database and compute, in
turns, the same company and days. The peer's figure is the time until its data is in
memory; ours includes proof and storing, and the first page of the list is apart.
"""

import statistics
from datetime import timedelta

from odoo import fields

from .office import clerks
from .table import Figures, load, milliseconds, timed

ROUNDS = 3
PAST_DAYS = 365
PEER = "report.account_financial_report.aged_partner_balance"
# Columns of the first page of the list, and measures of the pivot table.
SHOWN = ("customer_name", "currency_id", "balance_company", "overdue_company")
MEASURES = ["balance_company:sum", "overdue_company:sum", "unapplied_company:sum"]


def main(env, path):
    figures = Figures(path)
    env = env(user=clerks(env)[0].id)
    today = fields.Date.context_today(env.user)
    for what, day, target in (
        ("today", today, "500 ms"),
        ("a past day", today - timedelta(days=PAST_DAYS), "1,000 ms"),
    ):
        measure(env, figures, f"{what}, {day}", day, target)
    figures.add("Load of the machine at the end", load())


def measure(env, figures, what, day, target):
    theirs, peer = _ask_peer(env, day)
    report = env["clerk.ageing"].create({"date": day, "company_id": env.company.id})
    seconds = _median(lambda: _compute(report))
    theirs = min(theirs, _ask_peer(env, day)[0])
    customers = len(report.row_ids.partner_id)
    figures.add(
        f"Aged receivables of {customers:,} customers as of {what}",
        milliseconds(seconds),
        target,
    )
    figures.add("  aged partner balance, its data alone", milliseconds(theirs))
    figures.add("  times as fast", f"{theirs / seconds:.1f}")
    figures.add("  rows", f"{report.row_count:,}")
    proved = "yes" if report.is_proved else "NO"
    figures.add("  agrees with the general ledger", proved, "yes")
    same = round(report.balance * 100) == round(_residual(peer) * 100)
    figures.add("  balance as at the peer", "yes" if same else "NO", "yes")
    figures.add("  first page of the list, sorted", milliseconds(_page(report)))
    figures.add("  pivot table by salesperson", milliseconds(_pivot(report)))
    largest = report.row_ids.sorted("item_count")[-1]
    drilled = timed(largest.action_view_items)
    items = f"  items of a customer with {largest.item_count:,}"
    figures.add(items, milliseconds(drilled))
    env.cr.rollback()


def _compute(report):
    report.action_compute()
    report.env.flush_all()


def _page(report):
    def read():
        report.env.invalidate_all()
        rows = report.row_ids.search([("ageing_id", "=", report.id)], limit=80)
        rows.read(SHOWN)

    return _median(read)


def _pivot(report):
    domain = [("ageing_id", "=", report.id)]
    return _median(lambda: report.row_ids._read_group(domain, ["user_id"], MEASURES))


def _median(action):
    return statistics.median(timed(action) for _round in range(ROUNDS))


def _ask_peer(env, day):
    """Return the seconds until the peer has its data, and the data by account."""
    receivable = [("account_type", "=", "asset_receivable")]
    asked = {
        "wizard_id": 0,
        "company_id": env.company.id,
        "account_ids": env["account.account"].search(receivable).ids,
        "partner_ids": [],
        "date_at": fields.Date.to_string(day),
        "date_from": False,
        "only_posted_moves": True,
        "show_move_line_details": False,
        "age_partner_config_id": False,
    }
    env.invalidate_all()
    answer = {}
    seconds = timed(lambda: answer.update(env[PEER]._get_report_values([], asked)))
    return seconds, answer["aged_partner_balance"]


def _residual(accounts):
    return sum(account["residual"] for account in accounts)
