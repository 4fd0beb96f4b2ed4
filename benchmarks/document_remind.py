"""Time to remind 1,000 recipients of documents, and to find that nothing is left.

Run by ``make bench-document`` on a fresh demo company; prints seconds and queries for
each recipient, of whom each was asked for two documents that are due today.
"""

import time

from odoo import fields
from odoo.fields import Command

RECIPIENTS = 1_000


def ask(env):
    """Return requests that were sent to as many customers."""
    letter = env.ref("invoicing_clerk.document_class_letter")
    customers = env["res.partner"].create(
        [
            {"name": f"Customer {each}", "email": f"c{each}@customer.example.com"}
            for each in range(RECIPIENTS)
        ]
    )
    requests = env["clerk.document.request"].create(
        [
            {
                "partner_id": customer.id,
                "date_due": fields.Date.context_today(customer),
                "item_ids": [Command.create({"class_id": letter.id})] * 2,
            }
            for customer in customers
        ]
    )
    requests.action_send()
    env.flush_all()
    # As if they had been sent some days ago, before the reminder of today was due.
    env.cr.execute(
        "UPDATE clerk_document_request_item"
        " SET reminded_stage = -1000, reminded_on = NULL WHERE request_id = ANY(%s)",
        [requests.ids],
    )
    return requests


def timed(env, label, work):
    env.flush_all()
    env.cr.commit()
    env.invalidate_all()
    started, queries = time.perf_counter(), env.cr.sql_log_count
    work()
    env.flush_all()
    seconds = time.perf_counter() - started
    each = (env.cr.sql_log_count - queries) / RECIPIENTS
    print(f"{label:<40}{seconds:>8.2f} s {each:>8.2f} queries for each recipient")


def main(root, clerk):
    env = root(user=clerk.id, context={"allowed_company_ids": clerk.company_id.ids})
    requests = ask(env)
    remind = root["clerk.document.request"]._cron_remind
    timed(root, f"{RECIPIENTS:,} recipients reminded", remind)
    items = requests.item_ids.sudo()
    mails = root["mail.mail"].search_count([("subject", "ilike", "reminder")])
    print(f"{len(items.filtered('reminded_on')):,} documents, {mails:,} emails")
    timed(root, "once more, nothing left to do", remind)


main(env, env.ref("invoicing_clerk.demo_user_clerk"))
