"""OCA addons with a comparable feature, which benchmarks measure beside ours."""

from . import python_env
from .paths import SCRIPTS, cached_folder, key_of
from .process import run

NEEDS = SCRIPTS / "lock" / "peers.in"
LOCK = SCRIPTS / "lock" / "peers.txt"


def addons():
    """Return the folder to add to Odoo's addons path."""
    return (
        cached_folder("peers", key_of(LOCK), "Peers from PyPI", _build)
        / "odoo"
        / "addons"
    )


def _build(part):
    """Install without dependencies, which are Odoo and its own."""
    run(
        *(python_env.python(), "-m", "pip", "install", "--quiet", "--no-deps"),
        *("--require-hashes", "--no-input", "--disable-pip-version-check"),
        *("--target", part, "-r", LOCK),
        env=python_env.pip_environment(),
    )


def lock():
    # Their dependency, Odoo itself, is not on PyPI.
    python_env.resolve(NEEDS, LOCK, "--no-deps")
