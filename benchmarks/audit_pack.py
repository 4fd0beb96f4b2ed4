"""Evidence packs: seconds and memory by the number of invoices.

    make bench-pack

Invoices with a stored PDF of 100 kB each, paid, with a mail and an attachment, are made
into packs as the worker does it; the last table is in audit_pack.txt. ``INVOICES`` sets
how many at most.
"""

import json
import os
import subprocess
import sys

from odoo.fields import Command
from odoo.tools import config

MOST = int(os.environ.get("INVOICES", "500"))
PDF_SIZE = 100_000


def make_invoices(env, number):
    customers = env["res.partner"].create(
        [{"name": f"Benchmark Customer {at}"} for at in range(20)]
    )
    moves = env["account.move"]
    for start in range(0, number, 100):
        moves += env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": customers[at % 20].id,
                    "invoice_date": "2026-01-15",
                    "invoice_line_ids": [
                        Command.create({"name": "Work", "price_unit": 100.0 + line})
                        for line in range(5)
                    ],
                }
                for at in range(start, min(start + 100, number))
            ]
        )
    moves.action_post()
    pay(env, moves)
    send(env, moves)
    env.cr.commit()
    env.invalidate_all()
    return moves


def pay(env, moves):
    env["account.payment.register"].with_context(
        active_model="account.move", active_ids=moves.ids
    ).create({"group_payment": False, "payment_date": "2026-02-01"})._create_payments()


def send(env, moves):
    files = {"invoice_pdf_report_file": PDF_SIZE, False: PDF_SIZE // 10}
    env["ir.attachment"].create(
        [
            {
                "name": f"{move.id}.pdf",
                "raw": b"%PDF-1.4 " + os.urandom(size),
                "mimetype": "application/pdf",
                "res_model": "account.move",
                "res_id": move.id,
                "res_field": field,
            }
            for move in moves
            for field, size in files.items()
        ]
    )
    for move in moves:
        move.message_post(body="Please find attached your invoice.")


# What a cron worker does, in a process of its own whose memory nothing else has grown.
WORKER = """
import json, resource, sys, threading, time
from contextlib import suppress

import psutil
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

config.parse_config(["-c", sys.argv[1], "-d", sys.argv[2], "--log-level=critical"])
highest = {"own": 0, "program": 0}

def look():
    me = psutil.Process()
    while True:
        highest["own"] = max(highest["own"], me.memory_info().rss)
        for child in me.children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                highest["program"] = max(highest["program"], child.memory_info().rss)
        time.sleep(0.02)

def processor():
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, kinds))

with Registry(sys.argv[2]).cursor() as cr:
    env = api.Environment(cr, SUPERUSER_ID, {})
    packs = env["clerk.audit.pack"]
    packs.search([("state", "=", "waiting")])
    idle = psutil.Process().memory_info().rss
    threading.Thread(target=look, daemon=True).start()
    begin, used = time.monotonic(), processor()
    packs._cron_make()
    print(json.dumps([
        time.monotonic() - begin,
        processor() - used,
        (highest["own"] - idle) >> 20,
        highest["program"] >> 20,
    ]))
"""


def measure(env, moves):
    """Seconds, of a processor too, and highest memory of one pack, in MB above idle."""
    asker = env.ref("base.user_admin")
    pack = (
        env["clerk.audit.pack"]
        .with_user(asker)
        .create(
            {
                "audit_id": env["clerk.audit"].search([], limit=1).id,
                "name": f"Benchmark of {len(moves)}",
                "move_ids": [Command.set(moves.ids)],
            }
        )
    )
    pack.action_request()
    env.cr.commit()
    figures = subprocess.run(
        [sys.executable, "-c", WORKER, config["config"], env.cr.dbname],
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    env.cr.rollback()
    env.invalidate_all()
    if pack.state != "done":
        raise SystemExit(f"{pack.state}: {pack.error}")
    return *json.loads(figures), pack.archive_size


def show(env):
    if not env["clerk.audit"].search_count([]):
        env["clerk.audit"].create(
            {"name": "Audit", "date_from": "2026-01-01", "date_to": "2026-12-31"}
        )
    row = "{:>8}  {:>7}  {:>12}  {:>7}  {:>11}  {:>14}  {:>7}"
    heads = ("invoices", "seconds", "ms each", "CPU s", "MB above", "wkhtmltopdf MB")
    print(row.format(*heads, "ZIP MB"))
    for number in (MOST // 4, MOST // 2, MOST):
        moves = make_invoices(env, number)
        seconds, used, own, program, size = measure(env, moves)
        each = f"{1000 * seconds / number:.0f}"
        figures = (f"{seconds:.1f}", each, f"{used:.1f}", own, program, f"{size:.1f}")
        print(row.format(number, *figures), flush=True)


show(env)
