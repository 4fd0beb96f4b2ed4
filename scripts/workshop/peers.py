"""Addons of OCA that do part of the same job: measured beside ours, not part of it."""

from . import python_env
from .place import SCRIPTS, key_of, piece
from .say import run

NEEDS = SCRIPTS / "lock" / "peers.in"
LOCK = SCRIPTS / "lock" / "peers.txt"


def addons():
    """The folder in which Odoo finds them."""
    return piece("peers", key_of(LOCK), "Peers from PyPI", _build) / "odoo" / "addons"


def _build(part):
    """Without what they depend on: that is Odoo and what Odoo needs itself."""
    run(
        *(python_env.python(), "-m", "pip", "install", "--quiet", "--no-deps"),
        *("--require-hashes", "--no-input", "--disable-pip-version-check"),
        *("--target", part, "-r", LOCK),
        env=python_env.pip_environment(),
    )


def lock():
    # Odoo itself, which they name, is no package to resolve.
    python_env.resolve(NEEDS, LOCK, "--no-deps")
