"""Checks of what the demo company must show, with demo data; run in a shell.

Fails unless it has customers, a year, two currencies, documents of many lines, runs,
promises, calls and an audit, in the numbers that a demonstration needs.
"""

from collections import Counter

from dateutil.relativedelta import relativedelta

from odoo import fields


def expect(what, found, least, most=10**6):
    if not least <= found <= most:
        raise SystemExit(f"Demo data: {what}: {found}, not {least} to {most}")


def months(days):
    return len({(day.year, day.month) for day in days if day})


def check_documents(env, company, today):
    moves = env["account.move"].search([("company_id", "=", company.id)])
    issued = moves.filtered(
        lambda move: move.move_type == "out_invoice" and move.state == "posted"
    )
    expect("months of invoices", months(issued.mapped("invoice_date")), 12)
    expect("currencies of invoices", len(issued.currency_id), 2)
    sizes = Counter(len(move.invoice_line_ids) for move in issued)
    expect("fewest lines", min(sizes), 1, 1)
    expect("most lines", max(sizes), 14)
    late = issued.filtered(
        lambda move: move.amount_residual and move.invoice_date_due < today
    )
    expect("overdue invoices", len(late), 10)
    for kind in ("out_invoice", "in_invoice"):
        drafts = moves.filtered(
            lambda move, kind=kind: move.move_type == kind and move.state == "draft"
        )
        expect(f"drafts of {kind}", len(drafts), 3)
    expect("bills", len(moves.filtered(lambda m: m.move_type == "in_invoice")), 30)
    future = issued.filtered(lambda move: move.invoice_date > today)
    expect("invoices of the future", len(future), 0, 0)


def check_people(env, company):
    customers = env["res.partner"].search_count(
        [("customer_rank", ">", 0), ("is_company", "=", True)]
    )
    expect("customers", customers, 120, 150)
    expect("length of the logo", len(company.logo), 1000)
    expect("the company is not the one of Odoo", company.name != "YourCompany", 1)


def check_work(env, today):
    year = today - relativedelta(months=11)
    for model, date in (
        ("clerk.billing.error", "date_opened"),
        ("clerk.promise", "date_made"),
        ("clerk.call", "start"),
    ):
        days = env[model].search([(date, ">=", year)]).mapped(date)
        expect(f"months of {model}", months(days), 10)
    for model, field, states in (
        ("clerk.promise", "state", ("kept", "broken", "open", "partially_kept")),
        ("clerk.billing.error", "state", ("new", "investigating", "resolved")),
        ("clerk.statement.run", "state", ("done", "computed")),
        ("clerk.statement", "delivery_state", ("sent",)),
        ("clerk.audit.request", "state", ("open", "accepted")),
        ("clerk.work.item", "state", ("open", "done", "snoozed")),
    ):
        for state in states:
            count = env[model].search_count([(field, "=", state)])
            expect(f"{state} of {model}", count, 1)


company = env.ref("base.main_company")
today = fields.Date.context_today(env.user)
check_people(env, company)
check_documents(env, company, today)
check_work(env, today)
