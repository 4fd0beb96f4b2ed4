"""PDFs of statements per second and their memory, compared with the peer's.

They are made and stored like in the worker, committed batch by batch; a web server
serves the style sheets. *Two workers* are processes of their own, forked
from one that has loaded Odoo.
"""

import json
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

import psutil
from werkzeug.serving import make_server

from odoo import SUPERUSER_ID, api
from odoo.http import root

from odoo.addons.base.models import ir_actions_report
from odoo.addons.invoicing_clerk.models.statement import (
    statement_delivery_document as statement_document,
)

from . import statement_peer
from .office import connect_anew
from .table import timed

FEW = 100
MOST = 2000
SIZES = (10, 25, 50, 100)
WORKERS = 2
BATCH = statement_document.BATCH_SIZE
PEERS = 5
PEER_REPORT = "partner_statement.outstanding_statement"


def measure(env, figures, run):
    """:param run: a computed run, whose released statements are made as PDFs"""
    _serve(env)
    ready = env["clerk.statement"].search(
        [("run_id", "=", run.id), ("state", "=", "ready")], order="id"
    )
    ready[:1]._make_documents()  # styles are compiled once, by whoever needs them first
    env.cr.commit()
    rest = iter(ready.ids[1:])

    def take(number):
        return ready.browse(islice(rest, number))

    one_by_one = _peer(env, figures, run)
    _batches(env, figures, take)
    _workers(env, figures, take(MOST), one_by_one)


def _serve(env):
    server = make_server("127.0.0.1", 0, root, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    env["ir.config_parameter"].set_param("report.url", address)
    env.cr.commit()


def _peer(env, figures, run):
    """Return the seconds for a PDF of the peer."""
    statements = run.statement_ids.filtered(lambda each: each.state == "ready")
    partners = statements.partner_id[:50]
    _print_peers(env, run, partners[:1])
    seconds = timed(lambda: [_print_peers(env, run, each) for each in partners[:PEERS]])
    figures.add("PDFs a second: the peer's, one by one", f"{PEERS / seconds:.2f}")
    at_once = timed(lambda: _print_peers(env, run, partners))
    number = len(partners)
    words = f"  the peer's, {number} in one document"
    figures.add(words, f"{number / at_once:.2f}")
    return seconds / PEERS


def _print_peers(env, run, partners):
    report = env["ir.actions.report"].with_context(force_report_rendering=True)
    data = statement_peer.asked(env, partners, run.date)
    content, _kind = report._render_qweb_pdf(PEER_REPORT, partners.ids, data)
    assert content.startswith(b"%PDF")


def _batches(env, figures, take):
    """Add the time of batches of several sizes, and the share of wkhtmltopdf."""
    for size in SIZES:
        statements = take(min(FEW, 2 * size))
        with _program_time() as program, Watch() as watch:
            seconds = timed(lambda: _make(statements, size))  # noqa: B023
        number = len(statements)
        floor = f"{number / program():.1f}"
        words = f"  by one worker, {size} at a time"
        figures.add(words, f"{number / seconds:.1f}", "", floor)
        figures.add("    memory of the program", f"{watch.program} MB")


def _make(statements, size):
    statement_document.BATCH_SIZE = size
    _made, errors = statements._make_documents()
    assert not errors, errors
    statements.env.cr.commit()


@contextmanager
def _program_time():
    """Yield the seconds that wkhtmltopdf ran."""
    run, spent = ir_actions_report._run_wkhtmltopdf, []

    def timed_run(words):
        start = time.perf_counter()
        try:
            return run(words)
        finally:
            spent.append(time.perf_counter() - start)

    ir_actions_report._run_wkhtmltopdf = timed_run
    try:
        yield lambda: sum(spent)
    finally:
        ir_actions_report._run_wkhtmltopdf = run


# Workers


def _workers(env, figures, statements, one_by_one):
    """Run two workers, each with half of the statements, and add their memory."""
    registry, ids = env.registry, statements.ids
    env.cr.commit()
    context = get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        workers = [
            context.Process(
                target=_work,
                args=(registry, ids[number::WORKERS], Path(folder, str(number))),
            )
            for number in range(WORKERS)
        ]
        with Watch() as watch:
            seconds = timed(lambda: _run_to_end(workers))
        memory = [
            json.loads(Path(folder, str(number)).read_text())
            for number in range(WORKERS)
        ]
    rate = len(ids) / seconds
    words = f"PDFs a second by {WORKERS} workers, {len(ids):,} statements"
    figures.add(words, f"{rate:.1f}", "5.0")
    figures.add("  times as fast as the peer's", f"{rate * one_by_one:.1f}", "10.0")
    after = FEW // WORKERS // BATCH
    few = max(found[after - 1] for found in memory)
    figures.add(f"  memory of a worker after {FEW} statements", f"{few} MB")
    most = max(max(found) for found in memory)
    words = f"  at most, to the end of {len(ids):,}"
    figures.add(words, f"{most} MB", f"{few * 1.1:.0f} MB")
    figures.add("  memory of the program, at most", f"{watch.program} MB")


def _run_to_end(workers):
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert not worker.exitcode, "a worker failed"


def _work(registry, ids, file):
    connect_anew(registry)
    me, memory = psutil.Process(), []
    for start in range(0, len(ids), BATCH):
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            _make(env["clerk.statement"].browse(ids[start : start + BATCH]), BATCH)
        memory.append(me.memory_info().rss // 2**20)
    file.write_text(json.dumps(memory))


class Watch:
    """The peak memory of the programs that are started meanwhile, in MB."""

    def __enter__(self):
        self.program = 0
        self._going = True
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def _look(self):
        me = psutil.Process()
        while self._going:
            for child in me.children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    if "wkhtmltopdf" in child.name():
                        size = child.memory_info().rss // 2**20
                        self.program = max(self.program, size)
            time.sleep(0.05)

    def __exit__(self, *_error):
        self._going = False
        self._thread.join()
