"""OCA addons from PyPI: apps that bridges join, and peers that benchmarks measure."""

from . import python_env
from .paths import SCRIPTS, cached_folder, key_of
from .process import run

LOCKS = SCRIPTS / "lock"
# What our bridges depend on, beyond Odoo itself.
JOINED = LOCKS / "joined.txt"
PEERS = LOCKS / "peers.txt"


def joined():
    """Return the folder of the apps that bridges join, for Odoo's addons path."""
    return _addons("joined", JOINED, "OCA apps from PyPI")


def peers():
    """Return the folder of addons with a comparable feature, for Odoo's addons path."""
    return _addons("peers", PEERS, "Peers from PyPI")


def _addons(name, lock, title):
    folder = cached_folder(name, key_of(lock), title, lambda part: _build(part, lock))
    return folder / "odoo" / "addons"


def _build(part, lock):
    """Install without dependencies, which are Odoo and its own."""
    run(
        *(python_env.python(), "-m", "pip", "install", "--quiet", "--no-deps"),
        *("--require-hashes", "--no-input", "--disable-pip-version-check"),
        *("--target", part, "-r", lock),
        env=python_env.pip_environment(),
    )


def lock():
    # Their dependency, Odoo itself, is not on PyPI.
    for each in (JOINED, PEERS):
        python_env.resolve(each.with_suffix(".in"), each, "--no-deps")
