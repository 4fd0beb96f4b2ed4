"""Remove everything the workshop created: cache, server, databases; nothing else."""

import shutil

from . import databases, postgres
from .log import WorkshopError, step
from .paths import cache, is_last_user


def clean(user):
    if not is_last_user(user):
        raise WorkshopError("Another run is in progress; end it first.")
    if not postgres.is_private():
        databases.drop_all()
    postgres.stop()
    with step(f"Remove {cache()}"):
        _remove_cluster()
        shutil.rmtree(cache())


def _remove_cluster():
    """Remove the cluster where it is outside the cache, beside those of others."""
    home = postgres.home()
    if home == cache() or not home.exists():
        return
    shutil.rmtree(home)
    if not any(home.parent.iterdir()):
        home.parent.rmdir()
