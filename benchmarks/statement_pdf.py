"""PDFs of statements: how many a second, by the size of a batch, and in what memory.

    make shell < benchmarks/statement_pdf.py

Statements of ten lines are made by hand, rendered and stored as the worker does it;
the last table is in statement_pdf.txt. ``STATEMENTS`` sets how many at most.
"""

import os
import resource
import threading
import time
from contextlib import suppress
from datetime import date, timedelta

import psutil
from werkzeug.serving import make_server

from odoo.fields import Command
from odoo.http import root

from odoo.addons.invoicing_clerk.models import statement_document

LINES = 10
MOST = int(os.environ.get("STATEMENTS", "2000"))
DAY = date(2026, 1, 31)


def serve(env):
    """What pages are styled with comes from a server of our own."""
    server = make_server("127.0.0.1", 0, root, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    env["ir.config_parameter"].set_param("report.url", address)
    env.cr.commit()


def make_statements(env, number):
    run = env["clerk.statement.run"].create({"date": DAY, "company_id": 1})
    partners = env["res.partner"].create(
        [
            {
                "name": f"Customer {index} Ltd.",
                "street": f"{index} Long Street",
                "city": "Springfield",
                "zip": f"{10000 + index}",
                "country_id": env.ref("base.us").id,
            }
            for index in range(number)
        ]
    )
    statements = env["clerk.statement"].create(
        [statement_values(run, partner) for partner in partners]
    )
    env.cr.commit()
    return statements


def statement_values(run, partner):
    currency = run.company_id.currency_id.id
    common = {"company_id": run.company_id.id, "currency_id": currency}
    return {
        "run_id": run.id,
        "name": f"ST{partner.id:06}",
        "company_id": run.company_id.id,
        "partner_id": partner.id,
        "type": "open_item",
        "date": DAY,
        "date_from": DAY.replace(day=1),
        "closing_company": 100.0 * LINES,
        "balance_ids": [
            Command.create(
                {
                    **common,
                    "closing": 100.0 * LINES,
                    "bucket_0": 100.0 * LINES,
                }
            )
        ],
        "line_ids": [
            Command.create(
                {
                    **common,
                    "section": "open",
                    "kind": "invoice",
                    "name": f"INV/2026/{partner.id:05}{line:02}",
                    "ref": f"PO {partner.id}-{line}",
                    "date": DAY - timedelta(days=line),
                    "due_date": DAY + timedelta(days=30 - line),
                    "amount": 100.0,
                    "open_amount": 100.0,
                }
            )
            for line in range(LINES)
        ],
    }


def measure(env, statements, size):
    """Seconds for the statements, in batches of that size, and the highest memory.

    Processor time tells more than time where others use the machine too.
    """
    statement_document.BATCH_SIZE = size
    watch = Watch()
    begin, used = time.monotonic(), processor()
    for start in range(0, len(statements), size):
        batch = statements[start : start + size]
        _made, errors = batch._make_documents()
        if errors:
            raise SystemExit(f"Failed: {errors}")
        env.cr.commit()
        env.invalidate_all()
    return time.monotonic() - begin, processor() - used, watch.stop()


def processor():
    """Seconds of processor time of this process and the programs it started."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(
        usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, kinds)
    )


class Watch:
    """The highest memory of this process and of the program it starts, in MB."""

    def __init__(self):
        self.own = self.program = 0
        self._going = True
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self):
        me = psutil.Process()
        while self._going:
            self.own = max(self.own, me.memory_info().rss)
            for child in me.children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    self.program = max(self.program, child.memory_info().rss)
            time.sleep(0.05)

    def stop(self):
        self._going = False
        self._thread.join()
        return self.own // 2**20, self.program // 2**20


def show(env):
    serve(env)
    row = "{:>10}  {:>5}  {:>7}  {:>8}  {:>9}  {:>7}  {:>14}"
    heads = ("statements", "batch", "seconds", "a second", "CPU ms", "Odoo MB")
    print(row.format(*heads, "wkhtmltopdf MB"))
    made = make_statements(env, MOST + 4 * 100)
    offset = 0
    for number, size in [(100, 10), (100, 25), (100, 50), (100, 100), (MOST, 50)]:
        statements = made[offset : offset + number]
        offset += number
        seconds, used, (own, program) = measure(env, statements, size)
        figures = (
            f"{seconds:.1f}",
            f"{number / seconds:.1f}",
            f"{1000 * used / number:.0f}",
        )
        print(row.format(number, size, *figures, own, program), flush=True)


show(env)
