"""Sample statements on Odoo's demo company, as PDFs; for ``odoo shell``.

A customer receives the same history in each type of statement: open and overdue items,
a partial payment, an unapplied credit note, a second currency and a disputed item. The
files are written to the folder ``SAMPLES``.
"""

import os
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

from dateutil.relativedelta import relativedelta
from werkzeug.serving import make_server

from odoo import fields
from odoo.fields import Command
from odoo.http import root

FOLDER = Path(os.environ["SAMPLES"])
NAMES = {
    "open_item": "open-items",
    "forward": "balance-forward",
    "activity": "activity",
}
NOTE = "Our bank account has changed. Please use the one below from now on."


def create_history(env):
    """Create a customer with a history and return it as the clerk sees it."""
    clerk = env.ref("invoicing_clerk.demo_user_clerk")
    env.company.link_qr_code = True
    customer = env["res.partner"].create(
        {
            "name": "Northwind Furniture",
            "is_company": True,
            "ref": "C-4711",
            "street": "12 Harbour Road",
            "zip": "2300",
            "city": "Copenhagen",
            "country_id": env.ref("base.dk").id,
            "email": "accounts@northwind.example.com",
        }
    )
    for months, amounts in (
        (5, (820, 1240)),
        (2, (365,)),
        (1, (1990, 415)),
        (0, (640,)),
    ):
        for amount in amounts:
            _invoice(env, customer, amount, months)
    moves = env["account.move"].search([("partner_id", "=", customer.id)], order="id")
    _pay(moves[0], 500, months=1)
    _pay(moves[1], 1240, months=1)
    _invoice(env, customer, 90, 0, move_type="out_refund")
    _invoice(env, customer, 1500, 1, currency_id=env.ref("base.EUR").id)
    case = (
        moves[3]
        .with_user(clerk)
        .env["clerk.billing.error"]
        .create(
            {"move_ids": [Command.set(moves[3].ids)], "description": "Two were broken."}
        )
    )
    case.action_load_lines()
    case.line_ids[:1].claimed_price_unit = 1700
    return customer.with_user(clerk)


def _invoice(env, customer, amount, months, move_type="out_invoice", **values):
    env.ref("base.EUR").active = True
    day = fields.Date.context_today(customer) - relativedelta(months=months, days=3)
    move = env["account.move"].create(
        {
            "move_type": move_type,
            "partner_id": customer.id,
            "invoice_date": day,
            "invoice_date_due": day + relativedelta(days=30),
            "invoice_payment_term_id": False,
            "ref": f"PO {4400 + int(amount)}",
            "invoice_line_ids": [
                Command.create({"name": "Chairs", "price_unit": amount, "tax_ids": []})
            ],
            **values,
        }
    )
    move.action_post()
    return move


def _pay(move, amount, months):
    day = fields.Date.context_today(move) - relativedelta(months=months)
    wizard = move.env["account.payment.register"].with_context(
        active_model="account.move", active_ids=move.ids
    )
    wizard.create({"amount": amount, "payment_date": day})._create_payments()


def statements(customer):
    """Yield the customer's statement of each type."""
    today = fields.Date.context_today(customer)
    for kind in NAMES:
        run = customer.env["clerk.statement.run"].create(
            {
                "type": kind,
                "date": today,
                "date_from": today - relativedelta(months=2),
                "include": "chosen",
                "partner_ids": [Command.set(customer.ids)],
            }
        )
        run.action_compute()
        run.statement_ids.note = NOTE
        yield kind, run.statement_ids


def printed(customer):
    """Return the print bundle: the list, the cover sheets and the statements."""
    others = customer.env["res.partner"].search(
        [("is_company", "=", True), ("customer_rank", ">", 0), ("zip", "!=", False)],
        limit=2,
    )
    run = customer.env["clerk.statement.run"].create(
        {
            "date": fields.Date.context_today(customer),
            "include": "chosen",
            "partner_ids": [Command.set((customer | others).ids)],
            "delivery_way": "print",
            "with_zero": True,
        }
    )
    run.action_compute()
    run.action_review()
    ready = run.statement_ids.filtered(lambda each: each.state == "ready").sudo()
    ready._queue_delivery()
    ready.write({"delivery_way": "print"})
    ready._prepare_delivery()
    return run._bundle(run._next_stack())


@contextmanager
def styled(env):
    """Run a web server, from which the pages load their styles."""
    server = make_server("127.0.0.1", 0, root, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings = env["ir.config_parameter"]
    settings.set_param("report.url", f"http://127.0.0.1:{server.server_port}")
    env.cr.commit()
    try:
        yield
    finally:
        server.shutdown()


def _write(name, content):
    (FOLDER / f"{name}.pdf").write_bytes(content)
    sys.stdout.write(f"           {name}.pdf\n")


customer = create_history(env)
with styled(env):
    for kind, statement in statements(customer):
        made, errors = statement.sudo()._make_documents()
        if errors:
            sys.exit(str(errors))
        _write(f"statement-{NAMES[kind]}", made.document_id.raw)
    _write("statement-printed", printed(customer))
