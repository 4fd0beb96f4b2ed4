"""Benchmarks on a generated ledger of the size of a busy company's.

The ledger is generated once, in a database without the addon, and kept as a template
whose name is a hash of its inputs; each benchmark installs the addon in a copy.
"""

import os
import subprocess
from contextlib import contextmanager
from pathlib import Path

from . import databases, demo, oca, odoo, python_env
from .log import WorkshopError, log, step
from .paths import ADDON, REPO, addons, key_of, run_file
from .process import follow, run
from .web import free_port, served

BENCHMARKS = REPO / "benchmarks"
DEFAULT_CUSTOMERS = "10000"
ROUNDS = 2
# Smaller ledgers, as divisors of the number of customers, to measure growth.
FRACTIONS = (4, 2)
PEER = "partner_statement"
RULES_PEER = "account_reconcile_oca"
CONTRACTS = f"{ADDON.name}_contract"
DEFAULT_MINUTES = "10"
# Two workers, and one for scheduled actions, as in a small company.
OFFICE = ("--workers=2", "--max-cron-threads=1")
REPORT_PEERS = "account_financial_report,account_credit_control"


@contextmanager
def ledger(env, purpose, size=None):
    """Provide a copy of the generated ledger for this process, without the addon."""
    source = _template(env, size or customers())
    with databases.fresh_copy(env, purpose, source) as name:
        yield name


def customers():
    text = os.environ.get("CUSTOMERS") or DEFAULT_CUSTOMERS
    if not text.isdigit() or int(text) < 400:
        raise WorkshopError(f"CUSTOMERS={text} must be a whole number of at least 400.")
    return int(text)


def _template(env, size):
    plain = databases.template(env, demo=False)
    sources = sorted((BENCHMARKS / "ledger").glob("*.py"))
    name = f"clerk_template_ledger_{key_of(plain, *sources, size)}"

    def build(database):
        databases.copy(env, plain, database)
        code = f"from benchmarks import ledger; ledger.generate(env, {size})"
        if _run(_with_benchmarks(env), database, code):
            raise WorkshopError("Generating the ledger failed; see above.")

    return databases.prepared(env, name, f"with a ledger of {size:,} customers", build)


def worklist(env):
    """Measure worklists and keep the printed table."""
    env = _with_benchmarks(env)
    files = {name: run_file(f"{name}.json") for name in ("without", "with", "figures")}
    for file in files.values():
        file.unlink(missing_ok=True)
    with ledger(env, "benchwithout") as without, ledger(env, "bench") as name:
        _install(env, name)
        # Alternate, so that a busy minute of the machine affects both.
        for _round in range(ROUNDS):
            for database, file in ((without, "without"), (name, "with")):
                _measure(env, database, "worklist_posting", files[file])
        posted = (files["without"], files["with"])
        _measure(env, name, "worklist", files["figures"], tuple(map(str, posted)))
    _report(files["figures"], "worklist")


