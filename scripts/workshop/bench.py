"""Benchmarks on a ledger as large as a busy company's.

The ledger is generated once, in a database without the addon, and kept as a template
named after what it was made from; each benchmark installs the addon in a copy.
"""

import os
import subprocess
from contextlib import contextmanager
from pathlib import Path

from . import databases, odoo, peers, python_env
from .place import ADDON, REPO, key_of, run_file
from .say import Sentence, run, say, step

BENCHMARKS = REPO / "benchmarks"
DEFAULT_CUSTOMERS = "10000"
TURNS = 2
# The parts of the customers that growth is measured on.
SMALLER = (4, 2)
PEER = "partner_statement"


@contextmanager
def ledger(env, purpose, size=None):
    """A copy of the generated ledger for this process, without the addon."""
    source = _template(env, size or customers())
    with databases.fresh_copy(env, purpose, source) as name:
        yield name


def customers():
    word = os.environ.get("CUSTOMERS") or DEFAULT_CUSTOMERS
    if not word.isdigit() or int(word) < 400:
        raise Sentence(f"CUSTOMERS={word} is not a number of at least 400.")
    return int(word)


def _template(env, size):
    plain = databases.template(env, demo=False)
    sources = sorted((BENCHMARKS / "ledger").glob("*.py"))
    name = f"clerk_template_ledger_{key_of(plain, *sources, size)}"

    def build(aside):
        databases.copy(env, plain, aside)
        code = f"from benchmarks import ledger; ledger.generate(env, {size})"
        if _run(_with_benchmarks(env), aside, code):
            raise Sentence("The ledger was not made; the reason stands above.")

    return databases.prepared(env, name, f"with a ledger of {size:,} customers", build)


def worklist(env):
    """Measure worklists, and keep what was printed."""
    env = _with_benchmarks(env)
    files = {name: run_file(f"{name}.json") for name in ("without", "with", "figures")}
    for file in files.values():
        file.unlink(missing_ok=True)
    with ledger(env, "benchwithout") as without, ledger(env, "bench") as name:
        _install(env, name)
        # By turns, so that a busy minute of the machine falls upon both.
        for _turn in range(TURNS):
            for database, file in ((without, "without"), (name, "with")):
                _measure(env, database, "worklist_posting", files[file])
        posted = (files["without"], files["with"])
        _measure(env, name, "worklist", files["figures"], tuple(map(str, posted)))
    _tell(files["figures"], "worklist")


def statement(env):
    """Measure statements beside the peer's, and keep what was printed."""
    env = _with_benchmarks(env)
    scale, figures = run_file("scale.json"), run_file("figures.json")
    for file in (scale, figures):
        file.unlink(missing_ok=True)
    for part in SMALLER:
        with ledger(env, "bench", customers() // part) as name:
            _install(env, name)
            _measure(env, name, "statement_scale", scale)
    with ledger(env, "bench") as name:
        _install(env, name)
        with step(f"Install {PEER} beside it"):
            odoo.install(env, name, PEER, addons=(REPO, peers.addons()))
        _measure(env, name, "statement", figures, scale)
    _tell(figures, "statement")


def audit(env):
    """Measure tests, samples and packs of an audit, and keep what was printed."""
    env = _with_benchmarks(env)
    figures = run_file("figures.json")
    figures.unlink(missing_ok=True)
    with ledger(env, "bench") as name:
        _install(env, name)
        for part in ("test", "sample", "pack"):
            _measure(env, name, f"audit_{part}", figures)
    _tell(figures, "audit")


def _install(env, name):
    with step(f"Install {ADDON.name} in {name}"):
        odoo.install(env, name)


def _tell(figures, name):
    """Print the table; of the whole ledger's, keep it."""
    table = _table(figures)
    say(f"\n{table}")
    if customers() == int(DEFAULT_CUSTOMERS):
        (BENCHMARKS / f"{name}.txt").write_text(table)


def _measure(env, database, module, *words):
    words = ", ".join(repr(str(w) if isinstance(w, Path) else w) for w in words)
    code = f"from benchmarks import {module}; {module}.main(env, {words})"
    with step(f"Measured {module.replace('_', ' ')} in {database}"):
        if _run(env, database, code):
            raise Sentence(f"{module} was not measured; the reason stands above.")


def _run(env, database, code):
    words = ("--no-http", "--log-level=error")
    folders = (REPO, peers.addons())
    line = odoo.command(env, database, *words, verb=("shell",), addons=folders)
    words = [str(word) for word in line]
    done = subprocess.run(words, input=code, text=True, env=env, cwd=odoo.neutral())
    return done.returncode


def _with_benchmarks(env):
    paths = os.pathsep.join([env["PYTHONPATH"], str(REPO)])
    return {**env, "PYTHONPATH": paths}


def _table(file):
    """The file's rows as columns; the benchmark's own process has ended."""
    code = (
        "import sys; from benchmarks.table import Figures; "
        "sys.stdout.write(Figures(sys.argv[1]).text())"
    )
    return run(python_env.python(), "-c", code, file, cwd=REPO)
