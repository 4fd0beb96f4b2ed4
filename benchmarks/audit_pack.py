"""Evidence packs: seconds and memory by the number of invoices.

Run by ``make bench-audit``. Invoices of the ledger, each with a stored PDF of 100 kB, a
mail and an attachment, are made into packs as the worker does it, in a process of its
own. Memory is what the worker grew by; what prints cover sheets is a program apart.
"""

import json
import os
import subprocess
import sys

from odoo.fields import Command
from odoo.tools import config

from .office import engagement
from .table import Figures, load, milliseconds

NUMBERS = (125, 250, 500)
PDF_SIZE = 100_000
SECONDS, MEMORY = "60,000 ms", "300 MB"

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
    packs._cron_build()
    print(json.dumps([
        time.monotonic() - begin,
        processor() - used,
        (highest["own"] - idle) >> 20,
        highest["program"] >> 20,
    ]))
"""


def main(env, path):
    figures = Figures(path)
    moves = _invoices(env)
    day = moves[0].date
    audit = engagement(env, "Packs", day.replace(month=1, day=1), day)
    for number in NUMBERS:
        seconds, work, own, program, size = _made(env, audit, moves[:number])
        targets = (SECONDS, MEMORY) if number == NUMBERS[-1] else ("", "")
        what = f"Pack of {number} invoices, {size:.1f} MB"
        figures.add(what, milliseconds(seconds), targets[0], work=milliseconds(work))
        figures.add("  memory above the idle worker", f"{own} MB", targets[1])
        figures.add("  memory of the program that prints", f"{program} MB")
    figures.add("Load of the machine after the packs", load())


def _invoices(env):
    """The newest paid invoices, with what was sent of them."""
    paid = [("move_type", "=", "out_invoice"), ("payment_state", "=", "paid")]
    moves = env["account.move"].search(paid, order="date desc, id", limit=NUMBERS[-1])
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
    env.cr.commit()
    return moves


def _made(env, audit, moves):
    """Seconds, of a processor too, highest memory above idle in MB, and size in MB."""
    pack = audit.env["clerk.audit.pack"].create(
        {
            "audit_id": audit.id,
            "name": f"Benchmark of {len(moves)}",
            "move_ids": [Command.set(moves.ids)],
        }
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
