"""Remove what the workshop made: its cache, its server, its databases; nothing else."""

import shutil

from . import databases, postgres
from .place import cache, is_last
from .say import Sentence, step


def clean(user):
    if not is_last(user):
        raise Sentence("Another run is using it; end that one first.")
    if not postgres.is_private():
        databases.drop_all()
    postgres.stop()
    with step(f"Removed {cache()}"):
        _remove_cluster()
        shutil.rmtree(cache())


def _remove_cluster():
    """As root the cluster lies elsewhere, beside those of other cache folders."""
    home = postgres.home()
    if home == cache() or not home.exists():
        return
    shutil.rmtree(home)
    if not any(home.parent.iterdir()):
        home.parent.rmdir()
