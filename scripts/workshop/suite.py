"""The test suite: doctests of the rules, then all tests on a real Odoo and Chromium."""

import os
import re
import shlex
from pathlib import Path

from . import databases, odoo, python_env
from .log import log, step
from .paths import ADDON, REPO
from .process import follow

RULES = "invoicing_clerk/rules"
# Through the link inside the addon, so that modules get the names Odoo gives them.
TESTS = "invoicing_clerk/tests"


def test(env, narrow="", jobs=""):
    """Run all tests, or those that ``narrow`` names: paths, node ids or a ``-k``."""
    with databases.fresh(env, "test") as database:
        with step(f"Install {ADDON.name} in {database}"):
            odoo.install(env, database)
        log("")
        return pytest(env, database, *_workers(narrow, jobs), *selection(narrow))


def pytest(env, database, *words):
    return follow(
        *(python_env.python(), "-m", "pytest", "--doctest-modules", "--durations=5"),
        *(f"--odoo-config={odoo.config(env, [REPO])}", f"--odoo-database={database}"),
        *("--odoo-http", "--odoo-log-level=error", "-p", "workshop.worker_files"),
        *words,
        cwd=REPO,
        env={**env, "PYTHONPATH": _path(env)},
    )


def _path(env):
    """Where Python finds our plugin of pytest too."""
    return os.pathsep.join(filter(None, (env.get("PYTHONPATH"), str(REPO / "scripts"))))


def _workers(narrow, jobs):
    """A worker costs a database and a start of Odoo: a narrow run takes one."""
    count = jobs or ("1" if narrow else str(os.cpu_count() or 1))
    return [] if count == "1" else ["-n", count, "--dist=loadscope"]


def selection(narrow):
    words = shlex.split(narrow)
    if not words:
        return [RULES, TESTS]
    if all(_is_path(word) for word in words):
        return [_through_link(word) for word in words]
    return [RULES, TESTS, "-k", narrow]


def _through_link(word):
    return re.sub(r"^(\./)?tests\b", TESTS, word)


def _is_path(word):
    return (REPO / Path(word.split("::")[0])).exists()
