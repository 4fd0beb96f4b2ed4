"""A busy office for `soak_client.py`: twenty clerks with passwords, and what they read.

Run by ``make soak``, on a ledger whose worklists have been refreshed.
"""

import json
from pathlib import Path

from .office import clerks
from .worklist import OPEN, _longest, _specification

# Each screen with its view and model.
SCREENS = {
    "desk": ("clerk_worklist_view_desk", "clerk.worklist"),
    "list": ("clerk_work_item_view_list", "clerk.work.item"),
    "find": ("clerk_find_view_form", "clerk.find"),
    "pad": ("clerk_call_view_form", "clerk.call"),
    "customer": ("clerk_receivable_view_form", "clerk.receivable"),
}
# What is read of the record of an item.
FIELDS = {
    "account.move": ("name", "partner_id", "invoice_line_ids", "amount_total", "state")
}
RECORDS = 5000


def prepare(env, path):
    """Write who can log in, what their screens read, and of which records."""
    users = clerks(env)
    for user in users:
        user.password = user.login
    env.ref("invoicing_clerk.ir_cron_refresh_worklists").method_direct_trigger()
    env.cr.commit()
    env.cr.execute("ANALYZE")
    env.cr.commit()
    clerk = env(user=users[0].id)
    longest = _longest(clerk)
    plan = {
        "database": env.cr.dbname,
        "logins": users.mapped("login"),
        "worklist": longest.id,
        "items": [["worklist_id", "=", longest.id], ["state", "in", OPEN]],
        "screens": {
            name: [model, _specification(clerk, view, model)]
            for name, (view, model) in SCREENS.items()
        },
        "fields": FIELDS,
        "balances": _some(clerk, "clerk.receivable", []),
        "customers": _some(clerk, "res.partner", [("customer_rank", ">", 0)]),
        "invoices": _some(
            clerk,
            "account.move",
            [
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("payment_state", "=", "not_paid"),
            ],
        ),
        "outcome": clerk["clerk.call.outcome"].search([], limit=1).id,
    }
    Path(path).write_text(json.dumps(plan))


def _some(env, model, domain):
    """Return ids from all over a table, in an order that is the same each time."""
    ids = env[model].search(domain, order="id").ids
    return ids[:: max(1, len(ids) // RECORDS)]