def statement(env):
    """Measure statements side by side with the peer's and keep the printed table."""
    env = _with_benchmarks(env)
    scale, figures = run_file("scale.json"), run_file("figures.json")
    for file in (scale, figures):
        file.unlink(missing_ok=True)
    for part in FRACTIONS:
        with ledger(env, "bench", customers() // part) as name:
            _install(env, name)
            _measure(env, name, "statement_scale", scale)
    with ledger(env, "bench") as name:
        _install(env, name)
        with step(f"Install {PEER}"):
            odoo.install(env, name, PEER, addons=(REPO, oca.peers()))
        _measure(env, name, "statement", figures, scale)
    _report(figures, "statement")


def receipt(env):
    """Measure proposals for payments, and compare with the rules of a peer."""
    env = _with_benchmarks(env)
    with demo.database(env, "bench") as name:
        _measure(env, name, "receipt_match")
        compare_receipts(env, name)


def compare_receipts(env, name):
    """Print which payments are applied without asking, beside those of the peer."""
    file = run_file("receipts.json")
    file.unlink(missing_ok=True)
    _measure(env, name, "receipt_peer", file, function="ours")
    with step(f"Install {RULES_PEER}"):
        odoo.install(env, name, RULES_PEER, addons=(REPO, oca.peers()))
    _measure(env, name, "receipt_peer", file, function="theirs")
    _measure(env, name, "receipt_peer", file, function="show")


def ageing(env):
    """Measure aged receivables and reminders beside peers, and forecasts."""
    env = _with_benchmarks(env)
    figures = run_file("figures.json")
    figures.unlink(missing_ok=True)
    with ledger(env, "bench") as name:
        _install(env, name)
        with step(f"Install {REPORT_PEERS}"):
            odoo.install(env, name, REPORT_PEERS, addons=(REPO, oca.peers()))
        _measure(env, name, "ageing", figures)
        _measure(env, name, "forecast", figures)
        _measure(env, name, "reminder", figures)
    _report(figures, "ageing")


def idle(env):
    """Measure an hour in which nothing changes and keep the printed table."""
    env = _with_benchmarks(env)
    figures = run_file("figures.json")
    figures.unlink(missing_ok=True)
    with ledger(env, "bench") as name:
        _install(env, name)
        _measure(env, name, "idle_hour", figures)
    _report(figures, "idle_hour")


def pad(env):
    """Measure the screens of a very large customer and keep the printed table."""
    env = _with_benchmarks(env)
    figures = run_file("figures.json")
    figures.unlink(missing_ok=True)
    with ledger(env, "bench") as name:
        _install(env, name)
        _measure(env, name, "pad", figures)
    _report(figures, "pad")


def check(env):
    """Measure billing checks on many orders and keep the printed table."""
    env = _with_benchmarks(env)
    figures = run_file("figures.json")
    figures.unlink(missing_ok=True)
    with databases.fresh(env, "bench") as name:
        modules = ",".join(addon.name for addon in addons())
        with step(f"Install {modules} in {name}"):
            odoo.install(env, name, modules)
        _measure(env, name, "billing_check", figures)
    _report(figures, "billing_check")


def contract(env):
    """Measure contracts against their invoices and keep the printed table."""
    env = _with_benchmarks(env)
    figures = run_file("figures.json")
    figures.unlink(missing_ok=True)
    with databases.fresh(env, "bench", bridges=True) as name:
        with step(f"Install {CONTRACTS} in {name}"):
            odoo.install(env, name, CONTRACTS)
        _measure(env, name, "contract", figures)
    _report(figures, "contract")


def audit(env):
    """Measure tests, samples and packs of an audit and keep the printed table."""
    env = _with_benchmarks(env)
    figures = run_file("figures.json")
    figures.unlink(missing_ok=True)
    with ledger(env, "bench") as name:
        _install(env, name)
        for part in ("test", "sample", "pack"):
            _measure(env, name, f"audit_{part}", figures)
    _report(figures, "audit")


def soak(env):
    """Let twenty clerks work for some minutes and keep the printed table.

    :return: 1 if two held one item, or something failed
    """
    env, minutes = _with_benchmarks(env), _minutes()
    plan, figures = run_file("soak.json"), run_file("figures.json")
    figures.unlink(missing_ok=True)
    with ledger(env, "soak") as name:
        _install(env, name)
        _measure(env, name, "soak", plan, function="prepare")
        with served(env, name, free_port(), *OFFICE) as (server, address):
            client = BENCHMARKS / "soak_client.py"
            args = address, plan, figures, minutes, server.pid
            failed = follow(python_env.python(), client, *args, env=env)
    _report(figures, "soak")
    return failed


def _minutes():
    text = os.environ.get("MINUTES") or DEFAULT_MINUTES
    if not text.isdigit() or int(text) < 1:
        raise WorkshopError(f"MINUTES={text} must be a whole number of at least 1.")
    return int(text)


def _install(env, name):
    with step(f"Install {ADDON.name} in {name}"):
        odoo.install(env, name)


def _report(figures, name):
    """Print the table, and keep it when it was measured on the full ledger."""
    table = _table(figures)
    log(f"\n{table}")
    if customers() == int(DEFAULT_CUSTOMERS):
        (BENCHMARKS / f"{name}.txt").write_text(table)


def _measure(env, database, module, *args, function="main"):
    args = ", ".join(repr(str(arg) if isinstance(arg, Path) else arg) for arg in args)
    code = f"from benchmarks import {module}; {module}.{function}(env, {args})"
    with step(f"Measure {module.replace('_', ' ')} in {database}"):
        if _run(env, database, code):
            raise WorkshopError(f"Measuring {module} failed; see above.")


def _run(env, database, code):
    options = ("--no-http", "--log-level=error")
    folders = (REPO, oca.peers())
    line = odoo.command(env, database, *options, verb=("shell",), addons=folders)
    command, folder = [str(arg) for arg in line], odoo.neutral_folder()
    done = subprocess.run(command, input=code, text=True, env=env, cwd=folder)
    return done.returncode


def _with_benchmarks(env):
    paths = os.pathsep.join([env["PYTHONPATH"], str(REPO)])
    return {**env, "PYTHONPATH": paths}


def _table(file):
    """Return the file's rows as columns, printed by the benchmarks' own code."""
    code = (
        "import sys; from benchmarks.table import Figures; "
        "sys.stdout.write(Figures(sys.argv[1]).text())"
    )
    return run(python_env.python(), "-c", code, file, cwd=REPO)
