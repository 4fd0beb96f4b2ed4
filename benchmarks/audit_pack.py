"""Evidence packs: seconds and memory by the number of invoices.

    make bench-pack

Invoices with a stored PDF of 100 kB each, paid, with a mail and an attachment, are made
into packs as the worker does it; the last table is in audit_pack.txt. ``INVOICES`` sets
how many at most.
"""

import os
import resource
import threading
import time
from contextlib import suppress

import psutil

from odoo.fields import Command

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


def measure(env, moves):
    """Seconds and highest memory of one pack, in MB above what is idle."""
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
    env.invalidate_all()
    watch, begin, used = Watch(), time.monotonic(), processor()
    env["clerk.audit.pack"]._cron_make()
    seconds, used = time.monotonic() - begin, processor() - used
    own, program = watch.stop()
    if pack.state != "done":
        raise SystemExit(f"{pack.state}: {pack.error}")
    return seconds, used, own, program, pack.archive_size


def processor():
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(
        usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, kinds)
    )


class Watch:
    """The highest memory of this process above now, and of the PDF program, in MB."""

    def __init__(self):
        self.idle = psutil.Process().memory_info().rss
        self.own = self.program = 0
        self._going = True
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self):
        me = psutil.Process()
        while self._going:
            self.own = max(self.own, me.memory_info().rss - self.idle)
            for child in me.children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    self.program = max(self.program, child.memory_info().rss)
            time.sleep(0.02)

    def stop(self):
        self._going = False
        self._thread.join()
        return self.own // 2**20, self.program // 2**20


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
