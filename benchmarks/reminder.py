"""Time of a reminder run on a large ledger, beside OCA's account_credit_control.

Run by ``make bench-report``. Both are asked in one database for all customers with
overdue items of one company. Ours selects a level for each customer and names what it
excludes; the peer makes a line for each item, and does not know disputes or promises:
they are counted. Neither makes messages here.
"""

from odoo import fields

from .office import clerks
from .table import Figures, load, milliseconds, timed


def main(env, path):
    figures = Figures(path)
    ours(env(user=clerks(env)[0].id), figures)
    theirs(env, figures)
    figures.add("Load of the machine at the end", load())


def measured(env, work):
    """Return the seconds and the queries of some work, with all that it writes."""
    before = env.cr.sql_log_count

    def complete():
        work()
        env.flush_all()

    return timed(complete), env.cr.sql_log_count - before


def ours(env, figures):
    run = env["clerk.reminder.run"].create({"company_id": env.company.id})
    seconds, queries = measured(env, run.action_compute)
    customers = f"{len(run.notice_ids.partner_id):,}"
    figures.add(f"Reminder run of {customers} customers", milliseconds(seconds))
    figures.add("  queries", f"{queries:,}")
    figures.add("  released", f"{run.released_count:,}")
    figures.add("  excluded, with the reason", f"{run.excluded_count:,}")
    env.cr.rollback()


def theirs(env, figures):
    policy = env.ref("account_credit_control.credit_control_3_time")
    policy.account_ids = env["account.account"].search(
        [("account_type", "=", "asset_receivable")]
    )
    env.company.credit_policy_id = policy
    run = env["credit.control.run"].create(
        {"date": fields.Date.today(), "policy_ids": [(6, 0, policy.ids)]}
    )
    seconds, queries = measured(env, run.generate_credit_lines)
    customers = f"{len(run.line_ids.partner_id):,}"
    figures.add(
        f"  account_credit_control: lines for {customers} customers",
        milliseconds(seconds),
    )
    figures.add("    queries", f"{queries:,}")
    figures.add("    lines", f"{len(run.line_ids):,}")
    figures.add("    of disputed or promised invoices", f"{_excused(run):,}")
    env.cr.rollback()


def _excused(run):
    """Return how many lines of the peer are about disputes or promises."""
    invoices = run.line_ids.invoice_id
    excused = invoices.filtered_domain(
        ["|", ("has_open_billing_error", "=", True), ("is_promised", "=", True)]
    )
    return len(run.line_ids.filtered(lambda line: line.invoice_id in excused))
