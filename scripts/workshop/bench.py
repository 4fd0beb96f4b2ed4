"""Benchmarks on a ledger as large as a busy company's.

The ledger is generated once, in a database without the addon, and kept as a template
named after what it was made from; each benchmark installs the addon in a copy.
"""

import os
import subprocess
from contextlib import contextmanager

from . import databases, odoo, odoo_source, python_env
from .place import ADDON, REPO, key_of
from .say import Sentence, follow, say, step

BENCHMARKS = REPO / "benchmarks"
DEFAULT_CUSTOMERS = "10000"


def worklist(env):
    """Measure worklists, and keep what was printed."""
    env = _with_benchmarks(env)
    with ledger(env, "benchwithout") as without:
        posting = _answer(env, without, "worklist_posting", "without")
    with ledger(env, "bench") as name:
        with step(f"Install {ADDON.name} in {name}"):
            odoo.install(env, name)
        posting += _answer(env, name, "worklist_posting", "with")
        table = _answer(env, name, "worklist", posting)
    say(table)
    if customers() == int(DEFAULT_CUSTOMERS):
        (BENCHMARKS / "worklist.txt").write_text(table)


@contextmanager
def ledger(env, purpose):
    """A copy of the generated ledger for this process, without the addon."""
    with databases.fresh_copy(env, purpose, _template(env)) as name:
        yield name


def customers():
    word = os.environ.get("CUSTOMERS") or DEFAULT_CUSTOMERS
    if not word.isdigit() or int(word) < 100:
        raise Sentence(f"CUSTOMERS={word} is not a number of at least 100.")
    return int(word)


def _template(env):
    plain = databases.template(env, demo=False)
    sources = sorted((BENCHMARKS / "ledger").glob("*.py"))
    name = f"clerk_template_ledger_{key_of(plain, *sources, customers())}"

    def build(aside):
        databases.copy(env, plain, aside)
        code = f"from benchmarks import ledger; ledger.generate(env, {customers()})"
        if _run(_with_benchmarks(env), aside, code):
            raise Sentence("The ledger was not made; the reason stands above.")

    return databases.prepared(
        env, name, f"with a ledger of {customers():,} customers", build
    )
